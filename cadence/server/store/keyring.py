"""The callers that this process knows by their keys."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cadence.server.store.keys import IssuedKey, digest_of, new_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from cadence.server.store.keys import Caller

__all__ = ["KeyRing"]

_MOST = 10_000


class KeyRing:
    """Remembers who a key belongs to. Whether it still lives is asked again in the transaction of what it does."""

    def __init__(self) -> None:
        self._held: dict[str, Caller] = {}
        self._seen: dict[str, Caller] = {}
        self._used: dict[str, datetime] = {}

    def mint(self, caller: Caller) -> IssuedKey:
        """Return a key that is stored nowhere and ends with this process."""
        api_key = new_key()
        self._held[digest_of(api_key)] = caller
        return IssuedKey(api_key, caller.business_id, caller.user_id)

    @contextmanager
    def lend(self, caller: Caller) -> Iterator[IssuedKey]:
        """Give a key that is stored nowhere, and take it back."""
        key = self.mint(caller)
        try:
            yield key
        finally:
            del self._held[digest_of(key.api_key)]

    def known(self, digest: str) -> Caller | None:
        """Return the caller with the key of that digest, where this process has met it."""
        return self._held.get(digest) or self._seen.get(digest)

    def knows(self, digest: str) -> bool:
        """Return whether this process has met the key of that digest."""
        return digest in self._held or digest in self._seen

    def remember(self, digest: str, caller: Caller) -> None:
        """Spare the next call a look-up."""
        while len(self._seen) >= _MOST:
            del self._seen[next(iter(self._seen))]
        self._seen[digest] = caller

    def forget(self, key_id: str) -> None:
        """Forget a key that was revoked."""
        self._seen = {digest: caller for digest, caller in self._seen.items() if caller.key_id != key_id}

    def is_due(self, key_id: str, now: datetime, every: timedelta) -> bool:
        """Return whether the use of a stored key is to be written down: the first, then once in *every*."""
        before = self._used.get(key_id)
        if not key_id or (before is not None and now - before < every):
            return False
        self._used[key_id] = now
        return True
