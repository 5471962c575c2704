"""Records read for a batch: as many at once as requests may be out, each by the call that reads one by itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from cadence.delivery.backoff import backoff
from cadence.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from cadence.crm.client import CrmClient
    from cadence.model.people import Record
    from cadence.runner import Conditions, Stop

    Found = Record | TargetError | None

__all__ = ["Finder", "TargetFinder", "nothing_found"]

_OURS = (401, 403, 429)
"""Refusals that say nothing of the record: of the key, or of the pace."""


class Finder(Protocol):
    """Finds records by id, email or name."""

    async def __call__(self, object_name: str, references: Iterable[str], /) -> dict[str, Found]:
        """Return each record, None where there is none, or why it cannot be told. Raises TargetError."""
        ...


async def nothing_found(_object_name: str, references: Iterable[str]) -> dict[str, Found]:
    """Return None for each: the finder of a target that is not there yet."""
    return dict.fromkeys(references)


class TargetFinder:
    """Finds the target's records. A refusal that is about one record is an answer; anything else is tried again.

    *turn* is waited for before each request. Raises TargetError where the target refuses the key, or does not answer
    after all tries.
    """

    def __init__(
        self,
        client: CrmClient,
        *,
        conditions: Conditions,
        stop: Stop,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._client = client
        self._conditions = conditions
        self._stop = stop
        self._turn = turn
        self._requests = asyncio.Semaphore(conditions.pace.concurrency)

    async def __call__(self, object_name: str, references: Iterable[str], /) -> dict[str, Found]:
        """Return what is found for each reference."""
        distinct = list(dict.fromkeys(references))
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._find(object_name, reference)) for reference in distinct]
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return {reference: task.result() for reference, task in zip(distinct, tasks, strict=True)}

    async def _find(self, object_name: str, reference: str) -> Found:
        async with self._requests:
            failures = 0
            while True:
                if self._turn is not None:
                    await self._turn()
                try:
                    return await self._client.record(object_name, reference)
                except TargetError as error:
                    if _is_about_the_record(error):
                        return error
                    failures += 1
                    if not _may_pass(error) or failures >= self._conditions.pace.tries or self._stop.is_set:
                        raise
                machine = self._conditions.machine
                await self._stop.sleep(backoff(failures, machine.draw()).total_seconds(), machine.sleep)


def _is_about_the_record(error: TargetError) -> bool:
    from cadence.crm.records import MULTIPLE

    return error.code == MULTIPLE or (error.status is not None and error.status < 500 and error.status not in _OURS)  # noqa: PLR2004 - the CRM's own failures


def _may_pass(error: TargetError) -> bool:
    return error.status not in (401, 403)
