"""One request and what became of it. Whatever a transport is made of, it sends once and tells the three cases apart."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from cadence.delivery.answer import InDoubt, NotSent
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

__all__ = [
    "CONNECT_S", "KEEPALIVE_S", "MAX_ANSWER", "MAX_PAGE", "TOO_LATE", "Outcome", "Reply", "Transport", "always",
]  # fmt: skip

CONNECT_S = 10.0
"""How long a connection may take to be made."""

KEEPALIVE_S = 3.0
"""How long a connection is kept idle. The usual server does for 5 s: few sends shall meet one that is just closing."""

MAX_ANSWER = 1 << 20
"""How many bytes of the answer to a write are read."""

MAX_PAGE = 16 << 20
"""How many bytes of a page of a list are read."""

TOO_LATE = "it was not sent: the run was paused or stopped"
"""What is said of a request that had a connection and might not go any more."""


def always() -> bool:
    """Return True: the request may go whenever there is a connection."""
    return True


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer whose status line was read. `broken` says why the body is not all there; None where it is.

    The body is as it came: a key of few letters stands in many a note by chance. Who quotes it blots out `secret`.
    """

    status: int
    body: bytes = b""
    content_type: str = ""
    request_id: str | None = None
    retry_after: timedelta | None = None
    broken: str | None = None
    secret: str = field(default="", repr=False, compare=False)


Outcome = Reply | NotSent | InDoubt


class Transport(Protocol):
    """Sends a request exactly once. Every transport passes `tests/contracts/crm`."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        limit: int = MAX_ANSWER,
        may_go: Callable[[], bool] = always,
    ) -> Outcome:
        """Send one request and return what became of it; never raises for the network, never sends twice.

        *body* is JSON-able. *may_go* is asked when there is a connection, right before the first byte leaves.
        NotSent is returned only where it is proved that no byte of the request left.
        """
        ...

    async def aclose(self) -> None:
        """Let go of the connections."""
        ...
