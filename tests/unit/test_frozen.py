"""The cheap decorator makes what the standard one makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field

import pytest

from cadence.frozen import dataclass, replace


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: tuple[int, ...] = ()
    label: str = field(default="", compare=False)
    secret: str = field(default="s", repr=False)


@dataclass(frozen=True, slots=True)
class Other:
    x: int
    y: tuple[int, ...] = ()
    label: str = field(default="", compare=False)
    secret: str = field(default="s", repr=False)


@dataclass(frozen=True, slots=True)
class Empty:
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Thing:
    x: int


@dataclass(frozen=True, slots=True)
class Holder:
    held: list[object]


def test_values_are_equal_when_their_compared_fields_are() -> None:
    assert Point(1, (2,), label="a") == Point(1, (2,), label="b")
    assert Point(1) != Point(2)
    assert Point(1, secret="a") != Point(1, secret="b")
    assert Empty() == Empty()


def test_equal_values_have_one_hash() -> None:
    assert {Point(1, label="a"), Point(1, label="b")} == {Point(1)}
    assert {Empty(), Empty()} == {Empty()}


def test_values_of_different_classes_differ() -> None:
    others: list[object] = [Other(1), (1, (), "s")]
    assert Point(1) not in others


def test_without_eq_a_value_is_only_itself() -> None:
    thing = Thing(1)
    assert thing == thing  # noqa: PLR0124 - the rule
    assert thing != Thing(1)
    assert len({thing, Thing(1)}) == 2


def test_the_repr_is_the_standard_one_without_what_is_hidden() -> None:
    standard = dataclasses.make_dataclass("Point", ["x", "y", "label"])
    assert repr(Point(1, (2,), "a")) == repr(standard(1, (2,), "a"))
    assert repr(Empty()) == "Empty()"


def test_the_repr_of_what_holds_itself_ends() -> None:
    holder = Holder([])
    holder.held.append(holder)
    assert repr(holder) == "Holder(held=[...])"


def test_a_value_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Point(1).x = 2  # type: ignore[misc]
    assert not hasattr(Point(1), "__dict__")


def test_a_value_can_be_replaced_copied_and_pickled() -> None:
    point = Point(1, (2,), label="a")
    assert replace(point, x=3) == Point(3, (2,))
    assert copy.copy(point) == pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own bytes


def test_values_can_be_taken_apart() -> None:
    assert dataclasses.asdict(Point(1)) == {"x": 1, "y": (), "label": "", "secret": "s"}
    match Point(1, (2,)):
        case Point(x, y):
            assert (x, y) == (1, (2,))


@dataclass(frozen=True, slots=True)
class Named(Point):
    """A class with a field more than its parent's."""

    name: str = "n"


def test_a_copy_is_what_the_standard_library_makes() -> None:
    for value in (Point(1, (2,), "here", "t"), Named(1, name="Ada")):
        assert replace(value, y=(3,), label="there") == dataclasses.replace(value, y=(3,), label="there")
        assert replace(value).label == value.label
    assert replace(Thing(1), x=2).x == 2


def test_a_copy_leaves_its_original_as_it_is_and_shares_what_is_not_changed() -> None:
    value = Point(1, (2, 3))
    assert replace(value, x=5).y is value.y
    assert value.x == 1


def test_a_copy_with_a_field_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError):
        replace(Point(1), colour="red")  # type: ignore[call-arg]


def test_a_copy_is_frozen_too() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        replace(Point(1), x=2).x = 3  # type: ignore[misc]
