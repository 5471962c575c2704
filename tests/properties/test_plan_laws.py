"""Laws of a plan, for sequences and records made up by Hypothesis."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cadence.errors import PlanError
from cadence.model.entry import Enrollment, Entry, History, State
from cadence.model.people import Record
from cadence.model.plan import Action
from cadence.planning.codec import plan_from_json
from cadence.planning.plan import make_plan
from cadence.planning.record import plan_record
from cadence.sequence.parse import parse_sequence
from cadence.timing.instants import from_datetime
from cadence.timing.opens import open_table
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from cadence.model.plan import EnrollmentPlan
    from cadence.model.sequence import Sequence

NO_HISTORY = History()
CALENDARS = (
    "{hours: {mon-fri: 09:00-17:00}, closed: [2026-12-24..2027-01-02]}",
    '{hours: {mon-thu: ["09:00-12:30", "13:30-18:00"], fri: "09:00-16:00"}, special: {2026-12-19: "10:00-14:00"}}',
    '{hours: {mon-fri: "22:00-06:00"}}',
    '{hours: {sun-thu: "00:00-24:00"}}',
)
ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "Africa/Casablanca")
OFFSETS = (
    "5 minutes",
    "26 hours",
    "1 day",
    "3 days",
    "2 weeks",
    "1 month",
    "1 business day",
    "4 business days",
    "90 bmin",
)
TIMES = ("", "", " at 10:00", " at 02:30", " at 23:30", " at 09:30-15:30")
EXACT = ("minutes", "hours", "bmin")


@dataclass(frozen=True)
class Case:
    """A sequence, a record and a start."""

    text: str
    record: Record
    start: datetime

    @property
    def sequence(self) -> Sequence:
        return parse_sequence(self.text)

    def plan(self, *, now: datetime | None = None, history: History = NO_HISTORY) -> EnrollmentPlan:
        return plan_record(
            self.sequence, self.record, now=now or self.start, start=self.start, history=history
        ).enrollment


@st.composite
def dues(draw: st.DrawFn, earlier: list[str]) -> str:
    offset = draw(st.sampled_from(OFFSETS))
    time = "" if offset.split()[1] in EXACT else draw(st.sampled_from(TIMES))
    anchor = draw(st.sampled_from(["start", "start", *earlier]))
    return f"{offset} after {anchor}{time}"


@st.composite
def cases(draw: st.DrawFn, *, rules: str = "", steps: int = 5) -> Case:
    ids = [f"s{number}" for number in range(draw(st.integers(1, steps)))]
    written = [f'  - {{id: {step}, activity: task, due: "{draw(dues(ids[:at]))}"}}' for at, step in enumerate(ids)]
    head = f"sequence: law\ncalendar: {draw(st.sampled_from(CALENDARS))}\n{rules}\n"
    start = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 200 * 24 * 60)))
    record = Record(f"r-{draw(st.integers(0, 99))}", {"timezone": draw(st.sampled_from(ZONES))})
    return Case(head + "steps:\n" + "\n".join(written), record, start)


def applied(plan: EnrollmentPlan) -> History:
    enrollment = Enrollment(plan.key, plan.sequence, plan.record.id, plan.record.object, plan.number, plan.start)
    entries = [
        Entry(a.key, plan.key, a.step, a.occurrence, State.SCHEDULED, a.due_at, a.body or {}, a.marker)
        for a in plan.activities
        if a.due_at is not None
    ]
    return History((enrollment,), tuple(entries))


@given(cases())
def test_the_same_inputs_give_the_same_bytes_and_reading_them_back_gives_the_plan(case: Case) -> None:
    one, other = (make_plan(parse_sequence(case.text), [case.record], now=case.start) for _ in range(2))
    assert one.to_json() == other.to_json()
    assert plan_from_json(one.to_json()) == one


@given(cases(rules="rules: {max_per_day: 2, min_gap: 2 hours}"), st.integers(0, 60 * 24))
def test_planning_an_applied_plan_changes_nothing(case: Case, hours: int) -> None:
    plan = case.plan()
    again = case.plan(now=case.start + timedelta(hours=hours), history=applied(plan))
    assert {activity.action for activity in again.activities} == {Action.KEEP}
    assert [a.due_at for a in again.activities] == [a.due_at for a in plan.activities]


@given(cases(rules="rules: {quiet_hours: '03:00-04:00', max_per_day: 3}"))
def test_no_due_lies_in_a_closed_interval(case: Case) -> None:
    sequence = case.sequence
    assert sequence.calendar is not None
    table = open_table(sequence.calendar, zone(case.record.fields["timezone"]))
    for activity in case.plan().activities:
        assert activity.due_at is not None
        utc = from_datetime(activity.due_at)
        assert table.contains(utc)
        assert table.as_due(utc) == utc


@given(cases(), st.sampled_from(OFFSETS), st.integers(0, 24 * 60), st.sampled_from(["", " at 23:59", " at 09:00"]))
def test_a_deadline_never_slips_past_its_anchor(case: Case, offset: str, minute: int, time: str) -> None:
    assume(not (time and offset.split()[1] in EXACT))
    anchor = f"2027-01-{1 + minute % 28:02}T{minute // 60 % 24:02}:{minute % 60:02}"
    text = (
        case.text.split("steps:")[0] + f'steps: [{{id: one, activity: task, due: "{offset} before record.end{time}"}}]'
    )
    record = Record(case.record.id, {**case.record.fields, "end": anchor})
    activity = plan_record(parse_sequence(text), record, now=case.start - timedelta(days=365)).enrollment.activities[0]
    assert str(activity.local)[:16] <= anchor


@given(cases())
def test_activities_come_in_the_order_of_their_dues(case: Case) -> None:
    sequence = case.sequence
    positions = {step.id: position for position, step in enumerate(sequence.steps)}
    order = [(a.due_at, positions[a.step], a.occurrence) for a in case.plan().activities]
    assert order == sorted(order, key=lambda key: (str(key[0]), *key[1:]))


@given(st.integers(0, 10**6), st.sampled_from(ZONES), st.integers(0, 22), st.integers(1, 90))
def test_a_slot_is_stable_and_inside_itself(number: int, zone_name: str, hour: int, minutes: int) -> None:
    ends = f"{hour:02}:00-{hour + minutes // 60:02}:{minutes % 60:02}"
    text = f'sequence: slot\nsteps: [{{id: one, activity: task, due: "1 day after start at {ends}"}}]'
    record = Record(f"r-{number}", {"timezone": zone_name})
    sequence, start = parse_sequence(text), datetime(2026, 12, 1, 12, tzinfo=UTC)
    one, other = (plan_record(sequence, record, now=start).enrollment.activities[0] for _ in range(2))
    assert one.due_at == other.due_at
    assert ends[:5] <= str(one.local)[11:16] < ends[6:]


@given(st.sampled_from(CALENDARS), st.sampled_from(ZONES), st.data())
def test_dues_are_monotone_in_the_start(calendar: str, zone_name: str, data: st.DataObject) -> None:
    offset = data.draw(st.sampled_from(OFFSETS))
    at = "" if offset.split()[1] in EXACT else " at 10:00"
    text = f'sequence: law\ncalendar: {calendar}\nsteps: [{{id: one, activity: task, due: "{offset} after start{at}"}}]'
    sequence, record = parse_sequence(text), Record("r-1", {"timezone": zone_name})
    minutes = sorted(data.draw(st.lists(st.integers(0, 300 * 24 * 60), min_size=2, max_size=8)))
    starts = [datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=each) for each in minutes]
    found = [_due(sequence, record, start) for start in starts]
    assert found == sorted(found)


def _due(sequence: Sequence, record: Record, start: datetime) -> datetime:
    due = plan_record(sequence, record, now=start - timedelta(days=400), start=start).enrollment.activities[0].due_at
    assert due is not None
    return due


@given(cases(rules="rules: {max_per_day: 1}", steps=6))
def test_a_cap_per_day_holds(case: Case) -> None:
    days = [str(activity.local)[:10] for activity in case.plan().activities]
    assert len(days) == len(set(days))


@given(cases(rules="rules: {min_gap: 5 hours}", steps=6))
def test_a_gap_between_touches_holds(case: Case) -> None:
    instants = [activity.due_at for activity in case.plan().activities if activity.due_at]
    assert all(later - earlier >= timedelta(hours=5) for earlier, later in itertools.pairwise(instants))


@given(st.sampled_from(ZONES), st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1), st.integers(0, 24 * 60 - 1))
def test_quiet_hours_hold(zone_name: str, opens: int, closes: int, at: int) -> None:
    assume(opens != closes)
    quiet = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    text = (
        f"sequence: law\nrules: {{quiet_hours: '{quiet}'}}\n"
        f'steps: [{{id: one, activity: task, due: "1 day after start at {at // 60:02}:{at % 60:02}"}}]'
    )
    record = Record("r-1", {"timezone": zone_name})
    local = str(_activity_local(text, record))[11:16]
    inside = quiet[:5] < local < quiet[6:] if opens < closes else local > quiet[:5] or local < quiet[6:]
    assert not inside


def _activity_local(text: str, record: Record) -> Any:
    start = datetime(2026, 12, 1, 12, tzinfo=UTC)
    return plan_record(parse_sequence(text), record, now=start, start=start).enrollment.activities[0].local


@given(cases())
def test_a_refused_plan_names_its_steps(case: Case) -> None:
    """Every error finding of a refused plan stands at a step of the file."""
    try:
        case.plan(now=case.start + timedelta(days=2))
    except PlanError as error:
        assert all(f.place is not None and "step '" in f.message for f in error.findings)  # noqa: PT017 - both ways are legal
