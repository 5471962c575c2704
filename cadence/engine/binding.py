"""Bind a plan that was made without a target to the account it is applied to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import Finding, did_you_mean
from cadence.model.people import stable_id
from cadence.model.plan import Action
from cadence.planning.identity import enrollment_key, entry_key, marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cadence.model.people import Directory
    from cadence.model.plan import Activity, EnrollmentPlan, Plan

__all__ = ["bound_to", "unknown_references"]


def bound_to(plan: Plan, directory: Directory) -> Plan:
    """Return *plan* with the keys, markers and object ids of the account; one that has a target stays as it is."""
    if plan.target is not None:
        return plan
    enrollments = tuple(_enrollment(enrollment, directory) for enrollment in plan.enrollments)
    return replace(plan, target=directory.target, enrollments=enrollments)


def _enrollment(plan: EnrollmentPlan, directory: Directory) -> EnrollmentPlan:
    key = enrollment_key(directory.target, plan.sequence, record=plan.record, number=plan.number)
    ids = {stable_id("object", known.name): known.id for known in directory.objects}
    return replace(plan, key=key, activities=tuple(_activity(activity, key, ids) for activity in plan.activities))


def _activity(activity: Activity, enrollment: str, ids: Mapping[str, str]) -> Activity:
    key = entry_key(enrollment, activity.step, activity.occurrence)
    mark = marker(key) if activity.marker else ""
    return replace(activity, key=key, marker=mark, body=activity.body and _body(activity, mark, ids))


def _body(activity: Activity, mark: str, ids: Mapping[str, str]) -> dict[str, Any]:
    body = dict(activity.body or {})
    if activity.marker:
        body["note"] = str(body["note"]).removesuffix(activity.marker) + mark
    body["associated_entities"] = [
        {**entity, "custom_object": ids.get(entity["custom_object"], entity["custom_object"])}
        for entity in body.get("associated_entities", ())
    ]
    return body


def unknown_references(plan: Plan, directory: Directory) -> tuple[Finding, ...]:
    """Return what the bodies to be created name and the account does not have: types, people, roles."""
    known = {
        "activity_object_name": [each.api_name for each in directory.activity_types],
        "activity_object_id": [each.id for each in directory.activity_types],
        "employee_id": [each.id for each in directory.team],
        "role_id": [each.id for each in directory.roles],
    }
    return tuple(dict.fromkeys(_unknown(plan, known)))


_CODES = {
    "activity_object_name": ("unknown-activity", "activity type", ""),
    "activity_object_id": ("unknown-activity", "activity type", "name one of the account's types"),
    "employee_id": ("unknown-employee", "employee", "import the team with 'cadence team import', or name another"),
    "role_id": ("unknown-role", "role", "import the team with 'cadence team import', or name another"),
}


def _unknown(plan: Plan, known: Mapping[str, list[str]]) -> Iterator[Finding]:
    for activity in plan.activities:
        if activity.action is not Action.CREATE:
            continue
        for name, values in known.items():
            value = (activity.body or {}).get(name)
            if value is None or value in values:
                continue
            code, noun, hint = _CODES[name]
            called = activity.assignee.name if activity.assignee and activity.assignee.id == value else value
            message = f"step '{activity.step}': the account has no {noun} '{called}'"
            yield Finding(code, message, hint=hint or did_you_mean(value, values))
