"""Load as a page, and what a plan would make of it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cadence.errors import CadenceError
from cadence.planning.codec import plan_from_json
from cadence.server.store.keys import Scope
from cadence.service.pages.doing import Doing
from cadence.service.pages.load.grid import read_grid

if TYPE_CHECKING:
    from starlette.responses import Response

    from cadence.model.plan import Plan
    from cadence.service.pages.doing import Doings
    from cadence.service.pages.visit import Visit

__all__ = ["PAGES", "show_with"]

_DAYS = 28
_BAD_REQUEST = 400
_FAR = timedelta(days=3660)


async def _show(visit: Visit) -> Response:
    return await _grid(visit, _first_day(visit, visit.asked("from")), None)


async def _compare(visit: Visit) -> Response:
    """Show the load with a plan that was pasted; nothing of it is kept."""
    first = _first_day(visit, visit.form.get("from", ""))
    try:
        plan = plan_from_json(visit.form.get("plan", ""))
    except CadenceError as error:
        said = f"This is not a plan that can be shown: {error.message}. Write one with `cadence plan --out plan.json`."
        return await _grid(visit, first, None, wrong=said)
    return await _grid(visit, first, plan)


async def show_with(visit: Visit, plan: Plan) -> Response:
    """Return the page with what *plan* would change, from the week of its first due on."""
    dues = [
        activity.due_at for activity in plan.activities if activity.due_at is not None and activity.action.is_change
    ]
    first = min(dues, default=visit.now).astimezone(ZoneInfo(visit.zone)).date()
    return await _grid(visit, _first_day(visit, first.isoformat()), plan)


async def _grid(visit: Visit, first: date, plan: Plan | None, *, wrong: str = "") -> Response:
    days = [first + timedelta(days=ahead) for ahead in range(_DAYS)]
    capacity = visit.site.settings.service.tasks_a_day
    grid = await visit.read(
        partial(read_grid, caller=visit.caller, days=days, zone=visit.zone, capacity=capacity, plan=plan)
    )
    step = timedelta(days=_DAYS)
    return visit.page(
        "load/page.html",
        _BAD_REQUEST if wrong else 200,
        wrong=wrong,
        grid=grid,
        plan=plan,
        today=_today(visit),
        first=first,
        earlier=first - step,
        later=first + step,
    )


def _today(visit: Visit) -> date:
    return visit.now.astimezone(ZoneInfo(visit.zone)).date()


def _first_day(visit: Visit, asked: str) -> date:
    """Return the Monday of the week of that date, of this week where it is none."""
    today = _today(visit)
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = today
    near = min(max(day, today - _FAR), today + _FAR)
    return near - timedelta(days=near.weekday())


PAGES: dict[str, Doings] = {"/load": {"GET": Doing(Scope.READ, _show), "POST": Doing(Scope.READ, _compare)}}
