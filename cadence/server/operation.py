"""What may be done at a path: who may, what comes in, what is answered. The checks and OpenAPI both read it here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cadence.frozen import dataclass
from cadence.server.bodies.body import Query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response

    from cadence.server.call import Call
    from cadence.server.store.keys import Scope

__all__ = ["Operation", "Operations", "Says", "a_list_of", "a_page_of", "made", "nothing", "one"]

Q = TypeVar("Q")
B = TypeVar("B")


@dataclass(frozen=True, slots=True)
class Says:
    """An answer: its status, the name of the shape in it, and whether that comes alone, in a `list` or in a `page`."""

    status: int
    shape: str = ""
    form: str = "one"


@dataclass(frozen=True, slots=True)
class Operation(Generic[Q, B]):
    """One method of one path. Without a `body` none is read; where it is `optional`, none at all is an empty one."""

    summary: str
    scope: Scope
    handler: Callable[[Call[Q, B]], Awaitable[Response]]
    says: tuple[Says, ...]
    query: type[Q] = Query  # type: ignore[assignment]
    body: type[B] | None = None
    optional: bool = False


Operations = dict[str, Operation[Any, Any]]
"""For each method of a path what it does."""


def one(shape: str) -> tuple[Says, ...]:
    """Return that one *shape* is answered."""
    return (Says(200, shape),)


def made(shape: str) -> tuple[Says, ...]:
    """Return that a new *shape* is answered."""
    return (Says(201, shape),)


def a_page_of(shape: str) -> tuple[Says, ...]:
    """Return that a page of *shape* is answered."""
    return (Says(200, shape, "page"),)


def a_list_of(shape: str) -> tuple[Says, ...]:
    """Return that a bare array of *shape* is answered."""
    return (Says(200, shape, "list"),)


def nothing() -> tuple[Says, ...]:
    """Return that the answer is empty."""
    return (Says(204),)
