"""Records read for a batch: as many at once as requests may be out, each by the call that reads one by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from cadence.delivery.backoff import backoff, clamped
from cadence.errors import TargetError
from cadence.frozen import dataclass
from cadence.runner import ProgressEvent
from cadence.runner.probe import unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence.crm.client import CrmClient
    from cadence.model.people import Record
    from cadence.runner import Conditions, Stop
    from cadence.runner.throttle import Throttle

    Found = Record | TargetError | None

__all__ = ["Finder", "TargetFinder", "nothing_found"]

_NOT_AUTHENTICATED = 401
_FORBIDDEN = 403
_TOO_MANY = 429
_OURS = (_NOT_AUTHENTICATED, _FORBIDDEN, _TOO_MANY)
"""Refusals that say nothing of the record: of the key, or of the pace."""


class Finder(Protocol):
    """Finds records by id, email or name."""

    async def __call__(self, object_name: str, references: Iterable[str], /) -> dict[str, Found]:
        """Return each record, None where there is none, or why it cannot be told. Raises TargetError."""
        ...


async def nothing_found(_object_name: str, references: Iterable[str]) -> dict[str, Found]:
    """Return None for each: the finder of a target that is not there yet."""
    return dict.fromkeys(references)


@dataclass(frozen=True, slots=True)
class _Unanswered:
    """What may be the fault of the record or of the target: the other answers tell."""

    error: TargetError


class TargetFinder:
    """Finds the target's records. A refusal that is about one record is an answer; anything else is tried again.

    What the target forbids of one record, or fails with for it again and again, is an answer too, where it answers for
    others: for those of the same batch, or for what is forbidden at any time before.

    *throttle* is that of a run which writes: every request takes its turn, and a 429 or a Retry-After has all requests
    wait. Without one a 429 counts as any other failure. Raises TargetError where the target refuses the key, or
    answers for nobody after all tries, and once *stop* is set.
    """

    def __init__(
        self, client: CrmClient, *, conditions: Conditions, stop: Stop, throttle: Throttle | None = None
    ) -> None:
        self._client = client
        self._conditions = conditions
        self._stop = stop
        self._throttle = throttle
        self._requests = asyncio.Semaphore(conditions.pace.concurrency)
        self._has_answered = False

    async def __call__(self, object_name: str, references: Iterable[str], /) -> dict[str, Found]:
        """Return what is found for each reference."""
        distinct = list(dict.fromkeys(references))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._find(object_name, reference)) for reference in distinct]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        found = [task.result() for task in tasks]
        self._refuse_silence(found)
        answers = (each.error if isinstance(each, _Unanswered) else each for each in found)
        return dict(zip(distinct, answers, strict=True))

    def _refuse_silence(self, found: Sequence[Found | _Unanswered]) -> None:
        """Raise the first failure of a batch in which nothing was answered, unless it forbids what others may."""
        failed = [each.error for each in found if isinstance(each, _Unanswered)]
        answers_now = len(failed) < len(found)
        for error in failed:
            if not answers_now and not (self._has_answered and error.status == _FORBIDDEN):
                raise error
        self._has_answered = self._has_answered or answers_now

    async def _find(self, object_name: str, reference: str) -> Found | _Unanswered:
        turn = self._turn if self._throttle else None
        async with self._requests:
            failures = 0
            while True:
                try:
                    return await self._client.record(object_name, reference, turn=turn)
                except TargetError as error:
                    if _is_about_the_record(error):
                        return error
                    failures += self._is_failure(error)
                    if error.status == _NOT_AUTHENTICATED or self._stop.is_set:
                        raise
                    if error.status == _FORBIDDEN or failures >= self._conditions.pace.tries:
                        return _Unanswered(error)
                    caught = error
                await self._wait(caught, failures)

    def _is_failure(self, error: TargetError) -> bool:
        """Return whether *error* counts against the tries; in a run that writes a 429 does not."""
        return self._throttle is None or error.status != _TOO_MANY

    async def _turn(self) -> None:
        assert self._throttle is not None  # noqa: S101 - asked before
        await self._throttle.turn()
        if self._stop.is_set:  # then nothing is waited for, and nobody asks for what would be found
            raise TargetError(self._stop.reason)

    async def _wait(self, error: TargetError, failures: int) -> None:
        conditions, machine = self._conditions, self._conditions.machine
        pause = backoff(max(failures, 1), machine.draw())
        if self._throttle is not None:
            pause = max(pause, clamped(error.retry_after))
            self._throttle.heed(unread(error))
            await self._throttle.share()
        text = f"the CRM could not be read: {error}"
        conditions.progress(ProgressEvent(0, 0, text, conditions.clock.now() + pause))
        await self._stop.sleep(pause.total_seconds(), machine.sleep)


def _is_about_the_record(error: TargetError) -> bool:
    from cadence.crm.records import MULTIPLE

    return error.code == MULTIPLE or (error.status is not None and error.status < 500 and error.status not in _OURS)  # noqa: PLR2004 - the CRM's own failures
