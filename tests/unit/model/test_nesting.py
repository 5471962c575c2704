from __future__ import annotations

from typing import Any

import pytest

from cadence.model.nesting import DEEPEST, is_too_deep


def lists(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def mappings(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = {"a": value, "b": (number,)}
    return value


@pytest.mark.parametrize("value", [None, "text", 1, [], {}, [1, {"a": [2]}], lists(DEEPEST), mappings(DEEPEST - 1)])
def test_what_people_write_is_not_too_deep(value: object) -> None:
    assert not is_too_deep(value)


@pytest.mark.parametrize("value", [lists(DEEPEST + 1), mappings(DEEPEST + 1), {"a": lists(100_000)}])
def test_what_is_deeper_is(value: object) -> None:
    assert is_too_deep(value)


def test_what_holds_itself_is_too_deep() -> None:
    value: list[Any] = []
    value.append({"again": value})
    assert is_too_deep(value)


def test_what_is_shared_is_looked_through_once() -> None:
    """Each level holds the one below twice: 2 ** 200 values to whoever follows every way."""
    value: Any = "x"
    for _ in range(200):
        value = [value, value]
    assert is_too_deep(value)
