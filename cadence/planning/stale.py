"""Whether a plan still says what would happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import StalePlanError
from cadence.model.plan import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from cadence.model.people import Record, TargetIdentity
    from cadence.model.plan import EnrollmentPlan, Plan

__all__ = ["check_fresh", "why_stale"]

_MISSING = object()


def why_stale(
    plan: Plan,
    *,
    now: datetime,
    target: TargetIdentity | None = None,
    versions: Mapping[str, str] | None = None,
    digests: Mapping[str, str] | None = None,
    records: Mapping[str, Record] | None = None,
) -> tuple[str, ...]:
    """Return every reason for which the plan must not be applied, none for a fresh one.

    *target* is where it would go (a plan made without one goes anywhere), *versions* those of the zone and holiday
    rules now, *digests* the sequences' by name, empty for one that cannot be read, *records* those of the target by id.
    What is not given is not checked.
    """
    return (
        *_of_target(plan, target),
        *_of_age(plan, now),
        *_of_versions(plan, versions or {}),
        *(reason for enrollment in plan.enrollments for reason in _of_inputs(enrollment, digests or {}, records or {})),
    )


def check_fresh(
    plan: Plan,
    *,
    now: datetime,
    target: TargetIdentity | None = None,
    versions: Mapping[str, str] | None = None,
    digests: Mapping[str, str] | None = None,
    records: Mapping[str, Record] | None = None,
) -> None:
    """Raise StalePlanError with every reason that `why_stale` finds."""
    reasons = why_stale(plan, now=now, target=target, versions=versions, digests=digests, records=records)
    if reasons:
        raise StalePlanError(
            f"the plan no longer holds: {'; '.join(reasons)}", hint="plan again and review the changes"
        )


def _of_target(plan: Plan, target: TargetIdentity | None) -> Iterator[str]:
    made_for = plan.target
    if target is None or made_for is None:
        return
    if (made_for.base_url, made_for.business_id) != (target.base_url, target.business_id):
        yield f"it was made for {_named(made_for)}, not for {_named(target)}"


def _named(target: TargetIdentity) -> str:
    return f"target '{target.name}' ({target.base_url}, business '{target.business_id}')"


def _of_age(plan: Plan, now: datetime) -> Iterator[str]:
    if plan.expires_at is not None and now > plan.expires_at:
        yield f"it expired at {plan.expires_at:%Y-%m-%dT%H:%M:%SZ}"


def _of_versions(plan: Plan, versions: Mapping[str, str]) -> Iterator[str]:
    for name, version in sorted(versions.items()):
        before = plan.versions.get(name)
        if before is not None and before != version:
            yield f"{name} is now {version}, it was {before}"


def _of_inputs(enrollment: EnrollmentPlan, digests: Mapping[str, str], records: Mapping[str, Record]) -> Iterator[str]:
    digest = digests.get(enrollment.sequence)
    if digest == "":
        yield f"the sequence '{enrollment.sequence}' cannot be read from here: {enrollment.sequence_path}"
    elif digest is not None and digest != enrollment.sequence_digest:
        yield f"the sequence '{enrollment.sequence}' has changed"
    record = records.get(enrollment.record.id)
    changed = [] if record is None else _changed_fields(enrollment.record, record)
    if changed:
        yield f"the record '{enrollment.record.label}' has changed: {', '.join(changed)}"


def _changed_fields(before: Record, after: Record) -> list[str]:
    """Return the names of the fields that differ, as JSON holds them, sorted."""
    names = sorted({*before.fields, *after.fields})
    return [name for name in names if _held(before, name) != _held(after, name)]


def _held(record: Record, name: str) -> str | None:
    value = record.fields.get(name, _MISSING)
    return None if value is _MISSING else canonical_json(value)
