"""What every due must also obey: quiet hours, dates, caps and gaps (step 7 of docs/explanation/plan.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cadence.model.sequence import Outside
from cadence.planning.problem import Problem
from cadence.planning.trace import Rule
from cadence.planning.words import clock_words, day_words, instant_words
from cadence.timing.civil import DAY, day_of
from cadence.timing.days import add_business_days, add_months, roll_day
from cadence.timing.offset_text import format_offset
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cadence.model.sequence import GapRule, NotOnRule, PerDayRule, QuietRule, Rules
    from cadence.planning.draft import Draft
    from cadence.planning.touches import Touches

__all__ = ["ActiveRule", "RuleBook", "active_rules", "obeying"]

_HORIZON_DAYS = 3 * 366
_MOST_MOVES = 5_000


class Bite(NamedTuple):
    """A rule is broken: where the due would go, and what is wrong with where it is."""

    given: int
    reason: str


class ActiveRule(NamedTuple):
    """A rule that is in force, and what it does when it bites."""

    rule: Rule
    then: Outside
    check: Callable[[Draft, int, int, Touches], Bite | None]


def active_rules(rules: Rules) -> tuple[ActiveRule, ...]:
    """Return those of *rules* that are there; the project's and a sequence's both apply."""
    return tuple(_active(rules))


class RuleBook(NamedTuple):
    """The rules in force, and the touches that they count."""

    rules: tuple[ActiveRule, ...]
    touches: Touches


def obeying(draft: Draft, utc: int, *, direction: int, book: RuleBook) -> int:
    """Return the first time from *utc* in *direction* (1 or -1) at which no rule bites and the window is open.

    Rules that only warn leave the due where it is. Raises Problem where a rule says fail, or none is found within
    three years.
    """
    start = utc
    pending = list(book.rules)
    moves = 0
    while (found := _first_bite(draft, utc, direction, pending, book.touches)) is not None:
        active, bite = found
        if active.then is Outside.FAIL:
            raise Problem(str(active.rule), bite.reason, hint=f"move the due, or let {active.rule} shift it")
        if active.then is Outside.WARN:
            draft.warn(str(active.rule), bite.reason)
            pending.remove(active)
            continue
        draft.trace.instant(active.rule, utc, bite.given, bite.reason)
        utc = bite.given
        moves += 1
        if moves > _MOST_MOVES or abs(utc - start) > _HORIZON_DAYS * DAY:
            raise _no_room(draft, start, active.rule)
    return utc


def _first_bite(
    draft: Draft, utc: int, direction: int, rules: list[ActiveRule], touches: Touches
) -> tuple[ActiveRule, Bite] | None:
    for active in rules:
        bite = active.check(draft, utc, direction, touches)
        if bite is not None:
            return active, bite
    return None


def _active(rules: Rules) -> Iterable[ActiveRule]:
    if rules.quiet_hours:
        yield ActiveRule(Rule.QUIET_HOURS, rules.quiet_hours.then, _Quiet(rules.quiet_hours))
    if rules.not_on:
        yield ActiveRule(Rule.NOT_ON, rules.not_on.then, _NotOn(rules.not_on))
    if rules.max_per_day:
        yield ActiveRule(Rule.MAX_PER_DAY, rules.max_per_day.then, _PerDay(rules.max_per_day))
    if rules.min_gap:
        yield ActiveRule(Rule.MIN_GAP, rules.min_gap.then, _Gap(rules.min_gap))


class _Quiet:
    """Quiet hours are quiet between their ends: a due may stand at either."""

    __slots__ = ("closes", "opens", "words")

    def __init__(self, rule: QuietRule) -> None:
        self.opens, self.closes = rule.opens, rule.closes
        self.words = f"{clock_words(rule.opens)}-{clock_words(rule.closes % DAY)}"

    def __call__(self, draft: Draft, utc: int, direction: int, _touches: Touches) -> Bite | None:
        day, time = divmod(draft.zone.to_local(utc), DAY)
        if time + DAY < self.closes:
            day -= 1
        elif not self.opens < time < self.closes:
            return None
        edge = draft.zone.to_utc(day * DAY + (self.closes if direction > 0 else self.opens))
        given = _into_window(draft, edge, direction)
        return Bite(given, f"{instant_words(utc, draft.zone)} is in quiet hours {self.words}")


class _NotOn:
    __slots__ = ("ranges",)

    def __init__(self, rule: NotOnRule) -> None:
        self.ranges = [(day_of(first), day_of(last)) for first, last in rule.dates]

    def __call__(self, draft: Draft, utc: int, direction: int, _touches: Touches) -> Bite | None:
        day = draft.zone.to_local(utc) // DAY
        for first, last in self.ranges:
            if first <= day <= last:
                given = _on_other_day(draft, utc, last + 1 if direction > 0 else first - 1, direction)
                return Bite(given, f"nothing is due on {day_words(day)}")
        return None


class _PerDay:
    __slots__ = ("count", "per")

    def __init__(self, rule: PerDayRule) -> None:
        self.count, self.per = rule.count, rule.per

    def __call__(self, draft: Draft, utc: int, direction: int, touches: Touches) -> Bite | None:
        day = draft.zone.to_local(utc) // DAY
        who = draft.assigned.who if self.per == "assignee" and draft.assigned else None
        if self.per == "assignee" and who is None:
            return None
        taken = touches.on_day(day, draft.zone, who.id if who else None)
        if taken < self.count:
            return None
        whom = who.name if who else "the record"
        given = _on_other_day(draft, utc, day + direction, direction)
        return Bite(given, f"{whom} has {taken} on {day_words(day)} already, at most {self.count} a day")


class _Gap:
    """A gap in days or business days is between dates, one in hours between instants."""

    __slots__ = ("gap", "words")

    def __init__(self, rule: GapRule) -> None:
        self.gap = rule.gap
        self.words = format_offset(rule.gap)

    def __call__(self, draft: Draft, utc: int, direction: int, touches: Touches) -> Bite | None:
        check = self._by_date if self.gap.has_nominal else self._by_time
        for other in touches.near(utc, direction):
            given = check(draft, utc, other, direction)
            if given is not None:
                when = instant_words(other, draft.zone)
                return Bite(given, f"less than {self.words} from another touch on {when}")
        return None

    def _by_time(self, draft: Draft, utc: int, other: int, direction: int) -> int | None:
        seconds = self.gap.seconds
        if abs(utc - other) >= seconds:
            return None
        return _into_window(draft, other + direction * seconds, direction)

    def _by_date(self, draft: Draft, utc: int, other: int, direction: int) -> int | None:
        day, other_day = draft.zone.to_local(utc) // DAY, draft.zone.to_local(other) // DAY
        if self._apart(draft, min(day, other_day), 1) <= max(day, other_day):
            return None
        return _on_other_day(draft, utc, self._apart(draft, other_day, direction), direction)

    def _apart(self, draft: Draft, day: int, direction: int) -> int:
        gap = self.gap
        day = add_months(day, direction * gap.months) + direction * gap.days
        return add_business_days(draft.compiled.counting, day, direction * gap.business_days)


def _into_window(draft: Draft, utc: int, direction: int) -> int:
    return draft.window.onward(utc) if direction > 0 else draft.window.back(utc)


def _on_other_day(draft: Draft, utc: int, day: int, direction: int) -> int:
    """Return the due's own time on *day*, rolled in *direction* where that is closed, and inside the window."""
    time = draft.zone.to_local(utc) % DAY
    calendar = draft.compiled.calendar
    if calendar is not None:
        day = roll_day(calendar, day, Roll.FOLLOWING if direction > 0 else Roll.PRECEDING)
    raw = draft.zone.to_utc(day * DAY + time, draft.compiled.step.policy)
    return draft.window.on_day(day, raw) if direction > 0 else draft.window.back(raw)


def _no_room(draft: Draft, start: int, rule: Rule) -> Problem:
    return Problem(
        "no-room",
        f"no time within three years of {instant_words(start, draft.zone)} obeys the rules, {rule} always bites",
        hint="loosen the rules or the window",
    )
