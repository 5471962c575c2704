"""The team as a file holds it: people with their zones, roles, hours and leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.model.people import Business, Employee, Leave, Role, stable_id
from cadence.sequence import grammar, values
from cadence.sequence.calendar_language import DATES, HOURS
from cadence.sequence.compound import Either, Key, ListOf, MapOf, Parts, Struct
from cadence.sequence.hours import daily
from cadence.sequence.shape import Text

if TYPE_CHECKING:
    from cadence.diagnostics.collector import Collector

__all__ = ["TEAM", "Team", "build_team"]


class Team(NamedTuple):
    """What a team file holds; ids that it does not give are derived from the email, or from the role's name."""

    employees: tuple[Employee, ...]
    roles: tuple[Role, ...]
    business: Business | None = None


def _leave(parts: Parts, key: str, found: Collector) -> Leave:
    del key, found
    first, last = parts["dates"]
    return Leave(first, last, parts.get("reason", ""))


_NAME = Text("a name")
_ZONE = Text("an IANA name", pattern=grammar.ZONE, parse=values.zone, examples=["Europe/Paris"])
_HOURS = Either(
    scalar=Text("hours such as '09:00-17:00'", pattern=grammar.INTERVAL, parse=values.interval),
    items=ListOf(Text("hours such as '09:00-12:00'", pattern=grammar.INTERVAL, parse=values.interval), to=daily),
    mapping=HOURS,
    what="hours such as '09:00-17:00', a list of them, or hours by day",
)
_LEAVE = Either(
    scalar=DATES,
    mapping=Struct(
        "leave",
        {"dates": Key(DATES, "a date or a range of dates", required=True), "reason": Key(_NAME, "why")},
        build=_leave,
    ),
)
_EMPLOYEE = Struct(
    "employee",
    {
        "id": Key(Text("a uuid", pattern=grammar.UUID), "the CRM's id; derived from the email where it is not given"),
        "name": Key(_NAME, "what a person calls them", required=True),
        "email": Key(Text("an email address", pattern=r"[^@\s]+@[^@\s]+"), "the email address", required=True),
        "timezone": Key(_ZONE, "the zone they work in"),
        "roles": Key(ListOf(_NAME, what="a list of roles"), "the roles they have, by name"),
        "hours": Key(_HOURS, "when they work, in their zone"),
        "leave": Key(ListOf(_LEAVE, what="a list of dates"), "when they are away"),
    },
    named_by="name",
    partial=True,
)
TEAM = Struct(
    "team",
    {
        "team": Key(ListOf(_EMPLOYEE, what="a list of people", least=1), "the people", required=True),
        "roles": Key(
            Either(
                items=ListOf(_NAME, what="a list of roles"),
                mapping=MapOf(Text("a uuid", pattern=grammar.UUID), what="a role's name", pattern=r"\S.*"),
            ),
            "the roles, by name; with their ids where the CRM gave some",
        ),
        "business": Key(
            Struct(
                "business",
                {
                    "id": Key(Text("a uuid", pattern=grammar.UUID), "the CRM's id"),
                    "name": Key(_NAME, "its name", required=True),
                    "country": Key(Text("an ISO 3166 code", pattern="[A-Z]{2}"), "its country, as in US"),
                    "timezone": Key(_ZONE, "its zone"),
                },
            ),
            "the account they belong to",
        ),
    },
    partial=True,
)


def build_team(parts: Parts, found: Collector) -> Team:
    """Return the team of *parts*; people and roles that are there twice or not at all are reported."""
    people: tuple[Parts, ...] = parts.get("team", ())
    _check_twice(people, found)
    roles = _roles(parts, people, found)
    complete = [person for person in people if "name" in person and "email" in person]
    return Team(tuple(_employee(person) for person in complete), roles, _business(parts.get("business")))


def _check_twice(people: tuple[Parts, ...], found: Collector) -> None:
    for key in ("id", "email"):
        seen: dict[str, Parts] = {}
        for person in people:
            value = str(person.get(key, "")).casefold()
            if value and seen.setdefault(value, person) is not person:
                message = f"{key} '{person[key]}' is used twice, first on line {seen[value].place(key).line}"
                found.error("duplicate-person", message, person.place(key), "give each person their own")


def _roles(parts: Parts, people: tuple[Parts, ...], found: Collector) -> tuple[Role, ...]:
    """Return the declared roles; where none are declared, those that people have."""
    from cadence.diagnostics import did_you_mean  # noqa: PLC0415 - only when something is wrong

    declared = parts.get("roles")
    used = {role: person for person in people for role in person.get("roles", ())}
    if declared is None:
        return tuple(Role(stable_id("role", name), name) for name in used)
    for role, person in used.items():
        if role not in declared:
            place = person.word_place("roles", role)
            found.error("unknown-role", f"unknown role '{role}'", place, did_you_mean(role, declared))
    ids = declared if isinstance(declared, dict) else {name: stable_id("role", name) for name in declared}
    return tuple(Role(role_id, name) for name, role_id in ids.items())


def _employee(person: Parts) -> Employee:
    email = person["email"]
    hours: Any = person.get("hours")
    return Employee(
        person.get("id") or stable_id("employee", email.casefold()),
        person["name"],
        email=email,
        timezone=person.get("timezone"),
        roles=person.get("roles", ()),
        hours=daily([hours]) if hours and isinstance(hours[0], int) else hours,
        leave=tuple(item if isinstance(item, Leave) else Leave(*item) for item in person.get("leave", ())),
    )


def _business(parts: Parts | None) -> Business | None:
    if parts is None:
        return None
    name = parts["name"]
    return Business(
        parts.get("id") or stable_id("business", name),
        name,
        country=parts.get("country", ""),
        timezone=parts.get("timezone"),
    )
