"""The drawings of the picture: the axis, what lies behind the lanes, and a lane's own track.

Places are percentages and shapes keep their size, so the same drawing serves a telephone and a wide screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timeline import glyphs
from cadence.timeline.markup import el, joined
from cadence.timeline.ticks import CHARACTER
from cadence.timeline.timeline import NoteKind
from cadence.wording.plans import passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cadence.timeline.markup import Markup
    from cadence.timeline.scale import Scale
    from cadence.timeline.ticks import Tick
    from cadence.timeline.timeline import Backdrop, Lane, Move, Timeline
    from cadence.timing.hours import Interval

__all__ = ["axis_drawing", "backdrop_defs", "track"]

_WIDTH = 1000
_MIDDLE = "50%"
_AXIS_HEIGHT = 52
_MARKS = 43
_ARROW = 0.035


def axis_drawing(timeline: Timeline) -> Markup:
    """Return the axis: dates, ticks, and the marks of the start, of now and of what is noted."""
    scale = timeline.scale
    start = glyphs.placed(scale.part(timeline.start), _MARKS, glyphs.start_shape(), title=f"start: {timeline.started}")
    now = glyphs.placed(scale.part(timeline.now), _MARKS, glyphs.now_shape(), title=f"as of {timeline.as_of}")
    return el(
        "svg",
        *(_tick_text(scale, tick, 12, centred=False) for tick in timeline.contexts),
        *(_tick_text(scale, tick, 29, centred=True) for tick in timeline.ticks),
        *(
            glyphs.placed(
                scale.part(max(note.first, scale.first)), _MARKS, glyphs.note_shape(note.kind), title=note.words
            )
            for note in timeline.notes
        ),
        *(_gap(scale, each) for each in scale.breaks),
        start,
        now if timeline.shows_now else None,
        width="100%",
        height=_AXIS_HEIGHT,
        aria_hidden="true",
    )


def _gap(scale: Scale, left_out: Interval) -> Markup:
    middle = (scale.part(left_out[0]) + scale.part(left_out[1])) / 2
    return el("text", "\u22ef", x=_percent(middle), y=_MARKS + 4, class_="tl-gap tl-mid")


def _tick_text(scale: Scale, tick: Tick, y: int, *, centred: bool) -> Markup:
    part, side = _beside(scale.part(tick.at), len(tick.label) * CHARACTER, centred=centred)
    kind = f"{'tl-tick' if centred else 'tl-context'}{' tl-extra' if tick.extra else ''}"
    return el("text", tick.label, x=_percent(part), y=y, class_=f"{kind} {side}")


def _beside(part: float, width: float, *, centred: bool) -> tuple[float, str]:
    """Return where a label of that width is written and what part of it stands there, so that none leaves the axis."""
    if part - width / 2 < 0 and centred:
        return 0, "tl-from"
    if part + width / (2 if centred else 1) > 1:
        return 1, "tl-to"
    return part, "tl-mid" if centred else "tl-from"


def backdrop_defs(timeline: Timeline, prefix: str) -> Markup:
    """Return what lanes refer to as `#<prefix>-<number>`: closed times, grid, start, now and clock changes."""
    symbols = (
        el(
            "symbol",
            *_behind(timeline, each),
            id=f"{prefix}-{index}",
            viewBox=f"0 0 {_WIDTH} 10",
            preserveAspectRatio="none",
        )
        for index, each in enumerate(timeline.backdrops)
    )
    line = el("path", d="M0 0V7", class_="tl-hatch")
    hatch = el(
        "pattern",
        line,
        id=f"{prefix}-leave",
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return el("svg", el("defs", hatch, *symbols), width=0, height=0, class_="tl-defs", aria_hidden="true")


def _behind(timeline: Timeline, behind: Backdrop) -> Iterator[Markup]:
    scale = timeline.scale
    dated = [(note.first, note.end) for note in timeline.notes if note.kind is NoteKind.CLOSED]
    yield el("path", d=_blocks(scale, behind.closed), class_="tl-closed")
    if timeline.by_day and behind.closed:
        yield el("path", d=_blocks(scale, dated), class_="tl-holiday")
    yield el("path", d=_lines(scale, (tick.at for tick in timeline.ticks)), class_="tl-grid")
    yield el("path", d=_lines(scale, behind.clock_changes), class_="tl-clocks")
    yield el("path", d=_lines(scale, [timeline.start]), class_="tl-start")
    yield el("path", d=_lines(scale, [timeline.now] if timeline.shows_now else []), class_="tl-now")
    if scale.breaks:
        yield el("path", d=_blocks(scale, scale.breaks), class_="tl-break")


def _blocks(scale: Scale, intervals: Iterable[Interval]) -> str:
    cut = ((max(first, scale.first), min(end, scale.end)) for first, end in intervals)
    return "".join(
        f"M{_place(scale, first)} 0H{_place(scale, end)}V10H{_place(scale, first)}z"
        for first, end in cut
        if first < end
    )


def _lines(scale: Scale, instants: Iterable[int]) -> str:
    return "".join(f"M{_place(scale, at)} 0V10" for at in instants if scale.shows(at))


def _place(scale: Scale, utc: int) -> str:
    return f"{scale.part(utc) * _WIDTH:.2f}".rstrip("0").rstrip(".")


def track(lane: Lane, scale: Scale, prefix: str) -> Markup:
    """Return the lane's drawing: from the anchor to the raw date, along each move, to the due."""
    return el(
        "svg",
        el("title", f"{lane.name}, {lane.status}: {lane.said}"),
        el("desc", "; ".join(filter(None, (_line_words(lane), *lane.reasons)))),
        el("use", href=f"#{prefix}-{lane.backdrop}", width="100%", height="100%"),
        *(_leave(scale, each, prefix) for each in lane.leave),
        _offset(lane, scale),
        *(_move(move, scale) for move in lane.moves),
        _before(lane, scale),
        _stops(lane, scale),
        width="100%",
        height="100%",
        role="img",
        class_="tl-drawing",
    )


