"""Shapes of single values: each one checks a node and describes itself as JSON Schema, so the two cannot disagree."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Final

from cadence.diagnostics import did_you_mean
from cadence.sequence.nodes import Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cadence.diagnostics.collector import Collector

__all__ = ["INVALID", "Flag", "Plain", "Shape", "Text", "Whole", "Word", "article", "expect_text"]


class _Invalid:
    """The value of what could not be read; a finding says why."""

    def __repr__(self) -> str:
        return "INVALID"


INVALID: Final = _Invalid()


class Shape(ABC):
    """What may stand at a place. `what` completes "expected ..."."""

    what = "a value"

    @abstractmethod
    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the value of *node*, or INVALID where findings say why not; *key* names the place in messages."""

    @abstractmethod
    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return this shape in JSON Schema, adding what it refers to by name to *definitions*."""

    def refuse(self, node: Node, key: str, found: Collector) -> _Invalid:
        """Report that *node* is something else altogether."""
        if node.kind == "null":
            found.error("empty-value", f"{key} is empty", node.place, f"give {self.what}, or remove the key")
        elif node.kind != "value":
            found.error("wrong-type", f"{key} is {article(node.kind)}; expected {self.what}", node.place)
        return INVALID


def article(noun: str) -> str:
    """Return *noun* with its indefinite article; words without one are left alone."""
    if noun == "text":
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def expect_text(shape: Shape, node: Node, key: str, found: Collector) -> ScalarNode | None:
    """Return *node* if YAML takes it for text; report it otherwise, with the quotes that make it so."""
    if isinstance(node, ScalarNode) and node.kind == "text":
        return node
    if isinstance(node, ScalarNode) and node.kind != "null":
        message = f"{key} reads as {article(node.kind)}: '{node.shown}'; expected {shape.what}"
        found.error("not-text", message, node.place, f'if it is meant as text, put it in quotes: "{node.shown}"')
    else:
        shape.refuse(node, key, found)
    return None


class Text(Shape):
    """Text of a form. *parse* turns it into a value or reports; *pattern* is for the schema and, alone, for the check.

    *name* is its name in the schema, for what is used more than once.
    """

    def __init__(
        self,
        what: str = "text",
        *,
        pattern: str | None = None,
        parse: Callable[[ScalarNode, str, Collector], Any] | None = None,
        reserved: Iterable[str] = (),
        examples: Iterable[str] = (),
        name: str = "",
    ) -> None:
        self.what = what
        self._name = name
        self._pattern = pattern
        self._parse = parse
        self._reserved = frozenset(reserved)
        self._examples = tuple(examples)

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the text, or what it parses to."""
        scalar = expect_text(self, node, key, found)
        if scalar is None:
            return INVALID
        if not scalar.text.strip():
            found.error("empty-value", f"{key} is empty", node.place, f"give {self.what}, or remove the key")
            return INVALID
        if self._parse:
            return self._parse(scalar, key, found)
        return scalar.text if self._accepts(scalar, key, found) else INVALID

    def _accepts(self, node: ScalarNode, key: str, found: Collector) -> bool:
        if self._pattern and not re.fullmatch(self._pattern, node.text):
            found.error("bad-name", f"'{node.shown}' is not usable as {key}; expected {self.what}", node.place)
        elif node.text in self._reserved:
            found.error(
                "reserved-name", f"'{node.shown}' has a meaning of its own in {key}", node.place, "choose another"
            )
        else:
            return True
        return False

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return a string with its pattern; where it has a name, a reference to it under that."""
        if not self._name:
            return self._string()
        definitions.setdefault(self._name, self._string())
        return {"$ref": f"#/$defs/{self._name}"}

    def _string(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "string", "pattern": f"^(?:{self._pattern})$" if self._pattern else r"\S"}
        if self._reserved:
            schema["not"] = {"enum": sorted(self._reserved)}
        if self._examples:
            schema["examples"] = list(self._examples)
        return schema


class Word(Shape):
    """One of a few words. *to* turns the word into its value."""

    def __init__(self, words: Iterable[str], *, to: Callable[[str], Any] = str) -> None:
        self.words = tuple(words)
        self._to = to
        self.what = f"one of {', '.join(self.words)}" if len(self.words) > 1 else f"'{self.words[0]}'"

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the word's value."""
        scalar = expect_text(self, node, key, found)
        if scalar is None:
            return INVALID
        if scalar.text in self.words:
            return self._to(scalar.text)
        hint = did_you_mean(scalar.text, self.words)
        found.error("unknown-word", f"unknown word '{scalar.shown}' in {key}", scalar.place, hint)
        return INVALID

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return an enumeration."""
        del definitions
        return {"enum": list(self.words)}


class Flag(Shape):
    """True or false; YAML 1.1's yes, no, on and off are refused by name."""

    what = "true or false"

    def __init__(self, *, only: bool | None = None) -> None:
        self._only = only
        if only is not None:
            self.what = "true" if only else "false"

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the boolean."""
        if isinstance(node, ScalarNode) and node.kind == "boolean":
            value = node.text.lower() == "true"
            if self._only in {None, value}:
                return value
            found.error(
                "wrong-type", f"{key} is {node.shown}; expected {self.what}", node.place, "remove the key instead"
            )
            return INVALID
        if isinstance(node, ScalarNode) and node.text.lower() in {"yes", "on", "y", "no", "off", "n"}:
            meant = "true" if node.text.lower() in {"yes", "on", "y"} else "false"
            message = f"{key} is the text '{node.shown}'; expected {self.what}"
            found.error("wrong-type", message, node.place, f"write {meant}")
            return INVALID
        return self.refuse(node, key, found)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return a boolean."""
        del definitions
        return {"type": "boolean"} if self._only is None else {"const": self._only}


