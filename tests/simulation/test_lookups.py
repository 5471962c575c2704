"""Reads of records in a run that writes: each takes its turn, and what one of them is told holds for all requests."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.crm.client import CrmClient
from cadence.crm.transport import MAX_ANSWER, Outcome, Reply, always
from cadence.delivery.answer import Answer, InDoubt, NotSent, Refused
from cadence.engine.lookups import TargetFinder
from cadence.errors import TargetError
from cadence.ledger import open_ledger
from cadence.ledger.rows import target_id
from cadence.runner import Conditions, Pace, Stop, run_chunk
from cadence.runner.throttle import Throttle
from tests.simulation.crm import OK, ScriptedCrm
from tests.simulation.plans import TARGET, plan_of
from tests.simulation.process import MACHINE
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cadence.ledger.ledger import Ledger
    from cadence.runner import ProgressEvent

ABSENT = Reply(404)
NOBODY = Reply(200, b'{"next": null, "results": []}', "application/json")
NAMES = [f"nobody{number}" for number in range(10)]


class Wire:
    """Answers lookups and searches in virtual time: the first of them by *script*, the others that nobody is there."""

    def __init__(self, time: VirtualTime, *script: Outcome) -> None:
        self._time = time
        self._script = list(script)
        self.sent: list[float] = []

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Any = None,
        body: Any = None,
        limit: int = MAX_ANSWER,
        may_go: Callable[[], bool] = always,
    ) -> Outcome:
        del query, body, limit, may_go
        assert path.startswith("/api/records/client_client/")
        self.sent.append(self._time.elapsed)
        if self._script:
            return self._script.pop(0)
        return ABSENT if method == "GET" else NOBODY

    async def aclose(self) -> None:
        self._script.clear()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(str(tmp_path / "ledger.db")) as ledger:
        ledger.add_target(TARGET)
        yield ledger


class Run:
    """What a run over many records reads them with."""

    def __init__(self, ledger: Ledger, *script: Outcome, rate: float = 0.0) -> None:
        self.ledger = ledger
        self.time = VirtualTime()
        self.wire = Wire(self.time, *script)
        self.stop = Stop()
        self.told: list[ProgressEvent] = []
        self.conditions = Conditions(
            self.time, by="ada", pace=Pace(rate=rate), machine=MACHINE, progress=self.told.append
        )
        self.throttle = self.new_throttle()

    def new_throttle(self) -> Throttle:
        pace = self.conditions.pace
        return Throttle(
            self.ledger, target_id(TARGET), rate=pace.rate, clock=self.time, machine=MACHINE, stop=self.stop
        )

    async def find(self, *names: str) -> dict[str, Any]:
        client = CrmClient(self.wire, target="crm")
        find = TargetFinder(client, conditions=self.conditions, stop=self.stop, throttle=self.throttle)
        return await find("client_client", names)


def test_no_second_sees_more_requests_for_records_than_the_rate(ledger: Ledger) -> None:
    run = Run(ledger, InDoubt("reset"), Reply(503), rate=5.0)
    assert run.time.run(run.find(*NAMES)) == dict.fromkeys(NAMES)
    sent = run.wire.sent
    assert len(sent) == 2 * len(NAMES) + 2
    assert max(sum(first <= other < first + 0.999 for other in sent) for first in sent) <= 5


@pytest.mark.parametrize("status", [429, 503])
def test_no_look_for_a_record_goes_into_a_retry_after_that_another_meets(ledger: Ledger, status: int) -> None:
    run = Run(ledger, Reply(status, retry_after=timedelta(seconds=30)), rate=5.0)
    run.time.run(run.find(*NAMES))
    assert run.wire.sent[0] < 1.0
    assert min(run.wire.sent[1:]) >= 30.0
    assert run.told[0].text.startswith("the CRM could not be read: crm: looking up 'nobody0': ")


def test_no_activity_is_sent_into_what_a_look_for_a_record_was_told(ledger: Ledger) -> None:
    run = Run(ledger)
    crm = ScriptedCrm(run.time, lambda _: OK)
    plan = plan_of(2, 1, now=run.time.now())
    ledger.record(plan, by="ada", at=run.time.now())
    keys = [each.key for each in plan.enrollments]

    async def told_before() -> None:
        await run.find("one")
        run.throttle.heed(Refused(429, "slow down", retry_after=timedelta(seconds=30)))
        await run_chunk(ledger, crm, keys, conditions=run.conditions, throttle=run.throttle)

    run.time.run(told_before())
    assert len(crm.sent) == 2
    assert min(sent.at for sent in crm.sent) >= 30.0


class Connecting(ScriptedCrm):
    """Its first create gets a connection in a second."""

    async def create_activity(self, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        await asyncio.sleep(1.0 if self.time.elapsed < 1.0 else 0.0)
        if not may_go():
            return NotSent("too late")
        return await super().create_activity(body, may_go=may_go)


def test_no_activity_that_gets_a_connection_goes_into_what_a_look_for_a_record_is_told(ledger: Ledger) -> None:
    run = Run(ledger, Reply(429, retry_after=timedelta(seconds=30)))
    crm = Connecting(run.time)
    plan = plan_of(1, 1, now=run.time.now())
    ledger.record(plan, by="ada", at=run.time.now())

    async def both() -> None:
        keys = [each.key for each in plan.enrollments]
        sending = asyncio.create_task(run_chunk(ledger, crm, keys, conditions=run.conditions, throttle=run.throttle))
        await asyncio.sleep(0.5)
        await run.find("one")
        await sending

    run.time.run(both())
    assert min(sent.at for sent in crm.sent) >= 30.5


def test_other_runs_hear_of_a_retry_after_that_a_look_for_a_record_meets(ledger: Ledger) -> None:
    run = Run(ledger, Reply(429, retry_after=timedelta(seconds=30)))
    other = run.new_throttle()

    async def both() -> float:
        looking = asyncio.create_task(run.find("one"))
        await asyncio.sleep(0.3)
        await other.turn()
        turn = run.time.elapsed
        await looking
        return turn

    assert run.time.run(both()) >= 30.0


def test_a_429_is_waited_for_as_often_as_it_comes(ledger: Ledger) -> None:
    run = Run(ledger, *[Reply(429, retry_after=timedelta(seconds=2))] * 20)
    assert run.time.run(run.find("one")) == {"one": None}
    assert len(run.wire.sent) == 22


def test_a_failure_without_end_ends_the_run(ledger: Ledger) -> None:
    run = Run(ledger, *[Reply(503)] * 20)
    with pytest.raises(TargetError, match="the CRM failed"):
        run.time.run(run.find("one"))
    assert len(run.wire.sent) == run.conditions.pace.tries


FORBIDDEN = Reply(403, b'{"detail": "No."}', "application/json")


@pytest.mark.parametrize(
    ("script", "message"), [([FORBIDDEN], "may not do this"), ([Reply(500)] * 6, "the CRM failed")]
)
def test_what_stands_in_the_way_of_one_record_stops_no_other(
    ledger: Ledger, script: list[Outcome], message: str
) -> None:
    run = Run(ledger, *script)
    run.conditions = replace(run.conditions, pace=Pace(concurrency=1))
    found = run.time.run(run.find("one", "two", "three"))
    assert (found["two"], found["three"]) == (None, None)
    assert message in str(found["one"])


@pytest.mark.parametrize(
    ("script", "message"), [([FORBIDDEN] * 3, "may not do this"), ([Reply(500)] * 18, "the CRM failed")]
)
def test_what_stands_in_the_way_of_all_ends_the_run(ledger: Ledger, script: list[Outcome], message: str) -> None:
    run = Run(ledger, *script)
    with pytest.raises(TargetError, match=message):
        run.time.run(run.find("one", "two", "three"))


def test_what_is_forbidden_of_the_last_record_is_its_own_where_others_were_found_before(ledger: Ledger) -> None:
    run = Run(ledger, ABSENT, NOBODY, FORBIDDEN, FORBIDDEN)
    find = TargetFinder(
        CrmClient(run.wire, target="crm"), conditions=run.conditions, stop=run.stop, throttle=run.throttle
    )

    async def both() -> list[Any]:
        return [await find("client_client", [name]) for name in ("one", "two")]

    first, second = run.time.run(both())
    assert first == {"one": None}
    assert isinstance(second["two"], TargetError)


def test_a_refused_key_ends_the_run_at_once(ledger: Ledger) -> None:
    run = Run(ledger, ABSENT, NOBODY, Reply(401))
    run.conditions = replace(run.conditions, pace=Pace(concurrency=1))
    with pytest.raises(TargetError, match="key"):
        run.time.run(run.find("one", "two", "three"))


def test_nothing_is_asked_for_once_the_run_is_stopped(ledger: Ledger) -> None:
    run = Run(ledger, rate=1.0)

    async def stopped() -> None:
        asyncio.get_running_loop().call_later(2.5, run.stop.set, "interrupted")
        await run.find(*NAMES)

    with pytest.raises(TargetError, match="interrupted"):
        run.time.run(stopped())
    assert len(run.wire.sent) == 3
