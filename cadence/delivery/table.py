"""The state table: an entry and an event give the entry's next state.

    state       event                                    next
    planned     intended                                 sending
    sending     answered: accepted with an id            scheduled
                answered: not sent, 401, 429             planned, to go again later
                answered: refused                        rejected
                answered: in doubt; lost                 in doubt
    in doubt    found                                    scheduled (adopted)
                absent often enough                      planned, or cancelled where a cancel is pending
                unclear                                  parked
    scheduled   answered: accepted                       scheduled as patched, or cancelled
    with a      answered: 404, 410                       cancelled by a cancel, else parked: it drifted
    pending     answered: not sent, 401, 429, in doubt   scheduled, still pending: the request is idempotent
    change      answered: refused                        scheduled, still pending, with the reason
    parked      found, absent (said by a person)         as in doubt
                dropped (by a person)                    cancelled
    rejected    retried (by a person)                    in doubt, to be looked for first
                dropped (by a person)                    cancelled
    scheduled   retried (by a person)                    scheduled, still pending, to go again
    refused     dropped (by a person)                    scheduled, without the change

Everything else cannot happen and raises ImpossibleEvent. Source of the form: h11's `_state.py`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from cadence.delivery.answer import Accepted, InDoubt, NotSent, Refused
from cadence.delivery.backoff import clamped, whole_seconds
from cadence.delivery.event import Absent, Answered, Dropped, Found, Intended, Lost, Retried, Unclear
from cadence.delivery.patching import bare, patchable, patched, without_note
from cadence.delivery.terms import Terms
from cadence.frozen import replace
from cadence.model.entry import Entry, State
from cadence.model.plan import Action

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.delivery.event import Event, Happened

__all__ = ["ImpossibleEvent", "after", "refusal"]

_NOT_AUTHENTICATED = 401
_NOT_THERE = frozenset({404, 410})
_TOO_MANY = 429
_USUAL = Terms()


class ImpossibleEvent(Exception):  # noqa: N818 - reads as the condition it names
    """Raised for an event that the entry's state does not know: a fault in the program, never in its input."""

    def __init__(self, entry: Entry, event: Event) -> None:
        super().__init__(f"entry '{entry.key}' is {entry.state}, which does not know '{type(event).__name__}'")
        self.entry = entry
        self.event = event


def after(entry: Entry, event: Event, *, terms: Terms | None = None) -> Entry:
    """Return *entry* as *event* leaves it. Raises ImpossibleEvent."""
    terms = terms or _USUAL
    if isinstance(event, Dropped | Retried):
        return _decided(entry, event)
    match entry.state:
        case State.PLANNED:
            return _planned(entry, event)
        case State.SENDING:
            return _sending(entry, event, terms=terms)
        case State.IN_DOUBT:
            return _in_doubt(entry, event, terms=terms)
        case State.SCHEDULED:
            return _scheduled(entry, event)
        case State.PARKED:
            return _parked(entry, event)
        case State.REJECTED | State.CANCELLED | State.COMPLETED:
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def refusal(answer: Refused) -> str:
    """Return the refusal in words: status, reason, the CRM's own word and its request id."""
    code = f" [{answer.code}]" if answer.code else ""
    request = f" (request {answer.request_id})" if answer.request_id else ""
    return f"{answer.status} {answer.reason}{code}{request}"


def _planned(entry: Entry, event: Happened) -> Entry:
    match event:
        case Intended(at=at):
            return replace(
                patched(entry),
                state=State.SENDING,
                attempts=entry.attempts + 1,
                sent_at=at,
                not_before=None,
                unclear_until=None,
                absent=0,
                reason=None,
            )
        case Answered() | Lost() | Found() | Absent() | Unclear():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _sending(entry: Entry, event: Happened, *, terms: Terms) -> Entry:
    match event:
        case Answered():
            return _created(entry, event, terms=terms)
        case Lost(late=late):
            # Where the quiet period is shorter than that, twice the quiet period is long enough.
            wait = terms.quiet + min(late, terms.quiet)
            return _doubt(entry, wait, reason="the run that sent it ended before the answer came")
        case Intended() | Found() | Absent() | Unclear():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _created(entry: Entry, event: Answered, *, terms: Terms) -> Entry:
    if isinstance(event.answer, Accepted) and event.answer.activity_id is not None:
        return _settled(entry, event.answer.activity_id, sent_at=event.sent_at)
    entry = replace(entry, sent_at=event.sent_at)
    match event.answer:
        case Accepted():
            return _doubt(entry, terms.quiet, reason="the answer was a success without an id")
        case NotSent(reason=reason):
            return _again(replace(entry, state=State.PLANNED), event.at, event.pause, reason=reason)
        case Refused(status=status) as refused if status in (_NOT_AUTHENTICATED, _TOO_MANY):
            wait = max(event.pause, clamped(refused.retry_after))
            return _again(replace(entry, state=State.PLANNED), event.at, wait, reason=refusal(refused))
        case Refused() as refused:
            return replace(entry, state=State.REJECTED, reason=refusal(refused))
        case InDoubt(reason=reason) as doubt:
            asked = event.at + clamped(doubt.retry_after) - event.sent_at if doubt.retry_after else timedelta()
            return _doubt(entry, max(terms.quiet, asked), reason=reason)
        case unreachable:
            assert_never(unreachable)


