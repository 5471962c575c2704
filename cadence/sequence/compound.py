"""Shapes of lists and mappings, made of other shapes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import Place, did_you_mean
from cadence.sequence.nodes import ListNode, MapNode, Node, ScalarNode
from cadence.sequence.shape import INVALID, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from cadence.diagnostics.collector import Collector

__all__ = ["Either", "Key", "ListOf", "MapOf", "Parts", "Struct"]


class Parts:
    """The keys of a mapping that could be read, and where everything stands."""

    __slots__ = ("_values", "node")

    def __init__(self, node: MapNode, values: dict[str, Any]) -> None:
        self.node = node
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of *key*, or *default* where it was not written or could not be read."""
        return self._values.get(key, default)

    def keys(self) -> AbstractSet[str]:
        """Return the keys that could be read."""
        return self._values.keys()

    def has(self, key: str) -> bool:
        """Whether *key* was written, readable or not."""
        return key in self.node.entries

    def place(self, key: str) -> Place:
        """Return where the value of *key* stands, or the mapping where it was not written."""
        return self.node.entries[key].place if key in self.node.entries else self.node.place

    def key_place(self, key: str, name: str) -> Place:
        """Return where the key *name* of the mapping at *key* stands."""
        node = self.node.entries.get(key)
        return node.keys.get(name, node.place) if isinstance(node, MapNode) else self.place(key)

    def put(self, key: str, value: Any) -> None:
        """Set the value of *key*."""
        self._values[key] = value

    def word_place(self, key: str, word: str) -> Place:
        """Return where *word* stands in what was written at *key*: in its text, or as one of its items."""
        return _find(self.node.entries.get(key, self.node), word) or self.place(key)

    def inner_place(self, key: str, name: str) -> Place:
        """Return where *name* stands in what was written at *key*: the value of that key, or the word in the text."""
        node = self.node.entries.get(key)
        if isinstance(node, MapNode) and name in node.entries:
            return node.entries[name].place
        return self.word_place(key, name)

    def text(self, key: str) -> str:
        """Return what was written at *key*, on one line; empty for a list or a mapping."""
        node = self.node.entries.get(key)
        return " ".join(node.text.split()) if isinstance(node, ScalarNode) else ""


def _find(node: Node, word: str) -> Place | None:
    if isinstance(node, ScalarNode):
        match = re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", node.text)
        return node.at(match.start()) if match else None
    children = node.items if isinstance(node, ListNode) else node.entries.values() if isinstance(node, MapNode) else ()
    return next((place for place in (_find(child, word) for child in children) if place), None)


class Key:
    """A key of a mapping: what it holds, whether it must be there, and one line for people and editors."""

    __slots__ = ("note", "required", "shape")

    def __init__(self, shape: Shape, note: str, *, required: bool = False) -> None:
        self.shape = shape
        self.note = note
        self.required = required


class Struct(Shape):
    """A mapping of known keys.

    *one_of*: exactly one of these must be there. *needs*: a key and the keys without which it means nothing.
    *build* turns the parts into a value, and reports what only shows when they are seen together. *named_by*: the key
    whose value tells one such mapping from the next in messages. *partial*: return the parts whatever is wrong with
    others, so that what follows can be checked too.
    """

    def __init__(  # noqa: PLR0913 - what a mapping can say about its keys
        self,
        name: str,
        keys: Mapping[str, Key],
        *,
        one_of: Iterable[str] = (),
        needs: Mapping[str, Iterable[str]] | None = None,
        build: Callable[[Parts, str, Collector], Any] | None = None,
        what: str | None = None,
        named_by: str = "",
        partial: bool = False,
    ) -> None:
        self.name = name
        self._named_by = named_by
        self._partial = partial
        self.keys = dict(keys)
        self.one_of = tuple(one_of)
        self.needs = {key: tuple(others) for key, others in (needs or {}).items()}
        self._build = build
        self.what = what or f"a mapping with {', '.join(self._main_keys())}"

    def _main_keys(self) -> Iterable[str]:
        required = [key for key, spec in self.keys.items() if spec.required]
        return required or ([" or ".join(self.one_of)] if self.one_of else list(self.keys)[:4])

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the parts of *node*, or what they build; INVALID where it is not such a mapping."""
        if not isinstance(node, MapNode):
            return self.refuse(node, key, found)
        key = self._label(node, key)
        parts = Parts(node, dict(self._values(node, key, found)))
        complete = self._is_complete(node, key, found)
        if self._partial:
            return parts
        if not complete or any(name not in parts for name in node.entries):
            return INVALID
        return self._build(parts, key, found) if self._build else parts

    def _label(self, node: MapNode, key: str) -> str:
        name = node.entries.get(self._named_by)
        return f"{self.name} '{name.text}'" if isinstance(name, ScalarNode) else key

    def _values(self, node: MapNode, key: str, found: Collector) -> Iterable[tuple[str, Any]]:
        for name, entry in node.entries.items():
            if name not in self.keys:
                hint = did_you_mean(name, self.keys)
                found.error("unknown-key", f"unknown key '{name}' in {key}", node.keys[name], hint)
                continue
            value = self.keys[name].shape.read(entry, name, found)
            if value is not INVALID:
                yield name, value

    def _is_complete(self, node: MapNode, key: str, found: Collector) -> bool:
        problems = [*self._missing(node), *self._conflicts(node)]
        for code, message, hint in problems:
            found.error(code, f"{key} {message}", node.place, hint)
        return not problems

    def _missing(self, node: MapNode) -> Iterable[tuple[str, str, str]]:
        for name, spec in self.keys.items():
            if spec.required and name not in node.entries:
                yield "missing-key", f"has no '{name}'", f"add '{name}': {spec.note}"
        for name, others in self.needs.items():
            for other in others:
                if name in node.entries and other not in node.entries:
                    yield "missing-key", f"has '{name}' without '{other}'", f"add '{other}': {self.keys[other].note}"

    def _conflicts(self, node: MapNode) -> Iterable[tuple[str, str, str]]:
        given = [name for name in self.one_of if name in node.entries]
        choices = ", ".join(self.one_of)
        if self.one_of and not given:
            yield "missing-key", "says too little", f"give one of {choices}"
        elif len(given) > 1:
            yield "conflicting-keys", f"has {' and '.join(given)}", f"give one of {choices}"

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return a reference to the object, which goes into *definitions* under its name."""
        if self.name not in definitions:
            definitions[self.name] = {}  # taken first, because a mapping may hold itself
            definitions[self.name] = self._object(definitions)
        return {"$ref": f"#/$defs/{self.name}"}

    def _object(self, definitions: dict[str, Any]) -> dict[str, Any]:
        properties = {
            name: {"description": spec.note, **spec.shape.schema(definitions)} for name, spec in self.keys.items()
        }
        schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        if required := [name for name, spec in self.keys.items() if spec.required]:
            schema["required"] = required
        if self.needs:
            schema["dependentRequired"] = {name: list(others) for name, others in self.needs.items()}
        if self.one_of:
            schema["oneOf"] = [{"required": [name]} for name in self.one_of]
        return schema


