"""Who calls: the three headers, and what their key allows."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from cadence.server.problem import Problem
from cadence.server.store.keys import digest_of, is_living, load_caller, note_use

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from cadence.server.store.keys import Caller, Scope
    from cadence.server.store.store import Store

__all__ = ["HEADERS", "authenticate", "confirm", "require"]

HEADERS = ("X-API-KEY", "X-BUSINESS-ID", "X-USER-ID")
_NOTED_EVERY = timedelta(minutes=1)


async def authenticate(request: Request, store: Store, *, now: datetime) -> Caller:
    """Return who calls. Raises Problem for headers that are missing, or that name nobody."""
    headers = [request.headers.get(name, "") for name in HEADERS]
    if not all(headers):
        raise Problem.detail(401, "Authentication credentials were not provided.", "not_authenticated")
    api_key, business_id, user_id = headers
    caller = await _caller(store, digest_of(api_key))
    if caller is None or not caller.answers_to(business_id, user_id):
        raise Problem.unknown_caller()
    if store.keys.is_due(caller.key_id, now, _NOTED_EVERY):
        store.write_soon(lambda connection: note_use(connection, caller.key_id, now=now))
    return caller


def require(caller: Caller, needed: Scope) -> None:
    """Raise Problem where the caller's key may not do this."""
    if caller.scope < needed:
        raise Problem.detail(
            403, f"This key may not do this; a key with the scope '{needed.name.lower()}' may.", "permission_required"
        )


async def confirm(caller: Caller, store: Store) -> None:
    """Raise Problem where the caller's key was revoked: for what is done before, or without, a call's own question."""
    if caller.key_id and not await store.read(partial(is_living, key_id=caller.key_id)):
        store.keys.forget(caller.key_id)
        raise Problem.unknown_caller()


async def _caller(store: Store, digest: str) -> Caller | None:
    caller = store.keys.known(digest)
    if caller is None:
        caller = await store.read(lambda connection: load_caller(connection, digest))
        if caller is not None:
            store.keys.remember(digest, caller)
    return caller
