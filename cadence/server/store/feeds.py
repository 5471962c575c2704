"""Calendar feeds: whose tasks each shows, and the digest of the secret in its address."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.problem import Problem
from cadence.server.store.keys import Scope
from cadence.server.store.references import by_id
from cadence.server.store.scheduled import rows_due
from cadence.server.store.schema import employees, feeds

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.store.keys import Caller
    from cadence.server.store.scheduled import Scheduled

__all__ = ["Feed", "create_feed", "find_feed", "list_feeds", "revoke_feed", "tasks_in"]

_BEFORE, _AFTER = timedelta(days=30), timedelta(days=366)
_MOST = 5000


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose tasks are shown."""

    business_id: str
    employee_id: str
    name: str


def create_feed(connection: Connection, caller: Caller, employee_id: str, *, feed_id: str, now: datetime) -> str:
    """Make a feed of the employee's tasks and return the secret of its address. Raises Problem for nobody's."""
    if employee_id not in by_id(connection, employees, caller.business_id, [employee_id]):
        raise Problem.not_found()
    secret = secrets.token_urlsafe(32)
    connection.execute(
        insert(feeds).values(
            id=feed_id,
            business_id=caller.business_id,
            employee_id=employee_id,
            digest=_digest(secret),
            created_by=caller.user_id,
            created_at=micros(now),
        )
    )
    return secret


def list_feeds(connection: Connection, caller: Caller) -> list[Mapping[str, Any]]:
    """Return the living feeds of the business, the oldest first, each with the `name` of whose tasks it shows."""
    living = feeds.c.revoked_at.is_(None) & (feeds.c.business_id == caller.business_id)
    whose = (employees.c.business_id == feeds.c.business_id) & (employees.c.id == feeds.c.employee_id)
    shown = select(feeds.c.id, feeds.c.employee_id, feeds.c.created_at, employees.c.display_name.label("name"))
    rows = connection.execute(shown.join(employees, whose).where(living).order_by(feeds.c.id))
    return [dict(row) for row in rows.mappings()]


def revoke_feed(connection: Connection, caller: Caller, feed_id: str, *, now: datetime) -> None:
    """End a feed. Raises Problem where no such one lives, or it is somebody else's and no administrator asks."""
    own = (feeds.c.business_id == caller.business_id) & (feeds.c.id == feed_id) & feeds.c.revoked_at.is_(None)
    employee_id = connection.execute(select(feeds.c.employee_id).where(own)).scalar()
    if employee_id is None:
        raise Problem.not_found()
    if employee_id != caller.user_id and caller.scope < Scope.ADMIN:
        detail = "Only an administrator's key revokes a calendar of somebody else."
        raise Problem.detail(403, detail, "permission_required")
    connection.execute(update(feeds).where(own).values(revoked_at=micros(now)))


def find_feed(connection: Connection, secret: str) -> Feed | None:
    """Return the feed with that secret, None where there is none or it was revoked."""
    whose = (employees.c.business_id == feeds.c.business_id) & (employees.c.id == feeds.c.employee_id)
    living = (feeds.c.digest == _digest(secret)) & feeds.c.revoked_at.is_(None)
    shown = select(feeds.c.business_id, feeds.c.employee_id, employees.c.display_name)
    row = connection.execute(shown.join(employees, whose).where(living)).one_or_none()
    return None if row is None else Feed(row.business_id, row.employee_id, row.display_name)


def tasks_in(connection: Connection, feed: Feed, *, now: datetime) -> Scheduled:
    """Return the feed's tasks, done ones too, from a month back to a year ahead, in due order."""
    return rows_due(connection, feed.business_id, feed.employee_id, first=now - _BEFORE, end=now + _AFTER, most=_MOST)


def _digest(secret: str) -> str:
    return hashlib.sha256(f"feed {secret}".encode("utf-8", "surrogateescape")).hexdigest()