def _line_words(lane: Lane) -> str:
    return "; ".join(f"{line.reason}: {said}" for line in lane.why if (said := passage(line)))


def _leave(scale: Scale, span: Interval, prefix: str) -> Markup | None:
    first, end = max(span[0], scale.first), min(span[1], scale.end)
    if first >= end:
        return None
    left, right = scale.part(first), scale.part(end)
    return el("rect", x=_percent(left), width=_percent(right - left), height="100%", fill=f"url(#{prefix}-leave)")


def _offset(lane: Lane, scale: Scale) -> Markup | None:
    if lane.anchor is None or lane.raw is None:
        return None
    return _line(scale.part(lane.anchor), scale.part(lane.raw), "tl-offset")


def _move(move: Move, scale: Scale) -> Markup:
    first, last = scale.part(move.first), scale.part(move.last)
    return joined(_line(first, last, "tl-move", title=move.reason), _head(first, last))


def _head(first: float, last: float) -> Markup | None:
    """Return the head of the arrow from *first* to *last*, none where there is no room for one."""
    if abs(last - first) < _ARROW:
        return None
    return glyphs.placed(last, _MIDDLE, glyphs.arrow_head(forwards=last > first))


def _before(lane: Lane, scale: Scale) -> Markup | None:
    if lane.left is None or lane.due is None:
        return None
    first, last = scale.part(lane.left), scale.part(lane.due)
    title = "was moved in the CRM" if lane.drift else "was due"
    kind = "tl-drift" if lane.drift else "tl-change"
    mark = glyphs.placed(first, _MIDDLE, glyphs.ghost(), title=title)
    return joined(_line(first, last, kind, title=title), _head(first, last), mark)


def _stops(lane: Lane, scale: Scale) -> Markup:
    return joined(
        _anchor(lane, scale),
        glyphs.placed(scale.part(lane.raw), _MIDDLE, glyphs.raw_shape())
        if lane.moves and lane.raw is not None
        else None,
        glyphs.placed(scale.part(lane.due), _MIDDLE, glyphs.status_shape(lane.status))
        if lane.due is not None
        else None,
    )


def _anchor(lane: Lane, scale: Scale) -> Markup | None:
    if lane.anchor is None:
        return None
    return glyphs.placed(scale.part(lane.anchor), _MIDDLE, glyphs.anchor_shape())


def _line(first: float, last: float, class_: str, *, title: str | None = None) -> Markup:
    said = el("title", title) if title else None
    return el("line", said, x1=_percent(first), x2=_percent(last), y1=_MIDDLE, y2=_MIDDLE, class_=class_)


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"
