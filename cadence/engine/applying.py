"""Apply a plan: see that it still holds, record it, send what it wants."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cadence.engine.binding import bound_to, unknown_references
from cadence.engine.planning import record_digest
from cadence.engine.storable import storable
from cadence.engine.targets import identity_of
from cadence.errors import CadenceError, PlanError, StalePlanError
from cadence.planning.stale import check_fresh
from cadence.runner import Conditions, Pace, submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence.engine.engine import Engine
    from cadence.engine.targets import OpenTarget
    from cadence.model.people import Directory, Record, TargetIdentity
    from cadence.model.plan import Plan, Report
    from cadence.runner import ProgressEvent
    from cadence.runner.port import Submit

__all__ = ["add_missing", "apply_plan", "conditions_for", "who"]


async def apply_plan(
    engine: Engine, plan: Plan, *, progress: Callable[[ProgressEvent], None] | None = None, submit: Submit = submit
) -> Report:
    """Do what *plan* says, once, by *submit*.

    Raises StalePlanError, PlanError, TargetError, LedgerError before anything is sent.
    """
    check_fresh(plan, now=engine.clock.now(), target=_known_target(engine), digests=_digests(plan, engine))
    async with engine.opened(connections=_connections(engine, plan)) as opened:
        directory = await opened.directory()
        plan = bound_to(plan, directory)
        changed = await _changed_records(plan, opened)
        check_fresh(plan, now=engine.clock.now(), target=opened.identity, records=changed)
        _refuse_unknown(plan, directory)
        from cadence.ledger import open_ledger

        with open_ledger(engine.ledger_url) as ledger:
            await _add_missing(plan, opened)
            return await submit(ledger, opened.client, plan, conditions=conditions_for(engine, opened, progress))


def conditions_for(engine: Engine, opened: OpenTarget, progress: Callable[[ProgressEvent], None] | None) -> Conditions:
    """Return how this machine's settings say to send, and who does."""
    from cadence.delivery.terms import Terms

    submit_settings = engine.settings.submit
    # Nothing is under way any more in a service that lived in a process which is gone.
    quiet = timedelta(0) if opened.is_local else timedelta(seconds=submit_settings.quiet_period)
    # The list of a remote service may lag behind its writes, so one look that finds nothing does not prove it.
    terms = Terms(quiet=quiet, absences=1 if opened.is_local else 2)
    concurrency = 1 if opened.one_at_a_time else submit_settings.concurrency
    pace = Pace(terms=terms, concurrency=concurrency, wait=submit_settings.wait, rate=submit_settings.rate)
    more: dict[str, Any] = {"progress": progress} if progress else {}
    return Conditions(clock=engine.clock, by=who(engine), pace=pace, **more)


def _known_target(engine: Engine) -> TargetIdentity | None:
    """Return the account that the settings name, None where only the client that was handed over knows it."""
    identity = identity_of(engine.target)
    return identity if identity.business_id else None


def _connections(engine: Engine, plan: Plan) -> int | None:
    """Return how many connections a plan keeps busy, None for one enrollment, whose activities go one by one."""
    return engine.settings.submit.concurrency if len(plan.enrollments) > 1 else None


def who(engine: Engine) -> str:
    """Return the name under which what is done goes into the log: by default that of this machine's user."""
    if engine.by:
        return engine.by
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no user database, as in a bare container
        return "unknown"


def _digests(plan: Plan, engine: Engine) -> dict[str, str]:
    """Return the digests of the plan's sequences as their files stand; one that is gone or broken has none."""
    return {each.sequence: _digest(engine, each.sequence_path) for each in plan.enrollments if each.sequence_path}


def _digest(engine: Engine, path: str) -> str:
    try:
        return engine.load(path).digest
    except CadenceError:
        return ""


async def _changed_records(plan: Plan, opened: OpenTarget) -> dict[str, Record]:
    """Return the records, by id, whose fields the target has otherwise than when they were planned.

    Raises StalePlanError for one that is gone. Ad hoc records were never there.
    """
    changed = {}
    for enrollment in plan.enrollments:
        planned = enrollment.record
        if not enrollment.record_digest:
            continue
        found = await opened.client.record(planned.object, planned.id)
        if found is None:
            raise StalePlanError(
                f"the plan no longer holds: record '{planned.label}' is gone", hint="plan another record"
            )
        if record_digest(found) != enrollment.record_digest:
            changed[planned.id] = found
    return changed


async def _add_missing(plan: Plan, opened: OpenTarget) -> None:
    for enrollment in plan.enrollments:
        if not enrollment.record_digest:
            await add_missing(enrollment.record, opened)


async def add_missing(record: Record, opened: OpenTarget) -> None:
    """Add a record that only its plan knows to the embedded service, under the id that the plan refers to it by.

    Raises PlanError for any other target and for a field that cannot be stored, TargetError.
    """
    if await opened.client.record(record.object, record.entity_id):
        return
    if not opened.is_local:
        raise PlanError(
            f"record '{record.id}' is not in target '{opened.identity.name}'",
            hint="an ad hoc record can be planned, but only applied to the target local",
        )
    await opened.client.add_record(record.object, storable(record.fields), record_id=record.id)


def _refuse_unknown(plan: Plan, directory: Directory) -> None:
    findings = unknown_references(plan, directory)
    if findings:
        target = plan.target.name if plan.target else ""
        named = "".join(f"\n  {finding.message}" for finding in findings)
        raise PlanError(f"the plan names what target '{target}' does not have{named}", findings=findings)
