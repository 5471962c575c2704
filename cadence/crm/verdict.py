"""An outcome judged into one of the three answer classes."""

from __future__ import annotations

import json

from cadence.crm.complaint import complaint_of
from cadence.crm.transport import Outcome, Reply
from cadence.delivery.answer import Accepted, Answer, InDoubt, Refused

__all__ = ["judge", "judge_change", "judge_deletion"]

_JSON = ("application/json", "text/json", "")
_LONGEST_ID = 100
_NOT_FOUND = 404


def judge(outcome: Outcome) -> Answer:
    """Return what a create amounts to: accepted only with an id, refused only by a 4xx, else in doubt."""
    if not isinstance(outcome, Reply):
        return outcome
    if not _is_success(outcome):
        return _unsuccessful(outcome)
    created = _id_in(outcome)
    return _doubt(outcome, _why_no_id(outcome)) if created is None else Accepted(created)


def judge_change(outcome: Outcome, activity_id: str) -> Answer:
    """Return what a PATCH amounts to: any 2xx is done, since repeating it changes nothing."""
    if not isinstance(outcome, Reply):
        return outcome
    return Accepted(activity_id) if _is_success(outcome) else _unsuccessful(outcome)


def judge_deletion(outcome: Outcome) -> Answer:
    """Return what a DELETE amounts to: any 2xx is done, and so is a 404, for what is gone is gone."""
    if not isinstance(outcome, Reply):
        return outcome
    if _is_success(outcome) or outcome.status == _NOT_FOUND:
        return Accepted()
    return _unsuccessful(outcome)


def _is_success(reply: Reply) -> bool:
    return 200 <= reply.status < 300  # noqa: PLR2004 - the class of statuses


def _unsuccessful(reply: Reply) -> Answer:
    if not 400 <= reply.status < 500:  # noqa: PLR2004 - the class of statuses
        return _doubt(reply, f"status {reply.status}: {complaint_of(reply).text}")
    complaint = complaint_of(reply)
    return Refused(reply.status, complaint.text, complaint.code, reply.request_id, reply.retry_after)


def _doubt(reply: Reply, reason: str) -> InDoubt:
    return InDoubt(reason, reply.status, reply.request_id, reply.retry_after)


def _id_in(reply: Reply) -> str | None:
    if reply.broken is not None or reply.content_type not in _JSON:
        return None
    try:
        payload = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    found = payload.get("id") if isinstance(payload, dict) else None
    return found if isinstance(found, str) and 0 < len(found) <= _LONGEST_ID and found.isprintable() else None


def _why_no_id(reply: Reply) -> str:
    if reply.broken is not None:
        return f"status {reply.status}, but the answer could not be read whole: {reply.broken}"
    if reply.content_type not in _JSON:
        return f"status {reply.status}, but the answer is of type '{reply.content_type}'"
    return f"status {reply.status}, but the answer holds no id"
