"""The matrix sees what it is there to see: each planted bug breaks a law."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from cadence.crm.transport import always
from cadence.delivery.answer import InDoubt
from cadence.delivery.event import Absent, Answered, Intended
from cadence.delivery.table import after as real_after
from cadence.delivery.terms import Terms
from cadence.ledger import Transition
from cadence.model.entry import Entry, State
from cadence.runner import errand
from cadence.runner.gate import Gate
from cadence.runner.guard import Moment
from cadence.runner.throttle import Throttle
from tests.simulation.crm import FAULTS
from tests.simulation.history import play
from tests.simulation.points import POINTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.delivery.event import Event
    from tests.simulation.stores import MemoryStore

_BY_NAME = {fault.name: fault for fault in FAULTS}


class FoundBy(Protocol):
    def __call__(self, *faults: str) -> Iterator[str]: ...


@pytest.fixture
def found_by(memory: MemoryStore) -> FoundBy:
    """Yield what breaks in the histories of the matrix, and in some without a crash, for each of the faults."""

    def found(*faults: str) -> Iterator[str]:
        for name in faults:
            for seed, point in itertools.product(range(2), (None, *POINTS)):
                memory.clear()
                yield from play(memory, _BY_NAME[name], point=point, seed=seed).broken

    return found


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["ok", "500, applied", "2xx without an id", "reset, applied late"])
def test_what_is_not_broken_passes_where_the_bugs_are_caught(found_by: FoundBy, fault: str) -> None:
    assert list(found_by(fault)) == []


def plant(monkeypatch: pytest.MonkeyPatch, after: Any) -> None:
    monkeypatch.setattr(errand, "after", after)


def test_sending_again_after_a_500_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        if isinstance(event, Answered) and isinstance(event.answer, InDoubt) and event.answer.status == 500:
            return replace(entry, state=State.PLANNED)
        return real_after(entry, event, terms=terms)

    plant(monkeypatch, after)
    assert any("2 times" in law for law in found_by("500, applied"))


def test_sending_again_without_a_probe_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    async def absent(_crm: Any, _entry: Entry, *, at: Any, turn: Any) -> Absent:  # noqa: ARG001 - the real signature
        return Absent(at)

    monkeypatch.setattr(errand, "probe", absent)
    assert any("2 times" in law for law in found_by("ok", "2xx without an id"))


def test_probing_too_early_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        return real_after(entry, event, terms=replace(terms or Terms(), quiet=timedelta(seconds=5)))

    plant(monkeypatch, after)
    assert any("2 times" in law for law in found_by("reset, applied late"))
    assert any("after a send in doubt" in law for law in found_by("reset, applied late"))


def test_noting_success_before_the_answer_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        now = real_after(entry, event, terms=terms)
        return replace(now, state=State.SCHEDULED) if isinstance(event, Intended) else now

    async def _create(self: Any) -> bool:
        intended = Moment.of(self._run.clock)
        self._entry = after(self._entry, Intended(intended.at))
        await self._flush(Transition(self._entry))
        self._entry = replace(self._entry, state=State.SENDING)
        return bool(self._answered(await self._run.crm.create_activity(self._entry.body, may_go=always), intended))

    monkeypatch.setattr(errand.Errand, "_create", _create)
    assert any("lost" in law for law in found_by("ok"))
    assert any("while the ledger said" in law for law in found_by("ok"))


def test_noting_the_intent_after_the_request_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    async def _create(self: Any) -> bool:
        intended = Moment.of(self._run.clock)
        self._entry = real_after(self._entry, Intended(intended.at))
        answer = await self._run.crm.create_activity(self._entry.body, may_go=always)
        await self._flush(Transition(self._entry))
        return bool(self._answered(answer, intended))

    monkeypatch.setattr(errand.Errand, "_create", _create)
    assert any("2 times" in law for law in found_by("ok"))
    assert any("while the ledger said" in law for law in found_by("ok"))


def test_sending_on_after_a_retry_after_is_caught(found_by: FoundBy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "heed", lambda _self, _answer, _monotonic: None)
    monkeypatch.setattr(Throttle, "heed", lambda _self, _answer: None)
    assert any("before Retry-After was over" in law for law in found_by("503 in 90 s, applied"))
