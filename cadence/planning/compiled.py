"""A sequence made ready for planning: what is the same for every record is worked out once."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.model.sequence import AnchorKind, AssignKind, Outside, Slot
from cadence.planning.outlook import lint_sequence
from cadence.planning.rules import active_rules
from cadence.planning.zones import own_words
from cadence.sequence.templates import is_plain
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY
from cadence.timing.holidays import holidays_version
from cadence.timing.hours import ALL_DAY, every_day
from cadence.timing.roll import Roll
from cadence.timing.zones import tzdata_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cadence.diagnostics import Finding
    from cadence.model.people import Employee
    from cadence.model.sequence import Assign, Due, Sequence, Step
    from cadence.planning.due import Placement
    from cadence.planning.lanes import Lane
    from cadence.planning.point import Point
    from cadence.planning.rules import ActiveRule
    from cadence.planning.window import Window

__all__ = ["CompiledSequence", "CompiledStep", "compile_sequence"]

_KEPT = 32
_POOLS = frozenset({AssignKind.ROUND_ROBIN, AssignKind.LEAST_LOADED})
_OFFICE_DAYS = BusinessCalendar("Monday to Friday", (*every_day([ALL_DAY])[:5], (), ()))
"""What business days mean where no calendar is given. It closes nothing: only counting uses it."""


@dataclass(frozen=True, slots=True, eq=False)
class CompiledStep:
    """A step with its place in the file, and what it falls back to.

    `calendar` closes days and hours (None closes nothing), `counting` is what business days are counted by. `pool`
    names the turns it draws assignees from. `rolls` is None where closed days are lifted. `hours` is the calendar that
    business hours are counted by, `window: any` or not. `holds` evaluates the condition and `render` the note; without
    it the note is `plain_note`. A due `is_reusable` where other records with the same anchor have it too, `is_by_day`
    where the anchor's date is enough for that. `placements` and `windows` remember what was found.
    """

    step: Step
    position: int
    calendar: BusinessCalendar | None
    hours: BusinessCalendar | None
    counting: BusinessCalendar
    assign: Assign | None
    pool: str
    rolls: Roll | None
    backwards: bool
    chooses_day: bool
    wraps: bool
    on_error: str
    holds: Callable[[Mapping[str, Any]], Any] | None
    plain_note: str
    render: Callable[[Mapping[str, Any]], str] | None
    is_reusable: bool
    is_by_day: bool
    placements: dict[tuple[Window, Point | int], Placement] = field(default_factory=dict)
    windows: dict[tuple[str, Employee | None], Window] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledSequence:
    """The steps in the order in which they are computed: after what they count from, else as in the file.

    `rules` are the sequence's own, in force; `own_words` its time zones that no assignee can change. It `is_plain`
    where dues depend on dates alone, and `is_checked` where a record may lack something that bodies need. `versions`
    are those of what the dues depend on, `findings` what deserves a look whatever the record. `lanes` remembers
    what was found, by zone.
    """

    sequence: Sequence
    steps: tuple[CompiledStep, ...]
    rules: tuple[ActiveRule, ...]
    own_words: frozenset[str]
    is_plain: bool
    is_checked: bool
    versions: Mapping[str, str]
    findings: tuple[Finding, ...]
    lanes: dict[str, list[Lane]] = field(default_factory=dict)


def compile_sequence(sequence: Sequence) -> CompiledSequence:
    """Return the sequence compiled; the same one again costs a look-up.

    The last few are kept by identity, which is safe because they are frozen and held here.
    """
    known = _compiled.get(id(sequence))
    if known is not None:
        return known
    if len(_compiled) >= _KEPT:
        _compiled.pop(next(iter(_compiled)), None)
    return _compiled.setdefault(id(sequence), _compile(sequence))


_compiled: dict[int, CompiledSequence] = {}


def _compile(sequence: Sequence) -> CompiledSequence:
    positions = {step.id: position for position, step in enumerate(sequence.steps)}
    ordered: dict[str, Step] = {}
    for step in sequence.steps:
        _order(step, sequence, ordered)
    steps = tuple(_compile_step(sequence, step, positions[step.id]) for step in ordered.values())
    rules = active_rules(sequence.rules)
    return CompiledSequence(
        sequence,
        steps,
        rules=rules,
        own_words=own_words(sequence),
        is_plain=not rules and not sequence.exit_when and all(_is_plain(each) for each in steps),
        is_checked=any(_is_checked(each) for each in steps),
        versions=_versions(sequence),
        findings=lint_sequence(sequence),
    )


def _versions(sequence: Sequence) -> dict[str, str]:
    """Return the versions of zone and holiday data; that of the holidays is the lock file's where there is one."""
    calendars = (sequence.calendar, *(step.calendar for step in sequence.steps))
    locked = next((each.lock.package for each in calendars if each is not None and each.lock is not None), None)
    return {"tzdata": tzdata_version(), "holidays": locked or _installed_holidays()}


