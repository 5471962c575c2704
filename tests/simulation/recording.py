"""Runs that are written down to the last write, beside what they acknowledged and what they sent."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.delivery.terms import Terms
from cadence.ledger import Holder, open_ledger, sqlite
from cadence.model.entry import Entry, State
from cadence.runner import Conditions, Pace, submit
from tests.simulation.crm import FAULTS, OK, Fault, ScriptedCrm
from tests.simulation.disk import Disk, Made, Mapped, Operation, Removed
from tests.simulation.plans import made_now, plan_of
from tests.simulation.process import MACHINE
from tests.simulation.recorder import Connection, RecordingVfs
from tests.simulation.virtual import VirtualTime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pytest

    from cadence.ledger.ledger import Ledger
    from cadence.model.plan import Plan, Report

QUIET_S = 60.0
_INDEX = 136  # so many bytes of shared memory say how far the log goes
PACE = Pace(terms=Terms(quiet=timedelta(seconds=QUIET_S)), concurrency=3)

Entries = dict[str, Entry]


@dataclass
class Commit:
    """What the entries are once the commit is done."""

    after: Entries = field(default_factory=dict)


@dataclass(frozen=True)
class Begun:
    commit: Commit


@dataclass(frozen=True)
class Acknowledged:
    commit: Commit


@dataclass(frozen=True)
class Posted:
    key: str


@dataclass
class Recording:
    """The plans that were applied one after the other, and all that happened, each with its virtual time."""

    plans: list[Plan]
    crm: ScriptedCrm
    events: list[tuple[float, Operation | Begun | Acknowledged | Posted]] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [enrollment.key for enrollment in self.plans[-1].enrollments]


@dataclass
class Moment:
    """How things stand at one moment of a recording."""

    disk: Disk = field(default_factory=Disk)
    elapsed: float = 0.0
    acknowledged: Entries = field(default_factory=dict)
    under_way: Commit | None = None
    posts: int = 0
    unanswered: set[str] = field(default_factory=set)

    def apply(self, elapsed: float, event: Operation | Begun | Acknowledged | Posted) -> None:
        self.elapsed = elapsed
        match event:
            case Begun(commit):
                self.under_way = commit
            case Acknowledged(commit):
                self.unanswered -= {key for key, now in commit.after.items() if now != self.acknowledged.get(key)}
                self.acknowledged, self.under_way = commit.after, None
            case Posted(key):
                self.posts += 1
                self.unanswered.add(key)
            case _:
                self.disk.apply(event)

    def broken(self, found: Entries) -> list[str]:
        """Return what a ledger that was opened now fails to hold, in words."""
        if self.under_way and found == self.under_way.after:
            return []
        unknown = [key for key in self.unanswered if key not in found or found[key].state is State.PLANNED]
        kept = found == self.acknowledged
        lost = [] if kept else [f"acknowledged {_states(self.acknowledged)}, found {_states(found)}"]
        return [*lost, *(f"{key} was sent, and the ledger does not know" for key in unknown)]


def _states(entries: Entries) -> dict[str, str]:
    return {key: str(entry.state) for key, entry in entries.items()}


def moments(recording: Recording, cuts: Sequence[int]) -> Iterator[Moment]:
    """Yield the moment after each of so many events, in ascending order; it is good until the next one is asked for."""
    moment, done = Moment(), 0
    for cut in cuts:
        for elapsed, event in recording.events[done:cut]:
            moment.apply(elapsed, event)
        done = cut
        yield moment


class _Witness:
    """Stands before a ledger and notes which commits were asked for, and which were acknowledged."""

    def __init__(self, ledger: Ledger, keys: list[str], note: Callable[[Begun | Acknowledged], None]) -> None:
        self._ledger = ledger
        self._keys = keys
        self._note = note
        self._now = entries_in(ledger, keys)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def record(self, plan: Plan, **terms: Any) -> Mapping[str, int]:
        commit = Commit()
        self._note(Begun(commit))
        cancelled = self._ledger.record(made_now(plan, self._ledger), **terms)
        self._now = commit.after = entries_in(self._ledger, self._keys)
        self._note(Acknowledged(commit))
        return cancelled

    def save(self, transitions: Sequence[Any], **terms: Any) -> None:
        commit = Commit(self._now | {each.entry.key: each.entry for each in transitions})
        self._note(Begun(commit))
        self._ledger.save(transitions, **terms)
        self._now = commit.after
        self._note(Acknowledged(commit))


def entries_in(ledger: Ledger, keys: Sequence[str]) -> Entries:
    """Return all entries of the enrollments by their keys."""
    return {entry.key: entry for entries in ledger.load(keys).values() for entry in entries}


def record(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, seed: int, sizes: Sequence[int], synchronous: str = "FULL"
) -> Recording:
    """Apply plans for so many records, each by a process of its own, on a disk that writes everything down.

    *synchronous* is for the controls. The log is folded in every 25 pages instead of every 1,000, so that it happens in
    a short run, too.
    """
    time = VirtualTime()
    crm = ScriptedCrm(time, script=lambda n: script(n, seed))
    recording = Recording([plan_of(size, 3, now=time.now()) for size in sizes], crm)

    shared = _Shared(folder / "ledger.db-shm")

    def note(event: Operation | Begun | Acknowledged | Posted) -> None:
        recording.events += ((time.elapsed, each) for each in (*shared.changes(), event))

    crm.watch = lambda marker: note(Posted(marker.removeprefix("[cadence ").removesuffix("]")))
    vfs = RecordingVfs(f"recording-{seed}-{synchronous}", note)
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "_connect", lambda path: _connect(path, vfs, synchronous))
        for number, plan in enumerate(recording.plans):
            apply(folder / "ledger.db", plan, crm, process=number, wrap=lambda it: _Witness(it, recording.keys, note))
    return recording


class _Shared:
    """Watches the index of the log, which SQLite writes past its file system, into memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: bytes | None = None

    def changes(self) -> Iterator[Operation]:
        now = self._path.read_bytes()[:_INDEX] if self._path.exists() else None
        before, self._known = self._known, now
        if now is None and before is not None:
            yield Removed(self._path.name, synced=False)
        if now is not None and before is None:
            yield Made(self._path.name, carries_names=False)
        if now is not None and now != before:
            yield Mapped(self._path.name, now)


