"""How deep values may be nested: whatever writes, compares or shows them goes down level by level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["DEEPEST", "is_too_deep"]

DEEPEST = 40


def is_too_deep(value: object) -> bool:
    """Return whether *value* has lists and mappings nested deeper than DEEPEST, or holds itself.

    Python gives up at another depth in each release and on each thread, and now and then after it has begun.
    """
    level: list[object] = [value]
    for _ in range(DEEPEST):
        level = list(_inside(level))
        if not level:
            return False
    return True


def _inside(level: Iterable[object]) -> Iterator[object]:
    """Yield the containers in those of *level*, each once, so that what is shared is not looked through again."""
    seen: set[int] = set()
    for container in level:
        for item in _items(container):
            if isinstance(item, list | tuple | Mapping) and id(item) not in seen:
                seen.add(id(item))
                yield item


def _items(container: object) -> Iterable[object]:
    match container:
        case Mapping():
            return container.values()
        case list() | tuple():
            return container
        case _:
            return ()
