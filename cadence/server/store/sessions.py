"""Browsers that are signed in to the pages: of their tokens only digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, update

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.schema import api_keys, sessions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

__all__ = ["Session", "begin_session", "end_session", "find_session", "set_zone"]

_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in as `caller`, and sees times in `zone`, by its IANA name.

    `proof` is what its forms must send along: whoever knows only the address of a form does not know it.
    """

    caller: Caller
    zone: str
    proof: str = field(repr=False)

    def is_proved_by(self, given: str) -> bool:
        """Return whether *given* is the proof, without telling how much of it."""
        return hmac.compare_digest(given.encode(), self.proof.encode())


def begin_session(connection: Connection, caller: Caller, *, zone: str, now: datetime) -> str:
    """Sign in, and return the token that the browser keeps. Sessions that are over are forgotten on the way."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.ends_at <= micros(now)))
    connection.execute(
        insert(sessions).values(
            digest=_digest(token),
            key_id=caller.key_id,
            business_id=caller.business_id,
            user_id=caller.user_id,
            scope=caller.scope.name.lower(),
            zone=zone,
            begun_at=micros(now),
            ends_at=micros(now + _LASTS),
        )
    )
    return token


def find_session(connection: Connection, token: str, *, now: datetime, keyless: bool) -> Session | None:
    """Return the session of *token*, None where it is over or its key was revoked.

    With *keyless* a session counts that began without a stored key.
    """
    living = select(api_keys.c.id).where(api_keys.c.id == sessions.c.key_id, api_keys.c.revoked_at.is_(None)).exists()
    entitled = or_(living, sessions.c.key_id == "") if keyless else living
    chosen = select(sessions).where(sessions.c.digest == _digest(token), sessions.c.ends_at > micros(now), entitled)
    row = connection.execute(chosen).one_or_none()
    if row is None:
        return None
    caller = Caller(row.business_id, row.user_id, Scope[row.scope.upper()], row.key_id)
    return Session(caller, row.zone, _proof(token))


def set_zone(connection: Connection, token: str, zone: str) -> None:
    """Show times in *zone* from now on."""
    connection.execute(update(sessions).where(sessions.c.digest == _digest(token)).values(zone=zone))


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.digest == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(f"session {token}".encode("utf-8", "surrogateescape")).hexdigest()


def _proof(token: str) -> str:
    return hashlib.sha256(f"proof {token}".encode("utf-8", "surrogateescape")).hexdigest()
