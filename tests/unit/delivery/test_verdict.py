"""What a probe proves, and where it looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from cadence.delivery.event import Absent, Found, Unclear
from cadence.delivery.verdict import activity_type, due_window, is_candidate, judge
from cadence.model.entry import State
from tests.unit.delivery.test_table import DUE, NOW, entry


@dataclass(frozen=True)
class Seen:
    id: str
    note: str | None = None
    due_at: datetime | None = DUE


DOUBT = entry(State.IN_DOUBT, marker="[cadence x]", sent_at=NOW)
UNMARKED = entry(State.IN_DOUBT, sent_at=NOW)


@pytest.mark.parametrize(
    ("note", "ours"),
    [
        ("Call them\n[cadence x]", True),
        ("<p>Call them</p><p>[cadence x]</p>", True),
        ("[cadence y]", False),
        (None, False),
    ],
)
def test_an_activity_is_ours_by_its_marker(note: str | None, ours: bool) -> None:
    assert is_candidate(DOUBT, Seen("a", note, due_at=None)) is ours


@pytest.mark.parametrize(
    ("seen", "alike"),
    [
        (Seen("a", "Call them [cadence x]"), True),
        (Seen("a", "Call them [cadence x]", DUE + timedelta(seconds=1)), False),
        (Seen("a", "something else"), False),
    ],
)
def test_without_a_marker_due_and_note_make_a_likeness(seen: Seen, alike: bool) -> None:
    assert is_candidate(UNMARKED, seen) is alike


def test_one_with_the_marker_is_found_also_when_two_pages_list_it() -> None:
    assert judge(DOUBT, [Seen("a"), Seen("a")], at=NOW) == Found("a")


def test_none_is_absent() -> None:
    assert judge(DOUBT, [], at=NOW) == Absent(NOW)


def test_two_with_one_marker_are_unclear() -> None:
    assert judge(DOUBT, [Seen("b"), Seen("a")], at=NOW) == Unclear("found in the CRM with its marker: a, b")


def test_a_likeness_without_a_marker_proves_nothing() -> None:
    assert judge(UNMARKED, [Seen("a")], at=NOW) == Unclear(
        "found in the CRM like it, and no marker tells whose they are: a"
    )


def test_a_fresh_doubt_is_looked_for_within_a_day_of_its_due() -> None:
    day = timedelta(days=1)
    assert due_window(DOUBT, NOW + timedelta(minutes=59)) == (DUE - day, DUE + day)


def test_an_old_doubt_may_have_been_moved_by_a_person() -> None:
    far = timedelta(days=400)
    assert due_window(DOUBT, NOW + timedelta(hours=1)) == (DUE - far, DUE + far)


def test_the_type_is_what_the_body_names() -> None:
    assert activity_type(DOUBT) == "call"
    assert activity_type(entry(State.PLANNED, body={"activity_object_id": "7"})) == "7"
    assert activity_type(entry(State.PLANNED, body={}, activity="task")) == "task"
