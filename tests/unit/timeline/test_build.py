"""What a timeline says of an enrollment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cadence.model.entry import State
from cadence.model.plan import Action
from cadence.timeline.build import timeline_of
from cadence.timeline.picture import picture
from cadence.timeline.surroundings import Surroundings
from cadence.timeline.timeline import NoteKind, Status
from cadence.timing.instants import from_datetime
from tests.unit.timeline.conftest import ANA, NOW, entry_of

if TYPE_CHECKING:
    from cadence.model.plan import Plan
    from cadence.timeline.timeline import Timeline


def test_every_activity_has_a_lane_in_the_plans_order(timeline: Timeline, plan: Plan) -> None:
    assert [lane.name for lane in timeline.lanes] == [activity.step for activity in plan.activities]


def test_a_lane_says_the_due_as_the_terminal_does_and_on_the_viewers_clocks(timeline: Timeline) -> None:
    call = timeline.lanes[0]
    assert (call.said, call.elsewhere) == ("Mon 23 Nov 2026 10:00 UTC-5", "Mon 23 Nov 2026 15:00 UTC, Europe/London")
    assert call.universal == "Mon 23 Nov 2026 15:00 UTC"


def test_a_viewer_in_the_same_zone_is_told_nothing_twice(plan: Plan) -> None:
    seen = timeline_of(plan.enrollments[0], NOW, Surroundings(viewer="America/New_York"))
    assert [lane.elsewhere for lane in seen.lanes] == ["", "", "", ""]


def test_a_move_goes_from_the_raw_date_to_the_due_with_its_reason(timeline: Timeline) -> None:
    report = next(lane for lane in timeline.lanes if lane.name == "report")
    [move] = report.moves
    assert report.due is not None
    assert (move.first, move.last) == (report.due - 3 * 86_400, report.due)
    assert report.raw == move.first
    assert move.reason == "Fri 27 Nov 2026 is closed: retreat, moved to Mon 30 Nov 2026"


def test_the_axis_marks_closed_dates_and_leave_with_their_reason(timeline: Timeline) -> None:
    assert [(note.kind, note.words) for note in timeline.notes] == [
        (NoteKind.CLOSED, "Thu 26 Nov 2026: Thanksgiving Day (US)"),
        (NoteKind.CLOSED, "Fri 27 Nov 2026: closed: retreat"),
        (NoteKind.LEAVE, "Mon 30 Nov 2026 to Tue 1 Dec 2026: Ana Ruiz away"),
    ]


def test_without_its_sequence_nothing_is_shaded(plan: Plan) -> None:
    bare = timeline_of(plan.enrollments[0], NOW)
    assert [behind.closed for behind in bare.backdrops] == [()]
    assert bare.notes == ()


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.PLANNED, Status.PLANNED),
        (State.SENDING, Status.IN_DOUBT),
        (State.IN_DOUBT, Status.IN_DOUBT),
        (State.SCHEDULED, Status.SCHEDULED),
        (State.REJECTED, Status.REJECTED),
        (State.PARKED, Status.PARKED),
        (State.CANCELLED, Status.CANCELLED),
        (State.COMPLETED, Status.DONE),
    ],
)
def test_the_ledger_says_how_an_activity_stands(plan: Plan, state: State, status: Status) -> None:
    entry = entry_of(plan, "call", state)
    assert timeline_of(plan.enrollments[0], NOW, Surroundings(entries={entry.key: entry})).lanes[0].status is status


def test_what_is_scheduled_and_past_is_not_done(plan: Plan) -> None:
    entry = entry_of(plan, "call", State.SCHEDULED)
    later = entry.due_at + timedelta(minutes=1)
    lane = timeline_of(plan.enrollments[0], later, Surroundings(entries={entry.key: entry})).lanes[0]
    assert (lane.status, str(lane.status)) == (Status.OVERDUE, "not done")


def test_what_a_person_moved_in_the_crm_is_drift_from_our_due(plan: Plan) -> None:
    entry = entry_of(plan, "call", State.SCHEDULED)
    moved = entry_of(plan, "call", State.SCHEDULED, moved_to=entry.due_at + timedelta(days=2))
    lane = timeline_of(plan.enrollments[0], NOW, Surroundings(entries={entry.key: moved})).lanes[0]
    assert (lane.drift, lane.left) == (True, from_datetime(entry.due_at))


def test_leave_is_that_of_whoever_has_the_step(timeline: Timeline, plan: Plan) -> None:
    assert all(len(lane.leave) == 1 for lane in timeline.lanes)
    nobody = timeline_of(plan.enrollments[0], NOW, Surroundings())
    assert [lane.leave for lane in nobody.lanes] == [(), (), (), ()]
    assert ANA.id in {activity.assignee.id for activity in plan.activities if activity.assignee}


def test_a_clock_change_is_marked_where_it_happens(plan: Plan) -> None:
    spring = plan.enrollments[0]
    late = replace(spring.activities[0], due_at=spring.start + timedelta(days=130), why=())
    seen = timeline_of(replace(spring, activities=(late,)), NOW)
    assert [note.words for note in seen.notes] == [
        "Sun 14 Mar 2027 03:00 UTC-4: clocks go forward in America/New_York",
    ]
    assert len(seen.backdrops[0].clock_changes) == 1


@pytest.mark.parametrize(("days", "arrow"), [(2, "M-8 0l-6-4v8z"), (-2, "M8 0l6-4v8z")])
def test_drift_is_drawn_from_our_due_to_that_of_the_crm(plan: Plan, days: int, arrow: str) -> None:
    entry = entry_of(plan, "report", State.SCHEDULED)
    theirs = entry.due_at + timedelta(days=days)
    [enrollment] = plan.enrollments
    kept = tuple(
        replace(each, action=Action.KEEP, due_at=theirs, why=()) if each.step == "report" else each
        for each in enrollment.activities
    )
    moved = {entry.key: replace(entry, moved_to=theirs)}
    drawn = picture(timeline_of(replace(enrollment, activities=kept), NOW, Surroundings(entries=moved)))
    assert drawn.count('class="tl-drift"') == 1
    assert "was moved in the CRM" in drawn
    assert arrow in drawn
    assert "\u00b7 scheduled" in drawn