class ListOf(Shape):
    """A list whose items have one shape; the value is a tuple of those that could be read, or what *to* makes of it."""

    def __init__(
        self, item: Shape, *, what: str = "a list", least: int = 0, to: Callable[[Iterable[Any]], Any] = tuple
    ) -> None:
        self._item = item
        self._least = least
        self._to = to
        self.what = what

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the items; an item that cannot be read is reported and left out."""
        if not isinstance(node, ListNode):
            return self.refuse(node, key, found)
        if len(node.items) < self._least:
            found.error("empty-value", f"{key} is empty", node.place, f"give {self.what}, or remove the key")
            return INVALID
        values = [self._item.read(item, key, found) for item in node.items]
        return self._to(value for value in values if value is not INVALID)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return an array."""
        schema: dict[str, Any] = {"type": "array", "items": self._item.schema(definitions)}
        return {**schema, "minItems": self._least} if self._least else schema


class MapOf(Shape):
    """A mapping whose keys are names of one's own; the value is a dict, or what *build* makes of it.

    *pattern* is the names' form; where *accepts* tells it too, and sooner, *pattern* is for the schema alone.
    """

    def __init__(  # noqa: PLR0913 - what a mapping can say about its names
        self,
        value: Shape,
        *,
        what: str,
        pattern: str,
        accepts: Callable[[str], bool] | None = None,
        reserved: Iterable[str] = (),
        least: int = 0,
        build: Callable[[MapNode, dict[str, Any], str, Collector], Any] | None = None,
    ) -> None:
        self._value = value
        self._build = build
        self._pattern = pattern
        self._accepts = accepts
        self._reserved = frozenset(reserved)
        self._least = least
        self.what = what

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the entries that could be read, or what they build."""
        if not isinstance(node, MapNode):
            return self.refuse(node, key, found)
        if len(node.entries) < self._least:
            found.error("empty-value", f"{key} is empty", node.place, f"give {self.what}, or remove the key")
            return INVALID
        values = {name: value for name, value in self._entries(node, key, found) if value is not INVALID}
        return self._build(node, values, key, found) if self._build else values

    def _entries(self, node: MapNode, key: str, found: Collector) -> Iterable[tuple[str, Any]]:
        for name, entry in node.entries.items():
            if not self._is_name(name):
                message = f"'{name}' is not usable as a key of {key}; expected {self.what}"
                found.error("bad-name", message, node.keys[name])
            elif name in self._reserved:
                message = f"'{name}' has a meaning of its own in {key}"
                found.error("reserved-name", message, node.keys[name], "choose another")
            else:
                yield name, self._value.read(entry, f"{key} '{name}'", found)

    def _is_name(self, name: str) -> bool:
        return bool(self._accepts(name) if self._accepts else re.fullmatch(self._pattern, name))

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return an object with free keys."""
        names: dict[str, Any] = {"pattern": f"^(?:{self._pattern})$"}
        if self._reserved:
            names["not"] = {"enum": sorted(self._reserved)}
        schema = {"type": "object", "propertyNames": names, "additionalProperties": self._value.schema(definitions)}
        return {**schema, "minProperties": self._least} if self._least else schema


class Either(Shape):
    """A short form and longer ones, told apart by being a single value, a list or a mapping."""

    def __init__(
        self,
        *,
        scalar: Shape | None = None,
        items: Shape | None = None,
        mapping: Shape | None = None,
        what: str = "",
        empty: bool = False,
    ) -> None:
        self._empty = empty
        self._by_kind = {"list": items, "mapping": mapping}
        self._scalar = scalar
        self._shapes = [shape for shape in (scalar, items, mapping) if shape]
        self.what = what or " or ".join(shape.what for shape in self._shapes)

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return what the shape for this kind of node returns."""
        shape = self._by_kind.get(node.kind, self._scalar)
        if shape is None or (node.kind == "null" and not self._empty):
            return self.refuse(node, key, found)
        return shape.read(node, key, found)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return the alternatives."""
        return {"anyOf": [shape.schema(definitions) for shape in self._shapes]}
