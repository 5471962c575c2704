"""Plans with as many records and steps as a test needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cadence.model.people import Record, TargetIdentity
from cadence.model.plan import Action, Activity, EnrollmentPlan, Plan

if TYPE_CHECKING:
    from cadence.ledger.ledger import Ledger

TARGET = TargetIdentity("crm", "https://crm.example", "b-1")


def utc(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def marker(record: int, step: int) -> str:
    return f"[cadence r{record}s{step}]"


def key_of(marker: str) -> str:
    return marker.removeprefix("[cadence ").removesuffix("]")


def create(record: int, step: int, *, due_at: datetime, on_error: str = "stop") -> Activity:
    body: dict[str, Any] = {
        "activity_object_name": "call",
        "due_datetime": utc(due_at),
        "employee_id": "e-1",
        "note": f"Call them\n{marker(record, step)}",
    }
    return Activity(
        f"step-{step}", Action.CREATE, due_at, "UTC", body=body, key=f"r{record}s{step}", marker=marker(record, step),
        activity="call", on_error=on_error,
    )  # fmt: skip


def plan_of(records: int, steps: int, *, now: datetime, on_error: str = "stop") -> Plan:
    enrollments = tuple(
        enrollment(record, [
            create(record, step, due_at=_due(now, record, step), on_error=on_error) for step in range(steps)
        ], start=now)
        for record in range(records)
    )  # fmt: skip
    return Plan(now, {}, enrollments, target=TARGET)


def made_now(plan: Plan, ledger: Ledger) -> Plan:
    """Return *plan* as if it was made now: it knows what was decided about its enrollments."""
    return replace(plan, enrollments=tuple(_known(each, ledger) for each in plan.enrollments))


def _known(plan: EnrollmentPlan, ledger: Ledger) -> EnrollmentPlan:
    record = plan.record
    history = ledger.history(TARGET, plan.sequence, object=record.object, record_id=record.entity_id)
    revision = {each.key: each.revision for each in history.enrollments}
    return replace(plan, is_new=plan.key not in revision, revision=revision.get(plan.key, 0))


def _due(now: datetime, record: int, step: int) -> datetime:
    """Return a due that no other step of the plan has, so that a look tells what it is for."""
    return now + timedelta(days=step + 1, minutes=37 * record)


def enrollment(record: int, activities: list[Activity], *, start: datetime) -> EnrollmentPlan:
    known = Record(f"record-{record}", name=f"Record {record}")
    return EnrollmentPlan(known, "onboarding", f"r{record}", 1, start, "UTC", "digest", activities=tuple(activities))