class Whole(Shape):
    """A whole number within bounds, both included."""

    def __init__(self, least: int = 0, most: int = 1_000_000) -> None:
        self._least, self._most = least, most
        self.what = f"a whole number from {least:,} to {most:,}"

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the number."""
        if not isinstance(node, ScalarNode) or node.kind not in {"integer", "number"}:
            return self.refuse(node, key, found)
        value = plain_value(node, key, found)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int) and self._least <= value <= self._most:
            return value
        if value is not INVALID:
            found.error("out-of-range", f"{key} is {node.shown}; expected {self.what}", node.place)
        return INVALID

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return an integer with its bounds."""
        del definitions
        return {"type": "integer", "minimum": self._least, "maximum": self._most}


class Plain(Shape):
    """Any single value, typed as YAML 1.2 types it: text, number, true, false or (where *empty*) nothing."""

    what = "a single value"

    def __init__(self, *, empty: bool = False) -> None:
        self._empty = empty

    def read(self, node: Node, key: str, found: Collector) -> Any:
        """Return the value; warn where YAML 1.1 would take it for something else."""
        if not isinstance(node, ScalarNode) or (node.kind == "null" and not self._empty):
            return self.refuse(node, key, found)
        return plain_value(node, key, found)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        """Return the scalar types."""
        del definitions
        return {"type": ["string", "number", "boolean", *(["null"] if self._empty else [])]}


def plain_value(node: ScalarNode, key: str, found: Collector) -> Any:
    """Return what *node* stands for in YAML 1.2, catching what YAML 1.1 reads as a boolean or an octal number."""
    text = node.text
    match node.kind:
        case "null":
            return None
        case "boolean":
            return text.lower() == "true"
        case "integer" | "number":
            return _number(node, key, found)
    if not node.style and text.lower() in {"yes", "no", "on", "off"}:
        hint = f'put it in quotes: "{text}"; or write {"true" if text.lower() in {"yes", "on"} else "false"}'
        found.warning("ambiguous-value", f"{key} is read as the text '{text}'", node.place, hint)
    return text


def _number(node: ScalarNode, key: str, found: Collector) -> Any:
    text = node.text.lower()
    digits = text.lstrip("+-")
    if len(digits) > 1 and digits.isdigit() and digits[0] == "0":
        message = f"{key} is '{node.shown}', which some readers take for an octal number"
        hint = f'put it in quotes: "{node.shown}"; or write {int(digits)}'
        found.error("ambiguous-value", message, node.place, hint)
        return INVALID
    if "inf" in text or "nan" in text:
        found.error("out-of-range", f"{key} is {node.shown}; expected a finite number", node.place)
        return INVALID
    try:
        return int(text, 0) if node.kind == "integer" else float(text)
    except ValueError:
        found.error("out-of-range", f"{key} has {len(digits):,} digits; no number needs that many", node.place)
        return INVALID
