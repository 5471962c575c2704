"""The audit: who wrote what, when and through which request, in the transaction that wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert

from cadence.frozen import dataclass
from cadence.server.instant import micros
from cadence.server.store.listing import By, count_of, read_page
from cadence.server.store.schema import audit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.paging import Page
    from cadence.server.store.keys import Caller

__all__ = ["Signature", "find", "write_down"]

_INSERT = insert(audit)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who writes, when and through which request; `action` names the call, `fields` what its body set."""

    caller: Caller
    at: datetime
    request_id: str
    action: str
    fields: tuple[str, ...] = ()

    def row(self, entry_id: str, subject_id: str) -> dict[str, Any]:
        """Return what is written down of a write of *subject_id*: names of fields, never their values."""
        return {
            "id": entry_id,
            "business_id": self.caller.business_id,
            "at": micros(self.at),
            "key_id": self.caller.key_id,
            "user_id": self.caller.user_id,
            "request_id": self.request_id,
            "action": self.action,
            "subject_id": subject_id,
            "fields": list(self.fields),
        }


def write_down(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep *rows*."""
    if rows:
        connection.execute(_INSERT, rows)


def find(
    connection: Connection, business_id: str, *, subject_id: str | None, user_id: str | None, page: Page
) -> tuple[list[dict[str, Any]], int]:
    """Return one page of a business's audit, newest first, and how many entries there are."""
    own = audit.c.business_id == business_id
    if subject_id is not None:
        own = and_(own, audit.c.subject_id == subject_id)
    if user_id is not None:
        own = and_(own, audit.c.user_id == user_id)
    count = count_of(connection, audit, own)
    return read_page(connection, audit, own, [By(audit.c.id, descends=True)], page, count=count), count
