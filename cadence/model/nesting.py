"""How deep values may be nested: whatever writes, compares or shows them goes down level by level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DEEPEST", "is_too_deep"]

DEEPEST = 40
_FLAT = frozenset({str, int, float, bool, type(None)})  # what most values are, told by a look at their class


def is_too_deep(value: object) -> bool:
    """Return whether *value* has lists and mappings nested deeper than DEEPEST, or holds itself.

    Python gives up at another depth in each release and on each thread, and now and then after it has begun.
    """
    if value.__class__ in _FLAT:
        return False
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = _inside(level)
        if not level:
            return False
    return True


def _inside(level: Iterable[object]) -> list[object]:
    """Return the containers in those of *level*, each once, so that what is shared is not looked through again."""
    found: dict[int, object] = {}
    for container in level:
        for item in _items(container):
            if item.__class__ not in _FLAT and isinstance(item, list | tuple | Mapping):
                found[id(item)] = item
    return list(found.values())


def _items(container: object) -> Iterable[object]:
    match container:
        case dict() | Mapping():
            return container.values()
        case list() | tuple():
            return container
        case _:
            return ()
