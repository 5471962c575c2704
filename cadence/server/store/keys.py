"""Who may call: keys, of which only the digest and the first characters are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.store.schema import api_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = [
    "Caller", "IssuedKey", "Scope", "digest_of", "find_keys", "find_living", "is_living", "issue_key", "load_caller",
    "new_key", "note_use", "revoke_key",
]  # fmt: skip

_MARK = "cad_"
_SHOWN = len(_MARK) + 6


class Scope(IntEnum):
    """What a key may do; each includes those before it."""

    READ = 1
    WRITE = 2
    ADMIN = 3


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is calling: a user of a business, and what the key allows. A key that is stored nowhere has no `key_id`."""

    business_id: str
    user_id: str
    scope: Scope
    key_id: str = ""

    def answers_to(self, business_id: str, user_id: str) -> bool:
        """Return whether the key is for that business and user."""
        claimed = f"{business_id.lower()}\n{user_id.lower()}".encode()
        actual = f"{self.business_id}\n{self.user_id}".encode()
        return hmac.compare_digest(claimed, actual)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key, the only time that it is seen, and the business and user it is for."""

    api_key: str = field(repr=False)
    business_id: str
    user_id: str


def issue_key(connection: Connection, caller: Caller, *, key_id: str, now: datetime, name: str = "") -> IssuedKey:
    """Store a new key's digest and return the key."""
    api_key = new_key()
    connection.execute(
        insert(api_keys).values(
            id=key_id,
            business_id=caller.business_id,
            user_id=caller.user_id,
            scope=caller.scope.name.lower(),
            name=name,
            prefix=api_key[:_SHOWN],
            digest=digest_of(api_key),
            created_at=micros(now),
        )
    )
    return IssuedKey(api_key, caller.business_id, caller.user_id)


def revoke_key(connection: Connection, key_id: str, *, now: datetime) -> bool:
    """End a key, and return whether it was alive."""
    alive = (api_keys.c.id == key_id) & api_keys.c.revoked_at.is_(None)
    return connection.execute(update(api_keys).where(alive).values(revoked_at=micros(now))).rowcount > 0


def find_keys(connection: Connection) -> list[Mapping[str, Any]]:
    """Return all keys, oldest first, without their digests."""
    shown = [column for column in api_keys.c if column.name != "digest"]
    return [dict(row) for row in connection.execute(select(*shown).order_by(api_keys.c.id)).mappings()]


def load_caller(connection: Connection, digest: str) -> Caller | None:
    """Return who holds the key with that digest, None where it is not stored or revoked."""
    # What is compared with the index is a digest of 256 random bits: its timing tells nothing of the key.
    row = connection.execute(_BY_DIGEST, {"digest": digest}).first()
    if row is None or not hmac.compare_digest(row.digest, digest):
        return None
    return Caller(row.business_id, row.user_id, Scope[row.scope.upper()], row.id)


def find_living(connection: Connection, key_ids: Iterable[str]) -> set[str]:
    """Return those of *key_ids* that are not revoked."""
    return set(connection.execute(_LIVING, {"ids": list(key_ids)}).scalars())


def is_living(connection: Connection, key_id: str) -> bool:
    """Return whether a key is not revoked."""
    return connection.execute(_ALIVE, {"id": key_id}).first() is not None


def note_use(connection: Connection, key_id: str, *, now: datetime) -> None:
    """Write down that a key was used."""
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=micros(now)))


def new_key() -> str:
    """Return a fresh key, which begins so that it is recognised where it should not be."""
    return _MARK + secrets.token_urlsafe(32)


def digest_of(api_key: str) -> str:
    """Return what is stored of a key."""
    # A key is 256 random bits, so there is nothing for a slow hash to protect.
    return hashlib.sha256(api_key.encode("utf-8", "surrogateescape")).hexdigest()


_BY_DIGEST = select(
    api_keys.c.id, api_keys.c.business_id, api_keys.c.user_id, api_keys.c.scope, api_keys.c.digest
).where(api_keys.c.digest == bindparam("digest"), api_keys.c.revoked_at.is_(None))
_ALIVE = select(api_keys.c.id).where(api_keys.c.id == bindparam("id"), api_keys.c.revoked_at.is_(None))
_LIVING = select(api_keys.c.id).where(
    api_keys.c.id.in_(bindparam("ids", expanding=True)), api_keys.c.revoked_at.is_(None)
)
