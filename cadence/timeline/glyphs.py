"""The shapes of the picture. What stands at a place is drawn around 0,0, so that no width distorts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.timeline.markup import el, joined
from cadence.timeline.timeline import NoteKind, Status

if TYPE_CHECKING:
    from cadence.timeline.markup import Markup

__all__ = [
    "anchor_shape",
    "arrow_head",
    "ghost",
    "note_shape",
    "now_shape",
    "placed",
    "raw_shape",
    "start_shape",
    "status_shape",
]


def placed(part: float, y: float | str, shape: Markup, *, title: str | None = None) -> Markup:
    """Return *shape* at *part* (0 to 1) of the width; *title* is shown when one points at it."""
    said = el("title", title) if title else None
    return el("svg", said, shape, x=f"{part * 100:.2f}%", y=y, overflow="visible")


def status_shape(status: Status) -> Markup:
    """Return the shape by which a status is known without its colour."""
    return el("g", _STATUS[status], class_=f"tl-status tl-{status.name.lower().replace('_', '-')}")


def anchor_shape() -> Markup:
    """Return what stands where a due counts from."""
    return el("circle", r=3.5, class_="tl-anchor")


def raw_shape() -> Markup:
    """Return what stands where the offset alone led."""
    return el("path", d="M0-5.5L5.5 0 0 5.5-5.5 0z", class_="tl-raw")


def ghost() -> Markup:
    """Return what stands where the activity was before."""
    return el("circle", r=5.5, class_="tl-ghost")


def arrow_head(*, forwards: bool) -> Markup:
    """Return the head of an arrow that ends just before a shape."""
    return el("path", d="M-8 0l-6-4v8z" if forwards else "M8 0l6-4v8z", class_="tl-head")


def start_shape() -> Markup:
    """Return what marks the start of the enrollment on the axis."""
    return el("path", d="M-.75 6V-6h8l-2 2.75 2 2.75h-6.5V6z", class_="tl-start-mark")


def now_shape() -> Markup:
    """Return what marks the time at which the plan was made."""
    return el("path", d="M-4.5-5h9L0 3z", class_="tl-now-mark")


def note_shape(kind: NoteKind) -> Markup:
    """Return what marks a closed date, somebody's leave or a clock change on the axis."""
    return el("g", _NOTES[kind], class_=f"tl-note tl-note-{kind}")


def _circle(radius: float, class_: str) -> Markup:
    return el("circle", r=radius, class_=class_)


def _path(d: str, class_: str) -> Markup:
    return el("path", d=d, class_=class_)


_STATUS = {
    Status.PLANNED: _circle(6, "tl-full"),
    Status.SCHEDULED: joined(_circle(5.5, "tl-ring"), _circle(2.25, "tl-full")),
    Status.OVERDUE: joined(_path("M0-7.5L7.5 6h-15z", "tl-ring"), _path("M0-2.5v4M0 3.6v.4", "tl-stroke")),
    Status.DONE: joined(_circle(7, "tl-full"), _path("M-3 .2l2.2 2.3L3.2-2.2", "tl-cut")),
    Status.IN_DOUBT: joined(
        _path("M0-8L8 0 0 8-8 0z", "tl-ring"), _path("M-1.8-1.6a1.9 1.9 0 1 1 2.6 1.8Q0 .6 0 1.6M0 3.9v.3", "tl-stroke")
    ),
    Status.PARKED: joined(_path("M-6.5-6.5h13v13h-13z", "tl-ring"), _path("M-2-2.8v5.6M2-2.8v5.6", "tl-stroke")),
    Status.REJECTED: joined(
        _path("M-6.5-6.5h13v13h-13z", "tl-full"), _path("M-2.7-2.7l5.4 5.4M2.7-2.7l-5.4 5.4", "tl-cut")
    ),
    Status.CANCELLED: _path("M-5-5l10 10M5-5L-5 5", "tl-stroke"),
    Status.SKIPPED: joined(_circle(5, "tl-ring tl-dashed"), _path("M-2.5 0h5", "tl-stroke")),
    Status.ESTIMATE: joined(_circle(6, "tl-ring tl-dashed"), _circle(1.75, "tl-full")),
}
_NOTES = {
    NoteKind.CLOSED: _path("M-2-4h4v8h-4z", "tl-full"),
    NoteKind.LEAVE: _path("M-4 4a4 4 0 0 1 8 0z", "tl-full"),
    NoteKind.CLOCKS: joined(_circle(4, "tl-ring"), _path("M0-2.2V0h1.8", "tl-stroke")),
}
