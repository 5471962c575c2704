"""The tasks of a page, read in one snapshot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from cadence.frozen import dataclass
from cadence.server.paging import MOST_SIZE, Page
from cadence.server.store import account, scheduled, types
from cadence.server.store.schema import object_fields, records
from cadence.service.pages.lookup import SIZE
from cadence.service.pages.today.question import midnight
from cadence.service.pages.today.task import by_day, tasks_of
from cadence.timing.zones import zone_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection

    from cadence.server.store.keys import Caller
    from cadence.server.store.scheduled import Scheduled
    from cadence.service.pages.today.question import Question
    from cadence.service.pages.today.task import Day, Task

__all__ = ["Agenda", "Choice", "people_of", "read_agenda", "read_task"]

_ZONE_FIELD = "timezone"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose in a field: what is sent, and what is shown."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """One page of `count` tasks, by day, and how many are open: overdue, for the rest of today, for the next week.

    `date` is today's, where the viewer is.
    """

    days: tuple[Day, ...]
    count: int
    overdue: int
    today: int
    week: int
    date: date
    people: tuple[Choice, ...]
    kinds: tuple[Choice, ...]

    @property
    def pages(self) -> int:
        """How many pages the list has."""
        return -(-self.count // SIZE)

    def page_after(self, tasks: int) -> int:
        """Return the number of the page on which the open task stands that has so many *tasks* before it."""
        return tasks // SIZE + 1


def read_agenda(connection: Connection, caller: Caller, question: Question, *, zone: str, now: datetime) -> Agenda:
    """Return what *question* asks for, as somebody in *zone* sees it. Raises Problem."""
    filters = question.filters(zone)
    found, count = scheduled.find(connection, caller, filters, question.page)
    tasks = tasks_of(found, _zones(connection, found), zone=zone, now=now)
    today = now.astimezone(ZoneInfo(zone)).date()
    bounds = [now, *(midnight(today + timedelta(days=ahead), zone) for ahead in (1, 8))]
    overdue, by_tonight, by_next_week = scheduled.open_before(connection, caller, filters, bounds)
    kinds, _ = types.find(connection, caller.business_id, search="", object_id=None, page=Page(1, MOST_SIZE))
    return Agenda(
        days=tuple(by_day(tasks, today)),
        count=count,
        overdue=overdue,
        today=by_tonight - overdue,
        week=by_next_week - by_tonight,
        date=today,
        people=people_of(connection, caller),
        kinds=tuple(Choice(kind["api_name"], kind["name"]) for kind in kinds),
    )


def read_task(connection: Connection, caller: Caller, activity_id: str, *, zone: str, now: datetime) -> Task:
    """Return one task. Raises Problem where it is absent."""
    found = scheduled.load(connection, caller.business_id, activity_id)
    (task,) = tasks_of(found, _zones(connection, found), zone=zone, now=now)
    return task


def people_of(connection: Connection, caller: Caller) -> tuple[Choice, ...]:
    """Return who can be assigned, by name."""
    team, _ = account.team(connection, caller.business_id, page=Page(1, MOST_SIZE))
    return tuple(Choice(person["id"], person["display_name"]) for person, _ in team)


def _zones(connection: Connection, found: Scheduled) -> Mapping[str, str]:
    """Return the zones of the records that have one, by the record's id."""
    rows, _ = found
    ids = {record_id for row in rows for _, record_id in row["entities"]}
    return _zones_of(connection, rows[0]["business_id"], ids) if ids else {}


def _zones_of(connection: Connection, business_id: str, ids: Iterable[str]) -> Mapping[str, str]:
    of_zones = (object_fields.c.business_id == business_id) & (object_fields.c.name == _ZONE_FIELD)
    fields = set(connection.execute(select(object_fields.c.id).where(of_zones)).scalars())
    own = (records.c.business_id == business_id) & records.c.id.in_(list(ids))
    rows = connection.execute(select(records.c.id, records.c.fields).where(own)).all()
    held = {row.id: value for row in rows for field, value in row.fields.items() if field in fields}
    return {record_id: value for record_id, value in held.items() if value in zone_names()}
