"""How long one thread keeps the interpreter while another waits for it."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["short_turns"]

_SHORT_S = 0.0005
_lock = threading.Lock()
_before: list[float] = []  # one for each run that is under way; the first is what it was before all of them


@contextmanager
def short_turns() -> Iterator[None]:
    """Make turns ten times shorter than Python's 5 ms, until the last run that wants it ends.

    While one thread makes the rows of a commit, answers come in on another, and their connections are idle until they
    are looked at. Applies to the whole process. A shorter interval that somebody chose is left alone.
    """
    with _lock:
        _before.append(round(sys.getswitchinterval(), 6))  # it is kept in whole microseconds, cut off
        sys.setswitchinterval(min(_SHORT_S, _before[-1]))
    try:
        yield
    finally:
        with _lock:
            if len(_before) == 1:
                sys.setswitchinterval(_before[0])
            _before.pop()
