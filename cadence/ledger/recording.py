"""Write an approved plan into the ledger: enrollments, entries, cursors and who wanted it, in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from cadence.delivery.resolution import is_refused
from cadence.delivery.revise import created, revised
from cadence.errors import LedgerError
from cadence.ledger.reading import check_counts, cursors_of, entries_by_key, entries_of, known_enrollments
from cadence.ledger.revision import refuse_outdated, revised_since
from cadence.ledger.rows import entry_row, epoch, storable, target_id
from cadence.ledger.schema import changes, cursors, enrollments, plans, targets
from cadence.ledger.statements import put_entries
from cadence.model.entry import State
from cadence.model.plan import Action, canonical_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.ledger.lines import Decision
    from cadence.model.entry import Entry
    from cadence.model.people import TargetIdentity
    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["record_decisions", "record_plan", "record_target"]


def record_plan(connection: Connection, plan: Plan, *, by: str, at: datetime) -> dict[str, int]:
    """Write what *plan* wants; return how many activities of each enrollment that cancels, as they were never sent.

    Recording the same plan again changes nothing that was done since.

    Raises StalePlanError where it would change what was decided since it was made, LedgerError where it changes an
    activity that this ledger does not know, and ValueError where a damaged index hides one: it would be written a
    second time.
    """
    target = record_target(connection, plan.target)
    is_new = _is_new(connection, plan, by=by, at=at)
    if is_new:
        _put_cursors(connection, target, plan.cursors)
    wanted = [enrollment for enrollment in plan.enrollments if enrollment.enrolls]
    keys = plan.enrolled_keys
    known = {entry.key: entry for several in entries_of(connection, keys).values() for entry in several}
    changed = [pair for enrollment in wanted for pair in _changed(enrollment, known)]
    if is_new:
        revised = revised_since(connection, wanted, plan.target)
        begun = {each.key: each for each in wanted if each.is_new and each.key in revised}
        changed = [pair for pair in changed if not _is_sent(*pair, begun, known)]
        refuse_outdated(connection, wanted, revised, changed={entry.enrollment for entry, _ in changed})
    else:
        changed = [pair for pair in changed if _only_goes_again(pair[0], known)]
    added = Counter(entry.enrollment for entry, _ in changed if entry.key not in known)
    _put_enrollments(connection, wanted, added, target=target, by=by, at=at)
    put_entries(connection, [entry_row(entry) for entry, _ in changed])
    check_counts(connection, keys)
    _log(connection, [_change_row(entry, activity, by=by, at=at) for entry, activity in changed])
    return Counter(
        entry.enrollment
        for entry, activity in changed
        if activity.action is Action.CANCEL and entry.state is State.CANCELLED
    )


def record_target(connection: Connection, target: TargetIdentity | None) -> str:
    """Write which account *target* is, unless that is known, under whatever name; return its id in the ledger."""
    key = target_id(target)
    known = connection.execute(select(targets.c.id).where(targets.c.id == key)).scalar()
    if known is None:
        names = {name: storable(getattr(target, name, "")) for name in ("name", "base_url", "business_id")}
        connection.execute(insert(targets).values(id=key, **names))
    return key


def record_decisions(connection: Connection, decisions: Sequence[Decision], *, by: str, at: datetime) -> None:
    """Write the entries as decided, and who decided. Raises LedgerError where one is no longer as it was."""
    known = entries_by_key(connection, [each.before.key for each in decisions])
    for each in decisions:
        if known.get(each.before.key) != each.before:
            raise LedgerError(
                f"step '{each.before.step}' has changed since it was looked at", hint="look again with `cadence status`"
            )
    put_entries(connection, [entry_row(each.entry) for each in decisions])
    _log(connection, [_decision_row(each, by=by, at=at) for each in decisions])


def _decision_row(decision: Decision, *, by: str, at: datetime) -> dict[str, Any]:
    step, enrollment = _step(decision.entry), decision.entry.enrollment
    return {
        "at": epoch(at),
        "by": by,
        "enrollment": enrollment,
        "step": step,
        "what": decision.what,
        "why": decision.why,
    }


def _step(item: Entry | Activity) -> str:
    return item.step if item.occurrence == 1 else f"{item.step} ({item.occurrence})"


def _changed(plan: EnrollmentPlan, known: Mapping[str, Entry]) -> list[tuple[Entry, Activity]]:
    pairs = []
    for position, activity in enumerate(plan.activities):
        before = known.get(activity.key)
        wanted = _wanted(before, activity, enrollment=plan.key, position=position)
        if wanted is not None and wanted != before:
            pairs.append((wanted, activity))
    return pairs


def _is_sent(
    wanted: Entry, activity: Activity, begun: Mapping[str, EnrollmentPlan], known: Mapping[str, Entry]
) -> bool:
    """Return whether another call sent already what a plan would create that took the enrollment for a new one.

    *begun* are those plans; what differs is their start. Where a ledger was read, a change that is pending was decided.
    """
    plan, before = begun.get(wanted.enrollment), known.get(wanted.key)
    if plan is None or before is None or activity.action is not Action.CREATE:
        return False
    return before.state is State.SCHEDULED and (before.pending is None or plan.revision is None)


def _only_goes_again(wanted: Entry, known: Mapping[str, Entry]) -> bool:
    """Return whether it was refused, and a plan that was recorded once wants that same request again; or it is new.

    Anything else it wanted is in the ledger since then, and what is not so now, a later plan or a person decided.
    """
    before = known.get(wanted.key)
    if before is None:
        return True
    return is_refused(before) and (wanted.pending, wanted.patch) == (before.pending, before.patch)


def _wanted(before: Entry | None, activity: Activity, *, enrollment: str, position: int) -> Entry | None:
    if before is not None:
        return revised(before, activity, position=position)
    if activity.action is Action.CREATE:
        return created(activity, enrollment, position=position)
    if activity.action.is_change:
        raise LedgerError(
            f"the plan would {activity.action} the activity of step '{activity.step}', which this ledger does not know",
            hint="plan again with the ledger it was created with",
        )
    return None


def _is_new(connection: Connection, plan: Plan, *, by: str, at: datetime) -> bool:
    digest = plan.digest
    if connection.execute(select(plans.c.digest).where(plans.c.digest == digest)).scalar() is not None:
        return False
    times = {"planned_at": epoch(plan.now), "recorded_at": epoch(at)}
    connection.execute(insert(plans).values(digest=digest, by=storable(by), **times))
    return True


def _put_cursors(connection: Connection, target: str, values: Mapping[str, int]) -> None:
    """Write how many turns each pool has given out; a plan that was made before another takes none of them back."""
    known = cursors_of(connection, target)
    for name, value in values.items():
        here = (cursors.c.target == target) & (cursors.c.name == name)
        if name not in known:
            connection.execute(insert(cursors).values(target=target, name=name, value=value))
        elif value > known[name]:
            connection.execute(update(cursors).where(here).values(value=value))


def _put_enrollments(
    connection: Connection,
    wanted: Sequence[EnrollmentPlan],
    added: Mapping[str, int],
    *,
    target: str,
    by: str,
    at: datetime,
) -> None:
    """Write those that are new, and how many entries each has once those that are *added* are there."""
    known = known_enrollments(connection, [each.key for each in wanted])
    new = [each for each in wanted if each.key not in known]
    if new:
        common = {"target": target, "created_at": epoch(at)}
        rows = [{**_enrollment_row(each), **common, "entry_count": added.get(each.key, 0)} for each in new]
        connection.execute(insert(enrollments), rows)
    _grow(connection, {key: number for key, number in added.items() if key in known})
    _log(connection, [_enrolled_row(each, by=by, at=at) for each in new])


def _grow(connection: Connection, added: Mapping[str, int]) -> None:
    if added:
        more = enrollments.c.entry_count + bindparam("more")
        grown = update(enrollments).where(enrollments.c.key == bindparam("this")).values(entry_count=more)
        connection.execute(grown, [{"this": key, "more": number} for key, number in added.items()])


def _enrolled_row(plan: EnrollmentPlan, *, by: str, at: datetime) -> dict[str, Any]:
    why = f"number {plan.number}, counted from {plan.start:%Y-%m-%d %H:%M:%S} UTC"
    return {"at": epoch(at), "by": by, "enrollment": plan.key, "step": "", "what": "enroll", "why": why}


def _enrollment_row(plan: EnrollmentPlan) -> dict[str, Any]:
    return {
        "key": plan.key,
        "sequence": plan.sequence,
        "object": plan.record.object,
        "record_id": plan.record.entity_id,
        "record_name": storable(plan.record.label),
        "number": plan.number,
        "start_at": epoch(plan.start),
        "zone": plan.zone,
        "params": canonical_json(dict(plan.params)),
        "variant": plan.variant and storable(plan.variant),
    }


def _change_row(entry: Entry, activity: Activity, *, by: str, at: datetime) -> dict[str, Any]:
    what = activity.action if activity.action.is_change else f"{activity.action}: {entry.state}"
    why = activity.reason or (f"due {activity.local or activity.due_at}" if activity.due_at else "")
    return {
        "at": epoch(at),
        "by": by,
        "enrollment": entry.enrollment,
        "step": _step(activity),
        "what": str(what),
        "why": why,
    }


def _log(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if rows:
        words = ("by", "step", "what", "why")
        connection.execute(insert(changes), [row | {word: storable(row[word]) for word in words} for row in rows])
