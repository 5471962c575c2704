"""What the CRM says is wrong: its error shapes, read into one line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.crm.transport import Reply

__all__ = ["Complaint", "complaint_of"]

_LONGEST = 400
_WORD = 64


@dataclass(frozen=True, slots=True)
class Complaint:
    """A line for people and the CRM's code for it, where it gave one."""

    text: str
    code: str | None = None


def complaint_of(reply: Reply) -> Complaint:
    """Return what *reply* says: a `detail` with its `code`, or field errors in either form, or what it is instead.

    Where it repeats the key that it was asked with, stars stand in place of that.
    """
    text, code = _said(reply)
    return Complaint(_line(text, reply.secret), _line(code, reply.secret)[:_WORD] if code else None)


def _said(reply: Reply) -> tuple[str, str | None]:
    payload = _json(reply)
    if isinstance(payload, dict) and isinstance(payload.get("detail"), str):
        return payload["detail"], _code(payload)
    messages = list(_messages(payload, ""))
    if messages:
        return "; ".join(text for text, _ in messages), next((code for _, code in messages if code), None)
    kind = f"a body of type '{reply.content_type[:_WORD]}'" if reply.body else "an empty body"
    return f"{kind} in place of an explanation", None


def _json(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except (ValueError, RecursionError):
        return None


def _messages(value: Any, field: str, depth: int = 0) -> Iterator[tuple[str, str | None]]:
    """Yield each message as `field: text` with its code; fields nest a few levels."""
    match value:
        case str():
            yield (f"{field}: {value}" if field else value), None
        case {"message": str(text), **rest}:
            yield (f"{field}: {text}" if field else text), _code(rest)
        case dict() if depth < 4:  # noqa: PLR2004 - no known answer nests deeper
            for name, inner in value.items():
                yield from _messages(inner, f"{field}.{name}" if field else str(name), depth + 1)
        case list():
            for inner in value[:20]:
                yield from _messages(inner, field, depth + 1)
        case _:
            return


def _code(payload: dict[Any, Any]) -> str | None:
    code = payload.get("code")
    return code if isinstance(code, str) and code else None


def _line(text: str, secret: str) -> str:
    quoted = text.replace(secret, "***") if secret else text
    plain = " ".join("".join(c if c.isprintable() else " " for c in quoted).split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}..."
