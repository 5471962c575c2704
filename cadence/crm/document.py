"""A JSON answer, on its way to becoming values."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from cadence.crm.refusal import misfit
from cadence.frozen import dataclass
from cadence.model.nesting import DEEPEST, is_too_deep

if TYPE_CHECKING:
    from cadence.crm.transport import Reply
    from cadence.errors import TargetError

__all__ = ["Document", "document_of"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON value and where it came from: the call, the target, the reply."""

    payload: Any
    reply: Reply
    target: str
    what: str

    def read_as(self, model: type[_Model]) -> _Model:
        """Return the payload as *model*. Raises TargetError naming the first field that does not fit."""
        try:
            return model.model_validate(self.payload)
        except ValidationError as error:
            raise self.error(_first_problem(error)) from None

    def rows(self) -> list[Document]:
        """Return the rows of a list: a bare array, or a page's `results`."""
        rows = self.payload.get("results") if isinstance(self.payload, dict) else self.payload
        if not isinstance(rows, list):
            raise self.error("expected a list, or a page with 'results'")
        return [replace(self, payload=row) for row in rows]

    @property
    def is_paged(self) -> bool:
        """Whether this is one page of a longer list."""
        return isinstance(self.payload, dict) and "results" in self.payload

    def error(self, problem: str) -> TargetError:
        """Return the error that says what does not fit."""
        return misfit(self.reply, target=self.target, what=self.what, problem=problem)


def document_of(reply: Reply, *, target: str, what: str) -> Document:
    """Return the JSON in *reply*. Raises TargetError for anything else, an HTML page for instance."""
    if reply.broken is not None:
        raise misfit(reply, target=target, what=what, problem=reply.broken)
    try:
        payload = json.loads(reply.body)
    except (ValueError, RecursionError):
        kind = reply.content_type or "unknown"
        raise misfit(reply, target=target, what=what, problem=f"expected JSON, got the type '{kind}'") from None
    if is_too_deep(payload):
        raise misfit(reply, target=target, what=what, problem=f"it is nested deeper than {DEEPEST} levels")
    return Document(payload, reply, target, what)


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field, message = ".".join(str(part) for part in first["loc"]), first["msg"]
    return f"field '{field}': {message[:1].lower()}{message[1:]}" if field else "expected an object"
