"""The OpenAPI document."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic.json_schema import models_json_schema

from cadence.server.access import HEADERS
from cadence.server.bodies.forms import zone_names
from cadence.server.openapi.shapes import ERRORS, SHAPES, page_schema, reference_to
from cadence.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from cadence.server.operation import Operation, Operations, Says

__all__ = ["content_of", "document", "refusal"]

Schema = dict[str, Any]

_TITLE = "Cadence activity service"
_ABOUT = """The CRM's API on a store of your own. Texts hold no NUL character; bodies are at most 1 MiB of JSON, at
most 40 levels deep. Query parameters that are not known are passed over; fields of a body that are not known are
refused."""
_REFERENCES = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"\{(\w+)\}")
_PATH_PARAMETERS: dict[str, tuple[str, Schema]] = {
    "id": ("The id.", {"type": "string", "format": "uuid"}),
    "reference": ("The id, or the name by which the API knows it.", {"type": "string", "minLength": 1}),
    "object": ("The id or the name of a kind of records; contacts are `client_client`.",
               {"type": "string", "minLength": 1}),
}  # fmt: skip
_HEADERS = {"X-Request-ID": {"description": "The id of the request.", "required": True, "schema": {"type": "string"}}}
_LATER = {
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer", "minimum": 1}}
}
_WAITED_FOR = frozenset({429, 503})


def document(paths: Mapping[str, Operations]) -> Schema:
    """Return the description of *paths*."""
    operations = [operation for methods in paths.values() for operation in methods.values()]
    described = {path: _path(path, methods) for path, methods in paths.items()}
    _link(paths, described)
    pages = {says.shape for operation in operations for says in operation.says if "page" in says.form}
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": __version__, "description": _ABOUT, "license": {"name": "MIT"}},
        "security": [{name: [] for name in HEADERS}],
        "paths": described,
        "components": {
            "securitySchemes": {name: {"type": "apiKey", "in": "header", "name": name} for name in HEADERS},
            "schemas": {
                **SHAPES,
                "Zone": {"type": "string", "enum": zone_names()},
                **{f"{shape}Page": page_schema(shape) for shape in sorted(pages)},
                **_bodies(operations),
            },
        },
    }


def _path(path: str, methods: Operations) -> Schema:
    parameters = [_path_parameter(name) for name in _PARAMETER.findall(path)]
    described: Schema = {method.lower(): _operation(path, method, methods[method]) for method in methods}
    return {"parameters": parameters, **described} if parameters else described


def _link(paths: Mapping[str, Operations], described: Schema) -> None:
    """Tell of each call that makes something which calls take its id."""
    for path, methods in paths.items():
        made = described[path].get("post", {}).get("responses", {}).get("201")
        of_one = path.removesuffix("/add") + "/{id}" if path.endswith("/add") else f"{path}/{{id}}"
        if made is None or of_one not in paths or "POST" not in methods:
            continue
        above = {name: f"$request.path.{name}" for name in _PARAMETER.findall(path)}
        made["links"] = {
            _identifier(of_one, method): {
                "operationId": _identifier(of_one, method),
                "parameters": {**above, "id": "$response.body#/id"},
            }
            for method in paths[of_one]
        }


def _path_parameter(name: str) -> Schema:
    description, schema = _PATH_PARAMETERS[name]
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _operation(path: str, method: str, operation: Operation[Any, Any]) -> Schema:
    described: Schema = {
        "operationId": _identifier(path, method),
        "summary": operation.summary,
        "description": f"Needs a key with the scope `{operation.scope.name.lower()}`.",
        "tags": [path.split("/")[2]],
        "security": [{name: [operation.scope.name.lower()] if name == HEADERS[0] else [] for name in HEADERS}],
        "parameters": list(_query_parameters(operation.query)),
        "responses": {
            **{str(says.status): _answer(says) for says in operation.says},
            **{str(status): refusal(status) for status in _refusals(path, operation)},
        },
    }
    if operation.body is not None:
        content = {"application/json": {"schema": reference_to(operation.body.__name__)}}
        described["requestBody"] = {"required": not operation.optional, "content": content}
    return described


def _identifier(path: str, method: str) -> str:
    words = [word.strip("{}").replace("-", "_") for word in path.split("/")[2:]]
    return "_".join([method.lower(), *words])


def _query_parameters(model: type[BaseModel]) -> Iterator[Schema]:
    schema = model.model_json_schema(ref_template=_REFERENCES)
    for name, described in schema.get("properties", {}).items():
        plain = _without_null(described)
        is_required = name in schema.get("required", [])
        parameter: Schema = {"name": name, "in": "query", "required": is_required, "schema": plain}
        if plain.get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        yield parameter


def _without_null(schema: Schema) -> Schema:
    """Return what a parameter may be that is there: in a query string nothing is null."""
    kept = {name: value for name, value in schema.items() if name not in ("anyOf", "default", "title")}
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    return {**kept, **choices[0]} if choices else kept


def _answer(says: Says) -> Schema:
    if not says.shape:
        return {"description": "Done.", "headers": _HEADERS}
    forms = {
        "one": reference_to(says.shape),
        "list": {"type": "array", "items": reference_to(says.shape)},
        "page": reference_to(f"{says.shape}Page"),
    }
    schemas = [forms[form] for form in says.form.split(" or ")]
    return content_of(schemas[0] if len(schemas) == 1 else {"anyOf": schemas})


def _refusals(path: str, operation: Operation[Any, Any]) -> Iterator[int]:
    yield from (400, 401, 403)
    if "{" in path:
        yield 404
    if operation.body is not None:
        yield from (408, 413)
    if operation.scope.name != "READ":
        yield 409
    yield from (429, 500, 503)


def refusal(status: int) -> Schema:
    """Return the answer that refuses with *status*."""
    problem = reference_to("Problem")
    schema = {"anyOf": [problem, reference_to("FieldProblems")]} if status == 400 else problem  # noqa: PLR2004 - HTTP
    return content_of(schema, status)


def content_of(schema: Schema, status: int = 200, *, media_type: str = "application/json") -> Schema:
    """Return the answer with *status* whose body is of *schema*."""
    return {
        "description": ERRORS.get(status, "Done."),
        "headers": {**_HEADERS, **_LATER} if status in _WAITED_FOR else _HEADERS,
        "content": {media_type: {"schema": schema}},
    }


def _bodies(operations: list[Operation[Any, Any]]) -> Schema:
    models = {operation.body.__name__: operation.body for operation in operations if operation.body is not None}
    _, schema = models_json_schema([(model, "validation") for model in models.values()], ref_template=_REFERENCES)
    found: Schema = schema["$defs"]
    return found
