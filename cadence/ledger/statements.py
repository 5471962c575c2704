"""Statements that write any number of rows at once: the rows travel as one JSON text.

One statement a batch keeps the cost of a row far below that of a statement, and a batch of one as cheap as any.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import TextClause, text

from cadence.ledger.rows import ENTRY_COLUMNS

__all__ = ["ATTEMPT_COLUMNS", "CLAIM_COLUMNS", "add_attempts", "add_claims", "put_entries"]

ATTEMPT_COLUMNS = ("entry", "lease", "operation", "outcome", "sent_at", "answered_at", "detail")
CLAIM_COLUMNS = ("enrollment", "lease")


@cache
def put_entries() -> TextClause:
    """Return the statement that inserts or overwrites the entries in `:rows`."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in ENTRY_COLUMNS if name not in ("key", "enrollment"))
    return text(f"{_insert('entries', ENTRY_COLUMNS)} ON CONFLICT (key) DO UPDATE SET {updates}")


@cache
def add_attempts() -> TextClause:
    """Return the statement that inserts the attempts in `:rows`."""
    return text(_insert("attempts", ATTEMPT_COLUMNS))


@cache
def add_claims() -> TextClause:
    """Return the statement that inserts the claims in `:rows`, leaving those that are there."""
    return text(f"{_insert('claims', CLAIM_COLUMNS)} ON CONFLICT (enrollment) DO NOTHING")


def _insert(table: str, columns: tuple[str, ...]) -> str:
    # WHERE true: without it SQLite reads ON CONFLICT as a join (sqlite.org/lang_upsert.html, "parsing ambiguity").
    values = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(columns)))
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM json_each(:rows) WHERE true"  # noqa: S608 - names are ours
