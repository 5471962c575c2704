"""Answers that stop a read or an import, as errors that say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.crm.complaint import complaint_of
from cadence.crm.transport import Outcome, Reply
from cadence.delivery.answer import NotSent
from cadence.errors import TargetError

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["misfit", "refusal"]

_NOT_THE_CRM = "check that base_url is the CRM's own address; else tell its support the request id"


def refusal(outcome: Outcome, *, target: str, what: str, wrote: bool = False) -> TargetError:
    """Return the error for an outcome that is not the answer asked for; *what* is the call, as "reading the team"."""
    place = f"{target}: {what}"
    if isinstance(outcome, Reply):
        return _refused(outcome, place, target)
    if isinstance(outcome, NotSent):
        return TargetError(
            f"{place}: no connection could be made ({outcome.reason})",
            hint="check base_url, the network and whether the service is running",
        )
    hint = "it may have been done all the same; look before trying again" if wrote else "try again"
    return TargetError(f"{place}: no answer came ({outcome.reason})", hint=hint)


def misfit(reply: Reply, *, target: str, what: str, problem: str) -> TargetError:
    """Return the error for an answer that does not have the promised shape."""
    return TargetError(
        f"{target}: {what}: the answer cannot be read: {problem}{_quote(reply)}",
        hint="try again" if reply.broken else _NOT_THE_CRM,
        status=reply.status,
        request_id=reply.request_id,
    )


def _refused(reply: Reply, place: str, target: str) -> TargetError:
    complaint = complaint_of(reply)
    summary, hint = _words(reply, target)
    code = f" {complaint.code}" if complaint.code else ""
    return TargetError(
        f"{place}: {summary} (status {reply.status}{code}): {complaint.text}{_quote(reply)}",
        hint=hint,
        status=reply.status,
        code=complaint.code,
        request_id=reply.request_id,
        retry_after=reply.retry_after,
    )


def _words(reply: Reply, target: str) -> tuple[str, str]:  # noqa: PLR0911 - one line per status
    match reply.status:
        case 401:
            return "the credentials were not accepted", f"check api_key, business_id and user_id of [targets.{target}]"
        case 403:
            return "the key may not do this", "ask an administrator of the CRM for a key with this permission"
        case 404:
            return "not found", "it is absent, or not visible to this key"
        case 409:
            return "somebody else changed it at the same time", "try again"
        case 429:
            return "too many requests", f"try again {_wait(reply.retry_after)}"
        case status if 400 <= status < 500:  # noqa: PLR2004 - the class of statuses
            return "the CRM refused it", "correct what it names"
        case status if status >= 500:  # noqa: PLR2004 - the class of statuses
            return "the CRM failed", f"try again {_wait(reply.retry_after)}"
        case _:
            return "an answer that was not expected", "check that base_url is the CRM's own address"


def _wait(wait: timedelta | None) -> str:
    return "later" if wait is None else f"in {wait.total_seconds():.0f} s"


def _quote(reply: Reply) -> str:
    return f" [request {reply.request_id}]" if reply.request_id else ""
