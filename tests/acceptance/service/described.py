"""The calls that a running service describes, and bodies made from their description, so that no call can be forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.acceptance.service.running import Served

__all__ = ["NOBODY", "Description", "Operation", "filled"]

Schema = dict[str, Any]
NOBODY = "00000000-0000-4000-8000-00000000dead"
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
_TEXTS = {"date-time": "2026-12-01T10:00:00Z", "date": "2026-12-01", "uri": "https://hooks.invalid/crm"}


@dataclass(frozen=True)
class Operation:
    """One method of one path, the scope that it needs, and the schemas of what it takes."""

    method: str
    path: str
    scope: str
    query: Mapping[str, Schema]
    needed: tuple[str, ...]
    body: Schema | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Description:
    """The document at `/openapi.json`."""

    def __init__(self, served: Served) -> None:
        with served.client() as client:
            self.document: Schema = client.get("/openapi.json").json()

    def calls(self) -> list[Operation]:
        """Return every call that is never answered without a key."""
        return [each for each in self._operations() if each.scope]

    def _operations(self) -> Iterator[Operation]:
        for path, methods in self.document["paths"].items():
            for method in sorted(_METHODS & set(methods)):
                described = methods[method]
                ways = described["security"]
                scopes = [scope for each in ways for scope in each.get("X-API-KEY", ()) if {} not in ways]
                query = {each["name"]: each["schema"] for each in described["parameters"]}
                needed = tuple(each["name"] for each in described["parameters"] if each["required"])
                body = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
                yield Operation(method.upper(), path, "".join(scopes), query, needed, body)

    def least(self, operation: Operation) -> Any:
        """Return the smallest body that the call takes, None where it takes none."""
        return None if operation.body is None else self.sample(operation.body)

    def sample(  # noqa: PLR0911 - a line for each kind of schema
        self, schema: Schema, *, identity: str = NOBODY, text: str = "x", is_full: bool = False
    ) -> Any:
        """Return an instance of *schema* with *identity* for every id and *text* for every text that may be anything.

        Where it *is_full*, lists hold something and objects have all that they may have.
        """
        inner = partial(self.sample, identity=identity, text=text, is_full=is_full)
        schema = self.resolved(schema)
        match schema:
            case {"examples": [first, *_]} | {"enum": [first, *_]} | {"const": first}:
                return first
            case {"type": "object"}:
                named = schema["properties"] if is_full else schema.get("required", ())
                return {name: inner(schema["properties"][name]) for name in named}
            case {"type": "array"}:
                length = max(schema.get("minItems", 0), int(is_full))
                return [inner(schema["items"])] * length
            case {"type": "string", "format": "uuid"}:
                return identity
            case {"type": "string"}:
                return _TEXTS.get(schema.get("format", ""), text[: schema.get("maxLength")])
            case {"type": "integer" | "number"}:
                return schema.get("minimum", 1)
            case {"type": "boolean"}:
                return False
            case _:
                return None

    def resolved(self, schema: Schema) -> Schema:
        """Return what *schema* refers to; of several, the first that is not null."""
        while "$ref" in schema or "anyOf" in schema:
            if "$ref" in schema:
                schema = self.document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            else:
                schema = next(each for each in schema["anyOf"] if each != {"type": "null"})
        return schema

    def parts(self, schema: Schema) -> Iterator[Schema]:
        """Yield *schema* and every schema within it."""
        if "$ref" in schema:
            schema = self.resolved(schema)
        yield schema
        inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
        for each in [*inner, schema["items"]] if "items" in schema else inner:
            yield from self.parts(each)

    def holds_text(self, schema: Schema) -> bool:
        """Return whether something within *schema* is a text that may be anything."""
        told = {"format", "enum", "pattern", "const", "examples"}
        return any(each.get("type") == "string" and not each.keys() & told for each in self.parts(schema))

    def names_an_id(self, schema: Schema) -> bool:
        """Return whether something within *schema* is an id."""
        return any(each.get("format") == "uuid" for each in self.parts(schema))


def filled(path: str, things: Iterable[str], *, objects: Iterable[str] = ()) -> Iterator[str]:
    """Yield *path* with each of *things* in each of its places; in that of an object, with each of *objects*."""
    names = re.findall(r"\{(\w+)\}", path)
    choices = [list(objects) if name == "object" else list(things) for name in names]
    for chosen in product(*choices):
        yield path.format(**dict(zip(names, chosen, strict=True)))