def _in_doubt(entry: Entry, event: Happened, *, terms: Terms) -> Entry:
    match event:
        case Found(activity_id=activity_id):
            return _settled(entry, activity_id)
        case Absent(at=at) if entry.absent + 1 < terms.absences:
            return replace(entry, absent=entry.absent + 1, unclear_until=at + whole_seconds(terms.lag))
        case Absent():
            return _never_there(entry)
        case Unclear(reason=reason):
            return replace(entry, state=State.PARKED, unclear_until=None, reason=reason)
        case Intended() | Answered() | Lost():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _scheduled(entry: Entry, event: Happened) -> Entry:
    match event:
        case Answered() if entry.pending is not None:
            return _changed(replace(entry, attempts=entry.attempts + 1), event)
        case Answered() | Intended() | Lost() | Found() | Absent() | Unclear():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _changed(entry: Entry, event: Answered) -> Entry:
    match event.answer:
        case Accepted():
            return _cancelled(entry) if entry.pending is Action.CANCEL else without_note(patched(entry))
        case Refused(status=status) if status in _NOT_THERE and entry.pending is Action.CANCEL:
            return _cancelled(entry)
        case Refused(status=status) as refused if status not in (_NOT_AUTHENTICATED, _TOO_MANY):
            return _change_refused(entry, refused)
        case Refused(retry_after=retry_after) | InDoubt(retry_after=retry_after):
            return _again(entry, event.at, max(event.pause, clamped(retry_after)), reason=None)
        case NotSent():
            return _again(entry, event.at, event.pause, reason=None)
        case unreachable:
            assert_never(unreachable)


def _change_refused(entry: Entry, refused: Refused) -> Entry:
    if refused.status in _NOT_THERE:
        reason = f"it is no longer in the CRM, or not visible: {refusal(refused)}"
        return replace(entry, state=State.PARKED, reason=reason)
    return replace(entry, reason=refusal(refused))


def _parked(entry: Entry, event: Happened) -> Entry:
    match event:
        case Found(activity_id=activity_id):
            return _settled(entry, activity_id)
        case Absent():
            return _never_there(entry)
        case Intended() | Answered() | Lost() | Unclear():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _decided(entry: Entry, event: Dropped | Retried) -> Entry:
    change_was_refused = entry.state is State.SCHEDULED and entry.pending is not None and bool(entry.reason)
    match event:
        case Dropped() if change_was_refused:
            return replace(entry, pending=None, patch={}, reason=None)
        case Dropped() if entry.state in (State.PARKED, State.REJECTED):
            # It was not deleted and may be there: without its id it is looked for, should it be wanted again.
            return replace(_cancelled(entry), activity_id=None)
        case Retried() if change_was_refused:
            return replace(entry, not_before=None, reason=None)
        case Retried() if entry.state is State.REJECTED:
            # Some gateways answer 403 for what was done all the same: it is looked for before it is sent again.
            return replace(entry, state=State.IN_DOUBT, unclear_until=None, not_before=None, absent=0, reason=None)
        case Dropped() | Retried():
            raise ImpossibleEvent(entry, event)
        case unreachable:
            assert_never(unreachable)


def _settled(entry: Entry, activity_id: str, *, sent_at: datetime | None = None) -> Entry:
    patch = patchable(entry.patch)
    return replace(
        entry,
        state=State.SCHEDULED,
        activity_id=activity_id,
        body=bare(entry.body),
        pending=entry.pending if patch or entry.pending is Action.CANCEL else None,
        patch=patch,
        sent_at=sent_at or entry.sent_at,
        absent=0,
        unclear_until=None,
        not_before=None,
        reason=None,
    )


def _never_there(entry: Entry) -> Entry:
    if entry.pending is Action.CANCEL:
        return _cancelled(entry)
    return replace(entry, state=State.PLANNED, activity_id=None, absent=0, unclear_until=None, reason=None)


def _cancelled(entry: Entry) -> Entry:
    cancelled = replace(entry, state=State.CANCELLED, pending=None, patch={}, absent=0)
    return without_note(replace(cancelled, unclear_until=None, not_before=None, reason=None))


def _doubt(entry: Entry, wait: timedelta, *, reason: str) -> Entry:
    since = entry.sent_at
    until = since and since + whole_seconds(wait)
    return replace(entry, state=State.IN_DOUBT, unclear_until=until, absent=0, reason=reason)


def _again(entry: Entry, at: datetime, wait: timedelta, *, reason: str | None) -> Entry:
    return replace(entry, not_before=at + whole_seconds(wait), reason=reason)
