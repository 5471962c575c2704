"""The moments at which requests may go out: no more of them a second than all runs together are allowed."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.backoff import clamped
from cadence.errors import LedgerError
from cadence.ledger.rates import Brake
from cadence.runner.gate import Gate

if TYPE_CHECKING:
    from cadence.clock import Clock
    from cadence.delivery.answer import Answer
    from cadence.ledger.ledger import Ledger
    from cadence.runner.port import Machine
    from cadence.runner.stop import Stop

__all__ = ["Throttle"]

_TOO_MANY = 429
_LOOK_S = 0.25
_AHEAD_S = 0.15
_LATE_S = 0.02
_LEAD_S = 0.25


class Slot(NamedTuple):
    """A moment on the clock that never steps, nobody else's, and the brake it was given out under."""

    at: float
    braked_at: int | None = None


class Throttle:
    """One for a run. While nothing is limited the ledger is only asked whether that holds, four times a second.

    `gate` is what a request asks right before it leaves, when it has had its turn.
    """

    def __init__(self, ledger: Ledger, target: str, *, rate: float, clock: Clock, machine: Machine, stop: Stop) -> None:
        self._ledger = ledger
        self._target = target
        self._rate = rate
        self._now = clock.monotonic
        self._machine = machine
        self._stop = stop
        self.gate = Gate()
        self._turn = asyncio.Lock()
        self._slots: deque[Slot] = deque()
        self._late_s = _LATE_S
        self._brake: Brake | None = None
        self._braked_at: int | None = None
        self._looked_at = -math.inf
        self._free_until = 0.0 if rate else self._now()
        self._looking: asyncio.Task[None] | None = None
        self._sent: deque[float] = deque()

    async def moment(self) -> Slot:
        """Return when one request may go out, shortly before: with the time left that writing an intent takes."""
        moment = await self._take()
        await self._until(moment.at - _LEAD_S)
        return moment

    async def _take(self) -> Slot:
        if (now := self._now()) < self._free_until:
            if now > self._free_until - _AHEAD_S and self._looking is None:
                self._looking = asyncio.create_task(self._look_ahead())
            return Slot(now)
        async with self._turn:
            while True:
                if self._now() < self._free_until:
                    return Slot(self._now())
                while self._slots and (self._is_late(self._slots[0]) or self._slots[0].braked_at != self._braked_at):
                    self._slots.popleft()  # sent now, it would come on top of what others send
                if self._slots:
                    return self._slots.popleft()
                await self._refill()

    async def turn(self) -> None:
        """Return when one request may go out."""
        await self.come(await self.moment())

    async def come(self, moment: Slot, *, within_s: float = math.inf) -> bool:
        """Return True at *moment*, or at a later one where that was missed, or where the target asked all to wait.

        Return False at once where that one is more than *within_s* away: it is left to others.
        """
        while not self._stop.is_set and self._now() >= self._free_until:
            await self._until(moment.at)
            if await self._is_good(moment) and not self._is_late(moment):
                break
            moment = await self._take()
            if moment.at > self._now() + within_s:
                self._slots.appendleft(moment)
                return False
        self._count()
        return True

    def heed(self, answer: Answer) -> None:
        """Have all requests of this run wait, or go slower, where *answer* asks for it; `share` tells all others."""
        self.gate.heed(answer, self._now())
        too_many = isinstance(answer, Refused) and answer.status == _TOO_MANY
        asks = isinstance(answer, InDoubt) and answer.retry_after is not None
        if isinstance(answer, Refused | InDoubt) and (too_many or asks):
            longest = max(clamped(answer.retry_after).total_seconds(), self._brake.pause_s if self._brake else 0.0)
            self._brake = Brake(max(1.0, self._speed()), longest)
            self._free_until = 0.0
            self._slots.clear()

    async def share(self) -> None:
        """Let all others know at once what a target asked for, if it asked."""
        if self._brake is not None:
            async with self._turn:
                if self._brake is not None:
                    await self._refill()

    async def _refill(self) -> None:
        brake = self._brake
        if not self._rate and brake is None and await self._is_free():
            if self._brake is None:  # no answer asked to wait meanwhile
                self._free_until = self._now() + _LOOK_S
            return
        asked = self._now()
        slots = await self._machine.in_thread(
            lambda: self._ledger.reserve(self._target, rate=self._rate, brake=brake, monotonic=asked)
        )
        if self._brake is brake:
            self._brake = None
        began = self._now() if slots.from_reply else asked
        self._late_s = max(_LATE_S, min(slots.interval_s / 20, 1.0))
        self._looked_at, self._braked_at = asked, slots.braked_at
        moments = (began + slots.first_s + place * slots.interval_s for place in range(slots.count))
        self._slots.extend(Slot(moment, slots.braked_at) for moment in moments)

    async def _is_good(self, moment: Slot) -> bool:
        """Return whether nobody was asked to wait since *moment* was given out, as far as was known a moment ago."""
        asked = self._now()
        if asked - self._looked_at > _LOOK_S:
            self._braked_at = await self._machine.in_thread(lambda: self._ledger.braked_at(self._target))
            self._looked_at = asked
        return self._brake is None and moment.braked_at == self._braked_at

    def _is_late(self, moment: Slot) -> bool:
        return self._now() > moment.at + self._late_s

    async def _look_ahead(self) -> None:
        """See that nothing is limited before the last look is too old, so that nobody has to wait for the next one."""
        known = self._free_until
        try:
            if await self._is_free() and self._free_until == known:  # and no answer asked to wait meanwhile
                self._free_until = self._now() + _LOOK_S
        except LedgerError:
            pass  # whoever finds the last look too old looks again, and is told
        finally:
            self._looking = None

    async def _is_free(self) -> bool:
        asked = self._now()
        free: bool = await self._machine.in_thread(lambda: self._ledger.is_free(self._target, monotonic=asked))
        return free

    async def _until(self, moment: float) -> None:
        while (left := moment - self._now()) > 0 and not self._stop.is_set:
            await self._stop.sleep(left, self._machine.sleep)

    def _count(self) -> None:
        now = self._now()
        self._sent.append(now)
        while self._sent[0] < now - 1:
            self._sent.popleft()

    def _speed(self) -> float:
        return float(len(self._sent))
