"""The body of a request: bounded in bytes, time and depth, and JSON that can be stored and shown again."""

from __future__ import annotations

import asyncio
import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from cadence.model.nesting import DEEPEST
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["MOST_BYTES", "parse_payload", "read_body", "read_payload"]

MOST_BYTES = 1 << 20
_LONGEST_S = 30
_EXACT = 1 << 53


async def read_payload(request: Request, *, optional: bool) -> Any:
    """Return the JSON of the body; with *optional*, none at all is an empty object. Raises Problem."""
    content = await read_body(request)
    return {} if optional and not content.strip() else parse_payload(content)


async def read_body(request: Request) -> bytes:
    """Return the bytes of the body. Raises Problem where they are too many, or too slow to come."""
    try:
        async with asyncio.timeout(_LONGEST_S):
            return await _read(request)
    except TimeoutError:
        raise Problem.detail(408, f"The body did not come within {_LONGEST_S} s.", "timeout") from None


async def _read(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Problem.detail(413, f"The body is larger than {MOST_BYTES} bytes.", "body_too_large")
    return bytes(body)


def parse_payload(content: bytes) -> Any:
    """Return the JSON that *content* is. Raises Problem for what is none, or could not be stored."""
    try:
        value = json.loads(content.decode(), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError:
        raise Problem.detail(400, "The body is not UTF-8.", "parse_error") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise Problem.detail(400, f"JSON parse error - {error}", "parse_error") from None
    _check_values(value)
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    """Return the number; JSON has one kind of them, so 30.0 is 30."""
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"the number {text[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def _check_values(value: Any) -> None:
    """Refuse what could not be stored or shown again: deep nesting, NUL characters, half surrogate pairs."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        if not level:
            return
        _check_texts([item for item in level if isinstance(item, str)])
        lists = [item for item in level if isinstance(item, list)]
        mappings = [item for item in level if isinstance(item, dict)]
        level = [inner for items in lists for inner in items]
        level += [part for mapping in mappings for pair in mapping.items() for part in pair]
    raise _too_deep()


def _check_texts(texts: list[str]) -> None:
    for text in texts:
        if "\x00" in text or (not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)):
            raise Problem.detail(400, "The body holds a character that is not text.", "parse_error")


def _too_deep() -> Problem:
    return Problem.detail(400, f"The body is nested deeper than {DEEPEST} levels.", "parse_error")
