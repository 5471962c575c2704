"""One entry on its way: makes its moves, one after the other, until nothing more can be done."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, assert_never

from cadence.delivery.answer import Accepted, InDoubt, NotSent, Refused
from cadence.delivery.backoff import backoff, whole_seconds
from cadence.delivery.event import Absent, Answered, Found, Intended, Lost, Unclear
from cadence.delivery.move import Create, Delete, Done, Patch, Probe, Recover, Stop, Wait, next_move
from cadence.delivery.table import after, refusal
from cadence.errors import TargetError
from cadence.ledger.lines import Attempt, Transition
from cadence.runner.guard import Moment
from cadence.runner.probe import probe
from cadence.runner.tally import in_words

if TYPE_CHECKING:
    from cadence.delivery.answer import Answer
    from cadence.delivery.move import Move
    from cadence.model.entry import Entry
    from cadence.runner.run import Run

__all__ = ["Errand"]

_NOT_AUTHENTICATED = 401


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
        while not self._run.stop.is_set:
            move = self._next()
            if isinstance(move, Stop | Done) or not await self._make(move):
                break
        return self._entry

    def _next(self) -> Move:
        now = self._run.clock.now()
        move = next_move(self._entry, now)
        quiet = timedelta(seconds=self._quiet_until - self._run.clock.monotonic())
        if isinstance(move, Probe) and quiet > timedelta():
            return Wait(now + whole_seconds(quiet), doubtful=True)
        if isinstance(move, Create | Patch | Delete | Probe):
            return self._closed() or move
        return move

    def _closed(self) -> Wait | None:
        return self._run.gate.wait(Moment.of(self._run.clock))

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
        await throttle.before(moment)
        if self._run.stop.is_set or self._closed():
            return True
        intended = Moment.of(self._run.clock)
        self._entry = after(self._entry, Intended(intended.at))
        await self._flush(Transition(self._entry))
        async with self._run.requests:
            await throttle.come(moment)
            began = Moment.of(self._run.clock)
            if self._closed():
                return self._withdraw(began)
            answer = await self._run.crm.create_activity(self._entry.body, may_go=partial(self._may_go, intended))
        return self._answered(answer, began)

    def _may_go(self, intended: Moment) -> bool:
        """Return whether a create may leave now; making a connection takes long enough to be paused in."""
        return not self._run.stop.is_set and self._run.guard.may_send(intended)

    async def _change(self, move: Patch | Delete) -> bool:
        crm = self._run.crm
        async with self._run.requests:
            await self._run.throttle.turn()
            if self._closed():
                return True
            began = Moment.of(self._run.clock)
            if isinstance(move, Patch):
                answer = await crm.patch_activity(move.activity_id, move.body)
            else:
                answer = await crm.delete_activity(move.activity_id)
        return self._answered(answer, began)

    def _answered(self, answer: Answer, began: Moment) -> bool:
        before, now = self._entry, self._run.clock.now()
        self._failures += _is_failure(answer)
        settled = isinstance(answer, Accepted)
        pause = timedelta() if settled else backoff(self._failures + 1, self._run.machine.draw())
        event = Answered(answer, sent_at=began.at, at=now, pause=pause)
        self._entry = after(before, event, terms=self._run.pace.terms)
        if self._entry.unclear_until is not None:
            self._quiet_until = began.monotonic + (self._entry.unclear_until - began.at).total_seconds()
        operation = str(before.pending or "create")
        attempt = Attempt(operation, _word(answer), began.at, now, _detail(answer))
        self._unsaved.append(Transition(self._entry, attempt))
        self._run.throttle.heed(answer)
        self._run.gate.heed(answer, self._run.clock.monotonic())
        self._run.tally.did(before, self._entry)
        return self._may_go_on(answer)

    def _withdraw(self, began: Moment) -> bool:
        """Take the intent back: another request was told to wait meanwhile, which is no failure of this one."""
        answer, now = NotSent("it was not sent: the target asked to wait"), self._run.clock.now()
        self._entry = after(self._entry, Answered(answer, sent_at=began.at, at=now))
        attempt = Attempt("create", _word(answer), began.at, now, answer.reason)
        self._unsaved.append(Transition(self._entry, attempt))
        return True

    def _may_go_on(self, answer: Answer) -> bool:
        """Return whether to try again; a target that nobody can use ends the whole run."""
        if isinstance(answer, Refused) and answer.status == _NOT_AUTHENTICATED:
            self._run.stop.set(f"the target refused the credentials: {refusal(answer)}")
        elif isinstance(answer, NotSent) and self._failures >= self._run.pace.tries:
            self._run.stop.set(f"the target could not be reached: {answer.reason}")
        return self._failures < self._run.pace.tries

    async def _probe(self) -> bool:
        self._run.tell(in_words(Probe(), self._entry))
        try:
            async with self._run.requests:
                if self._closed():
                    return True
                at = self._run.clock.now()
                verdict = await probe(self._run.crm, self._entry, at=at, turn=self._run.throttle.turn)
        except TargetError as error:
            return await self._could_not_look(error)
        before, now = self._entry, self._run.clock.now()
        self._entry = after(before, verdict, terms=self._run.pace.terms)
        self._unsaved.append(
            Transition(self._entry, Attempt("probe", _seen(verdict), at, now, self._entry.reason or ""))
        )
        self._run.tally.did(before, self._entry)
        return True

    async def _could_not_look(self, error: TargetError) -> bool:
        self._failures += 1
        if self._failures >= self._run.pace.tries:
            self._run.tally.problem(f"step '{self._entry.step}': the CRM could not be read: {error}")
            return False
        pause = backoff(self._failures, self._run.machine.draw())
        until = self._run.clock.now() + pause
        return await self._run.wait(Wait(until, doubtful=False), text=f"the CRM could not be read: {error}")

    def _recover(self) -> bool:
        lost = self._entry
        self._entry = after(lost, Lost(self._run.pace.margin), terms=self._run.pace.terms)
        began = lost.sent_at or self._run.clock.now()
        attempt = Attempt("create", "lost", began, self._run.clock.now(), self._entry.reason or "")
        self._unsaved.append(Transition(self._entry, attempt))
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
