"""How many requests a second each key may make: whoever makes more is told when to come again."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import TYPE_CHECKING

from cadence.server.problem import Problem
from cadence.server.store.keys import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from cadence.clock import Clock

__all__ = ["Allowance"]

_API = "/api/"
_MOST_KEYS = 10_000


class Allowance:
    """Lets each key make *rate* requests a second to the API, a second's worth of them at once; 0 is no limit.

    Requests without a key that this process *knows* share one allowance by the address that they come from, so that
    whoever makes keys up gets no more by making up many. It is kept in this process.

    Sources: the generic cell rate algorithm (ITU-T I.371); RFC 6585, section 4, for the answer.
    """

    def __init__(self, app: ASGIApp, *, rate: float, clock: Clock, knows: Callable[[str], bool]) -> None:
        self._app = app
        self._knows = knows
        self._rate = rate
        self._clock = clock
        self._spent_until: OrderedDict[str, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises Problem for one too many."""
        if self._rate and scope["type"] == "http" and scope["path"].startswith(_API):
            self._take(self._who(scope))
        await self._app(scope, receive, send)

    def _take(self, who: str) -> None:
        now, each = self._clock.monotonic(), 1 / self._rate
        spent = max(self._spent_until.pop(who, now), now) + each
        wait = spent - now - max(1.0, each)
        self._spent_until[who] = spent if wait <= 0 else spent - each
        while len(self._spent_until) > _MOST_KEYS:
            self._spent_until.popitem(last=False)
        if wait > 0:
            raise _throttled(math.ceil(wait))

    def _who(self, scope: Scope) -> str:
        key = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-api-key"), "")
        digest = digest_of(key)
        return digest if self._knows(digest) else str((scope.get("client") or ("",))[0])


def _throttled(seconds: int) -> Problem:
    said = f"Request was throttled. Expected available in {seconds} second{'' if seconds == 1 else 's'}."
    return Problem.detail(429, said, "throttled", {"Retry-After": str(seconds)})
