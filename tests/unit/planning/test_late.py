"""Activities that are written out when somebody reads them."""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cadence.model.plan import Action, Activity
from cadence.planning.late import late_activity

if TYPE_CHECKING:
    from collections.abc import Callable

DUE = datetime(2026, 11, 24, 15, tzinfo=UTC)
FULL = Activity(step="one", action=Action.CREATE, due_at=DUE, zone="UTC", key="k-1")


def late(write: Callable[[], Activity]) -> Activity:
    return late_activity(write, "one", action=Action.CREATE, due_at=DUE, reason=None)


class Writer:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Activity:
        self.asked += 1
        return FULL


def test_it_is_written_once_and_only_for_what_is_not_known() -> None:
    writer = Writer()
    activity = late(writer)
    assert (activity.step, activity.due_at, writer.asked) == ("one", DUE, 0)
    assert (activity.key, activity.zone, writer.asked) == ("k-1", "UTC", 1)


def test_it_equals_what_it_becomes_from_both_sides() -> None:
    assert late(Writer()) == FULL
    assert late(Writer()) == FULL
    assert late(Writer()) == FULL
    assert late(Writer()) != replace(FULL, key="k-2")
    other: object = "one"
    assert late(Writer()) != other


def test_it_can_be_copied_pickled_and_replaced() -> None:
    assert pickle.loads(pickle.dumps(late(lambda: FULL))) == FULL  # noqa: S301 - our own bytes
    assert copy.deepcopy(late(Writer())) == FULL
    assert replace(late(Writer()), key="k-2") == replace(FULL, key="k-2")


def test_it_has_no_other_attributes() -> None:
    with pytest.raises(AttributeError, match="colour"):
        late(Writer()).colour  # type: ignore[attr-defined]  # noqa: B018
