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
CHARACTER = 0.03
"""The width of a character at most, as a part of the narrowest picture."""

ROOMY = 1.7
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
            ticks = _spaced([Tick(at, label(local)) for at, local in found], scale, centred=True)
            return ticks, _contexts(scale, zone, found, context)
    raise AssertionError("eight centuries are enough for any axis")


def _spaced(ticks: list[Tick], scale: Scale, *, centred: bool) -> tuple[Tick, ...]:
    """Return the ticks whose labels keep apart, the first given first; what fits only in a wide picture is extra."""
    narrow = _kept([], ticks, _Labels(scale, CHARACTER, centred))
    extra = [tick._replace(extra=True) for tick in ticks if tick not in narrow]
    return tuple(sorted(_kept(narrow, extra, _Labels(scale, CHARACTER / ROOMY, centred))))


def _kept(known: list[Tick], more: list[Tick], labels: _Labels) -> list[Tick]:
    """Return *known*, and those of *more* that touch none."""
    kept = list(known)
    for tick in more:
        if not any(labels.touch(each, tick) for each in kept):
            kept.append(tick)
    return kept


class _Labels(NamedTuple):
    """How labels lie: as wide as their characters, in the middle of their place or from it, none beyond the edges."""

    scale: Scale
    character: float
    centred: bool

    def touch(self, one: Tick, other: Tick) -> bool:
        """Whether the two overlap."""
        (_, end), (first, _) = sorted((self._extent(one), self._extent(other)))
        return first < end

    def _extent(self, tick: Tick) -> tuple[float, float]:
        width = len(tick.label) * self.character
        left = self.scale.part(tick.at) - (width / 2 if self.centred else 0)
        left = min(max(left, 0), 1 - width)
        return left, left + width


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
    """Return each context where it begins; the later one stays where two would touch, as it holds for what follows."""
    edges = [(first, zone.to_local(first)) for first, _ in scale.pieces]
    said: list[Tick] = []
    for at, local in sorted([*edges, *found]):
        if not said or label(local) != said[-1].label:
            said.append(Tick(at, label(local)))
    return _spaced([tick for tick in reversed(said) if tick.label], scale, centred=False)


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
