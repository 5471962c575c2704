"""A ledger that is away for a moment: nothing ends, nothing is sent meanwhile, nothing is written twice."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from cadence.delivery.answer import Accepted
from cadence.errors import LedgerAway
from cadence.ledger import open_ledger
from cadence.runner import Conditions, ProgressEvent, submit
from tests.simulation.crm import Fault, ScriptedCrm
from tests.simulation.plans import plan_of
from tests.simulation.process import MACHINE
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan, Report

AWAY = "ledger 'far' went away: the server closed the connection"
HINT = "run the same command again once it answers"


class Leaving:
    """A ledger that goes away at call number `at` of a method, before its effect or after it, for some seconds."""

    def __init__(self, ledger: Ledger, time: VirtualTime, *, at: tuple[str, int], seconds: float, after: bool) -> None:
        self._ledger = ledger
        self._time = time
        self._at = at
        self._seconds = seconds
        self._after = after
        self._calls: Counter[str] = Counter()
        self.away: tuple[float, float] | None = None

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._ledger, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            self._calls[name] += 1
            if (name, self._calls[name]) == self._at:
                self.away = self._time.elapsed, self._time.elapsed + self._seconds
                if self._after:
                    method(*args, **kwargs)
                raise LedgerAway(AWAY, hint=HINT)
            if self.away and self._time.elapsed < self.away[1]:
                raise LedgerAway(AWAY, hint=HINT)
            return method(*args, **kwargs)

        return call


def apply(path: Path, crm: ScriptedCrm, plan: Plan, *, before: Callable[[Ledger], Any]) -> tuple[Report, list[str]]:
    said: list[str] = []

    def progress(event: ProgressEvent) -> None:
        if event.waiting:
            said.append(event.text)

    with open_ledger(str(path)) as ledger:
        conditions = Conditions(crm.time, by="ada", machine=MACHINE, progress=progress)
        return crm.time.run(submit(before(ledger), crm, plan, conditions=conditions)), said


def attempts(path: Path) -> Counter[tuple[str, str]]:
    with open_ledger(str(path)) as ledger:
        sent = [line for line in ledger.changes(limit=1000) if line.what.partition(":")[0] == "create" and line.why]
        return Counter((f"{line.record} {line.step}", line.why) for line in sent if line.what == "create: accepted")


SLOW = Fault("slow", Accepted, 0.05, 15.0)
CALLS = [
    ("record", 1), ("count", 1), ("target_of", 1), ("load", 1), ("is_free", 1), ("renew", 1), ("renew", 2),
    ("save", 1), ("save", 2), ("save", 3), ("save", 4),
]  # fmt: skip


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", CALLS, ids=lambda at: f"{at[0]} {at[1]}")
def test_a_ledger_that_is_away_for_seconds_ends_no_run(tmp_path: Path, at: tuple[str, int], after: bool) -> None:
    crm = ScriptedCrm(VirtualTime())
    if at == ("renew", 2):  # the first is the beginning's, the second comes by the clock
        crm.script = lambda _: SLOW
    plan = plan_of(3, 3, now=crm.time.now())
    leaving: list[Leaving] = []

    def before(ledger: Ledger) -> Any:
        leaving.append(Leaving(ledger, crm.time, at=at, seconds=20.0, after=after))
        return leaving[0]

    report, said = apply(tmp_path / "ledger.db", crm, plan, before=before)
    assert (report.scheduled, report.in_doubt, report.problems) == (9, 0, ())
    assert leaving[0].away is not None
    assert set(said) == {AWAY}
    began, ended = leaving[0].away
    assert [sent for sent in crm.sent if began + 0.1 < sent.at < ended] == []
    assert len(crm.activities) == 9
    written = attempts(tmp_path / "ledger.db")
    assert (len(written), max(written.values())) == (9, 1)


def test_one_that_stays_away_ends_the_run_and_the_next_one_sends_nothing_twice(tmp_path: Path) -> None:
    crm = ScriptedCrm(VirtualTime())
    plan = plan_of(3, 3, now=crm.time.now())
    path = tmp_path / "ledger.db"
    began = crm.time.elapsed

    def before(ledger: Ledger) -> Any:
        return Leaving(ledger, crm.time, at=("save", 3), seconds=3600.0, after=False)

    with pytest.raises(LedgerAway) as raised:
        apply(path, crm, plan, before=before)
    assert str(raised.value) == f"{AWAY}; {HINT}"
    assert 25 <= crm.time.elapsed - began < 30
    sent = len(crm.sent)
    report, _ = apply(path, crm, plan, before=lambda ledger: ledger)
    assert report.scheduled + report.adopted + report.kept == 9
    assert len(crm.activities) == len(crm.sent) == 9
    assert sent < 9


def test_a_claim_whose_answer_was_lost_is_waited_out(tmp_path: Path) -> None:
    crm = ScriptedCrm(VirtualTime())
    plan = plan_of(1, 1, now=crm.time.now())

    def before(ledger: Ledger) -> Any:
        return Leaving(ledger, crm.time, at=("claim", 1), seconds=1.0, after=True)

    report, said = apply(tmp_path / "ledger.db", crm, plan, before=before)
    assert (report.scheduled, len(crm.sent)) == (1, 1)
    assert said[0] == AWAY
    assert said[-1].startswith("another run is at work: process ")
    assert 30 < crm.time.elapsed < 33
