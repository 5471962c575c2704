"""Preview as a page: the picture redraws as one types."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from cadence.files import Kind, discover, read_text
from cadence.server.problem import Problem
from cadence.server.store import records
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.load.page import show_with
from cadence.service.pages.own import desk_of
from cadence.service.pages.preview.draft import Draft, draw
from cadence.timeline.page import plan_html
from cadence.timeline.picture import picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.model.plan import Plan
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.preview.draft import Drawing
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES"]

_MOST_CHARACTERS = 200_000
_OBJECT = "client_client"
_FIRST = """\
sequence: hello
title: A first sequence
calendar:
  hours: {mon-fri: "09:00-17:00"}
steps:
  - id: welcome
    activity: call
    due: 1 business day after start at 10:00
    note: Say hello to {{ record.first_name | default("them") }}.
  - id: check-in
    activity: email
    due: tuesday on or after 2 weeks after welcome at 9:30
  - id: review
    activity: meeting
    due: 1 month after start at 18:30
"""


async def _show(visit: Visit) -> Response:
    known = dict(_sequences(visit.site.settings.sequences))
    chosen = visit.asked("sequence")
    text = await asyncio.to_thread(read_text, known[chosen]) if chosen in known else _FIRST
    some = await _suggested(visit, "")
    record = visit.asked("record") or next((name for name, _ in some), "")
    draft = Draft(text, record=record, fields="" if record else f"timezone={visit.zone}")
    drawing = await _drawn(visit, draft)
    shown = _shown(drawing, draft)
    return visit.page("preview/page.html", known=sorted(known), chosen=chosen, draft=draft, **shown)


async def _draw(visit: Visit) -> Response:
    draft = _draft(visit)
    return visit.page("preview/drawing.html", **_shown(await _drawn(visit, draft), draft))


async def _download(visit: Visit) -> Response:
    plan = await _planned(visit)
    return _file(plan.to_json(), "application/json", "plan.json")


async def _download_page(visit: Visit) -> Response:
    drawing = await _drawn(visit, _draft(visit))
    if drawing.plan is None:
        raise _no_plan()
    return _file(plan_html(drawing.plan, drawing.timelines), "text/html; charset=utf-8", "plan.html")


async def _load(visit: Visit) -> Response:
    return await show_with(visit, await _planned(visit))


async def _records(visit: Visit) -> Response:
    wanted = visit.asked("record").strip()[:200]
    return visit.page("preview/records.html", names=await _suggested(visit, wanted))


async def _suggested(visit: Visit, text: str) -> list[tuple[str, str]]:
    return await visit.read(partial(records.suggest, business_id=visit.business_id, reference=_OBJECT, text=text))


async def _planned(visit: Visit) -> Plan:
    drawing = await _drawn(visit, _draft(visit))
    if drawing.plan is None:
        raise _no_plan()
    return drawing.plan


async def _drawn(visit: Visit, draft: Draft) -> Drawing:
    """Return the drawing, made in a thread; of all visitors one at a time, so that nobody else has to wait long."""
    async with visit.site.drawing:
        return await asyncio.to_thread(draw, desk_of(visit), draft, viewer=visit.zone)


def _shown(drawing: Drawing, draft: Draft) -> dict[str, Any]:
    pictures = [picture(timeline, prefix=f"tl-{index}") for index, timeline in enumerate(drawing.timelines)]
    return {"drawing": drawing, "pictures": pictures, "count": draft.text.count("\n") + 1}


def _draft(visit: Visit) -> Draft:
    form = visit.form
    if len(form.get("text", "")) > _MOST_CHARACTERS:
        raise Problem.detail(413, f"The sequence is longer than {_MOST_CHARACTERS:,} characters.", "body_too_large")
    names = ("text", "record", "fields", "params", "start")
    return Draft(**{name: form.get(name, "").replace("\r\n", "\n") for name in names})


def _sequences(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the sequences of the project by the names of their files."""
    if folder.is_dir():
        yield from (
            (path.relative_to(folder).as_posix(), path) for path, kind in discover([folder]) if kind is Kind.SEQUENCE
        )


def _file(content: str, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _no_plan() -> Problem:
    return Problem.detail(400, "There is no plan yet: correct what the preview says first.", "invalid")


PAGES: dict[str, Doings] = {
    "/preview": {"GET": Doing(Scope.READ, _show)},
    "/preview/drawing": {"POST": Doing(Scope.READ, _draw)},
    "/preview/records": {"GET": Doing(Scope.READ, _records)},
    "/preview/plan.json": {"POST": Doing(Scope.READ, _download)},
    "/preview/load": {"POST": Doing(Scope.READ, _load)},
    "/preview/plan.html": {"POST": Doing(Scope.READ, _download_page)},
}
