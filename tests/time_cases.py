"""Run a file of time cases against the engine: `python -m tests.time_cases FILE`.

Each case says a start, a calendar, an operation and what is expected. Failing cases are printed with what they got and
what they expected; the last line is `N passed, M failed`. The exit code is 1 where any failed.
"""

# ruff: noqa: T201 - a program that prints

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence.errors import CadenceError
from cadence.timing.arithmetic import add, on_day
from cadence.timing.calendar import BusinessCalendar
from cadence.timing.civil import DAY, date_of
from cadence.timing.days import add_business_days, add_nominal, roll_day, weekday_from
from cadence.timing.hours import ALL_DAY, DAY_NAMES, merge, parse_days, parse_interval, parse_time
from cadence.timing.instants import format_local, parse_moment
from cadence.timing.offset import Offset
from cadence.timing.opens import open_table
from cadence.timing.policy import Policy
from cadence.timing.roll import Roll
from cadence.timing.zones import zone as zone_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date

    from cadence.timing.hours import Interval, Week
    from cadence.timing.zones import Zone

_EXACT = {"hours": 3600, "minutes": 60, "seconds": 1}
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, ArithmeticError)


@dataclass(frozen=True, slots=True)
class Case:
    """A case, read. `zone` is the one of its start: where that names none, the calendar's."""

    utc: int
    zone: Zone
    calendar: BusinessCalendar
    operation: Mapping[str, Any]

    @property
    def day(self) -> int:
        """The local day of the start."""
        return self.zone.to_local(self.utc) // DAY

    @property
    def policy(self) -> Policy:
        """What to do with a gap or a fold."""
        return _policy(self.operation)

    def moved_to(self, day: int) -> int:
        """Return the start's time on another local day."""
        return on_day(self.utc, day, zone=self.zone, policy=self.policy)


def _policy(operation: Mapping[str, Any]) -> Policy:
    word = str(operation.get("policy", Policy.COMPATIBLE))
    return Policy.FAIL if word in {"reject", "raise", "error"} else Policy(word)


def read_case(raw: Mapping[str, Any]) -> Case:
    """Return the case. Raises CadenceError, or one of `_UNREADABLE` for what is no case."""
    operation, settings = raw["operation"], raw.get("calendar") or {}
    home = str(settings.get("tz") or "UTC")
    start = parse_moment(raw["start"])
    zone = zone_named(start.zone or home)
    return Case(start.resolve(zone, _policy(operation)), zone, _calendar(settings, home), operation)


def _calendar(settings: Mapping[str, Any], home: str) -> BusinessCalendar:
    dates, regions = _dates_and_regions(settings.get("holidays") or ())
    working = (_date(text) for text in settings.get("extra_working_days") or ())
    return BusinessCalendar(
        "case",
        _week(settings),
        timezone=home,
        regions=tuple(regions),
        closed=tuple((on, on, "") for on in dates),
        working=tuple(working),
    )


def _dates_and_regions(entries: Iterable[str]) -> tuple[list[date], list[str]]:
    texts = list(map(str, entries))
    return [_date(text) for text in texts if text[:1].isdigit()], [text for text in texts if text[:1].isalpha()]


