"""The simulation sees what it is there to see: each planted bug breaks a law."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.delivery.answer import InDoubt
from cadence.delivery.event import Absent, Answered, Intended
from cadence.delivery.table import after as real_after
from cadence.delivery.terms import Terms
from cadence.ledger import Transition
from cadence.model.entry import Entry, State
from cadence.runner import errand
from cadence.runner.guard import Moment
from tests.simulation.crm import FAULTS, Fault
from tests.simulation.test_crashes import play

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from cadence.delivery.event import Event

_BY_NAME = {fault.name: fault for fault in FAULTS}


def found_by(path: Path, *faults: str) -> list[str]:
    """Return what breaks in runs without a crash and with one at each call, for each of the faults."""
    broken: list[str] = []
    for name in faults:
        fault: Fault = _BY_NAME[name]
        for crash_at in [None, *range(1, 40, 2)]:
            for after in (False, True):
                unique = f"{name}-{crash_at}-{after}.db".replace(" ", "")
                broken += play(path / unique, fault, crash_at=crash_at, after=after)[0]
    return broken


def plant(monkeypatch: pytest.MonkeyPatch, after: Any) -> None:
    monkeypatch.setattr(errand, "after", after)


def test_sending_again_after_a_500_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        if isinstance(event, Answered) and isinstance(event.answer, InDoubt) and event.answer.status == 500:
            return replace(entry, state=State.PLANNED)
        return real_after(entry, event, terms=terms)

    plant(monkeypatch, after)
    assert any("2 times" in law for law in found_by(tmp_path, "500, applied"))


def test_sending_again_without_a_probe_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def absent(_crm: Any, _entry: Entry, *, at: Any, turn: Any) -> Absent:  # noqa: ARG001 - the real signature
        return Absent(at)

    monkeypatch.setattr(errand, "probe", absent)
    assert any("2 times" in law for law in found_by(tmp_path, "ok", "2xx without an id"))


def test_probing_too_early_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        return real_after(entry, event, terms=replace(terms or Terms(), quiet=timedelta(seconds=5)))

    plant(monkeypatch, after)
    found = found_by(tmp_path, "reset, applied late")
    assert any("2 times" in law for law in found)
    assert any("after a send in doubt" in law for law in found)


def test_noting_success_before_the_answer_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
        now = real_after(entry, event, terms=terms)
        return replace(now, state=State.SCHEDULED) if isinstance(event, Intended) else now

    async def _create(self: Any) -> bool:
        intended = Moment.of(self._run.clock)
        self._entry = after(self._entry, Intended(intended.at))
        await self._flush(Transition(self._entry))
        self._entry = replace(self._entry, state=State.SENDING)
        return bool(self._answered(await self._run.crm.create_activity(self._entry.body), intended))

    monkeypatch.setattr(errand.Errand, "_create", _create)
    found = found_by(tmp_path, "ok")
    assert any("lost" in law for law in found)
    assert any("while the ledger said" in law for law in found)


def test_noting_the_intent_after_the_request_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def _create(self: Any) -> bool:
        intended = Moment.of(self._run.clock)
        self._entry = real_after(self._entry, Intended(intended.at))
        answer = await self._run.crm.create_activity(self._entry.body)
        await self._flush(Transition(self._entry))
        return bool(self._answered(answer, intended))

    monkeypatch.setattr(errand.Errand, "_create", _create)
    found = found_by(tmp_path, "ok")
    assert any("2 times" in law for law in found)
    assert any("while the ledger said" in law for law in found)
