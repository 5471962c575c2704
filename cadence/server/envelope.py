"""What surrounds every response: a request id, and a JSON body also for what nobody foresaw."""

from __future__ import annotations

import asyncio
import logging
import re
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError, OperationalError
from starlette.requests import ClientDisconnect

from cadence.server.call import answer
from cadence.server.problem import Problem
from cadence.server.store.faults import unavailability

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Envelope"]

_DRAIN_S = 10
_DRAIN_BYTES = 32 << 20
# What somebody was answered is nobody else's, and is nothing but what it says it is.
_USUAL = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_HARMLESS = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_LOG = logging.getLogger(__name__)


class Envelope:
    """The outermost layer: gives each response its X-Request-ID and lets no exception out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = scope["request_id"] = _request_id(scope)
        started = False
        incoming = _Incoming(receive)

        async def stamped(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = list(message.get("headers", ()))
                named = {name for name, _ in headers}
                usual = (each for each in _USUAL if each[0] not in named)
                message["headers"] = [*headers, *usual, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self._app(scope, incoming, stamped)
        except Exception as error:
            if started:
                raise
            problem = _problem(error, request_id)
            await incoming.drain()
            await answer(problem.payload, problem.status, problem.headers)(scope, receive, stamped)


class _Incoming:
    """The messages of a request. What was not read of it is, before a refusal is sent.

    A server that hangs up on a body that still comes resets the connection, and its answer is lost with it.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Take in the rest, within bounds."""
        taken = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                while not self._is_whole and taken < _DRAIN_BYTES:
                    taken += len((await self()).get("body", b""))


def _request_id(scope: Scope) -> str:
    """Return the id that the caller gave, where it is harmless in a log, else a new one."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), "")
    return given if _HARMLESS.fullmatch(given) else uuid.uuid4().hex


def _problem(error: Exception, request_id: str) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ClientDisconnect):
        return Problem.detail(400, "The request was cut short.", "parse_error")
    if isinstance(error, IntegrityError):
        return Problem.detail(409, "Something else changed this at the same time; read it again.", "conflict")
    if isinstance(error, OperationalError) and (reason := unavailability(error)):
        return Problem.detail(503, *reason, {"Retry-After": "1"})
    # The exception's own text may quote a note; the request id leads to it in the log's traceback alone.
    _LOG.error("request %s failed", request_id, exc_info=error)
    return Problem.detail(500, "Internal server error.", "error")
