"""Plans read back from their JSON, exactly as they were written or not at all."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from cadence.errors import PlanError, StalePlanError
from cadence.model.people import Record, TargetIdentity
from cadence.model.plan import Action, Activity, Assignee, EnrollmentPlan, Plan, Why, canonical_json

__all__ = ["plan_from_json"]

_AGAIN = "make it again with 'cadence plan ... --out plan.json'"


def plan_from_json(text: str) -> Plan:
    """Return the plan that `Plan.to_json` wrote; its findings are not part of it.

    Raises PlanError for text that is no plan, or only a part of one, and StalePlanError for a plan of another version
    or one that was changed by hand.
    """
    try:
        content = _content(text)
        _check_version(content)
        _check_digest(content)
        return _plan(content)
    except RecursionError as error:
        raise PlanError("the plan is nested too deeply to be one", hint=_AGAIN) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanError(f"the plan lacks what it needs: {error}", hint=_AGAIN) from error


def _content(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise _not_json(text, error) from error
    if not isinstance(content, dict) or "version" not in content or "enrollments" not in content:
        raise PlanError("the JSON is no plan: it has no version and no enrollments", hint=_AGAIN)
    return content


def _not_json(text: str, error: json.JSONDecodeError) -> PlanError:
    if not text.strip():
        return PlanError("the plan is empty", hint=_AGAIN)
    at_the_end = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated string")
    if text.lstrip().startswith("{") and at_the_end:
        return PlanError(f"the plan is cut off in line {error.lineno}", hint=_AGAIN)
    return PlanError(f"the plan is not JSON: {error.msg.lower()} in line {error.lineno}", hint=_AGAIN)


def _check_version(content: dict[str, Any]) -> None:
    version = content.pop("version")
    if version != Plan.VERSION:
        message = f"the plan has version '{version}', this program reads version {Plan.VERSION}"
        raise StalePlanError(message, hint=_AGAIN)


def _check_digest(content: dict[str, Any]) -> None:
    digest = content.pop("digest", None)
    if digest != hashlib.sha256(canonical_json(content).encode()).hexdigest():
        raise StalePlanError("the plan was changed after it was made: its digest does not fit", hint=_AGAIN)


def _plan(content: dict[str, Any]) -> Plan:
    target = content["target"]
    return Plan(
        now=_required(content["now"]),
        versions=content["versions"],
        enrollments=tuple(_enrollment(each) for each in content["enrollments"]),
        target=None if target is None else TargetIdentity(**target),
        expires_at=_instant(content["expires"]),
        cursors=content["cursors"],
    )


def _enrollment(content: dict[str, Any]) -> EnrollmentPlan:
    return EnrollmentPlan(
        record=_record(content),
        sequence=content["sequence"],
        key=content["enrollment"],
        number=content["number"],
        start=_required(content["start"]),
        zone=content["zone"],
        sequence_digest=content["sequence_digest"],
        sequence_path=content["sequence_path"],
        record_digest=content["record_digest"],
        params=content["params"],
        variant=content["variant"],
        is_new=content["new"],
        enroll=content["enroll"],
        revision=content["revision"],
        activities=tuple(_activity(each) for each in content["activities"]),
    )


def _record(content: dict[str, Any]) -> Record:
    """Return the record; a name that is only its email or its id was not its own."""
    record = Record(content["record"], content["snapshot"], content["object"])
    name = content["record_name"]
    return record if name == record.label else Record(record.id, record.fields, record.object, name)


def _activity(content: dict[str, Any]) -> Activity:
    return Activity(
        step=content["step"],
        action=Action(content["action"]),
        due_at=_instant(content["due_datetime"]),
        zone=content["zone"],
        local=content["local"],
        original_due_at=_instant(content["original_due_datetime"]),
        occurrence=content["occurrence"],
        assignee=_assignee(content["assignee"]),
        body=content["body"],
        why=tuple(Why(line["rule"], line["from"], line["to"], line["reason"]) for line in content["why"]),
        reason=content["reason"],
        key=content["key"],
        marker=content["marker"],
        activity=content["activity"],
        activity_id=content["activity_id"],
        previous_due_at=_instant(content["previous_due_datetime"]),
        on_error=content["on_error"],
    )


def _assignee(content: dict[str, Any] | None) -> Assignee | None:
    if content is None:
        return None
    return Assignee(content["id"], content["name"], content["type"] == "role")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _required(text)


def _required(text: str) -> datetime:
    return datetime.fromisoformat(text)
