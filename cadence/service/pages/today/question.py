"""What somebody wants to see of the tasks: it is all in the URL, so that it can be kept and sent around."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from cadence.frozen import dataclass
from cadence.server.bodies.scheduled import SearchScheduled
from cadence.server.paging import LAST_PAGE, Page
from cadence.server.problem import Problem
from cadence.service.pages.lookup import SIZE
from cadence.timing.zones import zone_names

if TYPE_CHECKING:
    from cadence.service.pages.visit import Visit

__all__ = ["Question", "midnight", "question_of"]

ME = "me"
_MOMENT = timedelta(microseconds=1)
_YEARS = (1900, 9000)
_STATES = {"open": False, "done": True, "all": None}


@dataclass(frozen=True, slots=True)
class Question:
    """Tasks of `assignee` (an id, `me`, or empty for everybody), of type `kind`, with `search` in the note.

    `state` is open, done or all; `day` narrows it to what is due on one date, in `zone` or, where that is empty, on the
    viewer's clocks.
    """

    assignee: str = ""
    kind: str = ""
    search: str = ""
    state: str = "open"
    day: date | None = None
    zone: str = ""
    number: int = 1

    @property
    def page(self) -> Page:
        """The page of the list that is asked for."""
        return Page(self.number, SIZE)

    @property
    def is_by_due(self) -> bool:
        """Whether it is all that is open, in the order in which it is due."""
        return self.state == "open" and self.day is None

    def filters(self, zone: str) -> SearchScheduled:
        """Return the same as the API's filters, for somebody in *zone*. Raises Problem."""
        wanted: dict[str, Any] = {"completed": _STATES[self.state], "search": self.search}
        if self.kind:
            wanted["activity_name"] = self.kind
        if self.assignee == ME:
            wanted["assigned_to_me"] = True
        elif self.assignee:
            wanted["employee_ids"] = [self.assignee]
        if self.day is not None:
            zone = self.zone or zone
            wanted["from_date"] = midnight(self.day, zone).isoformat()
            wanted["to_date"] = (midnight(self.day + timedelta(days=1), zone) - _MOMENT).isoformat()
        if self.state == "done":
            wanted["ordering"] = "-completed_at"
        try:
            return SearchScheduled.model_validate(wanted)
        except ValidationError:
            raise Problem.detail(400, "The filters in the address are not valid.", "invalid") from None

    def address(self, number: int = 1) -> str:
        """Return the address of that page of the same list."""
        named = {"assignee": self.assignee, "type": self.kind, "q": self.search}
        given = {name: value for name, value in named.items() if value}
        if self.day is not None:
            given["day"] = self.day.isoformat()
            given |= {"zone": self.zone} if self.zone else {}
        if self.state != "open":
            given["state"] = self.state
        if number > 1:
            given["page"] = str(number)
        return "/today" + (f"?{urlencode(given)}" if given else "")


def midnight(day: date, zone: str) -> datetime:
    """Return the instant at which *day* begins in *zone*."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def question_of(visit: Visit) -> Question:
    """Return what the address asks for; what it cannot mean is left out."""
    state, number = visit.asked("state"), visit.asked("page")
    is_number = number.isascii() and number.isdigit() and 0 < int(number[:9]) <= LAST_PAGE
    return Question(
        assignee=visit.asked("assignee"),
        kind=visit.asked("type"),
        search=visit.asked("q")[:200],
        day=_date(visit.asked("day")),
        zone=visit.asked("zone") if visit.asked("zone") in zone_names() else "",
        state=state if state in _STATES else "open",
        number=int(number[:9]) if is_number else 1,
    )


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _YEARS[0] < day.year < _YEARS[1] else None
