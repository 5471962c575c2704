"""A timeline as HTML: the picture, and the same in words beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.plan import Action
from cadence.timeline import glyphs
from cadence.timeline.markup import el
from cadence.timeline.timeline import NoteKind
from cadence.timeline.track import axis_drawing, backdrop_defs, track
from cadence.wording.plans import ACTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.timeline.markup import Markup
    from cadence.timeline.timeline import Lane, Timeline

__all__ = ["chip", "picture"]

_SIGNS = {
    Action.CREATE: "+",
    Action.MOVE: "~",
    Action.REASSIGN: "~",
    Action.CANCEL: "\u2212",
    Action.KEEP: "=",
    Action.SKIP: "\u00b7",
    Action.ESTIMATE: "?",
}
_NOTE_WORDS = {NoteKind.CLOSED: "closed date", NoteKind.LEAVE: "leave", NoteKind.CLOCKS: "clocks change"}


def picture(timeline: Timeline, *, prefix: str = "") -> Markup:
    """Return the figure of *timeline*; it needs style.css. *prefix* keeps its ids apart from those of another one."""
    prefix = prefix or f"tl-{timeline.key[:12]}"
    return el(
        "figure",
        backdrop_defs(timeline, prefix),
        el("div", axis_drawing(timeline), class_="tl-axis"),
        el("ol", *(_lane(lane, timeline, prefix) for lane in timeline.lanes), class_="tl-lanes", role="list"),
        el("figcaption", _legend(timeline), _notes(timeline)),
        class_="timeline",
        aria_label=timeline.title,
    )


def chip(action: Action) -> Markup:
    """Return what apply would do, as a sign and a word."""
    return el("span", el("b", _SIGNS[action], aria_hidden="true"), ACTION_WORDS[action], class_=f"chip chip-{action}")


def _lane(lane: Lane, timeline: Timeline, prefix: str) -> Markup:
    return el(
        "li",
        el("div", el("strong", lane.name), chip(lane.action), _facts(lane), class_="tl-name"),
        el("div", track(lane, timeline.scale, prefix), class_="tl-track"),
        el("div", *_due(lane), class_="tl-due"),
        el("ul", *(el("li", reason) for reason in lane.reasons), class_="tl-reasons") if lane.reasons else None,
        class_=f"tl-lane tl-lane-{lane.action}",
    )


def _facts(lane: Lane) -> Markup:
    """Return what it is and who gets it, and where it stands if that is more than the plan says."""
    parts = [lane.title, lane.what, lane.who]
    if lane.action is Action.KEEP:
        parts.append(str(lane.status))
    return el("span", " \u00b7 ".join(part for part in parts if part), class_="tl-facts")


def _due(lane: Lane) -> Iterator[Markup]:
    yield el("span", *_breaking(lane.said), class_="tl-said")
    if lane.zone:
        yield el("span", lane.zone, class_="tl-elsewhere")
    if lane.elsewhere:
        yield el("span", *_breaking(lane.elsewhere), class_="tl-elsewhere")


def _breaking(said: str) -> Iterator[Markup | str]:
    """Yield a due that breaks between its day, its time and its zone, and nowhere else."""
    when, comma, zone = said.partition(", ")
    day, *time = when.rsplit(" ", 2)
    yield el("span", day, class_="tl-whole")
    if time:
        yield from (" ", el("span", " ".join(time), class_="tl-whole"))
    yield comma + zone


def _notes(timeline: Timeline) -> Markup | None:
    if not timeline.notes:
        return None
    items = (el("li", _key(glyphs.note_shape(note.kind)), el("span", note.words)) for note in timeline.notes)
    return el("ul", *items, class_="tl-notes", aria_label="Dates to know")


def _legend(timeline: Timeline) -> Markup:
    return el("ul", *(el("li", shape, words) for shape, words in _legend_rows(timeline)), class_="tl-legend")


def _legend_rows(timeline: Timeline) -> Iterator[tuple[Markup, str]]:
    """Yield a row for each shape that the picture has."""
    yield _key(glyphs.start_shape()), "start"
    if timeline.shows_now:
        yield _key(glyphs.now_shape()), f"as of {timeline.as_of}"
    yield _key(glyphs.anchor_shape()), "counts from"
    if any(lane.moves for lane in timeline.lanes):
        yield _key(glyphs.raw_shape()), "before it moved"
    for status in dict.fromkeys(lane.status for lane in timeline.lanes if lane.due is not None):
        yield _key(glyphs.status_shape(status)), str(status)
    if any(lane.left is not None for lane in timeline.lanes):
        yield _key(glyphs.ghost()), "was due"
    for kind in dict.fromkeys(note.kind for note in timeline.notes):
        yield _key(glyphs.note_shape(kind)), _NOTE_WORDS[kind]
    if any(behind.closed for behind in timeline.backdrops):
        yield el("i", class_="tl-swatch"), "closed days" if timeline.by_day else "closed hours"
    if timeline.scale.breaks:
        yield el("i", class_="tl-swatch tl-swatch-break"), "time left out"


def _key(shape: Markup) -> Markup:
    return el("svg", shape, viewBox="-9 -9 18 18", width=16, height=16, aria_hidden="true")
