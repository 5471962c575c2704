"""The synchronous face: runs a coroutine to its end from any thread, inside a running loop or not."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from cadence.engine.turns import short_turns

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Coroutine

__all__ = ["run"]

_T = TypeVar("_T")


def run(coroutine: Coroutine[Any, Any, _T], *, bulk: bool = False) -> _T:
    """Return what *coroutine* returns; where a loop already runs here, on a loop of its own in another thread.

    With *bulk* it is uvloop's, where that is installed, and threads take shorter turns.
    """
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _run(coroutine, bulk=bulk)
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, thread_name_prefix="cadence") as pool:
        return pool.submit(_run, coroutine, bulk=bulk).result()


def _run(coroutine: Coroutine[Any, Any, _T], *, bulk: bool) -> _T:
    import asyncio

    with short_turns() if bulk else nullcontext(), asyncio.Runner(loop_factory=_uvloop() if bulk else None) as runner:
        return runner.run(coroutine)


def _uvloop() -> Callable[[], AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ModuleNotFoundError:
        return None
    return new_event_loop
