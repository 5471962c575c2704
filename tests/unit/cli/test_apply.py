"""`cadence apply`: what it prints and returns for each kind of report."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence.cli.commands import apply
from cadence.cli.main import run
from cadence.model.plan import Report

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.model.plan import Plan

ASK = ("apply", "onboarding", "--record", "ana")


class Scripted:
    """An engine that has already decided: it gives the plan and the report it was made with."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan = plan
        self._report = report
        self.applied: list[Plan] = []
        self.drivers: list[str] = []

    def prepare(self) -> None:
        """Find the ledger up to date."""

    def plan(self, *_: object, **__: object) -> Plan:
        return self._plan

    def load_plan(self, _: Path) -> Plan:
        return self._plan

    def apply(self, plan: Plan, *, progress: object, driver: str) -> Report:
        assert callable(progress)
        self.applied.append(plan)
        self.drivers.append(driver)
        return self._report


@pytest.fixture
def scripted(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> Any:
    def script(report: Report) -> Scripted:
        engine = Scripted(replace(plan, expires_at=plan.now), report)
        monkeypatch.setattr(apply, "open_engine", lambda **_: engine)
        return engine

    return script


@pytest.mark.parametrize(
    ("report", "words", "code"),
    [
        (Report(scheduled=2, skipped=1), "2 scheduled, 1 skipped", 0),
        (Report(kept=2), "nothing to do: 2 kept", 0),
        (Report(scheduled=1, rejected=1, held=1), "1 scheduled, 1 rejected, 1 held", 1),
        (Report(scheduled=1, held=1), "1 scheduled, 1 held", 1),
        (Report(in_doubt=1, held=1), "1 in doubt, 1 held", 3),
        (Report(parked=1, rejected=1), "1 rejected, 1 parked", 3),
    ],
)
def test_the_last_line_counts_and_the_code_says_whether_all_is_well(
    scripted: Any, capsys: pytest.CaptureFixture[str], report: Report, words: str, code: int
) -> None:
    scripted(report)
    assert run(ASK) == code
    assert capsys.readouterr().out.splitlines()[-1] == words


def test_problems_go_to_stderr_and_steer_no_terminal(scripted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    scripted(Report(rejected=1, problems=("step 'a': rejected: \x1b[2Jno",)))
    assert run(ASK) == 1
    assert capsys.readouterr().err == (
        "step 'a': rejected: \\x1b[2Jno\n"
        "hint: put right what the CRM names and say `cadence retry`, or correct the sequence and apply it again\n"
    )


@pytest.mark.parametrize(
    ("engine", "told"),
    [((), ["hint: say `cadence settle` after the quiet period: what is in the CRM is adopted, what is not is sent"]),
     (("--engine", "temporal"), [])],
)  # fmt: skip
def test_what_is_in_doubt_of_a_run_is_left_to_workers_where_they_go_on(
    scripted: Any, capsys: pytest.CaptureFixture[str], engine: tuple[str, ...], told: list[str]
) -> None:
    scripted(Report(in_doubt=1))
    assert run([*ASK, *engine]) == 3
    assert capsys.readouterr().err.splitlines() == told


def test_json_is_the_counts_alone(scripted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    scripted(Report(scheduled=2, problems=("look",)))
    assert run([*ASK, "--format", "json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["scheduled"], out["rejected"], out["problems"]) == (2, 0, ["look"])


def test_csv_leaves_stdout_to_the_plan(scripted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    scripted(Report(scheduled=2))
    assert run([*ASK, "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("record,record_name,")
    assert err == "2 scheduled\n"


def test_detailed_exitcode_says_that_something_changed(scripted: Any) -> None:
    scripted(Report(scheduled=2))
    assert run([*ASK, "--detailed-exitcode"]) == 2
    scripted(Report(rejected=1))
    assert run([*ASK, "--detailed-exitcode"]) == 1


@pytest.mark.parametrize(
    ("report", "code"),
    [(Report(kept=2, skipped=1), 0), (Report(adopted=1), 2), (Report(moved=1), 2), (Report(cancelled=1, kept=1), 2)],
)
def test_detailed_exitcode_goes_by_what_was_done_and_not_by_what_was_planned(
    scripted: Any, report: Report, code: int
) -> None:
    scripted(report)
    assert run(["apply", "plan.json", "--detailed-exitcode"]) == code


def test_a_plan_made_now_does_not_expire_and_a_kept_one_does(scripted: Any, plan: Plan) -> None:
    engine = scripted(Report(scheduled=2))
    run(ASK)
    run(["apply", "plan.json"])
    assert [applied.expires_at for applied in engine.applied] == [None, plan.now]
    assert engine.drivers == ["embedded"] * 2


def test_a_dry_run_applies_nothing(scripted: Any, capsys: pytest.CaptureFixture[str]) -> None:
    engine = scripted(Report(scheduled=2))
    assert run([*ASK, "--dry-run"]) == 0
    assert run([*ASK, "--dry-run", "--format", "json", "--detailed-exitcode"]) == 2
    assert engine.applied == []
    assert '"digest"' in capsys.readouterr().out
