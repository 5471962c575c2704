"""What a value written as plain text means: on the command line, and in a CSV cell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_value", "read_values"]

_WORDS = {"true": True, "false": False, "null": None}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?", re.ASCII)
_JSON = frozenset('"[{')


def read_values(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return every text as the value it means."""
    return {name: read_value(text) for name, text in texts.items()}


def read_value(text: str) -> Any:
    """Return true, false, null, plain numbers and JSON lists, objects and quoted strings as such; the rest is text.

    `0123`, `+49 30 1234`, `1e5` and dates stay text; so does a number of more than 15 digits, which a float or a
    spreadsheet would spoil. Quotes keep a number text: `version="1.10"`.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _NUMBER.fullmatch(text):
        return json.loads(text)
    return _as_json(text) if text[:1] in _JSON else text


def _as_json(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value
