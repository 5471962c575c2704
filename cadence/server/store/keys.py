"""Who may call: keys, of which only the digest is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.store.schema import api_keys

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["Caller", "IssuedKey", "KeyRing", "Scope", "issue_key", "revoke_key"]


class Scope(IntEnum):
    """What a key may do; each includes those before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a user of a business, and what the key allows."""

    business_id: str
    user_id: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, the only time that it is seen, and the business and user it is for."""

    api_key: str = field(repr=False)
    business_id: str
    user_id: str


def issue_key(connection: Connection, caller: Caller, *, key_id: str, now: datetime, name: str = "") -> IssuedKey:
    """Store a new key's digest and return the key."""
    api_key = _new_key()
    connection.execute(
        insert(api_keys).values(
            id=key_id,
            business_id=caller.business_id,
            user_id=caller.user_id,
            scope=caller.scope.name.lower(),
            name=name,
            digest=_digest(api_key),
            created_at=micros(now),
        )
    )
    return IssuedKey(api_key, caller.business_id, caller.user_id)


def revoke_key(connection: Connection, key_id: str, *, now: datetime) -> bool:
    """End a key, and return whether it was alive."""
    alive = (api_keys.c.id == key_id) & api_keys.c.revoked_at.is_(None)
    return connection.execute(update(api_keys).where(alive).values(revoked_at=micros(now))).rowcount > 0


class KeyRing:
    """Finds the caller behind three headers; also holds keys that live only in this process."""

    def __init__(self) -> None:
        self._held: dict[str, Caller] = {}

    def mint(self, caller: Caller) -> IssuedKey:
        """Return a key that is stored nowhere and ends with this process."""
        api_key = _new_key()
        self._held[_digest(api_key)] = caller
        return IssuedKey(api_key, caller.business_id, caller.user_id)

    def held(self, api_key: str, business_id: str, user_id: str) -> Caller | None:
        """Return the caller where the key lives in this process."""
        return _matching(self._held.get(_digest(api_key)), business_id, user_id)

    def stored(self, connection: Connection, api_key: str, business_id: str, user_id: str) -> Caller | None:
        """Return the caller where the key is stored and not revoked."""
        # What is compared with the index is a digest of 256 random bits: its timing tells nothing of the key.
        query = select(api_keys.c.business_id, api_keys.c.user_id, api_keys.c.scope).where(
            api_keys.c.digest == _digest(api_key), api_keys.c.revoked_at.is_(None)
        )
        row = connection.execute(query).first()
        return None if row is None else _matching(_caller(row), business_id, user_id)


def _caller(row: Any) -> Caller:
    return Caller(row.business_id, row.user_id, Scope[row.scope.upper()])


def _matching(caller: Caller | None, business_id: str, user_id: str) -> Caller | None:
    if caller is None:
        return None
    claimed = f"{business_id.lower()}\n{user_id.lower()}".encode()
    actual = f"{caller.business_id}\n{caller.user_id}".encode()
    return caller if hmac.compare_digest(claimed, actual) else None


def _new_key() -> str:
    return secrets.token_urlsafe(32)


def _digest(api_key: str) -> str:
    # A key is 256 random bits, so there is nothing for a slow hash to protect.
    return hashlib.sha256(api_key.encode("utf-8", "surrogateescape")).hexdigest()
