"""Keys of a store: made, listed, revoked; each of the two writes is in the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from cadence.errors import TargetError
from cadence.frozen import dataclass
from cadence.model.people import stable_id
from cadence.server.instant import instant_text
from cadence.server.seed import LOCAL_BUSINESS, add_business
from cadence.server.store import account
from cadence.server.store.audit import Signature, write_down
from cadence.server.store.keys import Caller, Scope, find_keys, issue_key, revoke_key
from cadence.server.store.opening import open_store

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.store.keys import IssuedKey
    from cadence.server.store.store import Store

__all__ = ["NEW", "KeyWish", "create_key", "list_keys", "make_key", "revoke"]

NEW = "new"
OPERATOR = stable_id("user", "operator")
"""Who the audit names for what is done at the command line."""


@dataclass(frozen=True, slots=True)
class KeyWish:
    """For whom a key is: ids, `new` for one to be made, or None for the local business and a new user."""

    business: str | None = None
    user: str | None = None
    scope: Scope = Scope.WRITE
    name: str = ""


def create_key(url: str, wish: KeyWish, *, now: datetime) -> IssuedKey:
    """Make a key in the store at *url*, which is made or migrated first; the key is seen this once.

    Raises TargetError for a store that cannot be opened, a business that is not there, or an id that is none.
    """
    with open_store(url) as store:
        return make_key(store, wish, now=now)


def make_key(store: Store, wish: KeyWish, *, now: datetime) -> IssuedKey:
    """Make a key in an open store. Raises TargetError as `create_key` does."""

    def work(connection: Connection) -> IssuedKey:
        business_id = _business(connection, store, wish, now=now)
        user_id = store.ids.next(now) if wish.user in (None, NEW) else _uuid("user", str(wish.user))
        key_id = store.ids.next(now)
        caller = Caller(business_id, user_id, wish.scope)
        issued = issue_key(connection, caller, key_id=key_id, now=now, name=wish.name)
        _sign(connection, store, business_id, action="keys create", key_id=key_id, now=now)
        return issued

    return store.write_now(work)


def list_keys(url: str) -> list[Mapping[str, Any]]:
    """Return all keys of a store, oldest first; of the key itself only its first characters. Raises TargetError."""
    with open_store(url) as store:
        return [_shown(row) for row in store.read_now(find_keys)]


def revoke(url: str, named: str, *, now: datetime) -> str:
    """End the key with that id or first characters, and return its id. A key that has ended stays so.

    Raises TargetError where none or several answer to *named*.
    """
    with open_store(url) as store:

        def work(connection: Connection) -> str:
            row = _named(find_keys(connection), named)
            if revoke_key(connection, row["id"], now=now):
                _sign(connection, store, row["business_id"], action="keys revoke", key_id=row["id"], now=now)
            return str(row["id"])

        return store.write_now(work)


def _business(connection: Connection, store: Store, wish: KeyWish, *, now: datetime) -> str:
    if wish.business is None:
        add_business(connection, LOCAL_BUSINESS, name="Local", now=now)
        return LOCAL_BUSINESS
    if wish.business == NEW:
        business_id = store.ids.next(now)
        add_business(connection, business_id, name="New business", now=now)
        return business_id
    business_id = _uuid("business", wish.business)
    if not account.is_business(connection, business_id):
        raise TargetError(f"no business '{business_id}' in this store", hint="`--business new` makes one")
    return business_id


def _uuid(what: str, text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise TargetError(f"{what} '{text}' is not an id, expected a UUID or 'new'") from None


def _named(rows: list[Mapping[str, Any]], named: str) -> Mapping[str, Any]:
    found = [row for row in rows if named in (row["id"], row["prefix"])]
    if len(found) != 1:
        many = "several keys answer" if found else "no key answers"
        raise TargetError(f"{many} to '{named}'", hint="`cadence keys list` shows their ids")
    return found[0]


def _sign(connection: Connection, store: Store, business_id: str, *, action: str, key_id: str, now: datetime) -> None:
    operator = Caller(business_id, OPERATOR, Scope.ADMIN)
    signature = Signature(operator, now, request_id="", action=action)
    write_down(connection, [signature.row(store.ids.next(now), key_id)])


def _shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "id": row["id"],
        "prefix": row["prefix"],
        "name": row["name"],
        "scope": row["scope"],
        "business_id": row["business_id"],
        "user_id": row["user_id"],
        "created": instant_text(row["created_at"]),
        "last_used": instant_text(row["last_used_at"]),
        "revoked": instant_text(row["revoked_at"]),
    }
