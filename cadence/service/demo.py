"""A business with sample data: the same one whenever it is made, around the day on which it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from cadence.model.people import stable_id
from cadence.server.bodies.account import CreateEmployee, CreateRole, PatchBusiness
from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.records import FieldSetting
from cadence.server.bodies.scheduled import CreateScheduled
from cadence.server.seed import CONTACTS, add_business
from cadence.server.store import account, logged, records, scheduling
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.scheduling import Creation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from cadence.server.store.keys import IssuedKey
    from cadence.server.store.store import Store

__all__ = ["DEMO_BUSINESS", "DEMO_USER", "make_demo"]

DEMO_BUSINESS = stable_id("business", "demo")
_PEOPLE = (
    ("Ana Ruiz", "America/New_York", "Customer success"),
    ("Ben Okoro", "Europe/London", "Customer success"),
    ("Chiara Conti", "Europe/Rome", "Sales"),
    ("Dev Patel", "Asia/Kolkata", "Sales"),
)
_COMPANIES = ("Northwind", "Initech", "Globex", "Umbrella", "Hooli", "Acme")
_FIRST = ("Maya", "Noah", "Olivia", "Priya", "Quinn", "Rosa")
_LAST = ("Chen", "Diaz", "Eriksen", "Fofana")
_ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Singapore")
_TYPES = ("call", "email", "meeting", "task")
_WORK = {
    "call": "Ask how the first week went",
    "email": "Send the summary of the last call",
    "meeting": "Go through the goals of the quarter",
    "task": "Prepare the renewal offer",
}
_FIRST_DAY, _LAST_DAY, _A_DAY = -5, 20, 6
_SATURDAY = 5
_MORNING = timedelta(hours=13)


def make_demo(store: Store, *, now: datetime) -> IssuedKey:
    """Make the demo business where it is missing, and return an administrator's key that is written nowhere."""
    store.write_now(partial(_make, store=store, now=now))
    return store.keys.mint(Caller(DEMO_BUSINESS, DEMO_USER, Scope.ADMIN))


def _make(connection: Connection, store: Store, now: datetime) -> None:
    caller = Caller(DEMO_BUSINESS, DEMO_USER, Scope.ADMIN)
    if not add_business(connection, DEMO_BUSINESS, name="Demo", now=now):
        return
    settings = PatchBusiness(name="Demo", country="US", timezone="America/New_York")
    account.change_business(connection, DEMO_BUSINESS, settings, given=settings.model_fields_set)
    people = _add_people(connection, now)
    contacts = [_add_contact(connection, caller, number, now) for number in range(len(_FIRST) * len(_LAST))]
    for number, body in enumerate(_activities(people, contacts, now)):
        activity_id = store.ids.next(now)
        scheduling.create(connection, Creation(caller, body, activity_id, now))
        if body.due_datetime < now and number % 3:
            done = LogActivity.model_validate({"related_objects": [], "scheduled_activity_id": activity_id})
            reference = str(body.activity_object_name)
            logged.log(connection, caller, reference, done, logged_id=store.ids.next(now), now=body.due_datetime)


def _add_people(connection: Connection, now: datetime) -> list[str]:
    for role in dict.fromkeys(role for *_, role in _PEOPLE):
        account.add_role(connection, DEMO_BUSINESS, CreateRole(name=role), role_id=_id("role", role))
    for name, zone, role in _PEOPLE:
        email = f"{name.split()[0].lower()}@demo.example"
        body = CreateEmployee(display_name=name, email=email, timezone=zone, roles=[role])
        account.add_employee(connection, DEMO_BUSINESS, body, employee_id=_id("employee", name), now=now)
    return [_id("employee", name) for name, *_ in _PEOPLE]


def _add_contact(connection: Connection, caller: Caller, number: int, now: datetime) -> str:
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST)]
    company = _COMPANIES[number % len(_COMPANIES)]
    email = f"{first}.{last}@{company}.example".lower()
    fields = {
        "first_name": first,
        "last_name": last,
        "email": email,
        "company": company,
        "timezone": _ZONES[number % len(_ZONES)],
        "owner": _id("employee", _PEOPLE[number % len(_PEOPLE)][0]),
    }
    settings = [FieldSetting(name=name, value=value) for name, value in fields.items()]
    record_id = _id("record", email)
    records.add(connection, caller, CONTACTS, settings, record_id=record_id, now=now)
    return record_id


def _activities(people: list[str], contacts: list[str], now: datetime) -> Iterator[CreateScheduled]:
    """Yield a few activities for each working day from a week before to three weeks after *now*."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [midnight + timedelta(days=offset) for offset in range(_FIRST_DAY, _LAST_DAY)]
    dues = [
        day + _MORNING + timedelta(minutes=45 * slot)
        for day in days
        if day.weekday() < _SATURDAY
        for slot in range(_A_DAY)
    ]
    for number, due in enumerate(dues):
        yield _activity(due, number, people[number % len(people)], contacts[number % len(contacts)])


def _activity(due: datetime, number: int, employee_id: str, record_id: str) -> CreateScheduled:
    name = _TYPES[number % len(_TYPES)]
    body: dict[str, Any] = {
        "activity_object_name": name,
        "due_datetime": due.isoformat(),
        "employee_id": employee_id,
        "note": _WORK[name],
        "associated_entities": [{"custom_object": {"name": CONTACTS}, "entity": {"id": record_id}}],
    }
    return CreateScheduled.model_validate(body)


def _id(kind: str, name: str) -> str:
    return stable_id(kind, f"demo:{name}")


DEMO_USER = _id("employee", _PEOPLE[0][0])
