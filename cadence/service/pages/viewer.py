"""Who looks at the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from cadence.frozen import dataclass
from cadence.server.store.schema import businesses, employees
from cadence.server.store.sessions import find_session

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.store.keys import Caller
    from cadence.server.store.sessions import Session

__all__ = ["Viewer", "find_viewer", "usual_zone"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A session, and the names by which the pages greet it."""

    session: Session
    name: str
    business: str


def find_viewer(connection: Connection, token: str, *, now: datetime, keyless: bool) -> Viewer | None:
    """Return who keeps *token*, None where that is no session any more."""
    session = find_session(connection, token, now=now, keyless=keyless)
    if session is None:
        return None
    person, business = _employee(connection, session.caller), _business(connection, session.caller)
    return Viewer(session, person[0] if person else "A key without a person", business[0])


def usual_zone(connection: Connection, caller: Caller) -> str:
    """Return the zone of the person, else of the business, else UTC."""
    person, business = _employee(connection, caller), _business(connection, caller)
    return (person and person[1]) or business[1] or "UTC"


def _employee(connection: Connection, caller: Caller) -> tuple[str, str | None] | None:
    own = (employees.c.business_id == caller.business_id) & (employees.c.id == caller.user_id)
    row = connection.execute(select(employees.c.display_name, employees.c.timezone).where(own)).one_or_none()
    return (row.display_name, row.timezone) if row else None


def _business(connection: Connection, caller: Caller) -> tuple[str, str | None]:
    row = connection.execute(
        select(businesses.c.name, businesses.c.timezone).where(businesses.c.id == caller.business_id)
    ).one()
    return row.name, row.timezone
