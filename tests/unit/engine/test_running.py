from __future__ import annotations

import asyncio
import threading

import pytest

from cadence.engine.running import run


async def where() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


def test_a_coroutine_runs_to_its_end() -> None:
    assert run(where()) == threading.current_thread().name


def test_inside_a_running_loop_it_runs_in_a_thread_of_its_own() -> None:
    async def handler() -> str:
        return run(where())

    assert asyncio.run(handler()).startswith("cadence")


def test_errors_come_through() -> None:
    async def broken() -> None:
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        run(broken())


@pytest.mark.parametrize(("bulk", "home"), [(True, "uvloop"), (False, "asyncio")])
def test_a_bulk_run_has_the_faster_loop(home: str, *, bulk: bool) -> None:
    async def loop() -> str:
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    assert run(loop(), bulk=bulk) == home
