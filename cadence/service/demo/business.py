"""The business of the demo and what it has besides sequences: the same whenever made, around the day it is made on."""

from __future__ import annotations

from datetime import datetime, timedelta
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

    from cadence.server.store.store import Store

__all__ = ["ADMIN", "DEMO_BUSINESS", "add_demo_business", "contact", "employee"]

DEMO_BUSINESS = stable_id("business", "demo")
_SUCCESS, _SALES = "Customer success", "Sales"
_PEOPLE = (
    ("Ana Ruiz", "America/New_York", _SUCCESS),
    ("Ben Okoro", "Europe/London", _SUCCESS),
    ("Chiara Conti", "Europe/Rome", _SALES),
    ("Dev Patel", "Asia/Kolkata", _SALES),
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
_FIRST_DAY, _LAST_DAY, _A_DAY = -5, 20, 4
_SATURDAY = 5
_MORNING = timedelta(hours=13)
_HOUR_S = 3600
_NINE_TO_FIVE = [[[9 * _HOUR_S, 17 * _HOUR_S]]] * 5 + [[], []]
_AWAY = "Ben Okoro"
_CONTRACT_ENDS = (12, 75)
"""In how many days the contract of the first contact ends, and within how many those of the others do."""


def add_demo_business(connection: Connection, store: Store, now: datetime) -> bool:
    """Add the business with its people, contacts and everyday work, and return whether it was missing."""
    if not add_business(connection, DEMO_BUSINESS, name="Demo", now=now):
        return False
    settings = PatchBusiness(name="Demo", country="US", timezone="America/New_York")
    account.change_business(connection, DEMO_BUSINESS, settings, given=settings.model_fields_set)
    people = _add_people(connection, now)
    contacts = [_add_contact(connection, number, now) for number in range(len(_FIRST) * len(_LAST))]
    for number, body in enumerate(_activities(people, contacts, now)):
        activity_id = store.ids.next(now)
        scheduling.create(connection, Creation(ADMIN, body, activity_id, now))
        if body.due_datetime < now and number % 3:
            done = LogActivity.model_validate({"related_objects": [], "scheduled_activity_id": activity_id})
            reference = str(body.activity_object_name)
            logged.log(connection, ADMIN, reference, done, logged_id=store.ids.next(now), now=body.due_datetime)
    return True


def contact(number: int) -> str:
    """Return the email of a contact; there are as many as one likes, and the same again after the last."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
    return f"{first}.{last}@{_COMPANIES[number % len(_COMPANIES)]}.example".lower()


def employee(name: str) -> str:
    """Return the id of somebody in the team."""
    return _id("employee", name)


def _add_people(connection: Connection, now: datetime) -> list[str]:
    for role in (_SUCCESS, _SALES):
        account.add_role(connection, DEMO_BUSINESS, CreateRole(name=role), role_id=_id("role", role))
    for name, zone, role in _PEOPLE:
        body = CreateEmployee.model_validate(
            {
                "display_name": name,
                "email": f"{name.split()[0].lower()}@demo.example",
                "timezone": zone,
                "roles": [role],
                "hours": _NINE_TO_FIVE,
                "leave": [_next_week(now)] if name == _AWAY else [],
            }
        )
        account.add_employee(connection, DEMO_BUSINESS, body, employee_id=employee(name), now=now)
    return [employee(name) for name, *_ in _PEOPLE]


def _next_week(now: datetime) -> dict[str, str]:
    monday = now.date() + timedelta(days=7 - now.weekday())
    return {"first": monday.isoformat(), "last": (monday + timedelta(days=4)).isoformat(), "reason": "Holiday"}


def _add_contact(connection: Connection, number: int, now: datetime) -> str:
    email = contact(number)
    first_end, last_end = _CONTRACT_ENDS
    ends_on = now.date() + timedelta(days=first_end + 17 * number % (last_end - first_end))
    fields = {
        "first_name": _FIRST[number % len(_FIRST)],
        "last_name": _LAST[number // len(_FIRST)],
        "email": email,
        "company": _COMPANIES[number % len(_COMPANIES)],
        "timezone": _ZONES[number % len(_ZONES)],
        "owner": employee(_PEOPLE[number % len(_PEOPLE)][0]),
        "stage": "Customer",
        "seats": 8 + 13 * number % 60,
        "contract_end": ends_on.isoformat(),
    }
    settings = [FieldSetting(name=name, value=value) for name, value in fields.items()]
    record_id = _id("record", email)
    records.add(connection, ADMIN, CONTACTS, settings, record_id=record_id, now=now)
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


ADMIN = Caller(DEMO_BUSINESS, employee(_PEOPLE[0][0]), Scope.ADMIN)
"""Whom every browser of the machine is signed in as."""
