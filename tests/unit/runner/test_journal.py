"""One writer: what queues up during a commit shares the next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cadence.errors import LedgerError
from cadence.ledger import Transition
from cadence.model.entry import State
from cadence.runner.journal import Journal
from cadence.runner.port import Machine
from tests.unit.delivery.test_table import entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Disk:
    """Keeps each batch; a commit takes a few turns of the loop and fails where `fault` is set."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.fault: Exception | None = None

    def save(self, transitions: Sequence[Transition]) -> None:
        self.batches.append(len(transitions))
        if self.fault is not None:
            raise self.fault

    async def turn(self, work: Callable[[], Any]) -> Any:
        for _ in range(5):
            await asyncio.sleep(0)
        return work()

    def journal(self) -> Journal:
        return Journal(self.save, machine=Machine(in_thread=self.turn))


ONE = Transition(entry(State.PLANNED))


def test_what_queues_up_during_a_commit_goes_into_the_next() -> None:
    disk = Disk()

    async def write_ten() -> None:
        journal = disk.journal()
        first = asyncio.create_task(journal.write([ONE]))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await asyncio.gather(first, *(journal.write([ONE, ONE]) for _ in range(9)))

    asyncio.run(write_ten())
    assert disk.batches == [1, 18]


def test_one_alone_waits_for_no_other() -> None:
    disk = Disk()
    asyncio.run(disk.journal().write([ONE]))
    assert disk.batches == [1]


def test_nothing_to_write_is_no_commit() -> None:
    disk = Disk()
    asyncio.run(disk.journal().write([]))
    assert disk.batches == []


def test_everyone_in_a_batch_learns_that_it_failed_and_the_next_is_tried() -> None:
    disk = Disk()
    disk.fault = LedgerError("the disk is full")

    async def write() -> Sequence[BaseException | None]:
        journal = disk.journal()
        failed = await asyncio.gather(journal.write([ONE]), journal.write([ONE]), return_exceptions=True)
        disk.fault = None
        await journal.write([ONE])
        return failed

    failures = asyncio.run(write())
    assert [str(failure) for failure in failures] == ["the disk is full"] * 2
    assert disk.batches == [2, 1]


def test_a_writer_that_gives_up_does_not_undo_the_commit() -> None:
    disk = Disk()

    async def give_up() -> None:
        journal = disk.journal()
        task = asyncio.create_task(journal.write([ONE]))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await journal.close()

    asyncio.run(give_up())
    assert disk.batches == [1]
