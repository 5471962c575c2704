"""Whether an enrollment is still as it was when its plan was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from cadence.errors import StalePlanError
from cadence.ledger.reading import revisions
from cadence.ledger.rows import instant
from cadence.ledger.schema import changes
from cadence.model.sequence import EnrollPolicy
from cadence.planning.identity import enrollment_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from cadence.model.people import TargetIdentity
    from cadence.model.plan import EnrollmentPlan

__all__ = ["refuse_outdated", "revised_since"]

_MOST = 5


def revised_since(
    connection: Connection, enrollments: Sequence[EnrollmentPlan], target: TargetIdentity | None
) -> dict[str, int | None]:
    """Return the revision, by key, of each enrollment about which more was decided than its plan knows of.

    A new one comes after another, of which the plan knew too. None stands for one that this ledger does not have.
    """
    keys = {each.key: _known_by(each, target) for each in enrollments}
    found = revisions(connection, [key for several in keys.values() for key in several])
    now = {each.key: max((found[key] for key in keys[each.key] if key in found), default=None) for each in enrollments}
    return {each.key: now[each.key] for each in enrollments if (now[each.key] or 0) != each.revision}


def _known_by(plan: EnrollmentPlan, target: TargetIdentity | None) -> list[str]:
    if not plan.is_new or plan.number == 1:
        return [plan.key]
    before = enrollment_key(target, plan.sequence, record=plan.record, number=plan.number - 1)
    return [before, plan.key]


def refuse_outdated(
    connection: Connection, enrollments: Iterable[EnrollmentPlan], revised: Mapping[str, int | None], *,
    changed: Collection[str],
) -> None:  # fmt: skip
    """Raise StalePlanError where a plan would change one of the *enrollments* that was *revised* since.

    One that is not among the *changed* wants what is there, and may stay: two calls for one record at once both end
    well. Where each call is to enroll anew, the second would be lost, and what only another ledger knows is not there.
    What was planned without a ledger counts as new.
    """
    outdated = {
        each.key: f"{each.sequence} for '{each.record.label}' {_since(connection, revised[each.key])}"
        for each in enrollments
        if each.key in revised and _is_outdated(each, revised[each.key], is_changed=each.key in changed)
    }
    if outdated:
        named = [*outdated.values()][:_MOST]
        more = f" and {len(outdated) - _MOST} more" if len(outdated) > _MOST else ""
        message = f"the plan no longer holds: {'; '.join(named)}{more}"
        raise StalePlanError(message, hint="plan again and review the changes", enrollments=outdated)


def _is_outdated(plan: EnrollmentPlan, revision: int | None, *, is_changed: bool) -> bool:
    if plan.revision is None:
        return False
    enrolls_anew = plan.is_new and plan.enroll == EnrollPolicy.ALWAYS
    return is_changed or enrolls_anew or revision is None


def _since(connection: Connection, revision: int | None) -> str:
    """Return in words what was decided about it last, when and by whom."""
    if revision is None:
        return "is not in this ledger"
    chosen = select(changes.c.at, changes.c.by, changes.c.what, changes.c.step).where(changes.c.id == revision)
    at, by, what, step = connection.execute(chosen).one()
    what = " ".join(filter(None, (what, step)))
    return f"has changed since: {what}, by {by} at {instant(at):%Y-%m-%dT%H:%M:%SZ}"
