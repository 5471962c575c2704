"""The ledger: every method is one transaction, durable when it returns."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlalchemy.exc import DBAPIError

from cadence.errors import LedgerError
from cadence.ledger import bulkruns, claiming, rates, reading, recording, saving
from cadence.ledger.faults import explained
from cadence.ledger.holder import is_gone, this_process
from cadence.ledger.lease import Lease
from cadence.ledger.rows import target_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from cadence.ledger.bulkruns import BulkRun, Outcome, Standing
    from cadence.ledger.database import Database
    from cadence.ledger.holder import Holder
    from cadence.ledger.lines import Decision, LogLine, StatusLine, Transition
    from cadence.ledger.rates import Brake, Slots
    from cadence.model.entry import Entry, History, State
    from cadence.model.people import TargetIdentity
    from cadence.model.plan import Plan

__all__ = ["Ledger"]

_T = TypeVar("_T")
_CHUNK = 10_000  # keys that are held at once; a chunk of a bulk run has half as many at most


class Ledger:
    """What was approved, sent and answered. May be used from any thread; all methods raise LedgerError."""

    def __init__(
        self,
        engine: Engine,
        database: Database,
        *,
        holder: Holder | None = None,
        gone: Callable[[Holder], bool] = is_gone,
        skew: timedelta | None = None,
    ) -> None:
        self._engine = engine
        self._database = database
        self._holder = holder or this_process()
        self._gone = gone
        self._skew = skew

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __str__(self) -> str:
        return str(self._database)

    def close(self) -> None:
        """Close all connections; the last one folds the write-ahead log into the file."""
        self._engine.dispose()

    # ---- reading

    def history(self, target: TargetIdentity | None, sequence: str, *, object: str, record_id: str) -> History:  # noqa: A002 - the CRM's word
        """Return what is known of the record in the sequence, and the target's round-robin cursors."""
        with self._reading() as connection:
            return reading.history(
                connection, target_id(target), sequence=sequence, object_name=object, record_id=record_id
            )

    def histories(
        self,
        target: TargetIdentity | None,
        sequence: str,
        *,
        object: str,  # noqa: A002 - the CRM's word
        entity_ids: Sequence[str],
    ) -> dict[str, History]:
        """Return what is known of many records in the sequence, by entity id; without the cursors."""
        with self._reading() as connection:
            return reading.histories(
                connection, target_id(target), sequence=sequence, object_name=object, entity_ids=entity_ids
            )

    def cursors(self, target: TargetIdentity | None) -> dict[str, int]:
        """Return the target's round-robin cursors."""
        with self._reading() as connection:
            return reading.cursors_of(connection, target_id(target))

    def load(self, enrollment_keys: Sequence[str]) -> dict[str, list[Entry]]:
        """Return the entries of each enrollment, in submission order."""
        with self._reading() as connection:
            return reading.entries_of(connection, enrollment_keys)

    def count(self, enrollment_keys: Sequence[str]) -> int:
        """Return how many entries the enrollments have."""
        enrollment_keys = _read_ahead(enrollment_keys)
        with self._reading() as connection:
            return reading.count(connection, enrollment_keys)

    def open_enrollments(self, target: TargetIdentity | None) -> tuple[str, ...]:
        """Return the keys of the enrollments of which something is not done yet, the oldest first."""
        with self._reading() as connection:
            return reading.open_enrollments(connection, target_id(target))

    def entries(
        self,
        *,
        target: TargetIdentity | None = None,
        sequence: str | None = None,
        record: str | None = None,
        state: str | None = None,
        refused: bool = False,
    ) -> tuple[StatusLine, ...]:
        """Return the entries that match all that is given. *record* is an id, an email or a name.

        Where *refused*, only those that the CRM refused, or a change of them.
        """
        with self._reading() as connection:
            found = reading.status_lines(
                connection,
                target=target_id(target) if target else None,
                sequence=sequence,
                record=record,
                state=state,
                refused=refused,
            )
            return tuple(found)

    def changes(self, *, record: str | None = None, limit: int = 50) -> tuple[LogLine, ...]:
        """Return what was decided and what was sent, the newest first."""
        with self._reading() as connection:
            return reading.log_lines(connection, record=record, limit=limit)

    def browse(self, question: Callable[[Connection], _T]) -> _T:
        """Return what *question*, one of `cadence.ledger.browsing`, reads; all of it as of one moment."""
        with self._reading() as connection:
            return question(connection)

    def attempts_under(self, lease: Lease) -> int:
        """Return how many attempts were written under *lease*."""
        with self._reading() as connection:
            return reading.attempts_under(connection, lease.epoch)

    def bulk_run(self, run: str) -> BulkRun | None:
        """Return the bulk run, None where this ledger does not know it."""
        with self._reading() as connection:
            return bulkruns.bulk_run(connection, run)

    def members(self, run: str, *, first: int, end: int) -> tuple[str, ...]:
        """Return the enrollments of a bulk run at the positions from *first* up to, not including, *end*."""
        with self._reading() as connection:
            return bulkruns.members(connection, run, first=first, end=end)

    def enlisted(self, run: str, enrollment_keys: Sequence[str]) -> set[str]:
        """Return those of the enrollments that are in a bulk run."""
        with self._reading() as connection:
            return bulkruns.enlisted(connection, run, enrollment_keys)

    def last_attempt(self) -> int:
        """Return the number of the last attempt; 0 before the first."""
        with self._reading() as connection:
            return bulkruns.last_attempt(connection)

    def standings(self, run: str, *, since: int) -> tuple[Standing, ...]:
        """Return how the entries of a bulk run stand, and what was tried for them after attempt *since*."""
        with self._reading() as connection:
            return tuple(bulkruns.standings(connection, run, since=since))

    def outcomes(self, enrollment_keys: Sequence[str], *, since: int) -> dict[str, list[Outcome]]:
        """Return how each entry of the enrollments stands, and what was tried for it after attempt *since*."""
        with self._reading() as connection:
            return bulkruns.outcomes(connection, enrollment_keys, since=since)

    def reasons(self, run: str, *, limit: int) -> tuple[tuple[str, State, str], ...]:
        """Return step, state and reason of what needs a person in a bulk run, each combination once."""
        with self._reading() as connection:
            return bulkruns.reasons(connection, run, limit=limit)

    # ---- writing

    def record(self, plan: Plan, *, by: str, at: datetime, lease: Lease | None = None) -> Mapping[str, int]:
        """Write what *plan* wants; return how many activities of each enrollment that cancels, as they were never sent.

        Recording the same plan again changes nothing that was done since. Raises Held where another run is sending for
        one of its records, StalePlanError where more was decided since than the plan knows of.
        """
        keys = [enrollment.key for enrollment in plan.enrollments]
        with self._writing(alone=True) as connection:
            claiming.refuse_held(connection, keys, at=at, gone=self._gone, but=lease.epoch if lease else None)
            return recording.record_plan(connection, plan, by=by, at=at)

    def decide(self, decisions: Sequence[Decision], *, by: str, at: datetime, lease: Lease | None = None) -> None:
        """Write what a person decided, and log it. Raises Held; LedgerError where an entry is no longer as it was."""
        keys = list({each.entry.enrollment for each in decisions})
        with self._writing(alone=True) as connection:
            claiming.refuse_held(connection, keys, at=at, gone=self._gone, but=lease.epoch if lease else None)
            recording.record_decisions(connection, decisions, by=by, at=at)

    def enlist(self, run: str, keys: Sequence[str], *, target: TargetIdentity | None, by: str, at: datetime) -> None:
        """Add recorded enrollments to a bulk run, after those that are in it; none is in it twice."""
        with self._writing(alone=True) as connection:
            bulkruns.enlist(connection, run, target=target_id(target), keys=keys, by=by, at=at)

    def save(self, transitions: Sequence[Transition], *, lease: Lease, at: datetime) -> None:
        """Write where entries now stand, the last of each, and renew the lease.

        Raises LeaseLost, and then nothing is written.
        """
        with self._writing(**saving.options(self._engine.dialect.name)) as connection:
            saving.save(connection, transitions, lease=lease, at=at)

    def claim(
        self,
        enrollment_keys: Sequence[str],
        *,
        by: str,
        at: datetime,
        length: timedelta,
        monotonic: float | None = None,
    ) -> Lease:
        """Take a lease over the enrollments, all or none, at once from runs that are dead. Raises Held.

        By *monotonic* it is seen whether the wall clock was set since a dead run took its lease.
        """
        began = time.monotonic()
        enrollment_keys = _read_ahead(enrollment_keys)
        with self._writing(alone=True) as connection:
            self._check_clock(connection, at + timedelta(seconds=time.monotonic() - began))
            ticks = None if monotonic is None else self._database.ticks(connection, monotonic)
            number = claiming.begin(connection, self._holder, by=by, at=at, expires_at=at + length, ticks=ticks)
            lease = Lease(number, length)
            claiming.claim(connection, lease, enrollment_keys, at=at, gone=self._gone, ticks=ticks)
            return lease

    def renew(self, lease: Lease, *, at: datetime) -> None:
        """Make the lease last from *at* on. Raises LeaseLost."""
        with self._writing() as connection:
            claiming.renew(connection, lease, at=at)

    def release(self, lease: Lease, *, at: datetime) -> None:
        """Give back the lease and all that it held."""
        with self._writing(alone=True) as connection:
            claiming.end(connection, lease.epoch, at=at)

    def _check_clock(self, connection: Connection, here: datetime) -> None:
        """Raise LedgerError where the run's clock is not the ledger's: leases and quiet periods are told by both.

        *here* is what the run's clock shows now; when it was read is long ago where the ledger's lock was waited for.
        """
        there = self._database.clock(connection) if self._skew else None
        if there is not None and self._skew is not None and abs(there - here) > self._skew:
            ahead = int((here - there).total_seconds())
            raise LedgerError(
                f"the clock of this machine is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} that of ledger "
                f"'{self}'",
                hint="set both clocks right, by NTP for one; nothing was sent",
            )

    # ---- how fast

    def target_of(self, enrollment: str) -> str:
        """Return the target of an enrollment, empty where there is no such enrollment."""
        with self._reading() as connection:
            return rates.target_of(connection, enrollment) or ""

    def add_target(self, target: TargetIdentity | None) -> None:
        """Write which account *target* is, so that it has a rate before the first plan for it is recorded."""
        with self._writing(alone=True) as connection:
            recording.record_target(connection, target)

    def is_free(self, target: str, *, monotonic: float) -> bool:
        """Return whether no run has to go slower on the target now."""
        with self._reading() as connection:
            return rates.is_free(connection, target, ticks=self._database.ticks(connection, monotonic))

    def braked_at(self, target: str) -> int | None:
        """Return what changes whenever the target asks everybody to wait."""
        with self._reading() as connection:
            return rates.braked_at(connection, target)

    def reserve(self, target: str, *, rate: float, brake: Brake | None, monotonic: float) -> Slots:
        """Reserve the next moments for requests to the target, nobody else's; after a *brake* where one is given.

        The ledger has to know the target, from a plan or by `add_target`.
        """
        with self._writing(alone=True) as connection:
            ticks = self._database.ticks(connection, monotonic)
            return rates.reserve(connection, target, rate=rate, brake=brake, ticks=ticks)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._database), self._engine.connect().execution_options(reading=True) as connection:
            yield connection

    @contextmanager
    def _writing(self, *, alone: bool = False, **options: Any) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(alone=alone, **options) as connection, connection.begin():
                yield connection
        except (DBAPIError, ValueError) as error:
            with explained(self._database):
                raise self._locked(error) from error

    def _locked(self, error: DBAPIError | ValueError) -> BaseException:
        """Return the error, or who holds the lock where that is what it complains of."""
        if isinstance(error, ValueError) or not self._database.is_busy(error.orig):
            return error
        with self._reading() as connection:
            lessees = claiming.active(connection)
        others = [lessee for lessee in lessees if lessee.holder != self._holder]
        if not others:
            return error
        return LedgerError(
            f"ledger '{self}' is locked by another run: {others[0]}", hint="wait for it to end, or stop it"
        )


def _read_ahead(keys: Sequence[str]) -> Sequence[str]:
    """Return the keys of a chunk as read from wherever they are; of more than a chunk, leave them there.

    They may be in this very ledger: to read them within a transaction takes a second connection of the pool, and many
    that each held one, or waited for whoever holds the lock, would leave none.
    """
    return keys[:] if len(keys) <= _CHUNK else keys
