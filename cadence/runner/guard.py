"""The lease of a run, checked against a clock that never steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence.clock import Clock
    from cadence.ledger import Lease, Transition
    from cadence.ledger.ledger import Ledger
    from cadence.runner.pace import Pace
    from cadence.runner.port import Machine

__all__ = ["Guard", "Moment"]


class Moment(NamedTuple):
    """One moment on both clocks."""

    at: datetime
    monotonic: float

    @classmethod
    def of(cls, clock: Clock) -> Moment:
        """Return what *clock* shows now."""
        return cls(clock.now(), clock.monotonic())


class Guard:
    """Knows until when this run may send. The lease is renewed by every commit, and by `keep` where there is none."""

    def __init__(self, ledger: Ledger, lease: Lease, *, clock: Clock, pace: Pace) -> None:
        self._ledger = ledger
        self._lease = lease
        self._clock = clock
        self._margin = pace.margin
        self._margin_s = pace.margin.total_seconds()
        self._length = lease.length
        self._deadline = Moment(datetime.min.replace(tzinfo=UTC), 0.0)
        self._attempts = 0  # how many are certainly written
        self._is_unsure = False

    def save(self, transitions: Sequence[Transition]) -> None:
        """Write to the ledger, which renews the lease. Raises LeaseLost; LedgerAway, and then save the same again."""
        before = Moment.of(self._clock)
        unwritten = transitions if not self._was_written() else [replace(each, attempt=None) for each in transitions]
        self._is_unsure = True
        self._ledger.save(unwritten, lease=self._lease, at=self._clock.now())
        self._is_unsure = False
        self._attempts += sum(each.attempt is not None for each in transitions)
        self._extend(before)

    def renew(self) -> None:
        """Renew the lease. Raises LeaseLost."""
        before = Moment.of(self._clock)
        self._ledger.renew(self._lease, at=self._clock.now())
        self._extend(before)

    def _was_written(self) -> bool:
        """Return whether the last save, to which no answer came, was carried out: entries bear it twice, attempts not.

        Renewing waits for a transaction that is still under way on the server, and nobody else writes under the lease.
        """
        if not self._is_unsure:
            return False
        self.renew()
        return self._ledger.attempts_under(self._lease) > self._attempts

    def may_send(self, intended: Moment) -> bool:
        """Return whether a request whose intent was begun at *intended* may go out now.

        A process that was paused between the two wakes to find that it may not: the clocks are read here, so that it
        cannot come with a time of before its pause. Both are asked: one steps, the other stands still while a laptop
        sleeps.
        """
        now = Moment.of(self._clock)
        fresh = now.monotonic - intended.monotonic < self._margin_s
        return now.monotonic < self._deadline.monotonic and fresh and now.at - intended.at < self._margin

    def holds(self) -> bool:
        """Return whether a request that may wait any time for its turn may go out now, by both clocks as well.

        Where not, `renew` tells: a clock that was set says nothing about the lease.
        """
        now = Moment.of(self._clock)
        return now.monotonic < self._deadline.monotonic and now.at < self._deadline.at

    async def keep(self, machine: Machine) -> None:
        """Renew the lease for as long as the run lasts."""
        while True:
            await machine.sleep(self._length.total_seconds() / 3)
            await machine.in_thread(self.renew)

    def _extend(self, since: Moment) -> None:
        lasts = self._length - self._margin
        self._deadline = Moment(since.at + lasts, since.monotonic + lasts.total_seconds())
