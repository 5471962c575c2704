"""From YAML's events to nodes: no tags, no aliases, no duplicate keys, bounded in size and depth while reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from cadence.diagnostics import Place
from cadence.sequence.nodes import ListNode, MapNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.diagnostics.collector import Collector

__all__ = ["MAX_BYTES", "MAX_DEPTH", "read_document"]

MAX_BYTES = 1 << 20
MAX_DEPTH = 32

# libyaml's parser where PyYAML was built with it; the same events from PyYAML's own otherwise.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Stop(Exception):  # noqa: N818 - not an error: what stops the reading is already a finding
    """Raised where reading on would be pointless."""


def read_document(source: str | bytes, found: Collector) -> MapNode | None:
    """Return the one mapping that *source* holds, or None where findings say why not."""
    text = _text_of(source, found)
    if text is None:
        return None
    try:
        return _Reader(text, found).document()
    except _Stop:
        return None
    except yaml.YAMLError as error:
        found.error("yaml-syntax", *_complaint(error, text, found.path))
        return None


def _text_of(source: str | bytes, found: Collector) -> str | None:
    whole = Place(found.path)
    try:
        encoded = source.encode() if isinstance(source, str) else source
        if len(encoded) > MAX_BYTES:
            size = f"{len(encoded):,} bytes"
            found.error("file-too-large", f"{size} is more than the {MAX_BYTES:,} that are read", whole, "split it")
            return None
        text = encoded.decode()
    except UnicodeError as error:
        found.error("not-utf8", _undecodable(error, source), whole, "save the file as UTF-8")
        return None
    if text.startswith("\ufeff"):
        found.warning(
            "byte-order-mark", "the file starts with a byte order mark", whole, "save it as UTF-8 without one"
        )
    return text.removeprefix("\ufeff")


def _undecodable(error: UnicodeError, source: str | bytes) -> str:
    if isinstance(source, bytes) and source[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "not UTF-8 but UTF-16"
    if isinstance(error, UnicodeDecodeError):
        line = error.object.count(b"\n", 0, error.start) + 1
        return f"not UTF-8: byte 0x{error.object[error.start]:02x} on line {line}"
    return "not UTF-8: the text holds half of a surrogate pair"


def _complaint(error: yaml.YAMLError, text: str, path: str) -> tuple[str, Place, str | None]:
    mark: Any = getattr(error, "problem_mark", None)
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None)
    message = f"not YAML: {problem}" + (f" {context}" if context else "")
    return message, place, _yaml_hint(place, text)


def _yaml_hint(place: Place, text: str) -> str | None:
    """Return the way out of the commonest slips, judged by the line that YAML stumbled on."""
    lines = text.splitlines()
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or line[place.column - 1 : place.column] == "\t":
        return "indent with spaces, not with tabs"
    if line.count(": ") > 1 or "{{" in line or "`" in line:
        return "put the value in quotes"
    return "check the indentation and the quotes at and above this line"


class _Reader:
    """Turns events into nodes one at a time, so that a hostile file is given up as soon as it shows."""

    def __init__(self, text: str, found: Collector) -> None:
        self._found = found
        self._text = text
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))

    def document(self) -> MapNode | None:
        next(self._events)  # the stream's start
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self._stop("empty-file", "the file is empty", Place(self._found.path), "write a sequence in it")
        root = self._node(next(self._events), 0)
        next(self._events)  # the document's end
        after = next(self._events)
        if isinstance(after, yaml.DocumentStartEvent):
            message = "a second document starts here"
            self._found.error("yaml-documents", message, self._place(after), "keep one document a file, without '---'")
        if isinstance(root, MapNode):
            return root
        what = {"null": "nothing", "list": "a list"}.get(root.kind, "a single value")
        message = f"the file holds {what}, not keys with values"
        self._found.error("not-a-mapping", message, root.place, "start with a key, as in sequence: onboarding")
        return None

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if depth > MAX_DEPTH:
            message = f"nested more than {MAX_DEPTH} levels deep"
            self._stop("yaml-too-deep", message, place, "close the brackets; a few levels are enough")
        if isinstance(event, yaml.AliasEvent):
            self._forbid("yaml-alias", f"alias '*{event.anchor}' is not followed", place, "write the value out")
            return Node(place)
        self._refuse_properties(event, place)
        if isinstance(event, yaml.ScalarEvent):
            end: Any = event.end_mark
            indent = self._indent_after(place.line) if event.style == "|" else 0
            return ScalarNode(place, event.value, style=event.style, end_line=end.line + 1, indent=indent)
        if isinstance(event, yaml.SequenceStartEvent):
            return ListNode(place, [self._node(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)])
        return self._mapping(place, depth)

    def _indent_after(self, line: int) -> int:
        """Return the indentation of the block that starts below *line*: that of its first line that is not empty."""
        below = self._text.split("\n")[line:]
        first = next((text for text in below if text.strip()), "")
        return len(first) - len(first.lstrip(" "))

    def _mapping(self, place: Place, depth: int) -> MapNode:
        node = MapNode(place, {}, {})
        for event in self._until(yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, ScalarNode):
                self._forbid("yaml-key", f"a {key.kind} cannot be a key", key.place, "keys are plain words")
            elif key.text == "<<" and not key.style:
                self._forbid("yaml-merge", "merge key '<<' is not followed", key.place, "write the keys out")
            elif key.text in node.entries:
                first = node.keys[key.text].line
                message = f"key '{key.text}' is given twice, first on line {first}"
                self._forbid("duplicate-key", message, key.place, "remove one of them")
            else:
                node.entries[key.text], node.keys[key.text] = value, key.place
        return node

    def _until(self, end: type) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield event

    def _refuse_properties(self, event: Any, place: Place) -> None:
        if event.tag is not None:
            self._forbid(
                "yaml-tag", f"tag '{event.tag}' has no meaning here", place, "remove it; types are known by key"
            )
        if event.anchor is not None:
            self._forbid("yaml-alias", f"anchor '&{event.anchor}' has no meaning here", place, "write the value out")

    def _forbid(self, code: str, message: str, place: Place, hint: str) -> None:
        self._found.error(code, message, place, hint)

    def _stop(self, code: str, message: str, place: Place, hint: str) -> None:
        self._found.error(code, message, place, hint)
        raise _Stop

    def _place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self._found.path, mark.line + 1, mark.column + 1)
