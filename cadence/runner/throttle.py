"""The moments at which requests may go out: no more of them a second than all runs together are allowed."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from cadence.delivery.answer import InDoubt, Refused
from cadence.delivery.backoff import clamped
from cadence.ledger.rates import Brake

if TYPE_CHECKING:
    from cadence.clock import Clock
    from cadence.delivery.answer import Answer
    from cadence.ledger.ledger import Ledger
    from cadence.runner.port import Machine
    from cadence.runner.stop import Stop

__all__ = ["Throttle"]

_TOO_MANY = 429
_LOOK_S = 0.25
_LATE_S = 0.02
_LEAD_S = 0.25


class Throttle:
    """One for a run. While nothing is limited the ledger is only asked whether that holds, four times a second."""

    def __init__(self, ledger: Ledger, target: str, *, rate: float, clock: Clock, machine: Machine, stop: Stop) -> None:
        self._ledger = ledger
        self._target = target
        self._rate = rate
        self._clock = clock
        self._machine = machine
        self._stop = stop
        self._turn = asyncio.Lock()
        self._slots: deque[float] = deque()
        self._late_s = _LATE_S
        self._brake: Brake | None = None
        self._free_until = 0.0 if rate else self._now()
        self._sent: deque[float] = deque()

    async def moment(self) -> float:
        """Return when, on the clock that never steps, one request may go out; it is nobody else's."""
        async with self._turn:
            while True:
                if self._now() < self._free_until:
                    return self._now()
                while self._slots and self._slots[0] + self._late_s < self._now():
                    self._slots.popleft()  # too late: sent now, it would come on top of what others send
                if self._slots:
                    return self._slots.popleft()
                await self._refill()

    async def turn(self) -> None:
        """Return when one request may go out."""
        await self.come(await self.moment())

    async def before(self, moment: float) -> None:
        """Return shortly before *moment*, with the time left that writing an intent takes."""
        await self._until(moment - _LEAD_S)

    async def come(self, moment: float) -> None:
        """Return at *moment*, or at a later one where that was missed."""
        while not self._stop.is_set:
            await self._until(moment)
            if self._now() <= moment + self._late_s or self._now() < self._free_until:
                break
            moment = await self.moment()
        self._count()

    def heed(self, answer: Answer) -> None:
        """Go slower, and let all others, where *answer* asks for it."""
        too_many = isinstance(answer, Refused) and answer.status == _TOO_MANY
        asks = isinstance(answer, InDoubt) and answer.retry_after is not None
        if isinstance(answer, Refused | InDoubt) and (too_many or asks):
            self._brake = Brake(max(1.0, self._speed()), clamped(answer.retry_after).total_seconds())
            self._free_until = 0.0
            self._slots.clear()

    async def share(self) -> None:
        """Let all others know at once what a target asked for, if it asked."""
        if self._brake is not None:
            async with self._turn:
                if self._brake is not None:
                    await self._refill()

    async def _refill(self) -> None:
        brake, self._brake = self._brake, None
        if not self._rate and brake is None and await self._is_free():
            self._free_until = self._now() + _LOOK_S
            return
        asked = self._now()
        slots = await self._machine.in_thread(
            lambda: self._ledger.reserve(self._target, rate=self._rate, brake=brake, monotonic=asked)
        )
        began = self._now() if slots.from_reply else asked
        self._late_s = max(_LATE_S, min(slots.interval_s / 20, 1.0))
        self._slots.extend(began + slots.first_s + place * slots.interval_s for place in range(slots.count))

    async def _is_free(self) -> bool:
        asked = self._now()
        free: bool = await self._machine.in_thread(lambda: self._ledger.is_free(self._target, monotonic=asked))
        return free

    async def _until(self, moment: float) -> None:
        while (left := moment - self._now()) > 0 and not self._stop.is_set:
            await self._stop.sleep(left, self._machine.sleep)

    def _now(self) -> float:
        return self._clock.monotonic()

    def _count(self) -> None:
        now = self._now()
        self._sent.append(now)
        while self._sent[0] < now - 1:
            self._sent.popleft()

    def _speed(self) -> float:
        return float(len(self._sent))
