"""What somebody wants to see of the tasks: it is all in the URL, so that it can be kept and sent around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from pydantic import ValidationError

from cadence.frozen import dataclass
from cadence.server.bodies.scheduled import SearchScheduled
from cadence.server.paging import LAST_PAGE, Page
from cadence.server.problem import Problem

if TYPE_CHECKING:
    from cadence.service.pages.visit import Visit

__all__ = ["Question", "question_of"]

ME = "me"
_SIZE = 50
_STATES = {"open": False, "done": True, "all": None}


@dataclass(frozen=True, slots=True)
class Question:
    """Tasks of `assignee` (an id, `me`, or empty for everybody), of type `kind`, with `search` in the note.

    `state` is open, done or all.
    """

    assignee: str = ""
    kind: str = ""
    search: str = ""
    state: str = "open"
    number: int = 1

    @property
    def page(self) -> Page:
        """The page of the list that is asked for."""
        return Page(self.number, _SIZE)

    def filters(self) -> SearchScheduled:
        """Return the same as the API's filters. Raises Problem."""
        wanted: dict[str, Any] = {"completed": _STATES[self.state], "search": self.search}
        if self.kind:
            wanted["activity_name"] = self.kind
        if self.assignee == ME:
            wanted["assigned_to_me"] = True
        elif self.assignee:
            wanted["employee_ids"] = [self.assignee]
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
        if self.state != "open":
            given["state"] = self.state
        if number > 1:
            given["page"] = str(number)
        return "/today" + (f"?{urlencode(given)}" if given else "")


def question_of(visit: Visit) -> Question:
    """Return what the address asks for; what it cannot mean is left out."""
    state, number = visit.asked("state"), visit.asked("page")
    is_number = number.isascii() and number.isdigit() and 0 < int(number[:9]) <= LAST_PAGE
    return Question(
        assignee=visit.asked("assignee"),
        kind=visit.asked("type"),
        search=visit.asked("q")[:200],
        state=state if state in _STATES else "open",
        number=int(number[:9]) if is_number else 1,
    )
