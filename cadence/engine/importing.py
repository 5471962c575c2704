"""Records from a CSV file and a team from a YAML file, into the target."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.diagnostics import Finding
from cadence.engine.fields import nested
from cadence.engine.results import ImportResult
from cadence.engine.rows import read_rows, values_in
from cadence.errors import PlanError, TargetError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from cadence.crm.client import CrmClient
    from cadence.engine.targets import OpenTarget
    from cadence.sequence import Team

__all__ = ["import_records", "import_rows", "import_team"]

_LOOKUP = ("email", "name")
_UNANSWERED = (None, 401, 403)


async def import_records(opened: OpenTarget, path: Path, *, object_name: str) -> ImportResult:
    """Create or update a record for each row of *path*; a row that is not taken becomes a finding.

    Raises PlanError for a file that cannot be read as CSV at all, TargetError where the target does not answer.
    """
    return await import_rows(path, lambda cells: _put_record(opened, object_name, cells))


async def import_rows(path: Path, put: Callable[[Mapping[str, str]], Awaitable[bool]]) -> ImportResult:
    """Have *put* take each row of a CSV file and tell whether it is new; one that it refuses becomes a finding.

    Raises PlanError for a file that cannot be read as CSV at all, TargetError where the target does not answer or lets
    nobody in.
    """
    created = updated = 0
    findings: list[Finding] = []
    for row in read_rows(path):
        if isinstance(row, Finding):
            findings.append(row)
            continue
        try:
            is_new = await put(row.cells)
        except (PlanError, TargetError) as error:
            if isinstance(error, TargetError) and error.status in _UNANSWERED:
                raise
            findings.append(Finding("bad-row", error.message, row.place, error.hint))
            continue
        created, updated = created + is_new, updated + (not is_new)
    return ImportResult(created, updated, tuple(findings))


async def _put_record(opened: OpenTarget, object_name: str, row: Mapping[str, str]) -> bool:
    fields = nested(values_in(row))
    record_id = fields.pop("id", None)
    lookup = next((str(fields[name]) for name in _LOOKUP if fields.get(name)), None)
    if lookup is None and record_id is None:
        raise PlanError("the row has neither email, name nor id", hint="fill one of them")
    reference = str(record_id or lookup)
    if opened.is_local and await opened.client.record(object_name, reference) is None:
        # An id that follows from the reference gives the same slots and keys in every store.
        await opened.client.add_record(object_name, fields, record_id=reference)
        return True
    _, is_new = await opened.client.upsert_record(object_name, lookup or reference, fields)
    return is_new


async def import_team(opened: OpenTarget, team: Team) -> ImportResult:
    """Create or update people, roles and business of *team* in the embedded service. Raises TargetError."""
    await opened.check_takes_imports("team")
    client = opened.client
    if team.business is not None:
        await client.save_business(replace(team.business, id=opened.identity.business_id))
    roles = await _put_roles(client, team)
    known = {employee.id for employee in await client.team()}
    for employee in team.employees:
        wanted = replace(employee, roles=tuple(roles[name.casefold()] for name in employee.roles))
        await client.save_employee(wanted, is_new=wanted.id not in known)
    updated = sum(employee.id in known for employee in team.employees)
    return ImportResult(len(team.employees) - updated, updated)


async def _put_roles(client: CrmClient, team: Team) -> dict[str, str]:
    """Return the ids of all roles by folded name, those of *team* that were missing made."""
    ids = {role.name.casefold(): role.id for role in await client.roles()}
    for role in team.roles:
        if role.name.casefold() not in ids:
            ids[role.name.casefold()] = (await client.save_role(role)).id
    return ids
