"""How many rows unfiltered lists have: kept, since counting a million takes longer than showing a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, text

from cadence.server.store.schema import totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

__all__ = ["SCHEDULED", "add_to", "amount_of", "amounts_of", "of_object", "of_type"]

SCHEDULED = "scheduled"

# Writers take turns anyway, so that rows which everybody writes keep nobody waiting who would not wait without them.
_ADD = text(
    "INSERT INTO totals (business_id, counted, amount) VALUES (:business, :counted, :amount) "
    "ON CONFLICT (business_id, counted) DO UPDATE SET amount = totals.amount + excluded.amount"
)
_AMOUNT = select(totals.c.amount).where(
    totals.c.business_id == bindparam("business"), totals.c.counted == bindparam("counted")
)
_AMOUNTS = select(totals.c.counted, totals.c.amount).where(
    totals.c.business_id == bindparam("business"), totals.c.counted.in_(bindparam("counted", expanding=True))
)


def of_type(type_id: str) -> str:
    """Return what the logged activities of a type are counted as."""
    return f"logged:{type_id}"


def of_object(object_id: str) -> str:
    """Return what the records of an object are counted as."""
    return f"records:{object_id}"


def add_to(connection: Connection, business_id: str, counted: str, amount: int) -> None:
    """Count *amount* more, or fewer."""
    connection.execute(_ADD, {"business": business_id, "counted": counted, "amount": amount})


def amount_of(connection: Connection, business_id: str, counted: str) -> int:
    """Return how many there are."""
    return connection.execute(_AMOUNT, {"business": business_id, "counted": counted}).scalar() or 0


def amounts_of(connection: Connection, business_id: str, counted: Iterable[str]) -> dict[str, int]:
    """Return how many there are of each."""
    asked = list(counted)
    rows = connection.execute(_AMOUNTS, {"business": business_id, "counted": asked})
    return {**dict.fromkeys(asked, 0), **{row.counted: row.amount for row in rows}}
