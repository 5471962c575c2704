"""The local target: a store opened and seeded, and a key that lives only as long as the process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.server.seed import LOCAL_BUSINESS, LOCAL_USER, seed
from cadence.server.store.keys import Caller, IssuedKey, Scope
from cadence.server.store.opening import open_store

if TYPE_CHECKING:
    from datetime import datetime

    from cadence.server.store.store import Store

__all__ = ["open_local"]


def open_local(url: str, *, now: datetime, reading: bool = False) -> tuple[Store, IssuedKey]:
    """Return the store at *url*, seeded, and an administrator's key for it that is written nowhere.

    Who is only *reading* needs no permission to write. Raises TargetError.
    """
    store = open_store(url, reading=reading)
    seed(store, now=now)
    return store, store.keys.mint(Caller(LOCAL_BUSINESS, LOCAL_USER, Scope.ADMIN))
