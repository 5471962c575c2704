"""Faults on purpose, so that what calls the service can be tried against a bad day. Off unless asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence.errors import ConfigError
from cadence.frozen import dataclass
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Faults", "Rehearsal", "parse_faults"]

_API = "/api/"
_HEADER = (b"x-cadence-rehearsal", b"faults are on")
_SHARES = ("429", "500", "500-after", "503", "cut", "late")
_LATE_S = 45.0
_RETRY_S = "2"


@dataclass(frozen=True, slots=True)
class Faults:
    """`latency` delays every call by so many seconds; each of `shares` meets a part of them, from 0 to 1, by its name.

    `429` and `503` refuse with a Retry-After, `500` refuses, `500-after` does what was asked and then says that it
    failed, `cut` does it and closes the connection within the answer, `late` does it only after `late_s` seconds,
    whether or not the caller still waits.
    """

    shares: tuple[tuple[str, float], ...] = ()
    latency_s: float = 0.0
    late_s: float = _LATE_S

    def __str__(self) -> str:
        said = [f"{name} for {share:.0%} of the calls" for name, share in self.shares]
        return ", ".join(([f"{self.latency_s:g} s of latency"] if self.latency_s else []) + said)

    def drawn(self, chance: float) -> str:
        """Return the fault that *chance*, in [0, 1), falls on; empty for none."""
        for name, share in self.shares:
            if chance < share:
                return name
            chance -= share
        return ""


def parse_faults(wanted: Iterable[str]) -> Faults | None:
    """Return what `--fault NAME=VALUE` asks for, None where nothing does. Raises ConfigError."""
    named = dict(_pair(text) for text in wanted)
    if not named:
        return None
    shares = tuple((name, named[name]) for name in _SHARES if name in named)
    if sum(share for _, share in shares) > 1:
        raise ConfigError("--fault: the shares come to more than 1", hint="give each a part, as in 429=0.1")
    return Faults(shares, named.get("latency", 0.0), named.get("late-after", _LATE_S))


def _pair(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    most = 1.0 if name in _SHARES else 600.0
    if name not in (*_SHARES, "latency", "late-after") or not 0 <= number <= most:
        raise ConfigError(
            f"--fault '{text}' is none",
            hint=f"write latency=SECONDS, late-after=SECONDS, or a share from 0 to 1 of {', '.join(_SHARES)}",
        )
    return name, number


class Rehearsal:
    """Lets *faults* happen to calls of the API; *draw* gives chances in [0, 1). Every answer says that it is on."""

    def __init__(self, app: ASGIApp, faults: Faults, *, draw: Callable[[], float]) -> None:
        self._app = app
        self._faults = faults
        self._draw = draw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or fail to."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), _HEADER]
            await send(message)

        if scope["type"] != "http" or not scope["path"].startswith(_API):
            await self._app(scope, receive, marked)
            return
        await asyncio.sleep(self._faults.latency_s)
        match self._faults.drawn(self._draw()):
            case "429":
                raise Problem.detail(
                    429, "Request was throttled, for rehearsal.", "throttled", {"Retry-After": _RETRY_S}
                )
            case "503":
                raise Problem.detail(503, "Not available, for rehearsal.", "unavailable", {"Retry-After": _RETRY_S})
            case "500":
                raise Problem.detail(500, "Failed before anything was done, for rehearsal.", "error")
            case "500-after":
                await self._app(scope, receive, _ignored)
                raise Problem.detail(500, "Failed after it was done, for rehearsal.", "error")
            case "cut":
                await self._app(scope, receive, _cut(marked))
            case "late":
                body = await _whole(receive)
                await asyncio.sleep(self._faults.late_s)
                await self._app(scope, body, marked)
            case _:
                await self._app(scope, receive, marked)


async def _ignored(_message: Message) -> None:
    """Keep the answer from the caller."""


def _cut(send: Send) -> Send:
    """Return a way to answer that promises a whole body and ends within it."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": message.get("body", b"")[:1], "more_body": True}
        await send(message)

    return sent


async def _whole(receive: Receive) -> Receive:
    """Take in the body now, and return a way to read it later, when the caller may be gone."""
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False):
        messages.append(await receive())
    waiting = iter(messages)

    async def again() -> Message:
        return next(waiting, {"type": "http.disconnect"})

    return again
