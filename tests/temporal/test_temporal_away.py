"""A Temporal server that goes away, or loses all it knew, in the middle of a run: lost 0, doubled 0, order kept."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.temporal.account import STEPS
from tests.temporal.processes import Command, TemporalServer, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence.model.plan import Plan
    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = [pytest.mark.slow, pytest.mark.crash]

RECORDS = 110
TOTAL = RECORDS * STEPS


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TemporalServer]:
    """One of the test's own, to be killed."""
    own = TemporalServer(tmp_path_factory.mktemp("killed"))
    own.start()
    yield own
    own.kill()


@pytest.fixture
def delay() -> float:
    return 0.2


def listed(account: Account) -> str:
    """Return what `cadence bulk status` prints."""
    return Command(account.folder, "bulk", "status", COLUMNS="400").done()[1]


def at_least(account: Account, number: int) -> Callable[[], bool]:
    return lambda: len(account.sent()) >= number


def assert_each_once_and_in_order(account: Account, plan: Plan) -> None:
    sent = [marker for marker, _ in account.sent()]
    doubled = [marker for marker, count in Counter(sent).items() if count > 1]
    lost = {activity.marker for activity in plan.activities} - set(sent)
    place = {marker: index for index, marker in enumerate(sent)}
    orders = [[place[activity.marker] for activity in each.activities] for each in plan.enrollments]
    assert (doubled, lost) == ([], set())
    assert [order for order in orders if order != sorted(order)] == []


def test_a_run_is_gone_on_with_by_a_later_apply_where_temporal_lost_everything(
    account: Account, server: TemporalServer, hire: Hire, project: Path
) -> None:
    plan = account.plan(RECORDS)
    worker = hire()
    applied = Command(account.folder, "apply", "plan.json", "--engine", "temporal", "--format", "json")
    until(at_least(account, 20), what="the first activities")
    server.kill()
    worker.kill()
    applied.process.kill()
    applied.done()
    for file in server.folder.glob("temporal.db*"):
        file.unlink()
    server.start()
    hire()
    code, out, err = Command(project, "apply", "plan.json", "--engine", "temporal", "--format", "json").done()
    report = json.loads(out)
    assert (code, report["kept"] > 0, report["kept"] + report["scheduled"] + report["adopted"]) == (0, True, TOTAL), err
    assert_each_once_and_in_order(account, plan)


def test_a_temporal_that_goes_away_is_waited_for_and_then_said(
    account: Account, server: TemporalServer, hire: Hire
) -> None:
    account.plan(2)
    applied = Command(account.folder, "apply", "plan.json", "--engine", "temporal")
    until(lambda: "no worker is there" in " ".join(listed(account).split()), what="the run")
    server.kill()
    code, _, err = applied.done()
    assert code == 1
    assert f"waiting: Temporal at '{server.address}' does not answer" in err
    assert f"error: Temporal at '{server.address}' does not answer" in err
    assert "the ledger keeps everything: run the same command again" in err
    server.start()
    hire()
    code, _, err = Command(account.folder, "apply", "plan.json", "--engine", "temporal").done()
    assert (code, len(account.sent())) == (0, 2 * STEPS), err


def test_what_is_printed_for_a_program_is_one_object_however_long_temporal_was_away(
    account: Account, server: TemporalServer, hire: Hire
) -> None:
    account.plan(30)
    hire()
    applied = Command(account.folder, "apply", "plan.json", "--engine", "temporal", "--format", "json")
    until(at_least(account, 10), what="the first activities")
    server.kill()
    time.sleep(6)  # noqa: TID251 - the SDK's core, which has no clock of ours, asks again meanwhile and logs it
    server.start()
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"]) == (0, 30 * STEPS), err


def test_the_rows_of_a_file_are_reported_though_temporal_goes_away_for_good(
    account: Account, server: TemporalServer, hire: Hire
) -> None:
    account.plan(60)
    people = account.folder / "people.csv"
    people.write_text("\n".join(["email", *(f"person-{n}@secret.test" for n in range(60)), ""]), encoding="utf-8")
    call = ("apply", "hardy.yaml", "--records", "people.csv", "--engine", "temporal", "--format", "json")
    hire()
    applied = Command(account.folder, *call)
    until(at_least(account, 20), what="the first activities")
    server.kill()
    code, out, err = applied.done()
    report = json.loads(out)
    assert (code, report["scheduled"] >= 20, report["records"]) == (1, True, 60), err
    assert "does not answer" in report["stopped"]
    assert report["stopped"].endswith("run the same command again")
    lines = (account.folder / "people.report.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 61

    refused = Command(account.folder, *call)
    assert refused.done()[0] == 1
    assert (account.folder / "people.report.csv").read_text(encoding="utf-8").splitlines() == lines
