"""A YAML document as a tree whose every value knows its line and column. Scalars stay the text that was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cadence.diagnostics import Place

__all__ = ["ListNode", "MapNode", "Node", "ScalarNode", "node_of"]

_GLANCE = 80
_NOT_TEXT = frozenset({"", *"~nNtTfF+-.0123456789"})  # what all but text begins with
_CORE = (
    ("null", re.compile(r"~|null|Null|NULL|\Z")),
    ("boolean", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("integer", re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")),
    (
        "number",
        re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"),
    ),
)


class Node:
    """A value and where it stands; `place` is its first character."""

    __slots__ = ("place",)

    kind = "value"

    def __init__(self, place: Place) -> None:
        self.place = place


class ScalarNode(Node):
    """A single value as it was written. `style` is YAML's: '' plain, ' and " quoted, | and > blocks.

    *end_line* is its last line, *indent* the spaces before each line of a | block; 0 where they are not known.
    """

    __slots__ = ("_end_line", "_indent", "style", "text")

    def __init__(
        self, place: Place, text: str, *, style: str | None = None, end_line: int = 0, indent: int = 0
    ) -> None:
        super().__init__(place)
        self.text = text
        self.style = style or ""
        self._end_line = end_line
        self._indent = indent

    @property
    def kind(self) -> str:  # type: ignore[override]
        """What YAML 1.2's core schema takes it for: text, integer, number, boolean or null.

        Source: YAML 1.2.2, section 10.3.2. An editor that checks the file by the JSON Schema reads it so too.
        """
        if self.style or self.text[:1] not in _NOT_TEXT:
            return "text"
        return next((kind for kind, form in _CORE if form.fullmatch(self.text)), "text")

    @property
    def shown(self) -> str:
        """The text for a message: on one line and not longer than that."""
        text = " ".join(self.text.split())
        return text if len(text) <= _GLANCE else f"{text[: _GLANCE - 1]}…"

    def at(self, offset: int) -> Place:
        """Return the place of the character at *offset* of the text, as near as the style lets one know."""
        if self.style == "|":
            line = self.place.line + 1 + self.text.count("\n", 0, offset)
            return Place(self.place.path, line, self._indent + offset - self.text.rfind("\n", 0, offset))
        if self._end_line not in {0, self.place.line}:
            return self.place
        return Place(self.place.path, self.place.line, self.place.column + len(self.style) + offset)


class ListNode(Node):
    """A list, in order."""

    __slots__ = ("items",)

    kind = "list"

    def __init__(self, place: Place, items: list[Node]) -> None:
        super().__init__(place)
        self.items = items


class MapNode(Node):
    """A mapping, in file order; `keys` holds the places of the keys."""

    __slots__ = ("entries", "keys")

    kind = "mapping"

    def __init__(self, place: Place, entries: dict[str, Node], keys: dict[str, Place]) -> None:
        super().__init__(place)
        self.entries = entries
        self.keys = keys


def node_of(value: Any, place: Place, elsewhere: Mapping[tuple[str, ...], Place] | None = None) -> Node:
    """Return plain values (of TOML or JSON) as nodes, so that they are checked like YAML.

    All stand at *place*, but for those under the keys of *elsewhere*.
    """
    if isinstance(value, Mapping):
        places = {str(key): (elsewhere or {}).get((str(key),), place) for key in value}
        entries = {
            str(key): node_of(item, places[str(key)], _under(str(key), elsewhere)) for key, item in value.items()
        }
        return MapNode(place, entries, places)
    if isinstance(value, (list, tuple)):
        return ListNode(place, [node_of(item, place) for item in value])
    if isinstance(value, bool):
        return ScalarNode(place, "true" if value else "false")
    return ScalarNode(place, str(value), style="" if isinstance(value, (int, float)) else "'")


def _under(key: str, elsewhere: Mapping[tuple[str, ...], Place] | None) -> dict[tuple[str, ...], Place]:
    return {keys[1:]: place for keys, place in (elsewhere or {}).items() if keys[0] == key and len(keys) > 1}