def _date(text: str) -> date:
    return date_of(parse_moment(text).local // DAY)


def _week(settings: Mapping[str, Any]) -> Week:
    hours = settings.get("hours")
    if not hours:
        mask = [str(flag) for flag in settings.get("weekmask") or "1111100"]
        if len(mask) != len(DAY_NAMES):
            raise ValueError(f"weekmask '{settings['weekmask']}' has not seven days")
        return tuple((ALL_DAY,) if flag in {"1", "True"} else () for flag in mask)
    week: list[tuple[Interval, ...]] = [()] * 7
    for names, intervals in hours.items():
        for day in parse_days(str(names)):
            week[day] = merge([*week[day], *map(_interval, intervals)])
    return tuple(week)


def _interval(written: str | list[str]) -> Interval:
    if isinstance(written, str):
        return parse_interval(written)
    opens, closes = parse_time(written[0]), parse_time(written[1], allow_24=True)
    return (opens, closes) if closes > opens else (opens, closes + DAY)


def _whole(amount: Any) -> int:
    value = Fraction(str(amount))
    if value.denominator != 1:
        raise ValueError(f"'{amount}' is not whole")
    return value.numerator


def _seconds(operation: Mapping[str, Any]) -> int:
    return _whole(sum(Fraction(str(operation.get(unit) or 0)) * size for unit, size in _EXACT.items()))


def _offset(operation: Mapping[str, Any]) -> Offset:
    count = {unit: _whole(operation.get(unit) or 0) for unit in ("years", "months", "weeks", "days")}
    return Offset(
        months=count["years"] * 12 + count["months"],
        days=count["weeks"] * 7 + count["days"],
        seconds=_seconds(operation),
    )


def _resolve(case: Case) -> int:
    return case.utc


def _add(case: Case) -> int:
    eom = bool(case.operation.get("eom"))
    offset = _offset(case.operation)
    # an unadjusted roll, so that `eom` means the month's end and not its last business day
    return add(
        case.utc, offset, zone=case.zone, calendar=case.calendar, policy=case.policy, eom=eom, roll=Roll.UNADJUSTED
    )


def _bdays(case: Case) -> int:
    start = case.operation.get("start", "count")
    if start not in {"count", "roll"}:
        raise ValueError(f"start '{start}' is neither 'count' nor 'roll'")
    roll = Roll(case.operation.get("convention", Roll.FOLLOWING))
    day = add_business_days(case.calendar, case.day, _whole(case.operation["n"]), start=start, roll=roll)
    return case.moved_to(day)


def _adjust(case: Case) -> int:
    return case.moved_to(roll_day(case.calendar, case.day, Roll(case.operation["convention"])))


def _add_adjust(case: Case) -> int:
    roll = Roll(case.operation["convention"])
    offset = _offset(case.operation)
    day = add_nominal(case.calendar, case.day, offset, eom=bool(case.operation.get("eom")), roll=roll)
    return case.moved_to(roll_day(case.calendar, day, roll)) + offset.seconds


def _bhours(case: Case) -> int:
    land = case.operation.get("land", "close")
    if land not in {"close", "open"}:
        raise ValueError(f"land '{land}' is neither 'close' nor 'open'")
    return open_table(case.calendar, case.zone).add(case.utc, _seconds(case.operation), land=land)


def _between(case: Case) -> float:
    end = parse_moment(case.operation["end"])
    zone = zone_named(end.zone) if end.zone else case.zone
    return float(open_table(case.calendar, case.zone).between(case.utc, end.resolve(zone, case.policy)))


def _is_open(case: Case) -> bool:
    return open_table(case.calendar, case.zone).is_open(case.utc)


def _weekday(case: Case) -> int:
    wanted = case.operation["weekday"]
    weekday = range(len(DAY_NAMES))[wanted] if isinstance(wanted, int) else parse_days(str(wanted))[0]
    n = _whole(case.operation.get("n", 1))
    if n == 0:
        raise ValueError("n '0' names no weekday; it counts from 1, or from -1 backwards")
    inclusive = bool(case.operation.get("inclusive", False))
    return case.moved_to(weekday_from(case.day, weekday, direction=n, inclusive=inclusive, n=abs(n)))


_KINDS: dict[str, Callable[[Case], int | float | bool]] = {
    "resolve": _resolve,
    "add": _add,
    "bdays": _bdays,
    "adjust": _adjust,
    "add_adjust": _add_adjust,
    "bhours": _bhours,
    "between": _between,
    "is_open": _is_open,
    "weekday": _weekday,
}


def check(raw: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the engine's answer to a case, as "got ..., expected ..."; None where it is right."""
    try:
        kind = raw["operation"]["kind"]
        if kind not in _KINDS:
            return f"unknown operation '{kind}', known: {', '.join(_KINDS)}"
        case = read_case(raw)
        return _compare(case, _KINDS[kind](case), raw["expected"])
    except CadenceError as error:
        return None if _expects_error(raw) else f"got error '{error}', expected {raw.get('expected')}"
    except _UNREADABLE as error:
        return f"cannot be read: {error!r}"


def _expects_error(raw: Mapping[str, Any]) -> bool:
    expected = raw.get("expected")
    return isinstance(expected, dict) or (isinstance(expected, str) and not expected[:1].isdigit())


def _compare(case: Case, got: int | float | bool, expected: Any) -> str | None:  # noqa: PYI041 - three kinds of answer
    if isinstance(got, bool):
        return None if got is expected else f"got {got}, expected {expected}"
    if isinstance(got, float):
        right = not isinstance(expected, bool) and got == expected
        return None if right else f"got {got:g} seconds, expected {expected}"
    moment = parse_moment(expected)
    wanted = moment.resolve(zone_named(moment.zone) if moment.zone else case.zone, Policy.COMPATIBLE)
    if moment.is_date:
        got -= (case.zone.to_local(got)) % DAY
    return None if got == wanted else f"got {format_local(got, case.zone)}, expected {expected}"


def read_cases(path: Path) -> list[Mapping[str, Any]]:
    """Return the cases of a file: a list, or an object with `cases`. Raises ValueError or OSError."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cases = content.get("cases") if isinstance(content, dict) else content
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        raise ValueError("expected an object with a list of 'cases'")
    return cases


def run(path: Path) -> Iterator[tuple[str, str | None]]:
    """Yield the id of each case of a file and what is wrong with it, or None."""
    for number, raw in enumerate(read_cases(path), start=1):
        yield str(raw.get("id", f"case {number}")), check(raw)


def main(arguments: list[str]) -> int:
    """Print the failing cases of the file and the count; return the exit code."""
    if len(arguments) != 1:
        print("usage: python -m tests.time_cases FILE", file=sys.stderr)
        return 1
    passed = failed = 0
    try:
        for name, problem in run(Path(arguments[0])):
            passed, failed = passed + (problem is None), failed + (problem is not None)
            if problem is not None:
                print(f"{name}: {problem}")
    except (OSError, ValueError, RecursionError) as error:
        print(f"{arguments[0]}: cannot be read: {error}")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
