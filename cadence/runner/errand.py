"""One entry on its way: makes its moves, one after the other, until nothing more can be done."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

from cadence.delivery.answer import Accepted, InDoubt, NotSent, Refused
from cadence.delivery.backoff import backoff, clamped, whole_seconds
from cadence.delivery.event import Absent, Answered, Found, Intended, Lost, Unclear
from cadence.delivery.move import Create, Delete, Done, Patch, Probe, Recover, Stop, Wait, holds_up, next_move
from cadence.delivery.table import after, refusal
from cadence.errors import TargetError
from cadence.ledger.lines import Attempt, Transition
from cadence.model.entry import State
from cadence.runner.guard import Moment
from cadence.runner.permit import Permit
from cadence.runner.probe import probe, unread
from cadence.runner.tally import in_words

if TYPE_CHECKING:
    from cadence.delivery.answer import Answer
    from cadence.delivery.move import Move
    from cadence.model.entry import Entry
    from cadence.runner.run import Run

__all__ = ["Errand"]

_NOT_AUTHENTICATED = 401
_SOON_S = 1.0  # how long an intent and a connection are kept for a moment that was put off


class _HeldBack(Exception):  # noqa: N818 - no failure: the look is begun anew, or by the next run
    """The run was stopped, or all were asked to wait, while a look waited for its turn."""


class Errand:
    """One entry of one run. Outcomes gather in `unsaved` until the next intent, which shares their commit."""

    def __init__(self, run: Run, entry: Entry, unsaved: list[Transition]) -> None:
        self._run = run
        self._entry = entry
        self._unsaved = unsaved
        self._failures = 0
        self._quiet_until = 0.0  # on the clock that never steps, where the doubt arose in this run

    async def settle(self) -> Entry:
        """Return the entry once nothing more can be done for it in this run."""
        while not self._run.stop.is_set and await self._make(self._next()):
            pass
        await self._run.throttle.share()
        return self._entry

    def _next(self) -> Move:
        now = Moment.of(self._run.clock)
        move = next_move(self._entry, now.at)
        if isinstance(move, Probe) and now.monotonic < self._quiet_until:
            quiet = max(timedelta(seconds=self._quiet_until - now.monotonic), timedelta.resolution)
            return Wait(now.at + whole_seconds(quiet), doubtful=True)
        if isinstance(move, Create | Patch | Delete | Probe):
            return self._run.gate.wait(now) or move
        return move

    async def _make(self, move: Move) -> bool:
        """Make the move; return whether there may be another."""
        match move:
            case Create():
                return await self._create()
            case Patch() | Delete():
                return await self._change(move)
            case Probe():
                return await self._probe()
            case Recover():
                return self._recover()
            case Wait():
                await self._run.throttle.share()
                await self._flush()
                return await self._run.wait(
                    move, text=in_words(next_move(self._entry, self._run.clock.now()), self._entry)
                )
            case Stop() | Done():
                return False
            case unreachable:
                assert_never(unreachable)

    async def _create(self) -> bool:
        throttle = self._run.throttle
        moment = await throttle.moment()
        intended = Moment.of(self._run.clock)
        if self._run.stop.is_set or self._run.gate.wait(intended):
            return True
        before, self._entry = self._entry, after(self._entry, Intended(intended.at))
        await self._flush(Transition(self._entry, was=before))
        async with self._run.requests:
            in_time = await throttle.come(moment, within_s=_SOON_S)
            began = Moment.of(self._run.clock)
            if not in_time or self._run.gate.wait(began) or not self._run.guard.may_send(intended):
                return self._withdraw(began)
            permit = Permit(self._run, intended)
            answer = await self._run.crm.create_activity(self._entry.body, may_go=permit)
        if permit.was_refused and isinstance(answer, NotSent):
            return self._withdraw(began)
        if isinstance(answer, Accepted):  # any other may ask all requests to wait, or to stop
            await asyncio.sleep(0)  # the connection has its next request first: answers come many at a time
        return self._answered(answer, began)

    async def _change(self, move: Patch | Delete) -> bool:
        run = self._run
        async with run.requests:
            await run.throttle.turn()
            if run.is_held_back():
                return True
            if not run.guard.holds():
                await run.machine.in_thread(run.guard.renew)  # another run may have taken over, and decided otherwise
            began, permit = Moment.of(run.clock), Permit(run)
            if isinstance(move, Patch):
                answer = await run.crm.patch_activity(move.activity_id, move.body, may_go=permit)
            else:
                answer = await run.crm.delete_activity(move.activity_id, may_go=permit)
        if permit.was_refused and isinstance(answer, NotSent):
            return True
        return self._answered(answer, began)

    def _answered(self, answer: Answer, began: Moment) -> bool:
        accepted = isinstance(answer, Accepted)
        self._failures += _is_failure(answer)
        pause = timedelta() if accepted else backoff(self._failures + 1, self._run.machine.draw())
        self._happened(Answered(answer, sent_at=began.at, at=self._run.clock.now(), pause=pause))
        if self._entry.unclear_until is not None:
            self._quiet_until = began.monotonic + (self._entry.unclear_until - began.at).total_seconds()
        if accepted:
            return holds_up(self._entry)
        self._run.throttle.heed(answer)
        return self._may_go_on(answer)

    def _withdraw(self, began: Moment) -> bool:
        """Take the intent back, which is no failure; it is written anew once the request may go."""
        late = NotSent("it was not sent: its turn had not come, or the run was paused or stopped")
        self._happened(Answered(late, sent_at=began.at, at=self._run.clock.now()))
        return True

    def _happened(self, event: Answered) -> None:
        before, self._entry = self._entry, after(self._entry, event, terms=self._run.pace.terms)
        operation = before.pending or "create"
        attempt = Attempt(operation, _word(event.answer), event.sent_at, event.at, _detail(event.answer))
        self._unsaved.append(Transition(self._entry, attempt, before))
        self._run.tally.did(before, self._entry)

    def _may_go_on(self, answer: Answer) -> bool:
        """Return whether to try again; a target that nobody can use ends the whole run."""
        if isinstance(answer, Refused) and answer.status == _NOT_AUTHENTICATED:
            self._run.stop.set(f"the target refused the credentials: {refusal(answer)}")
        if self._failures < self._run.pace.tries:
            return True
        if isinstance(answer, NotSent):
            self._run.stop.set(f"the target could not be reached: {answer.reason}")
        elif isinstance(answer, InDoubt) and self._entry.state is State.SCHEDULED:
            why = f"the change was not confirmed: {answer.reason}; `cadence settle` tries it again"
            self._run.tally.problem(f"step '{self._entry.step}': {why}")
        return False

    async def _probe(self) -> bool:
        self._run.tell(in_words(Probe(), self._entry))
        try:
            async with self._run.requests:
                if self._run.is_held_back():
                    return True
                began = Moment.of(self._run.clock)
                verdict = await probe(self._run.crm, self._entry, at=began.at, turn=self._turn)
        except _HeldBack:
            return True
        except TargetError as error:
            return await self._could_not_look(error)
        before, now = self._entry, self._run.clock.now()
        self._entry = after(before, verdict, terms=self._run.pace.terms)
        attempt = Attempt("probe", _seen(verdict), began.at, now, self._entry.reason or "")
        self._unsaved.append(Transition(self._entry, attempt, before))
        self._run.tally.did(before, self._entry)
        return True

    async def _turn(self) -> None:
        """Return when one request of a look may go out. Raises _HeldBack where that is not to be waited for."""
        await self._run.throttle.turn()
        if self._run.is_held_back():
            raise _HeldBack

    async def _could_not_look(self, error: TargetError) -> bool:
        answer = unread(error)
        self._run.throttle.heed(answer)
        self._failures += _is_failure(answer)
        if error.status == _NOT_AUTHENTICATED:
            self._run.stop.set(f"the target refused the credentials: {error.message}")
            return False
        if self._failures >= self._run.pace.tries:
            self._run.tally.problem(f"step '{self._entry.step}': the CRM could not be read: {error}")
            return False
        await self._run.throttle.share()
        pause = max(backoff(max(self._failures, 1), self._run.machine.draw()), clamped(error.retry_after))
        until = self._run.clock.now() + pause
        return await self._run.wait(Wait(until, doubtful=False), text=f"the CRM could not be read: {error}")

    def _recover(self) -> bool:
        lost = self._entry
        self._entry = after(lost, Lost(self._run.pace.margin), terms=self._run.pace.terms)
        began = lost.sent_at or self._run.clock.now()
        attempt = Attempt("create", "lost", began, self._run.clock.now(), self._entry.reason or "")
        self._unsaved.append(Transition(self._entry, attempt, lost))
        return True

    async def _flush(self, *more: Transition) -> None:
        together = [*self._unsaved, *more]
        self._unsaved.clear()
        await self._run.journal.write(together)


def _is_failure(answer: Answer) -> bool:
    """Return whether the answer counts against the tries: a definite one does not, a 429 included."""
    return isinstance(answer, NotSent | InDoubt)


def _word(answer: Answer) -> str:
    match answer:
        case Accepted():
            return "accepted"
        case NotSent():
            return "not sent"
        case Refused():
            return "refused"
        case InDoubt():
            return "in doubt"
        case unreachable:
            assert_never(unreachable)


def _detail(answer: Answer) -> str:
    match answer:
        case Accepted(activity_id=activity_id):
            return activity_id or ""
        case Refused() as refused:
            return refusal(refused)
        case NotSent(reason=reason) | InDoubt(reason=reason):
            return reason
        case unreachable:
            assert_never(unreachable)


def _seen(verdict: Found | Absent | Unclear) -> str:
    match verdict:
        case Found():
            return "found"
        case Absent():
            return "absent"
        case Unclear():
            return "unclear"
        case unreachable:
            assert_never(unreachable)
