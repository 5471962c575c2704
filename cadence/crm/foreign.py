"""What a client that is not ours returns for a request, read as an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cadence.crm.reply import to_reply, too_long

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.crm.transport import Reply

__all__ = ["reply_from"]

_STATUSES = ("status", "status_code")
_BODIES = ("body", "content", "text", "json")


def reply_from(response: Any, *, now: datetime, secret: str, limit: int) -> Reply | None:
    """Return *response* as an answer, None where it has no status.

    It is a mapping or an object with `status` or `status_code`; `headers`, a mapping; and `body`, `content` or `text`:
    bytes, text, or what was parsed from JSON.
    """
    status = _first(response, _STATUSES)
    if not isinstance(status, int) or not 100 <= status <= 599:  # noqa: PLR2004 - the statuses of HTTP
        return None
    body, problem = _bytes(_first(response, _BODIES))
    if len(body) > limit:
        body, problem = body[:limit], too_long(limit)
    return to_reply(int(status), _headers(response), body, now=now, secret=secret, broken=problem)


def _first(response: Any, names: tuple[str, ...]) -> Any:
    """Return what stands under the first of *names* that is there; methods are not called."""
    found = (_value(response, name) for name in names)
    return next((value for value in found if value is not None and not callable(value)), None)


def _value(response: Any, name: str) -> Any:
    if isinstance(response, Mapping):
        return response.get(name)
    try:
        return getattr(response, name, None)
    except Exception:  # noqa: BLE001 - as of a body that was to be streamed and is gone: then it says nothing
        return None


def _headers(response: Any) -> dict[str, str]:
    headers = _first(response, ("headers",))
    if not hasattr(headers, "items"):
        return {}
    lowered = {str(name).lower(): str(value) for name, value in headers.items()}
    lowered.pop("content-encoding", None)  # the client has undone it
    return lowered


def _bytes(body: Any) -> tuple[bytes, str | None]:
    """Return the body as it came or would have come, and why it cannot be read."""
    match body:
        case None:
            return b"", None
        case bytes() | bytearray():
            return bytes(body), None
        case str():
            return body.encode(errors="replace"), None
        case dict() | list():
            return _dumped(body)
        case _:
            return b"", f"a body of type '{type(body).__name__}'"


def _dumped(body: Any) -> tuple[bytes, str | None]:
    try:
        return json.dumps(body).encode(), None
    except (TypeError, ValueError, RecursionError):
        return b"", "a body that is not JSON"
