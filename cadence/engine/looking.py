"""Questions that change nothing: the ledger's entries and log, the target's people and records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.engine.results import Ping, StatusRow
from cadence.ledger import open_readonly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.clock import Clock
    from cadence.engine.targets import OpenTarget
    from cadence.ledger import LogLine, StatusLine
    from cadence.model.people import Employee, Record

__all__ = ["list_records", "list_team", "ping", "read_lines", "read_log", "read_status", "status_row"]


def read_status(url: str, **asked: Any) -> Iterator[StatusRow]:
    """Yield the ledger's entries that match all that is asked, see `read_lines`; none where there is no ledger."""
    yield from map(status_row, read_lines(url, **asked))


def read_lines(url: str, **asked: Any) -> tuple[StatusLine, ...]:
    """Return the ledger's entries that match all that is asked, see `Ledger.entries`; none where there is no ledger."""
    ledger = open_readonly(url)
    if ledger is None:
        return ()
    with ledger:
        return ledger.entries(**asked)


def status_row(line: StatusLine) -> StatusRow:
    """Return the entry as the commands show it."""
    entry, enrollment = line.entry, line.enrollment
    return StatusRow(
        sequence=enrollment.sequence,
        record=line.record_name or enrollment.record_id,
        number=enrollment.number,
        step=entry.step,
        occurrence=entry.occurrence,
        state=str(entry.state),
        due_at=entry.due_at,
        activity_id=entry.activity_id,
        reason=entry.reason,
        pending=str(entry.pending) if entry.pending else None,
    )


def read_log(url: str, *, record: str | None, limit: int) -> tuple[LogLine, ...]:
    """Return what was done, the newest first; nothing where there is no ledger."""
    ledger = open_readonly(url)
    if ledger is None:
        return ()
    with ledger:
        return ledger.changes(record=record, limit=limit)


async def list_records(opened: OpenTarget, object_name: str, *, search: str | None, limit: int) -> tuple[Record, ...]:
    """Return the target's records. Raises TargetError."""
    return tuple([row async for row in opened.client.search_records(object_name, search=search or "", limit=limit)])


async def list_team(opened: OpenTarget) -> tuple[Employee, ...]:
    """Return the target's people, the names of their roles in place of ids. Raises TargetError."""
    names = {role.id: role.name for role in await opened.client.roles()}
    return tuple(
        replace(employee, roles=tuple(names.get(role, role) for role in employee.roles))
        for employee in await opened.client.team()
    )


async def ping(opened: OpenTarget, clock: Clock) -> Ping:
    """Read the business and return how long that took. Raises TargetError."""
    began = clock.monotonic()
    business = await opened.client.business()
    took_ms = (clock.monotonic() - began) * 1000
    identity = opened.identity
    return Ping(identity.name, identity.base_url, business.name or business.id, round(took_ms, 1))
