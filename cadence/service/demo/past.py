"""A month of the demo: sequences that were planned and applied when they would have been, and worked off since."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.scheduled import PatchScheduled, SearchScheduled
from cadence.server.instant import from_micros
from cadence.server.paging import MOST_SIZE, Page
from cadence.server.store import logged, scheduled, scheduling
from cadence.server.store.keys import Caller, Scope
from cadence.service.demo.business import ADMIN, DEMO_BUSINESS, contact
from cadence.service.demo.moment import Moment
from cadence.service.desk import Desk, embedded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.model.sequence import Sequence
    from cadence.server.store.store import Store

__all__ = ["live_through", "planned_tasks", "put_off", "work_off"]

_PLANNED = "[cadence "
_TOOK = timedelta(minutes=25)
_LATER = timedelta(days=1, hours=2)
_OVERDUE_EVERY = 7


@dataclass(frozen=True, slots=True)
class _Past:
    """Contacts, by number, to whom a sequence was applied so many days ago."""

    days_ago: int
    sequence: str
    contacts: tuple[int, ...]


_MONTH = (
    _Past(27, "first-month", (0, 1)),
    _Past(25, "renewal", (8, 9, 10)),
    _Past(20, "first-month", (2, 3)),
    _Past(12, "outreach", (16, 17)),
    _Past(11, "first-month", (4,)),
    _Past(6, "first-month", (5, 6)),
    _Past(5, "renewal", (11, 12, 13)),
    _Past(4, "outreach", (18, 19)),
    _Past(1, "first-month", (7,)),
)


def live_through(store: Store, settings: Settings, clock: Clock, sequences: Mapping[str, Sequence]) -> None:
    """Apply the sequences of a month, by the engine and in their order, each under the owner's own hand."""
    now = clock.now().replace(second=0)
    for past in _MONTH:
        moment = Moment(now - timedelta(days=past.days_ago), clock)
        desk = Desk(store, ADMIN, account=embedded(ADMIN), settings=settings, clock=moment)
        desk.by = "Ana Ruiz"
        for number in past.contacts:
            desk.apply(desk.plan(sequences[past.sequence], contact(number)))


def planned_tasks(
    connection: Connection, *, first: datetime | None = None, end: datetime | None = None
) -> list[dict[str, Any]]:
    """Return the open tasks of sequences, by due, from *first* up to *end*."""
    span = {"from_date": first and first.isoformat(), "to_date": end and end.isoformat()}
    wanted = SearchScheduled.model_validate({"completed": False, "search": _PLANNED, **span})
    (rows, _), _ = scheduled.find(connection, ADMIN, wanted, Page(1, MOST_SIZE))
    return rows


def work_off(connection: Connection, store: Store, rows: Iterable[dict[str, Any]], now: datetime) -> None:
    """Log most of *rows*, whose due has come, as done by their assignees shortly after they were due."""
    for number, row in enumerate(rows, start=1):
        if number % _OVERDUE_EVERY == 0:
            continue
        caller = Caller(DEMO_BUSINESS, row["employee_id"] or ADMIN.user_id, Scope.WRITE)
        related = [{"custom_object": kind, "entity_id": record} for kind, record in row["entities"]]
        done = LogActivity.model_validate({"related_objects": related, "scheduled_activity_id": row["id"]})
        at = min(now, from_micros(row["due_at"]) + _TOOK)
        logged.log(connection, caller, row["type_id"], done, logged_id=store.ids.next(at), now=at)


def put_off(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Move a task as a person would who finds another day better."""
    due = from_micros(row["due_at"]) + _LATER
    body = PatchScheduled.model_validate({"due_datetime": due.isoformat()})
    scheduling.change(connection, ADMIN, row["id"], body, given={"due_datetime"}, now=now)