def script(number: int, seed: int) -> Fault:
    """Return what becomes of a request: every third meets a fault."""
    return FAULTS[(number + seed) % len(FAULTS)] if number % 3 == seed % 3 else OK


def apply(
    path: Path, plan: Plan, crm: ScriptedCrm, *, process: int, wrap: Callable[[Ledger], Any] = lambda ledger: ledger
) -> Report:
    """Be one process that applies *plan*; every other one is known to be dead."""
    conditions = Conditions(crm.time, by="test", pace=PACE, machine=MACHINE)
    with open_ledger(str(path), holder=Holder(process, "simulated"), gone=lambda _: True) as ledger:
        return crm.time.run(submit(wrap(ledger), crm, plan, conditions=conditions))


def at(moment: Moment, crm: ScriptedCrm, *, later_s: float) -> ScriptedCrm:
    """Return the CRM as it was at *moment*, its clock *later_s* on."""
    time = VirtualTime()
    time.pass_by(moment.elapsed + later_s)
    held = {key: deepcopy(held) for key, held in crm.activities.items() if int(key.removeprefix("a")) <= moment.posts}
    return ScriptedCrm(time, script=crm.script, activities=held, sent=crm.sent[: moment.posts])


def _connect(path: str, vfs: RecordingVfs, synchronous: str) -> Any:
    connection = Connection(path, vfs.name)
    connection.execute("PRAGMA wal_autocheckpoint = 25")
    return _Set(connection, synchronous)


class _Set:
    """A connection on which a control sets `synchronous` otherwise than the ledger asks."""

    def __init__(self, connection: Connection, synchronous: str) -> None:
        self._connection = connection
        self._synchronous = synchronous

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str) -> Any:
        return self._connection.execute(statement.replace("synchronous = FULL", f"synchronous = {self._synchronous}"))