_installed_holidays = lru_cache(holidays_version)


def _order(step: Step, sequence: Sequence, ordered: dict[str, Step]) -> None:
    """Add *step* after the steps it counts from. There are no cycles: a checked sequence has none."""
    stack = [step]
    while stack:
        waiting = [sequence.step(name) for name in _counts_from(stack[-1]) if name not in ordered]
        if waiting:
            stack.append(waiting[0])
        else:
            ordered.setdefault(stack[-1].id, stack.pop())


def _counts_from(step: Step) -> Iterator[str]:
    for due in (step.due, step.not_before, step.not_after):
        if due is not None and due.anchor.kind in (AnchorKind.STEP, AnchorKind.COMPLETION):
            yield due.anchor.name


def _compile_step(sequence: Sequence, step: Step, position: int) -> CompiledStep:
    calendar = step.calendar or sequence.calendar
    shared = step.assign is None or step.assign is sequence.assign
    return CompiledStep(
        step=step,
        position=position,
        calendar=None if step.any_time else calendar,
        hours=calendar,
        counting=calendar or _OFFICE_DAYS,
        assign=sequence.assign if shared else step.assign,
        pool=sequence.name if shared else f"{sequence.name}/{step.id}",
        rolls=_rolls(step),
        backwards=step.due.before,
        chooses_day=_chooses_day(step.due),
        wraps=_wraps(calendar),
        is_reusable=_is_reusable(step),
        is_by_day=isinstance(step.due.at, int) and _chooses_day(step.due) and not _wraps(calendar),
        holds=_condition(step),
        plain_note=step.note.source if step.note else "",
        render=_note(step),
        on_error=str(step.on_error or sequence.on_error),
    )


def _condition(step: Step) -> Callable[[Mapping[str, Any]], Any] | None:
    if step.condition is None:
        return None
    from cadence.sequence.expression import compile_expression  # noqa: PLC0415 - only where there is one

    return compile_expression(step.condition)


def _note(step: Step) -> Callable[[Mapping[str, Any]], str] | None:
    if step.note is None or is_plain(step.note.source):
        return None
    from cadence.sequence.expression import compile_template  # noqa: PLC0415 - only where there is one

    return compile_template(step.note)


def _rolls(step: Step) -> Roll | None:
    """Return the convention; `window: any` lifts closed days too, unless a convention is written."""
    if step.roll is Roll.UNADJUSTED or (step.roll is None and step.any_time):
        return None
    return step.roll or (Roll.PRECEDING if step.due.before else Roll.FOLLOWING)


def _chooses_day(due: Due) -> bool:
    """Whether *due* is about a date, so that a closed one is rolled.

    An offset of days is, be it of none ("0 business days after"), and so is a time on the anchor's own date. Elapsed
    time is not, nor is the anchor alone.
    """
    if due.offset.has_nominal or due.weekday is not None:
        return True
    return due.at is not None and not due.offset.has_exact


def _is_reusable(step: Step) -> bool:
    """Whether the due depends on step, anchor and window alone: nothing of the record, no warning, no occurrence."""
    plain = step.repeat is None and not isinstance(step.due.at, Slot)
    return plain and step.outside is Outside.SHIFT and step.roll is not Roll.SKIP


def _is_plain(compiled: CompiledStep) -> bool:
    """Whether the due depends on dates alone: not on the record's other values, on other dues, or on people."""
    step = compiled.step
    if step.condition or step.variant or step.not_before or step.not_after or "assignee" in step.clocks:
        return False
    if isinstance(step.due.at, Slot) or (step.repeat and step.repeat.rrule):
        return False
    return compiled.assign is None or _is_plain_assign(compiled.assign)


def _is_plain_assign(assign: Assign) -> bool:
    """Whether nobody's turn is used up, and nobody stands in."""
    if assign.kind in _POOLS or assign.cover is not None:
        return False
    return assign.otherwise is None or _is_plain_assign(assign.otherwise)


def _is_checked(compiled: CompiledStep) -> bool:
    step = compiled.step
    return bool(compiled.render or compiled.assign or step.mentions or step.associate)


def _wraps(calendar: BusinessCalendar | None) -> bool:
    """Whether any shift runs past midnight, so that a time may belong to the date before."""
    if calendar is None:
        return False
    hours = [*calendar.week, *(shifts for _, shifts in calendar.special)]
    return any(close > DAY for shifts in hours for _, close in shifts)
