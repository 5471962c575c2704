"""The marks of an axis: round local times and dates, as many as there is room for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from cadence.timing.civil import DAY, date_of, day_of
from cadence.wording.dates import spoken_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cadence.timeline.scale import Scale
    from cadence.timing.hours import Interval
    from cadence.timing.zones import Zone

__all__ = ["CHARACTER", "MOST", "ROOMY", "Tick", "axis"]

MOST = 8
CHARACTER = 0.025
"""The width of a character at most, as a part of the narrowest picture."""

ROOMY = 2
"""How much wider a picture is at least where the extra ticks are shown."""

_MINUTE, _HOUR = 60, 3600
_SECONDS = (*(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)), *(n * _HOUR for n in (1, 2, 3, 6, 12)))
_DATES = (1, 2, 7, 14)
_MONDAY = 4  # 5 January 1970
_SPANS = (1, 2, 3, 6, 12, 24, 60, 120, 1200)


class Tick(NamedTuple):
    """A place on the axis. An `extra` one is left out where the screen is narrow."""

    at: int
    label: str
    extra: bool = False


def axis(scale: Scale, zone: Zone) -> tuple[tuple[Tick, ...], tuple[Tick, ...]]:
    """Return the ticks, at most MOST, and above them what they have in common: the date, the month or the year."""
    for rhythm, label, context in _rhythms(scale, zone):
        found = list(rhythm)
        if len(found) <= MOST:
            ticks = _spaced([Tick(at, label(local)) for at, local in found], scale)
            return ticks, _contexts(scale, zone, found, context)
    raise AssertionError("eight centuries are enough for any axis")


def _spaced(ticks: list[Tick], scale: Scale) -> tuple[Tick, ...]:
    """Return the ticks whose labels keep apart; those that do so only where there is room are extra."""
    kept: list[Tick] = []
    for tick in ticks:
        if all(_apart(each, tick, scale, CHARACTER) for each in kept if not each.extra):
            kept.append(tick)
        elif all(_apart(each, tick, scale, CHARACTER / ROOMY) for each in kept):
            kept.append(tick._replace(extra=True))
    return tuple(kept)


def _apart(before: Tick, after: Tick, scale: Scale, character: float) -> bool:
    widths = [len(tick.label) * character for tick in (before, after)]
    lefts = [
        min(max(scale.part(tick.at) - width / 2, 0), 1 - width)
        for tick, width in zip((before, after), widths, strict=True)
    ]
    return lefts[0] + widths[0] <= lefts[1]


_Rhythm = tuple["Iterator[tuple[int, int]]", "Callable[[int], str]", "Callable[[int], str]"]


def _rhythms(scale: Scale, zone: Zone) -> Iterator[_Rhythm]:
    """Yield the candidates, the finest first: their instants with local seconds, their labels and contexts."""
    for step in _SECONDS:
        if scale.span // step <= MOST + 1:
            yield _clock(scale, zone, step), _time_label, _date_label
    for days in _DATES:
        if scale.span // (days * DAY) <= MOST + 1:
            yield _days(scale, zone, days), _day_label if days > 1 else _weekday_label, _month_label
    for months in _SPANS:
        by_year = months % 12 == 0
        yield (
            _months(scale, zone, months),
            _year_label if by_year else _month_name,
            _nothing if by_year else _year_label,
        )


def _clock(scale: Scale, zone: Zone, step: int) -> Iterator[tuple[int, int]]:
    """Yield the round times of day; one that the clocks skip is left out, of one they repeat the first is taken."""
    for piece in scale.pieces:
        first, end = sorted(map(zone.to_local, piece))
        for local in range(first // step * step, end + step, step):
            utc = zone.to_utc(local)
            if piece[0] <= utc <= piece[1] and zone.to_local(utc) == local:
                yield utc, local


def _days(scale: Scale, zone: Zone, step: int) -> Iterator[tuple[int, int]]:
    """Yield every *step*-th midnight, weeks from their Mondays."""
    for piece in scale.pieces:
        first, last = (zone.to_local(utc) // DAY for utc in piece)
        yield from _midnights(piece, zone, range(first - (first - _MONDAY) % step, last + 1, step))


def _months(scale: Scale, zone: Zone, step: int) -> Iterator[tuple[int, int]]:
    """Yield the beginnings of every *step*-th month of the years."""
    for piece in scale.pieces:
        first, last = (date_of(zone.to_local(utc) // DAY) for utc in piece)
        start = first.year * 12 + first.month - 1
        months = range(start - start % step, last.year * 12 + last.month, step)
        yield from _midnights(piece, zone, [day_of(date(each // 12, each % 12 + 1, 1)) for each in months])


def _midnights(piece: Interval, zone: Zone, days: Iterable[int]) -> Iterator[tuple[int, int]]:
    for day in days:
        utc = zone.day_start(day)
        if piece[0] <= utc <= piece[1]:
            yield utc, day * DAY


def _contexts(scale: Scale, zone: Zone, found: list[tuple[int, int]], label: Callable[[int], str]) -> tuple[Tick, ...]:
    """Return each context where it begins, without those that would touch the one after."""
    edges = [(first, zone.to_local(first)) for first, _ in scale.pieces]
    said: list[Tick] = []
    for at, local in sorted([*edges, *found]):
        if not said or label(local) != said[-1].label:
            said.append(Tick(at, label(local)))
    kept: list[Tick] = []
    for tick in reversed(said):
        if not kept or scale.part(tick.at) + len(tick.label) * CHARACTER <= _left_of(kept[-1], scale):
            kept.append(tick)
    return tuple(tick for tick in reversed(kept) if tick.label)


def _left_of(tick: Tick, scale: Scale) -> float:
    """Return where the label of a context begins: at its place, or so that it ends at the right edge."""
    return min(scale.part(tick.at), 1 - len(tick.label) * CHARACTER)


def _time_label(local: int) -> str:
    return f"{local % DAY // _HOUR:02d}:{local // 60 % 60:02d}"


def _weekday_label(local: int) -> str:
    on = date_of(local // DAY)
    return f"{on:%a} {on.day}"


def _day_label(local: int) -> str:
    on = date_of(local // DAY)
    return f"{on.day} {on:%b}"


def _date_label(local: int) -> str:
    return spoken_date(date_of(local // DAY))


def _month_label(local: int) -> str:
    return f"{date_of(local // DAY):%b %Y}"


def _month_name(local: int) -> str:
    return f"{date_of(local // DAY):%b}"


def _year_label(local: int) -> str:
    return str(date_of(local // DAY).year)


def _nothing(_: int) -> str:
    return ""
