"""Look into a ledger past all of our own code."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from functools import cache
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

__all__ = ["doubts_of", "entries_of", "state_of"]

_PATIENCE_S = 60.0


def state_of(ledger: str, marker: str) -> str | None:
    """Return the state of the entry with *marker*, empty where there is none, None where the ledger is out of reach."""
    try:
        rows = _asked(ledger, "SELECT state FROM {ledger}.entries WHERE marker = {value}", marker)
    except psycopg.Error:
        return None
    return rows[0][0] if rows else ""


def entries_of(ledger: str, sequence: str) -> list[tuple[str, str, str]]:
    """Return marker, state and the CRM's id of all entries of the sequence."""
    query = "SELECT e.marker, e.state, e.activity_id FROM {ledger}.entries e"
    return _patiently(ledger, f"{query} {_OF_SEQUENCE}", sequence)


def doubts_of(ledger: str, sequence: str) -> tuple[int, int]:
    """Return how many creates of the sequence were ever in doubt by their answer, and by the end of who sent them."""
    query = "SELECT a.outcome FROM {ledger}.attempts a JOIN {ledger}.entries e ON e.key = a.entry"
    rows = _patiently(ledger, f"{query} {_OF_SEQUENCE} AND a.operation = 'create'", sequence)
    outcomes = [outcome for (outcome,) in rows]
    return outcomes.count("in doubt"), outcomes.count("lost")


_OF_SEQUENCE = "JOIN {ledger}.enrollments n ON n.key = e.enrollment WHERE n.sequence = {value}"


def _patiently(ledger: str, query: str, value: str) -> list[tuple[Any, ...]]:
    """Ask again for a while: another round may just have PostgreSQL restarted."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return _asked(ledger, query, value)
        except psycopg.Error:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.2)  # noqa: TID251 - a real server keeps real time


def _asked(ledger: str, query: str, value: str) -> list[tuple[Any, ...]]:
    if ledger.startswith("postgresql"):
        return _on_postgresql(ledger, query, value)
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        return connection.execute(query.format(ledger="main", value="?"), (value,)).fetchall()


def _on_postgresql(ledger: str, query: str, value: str) -> list[tuple[Any, ...]]:
    url, _, schema = ledger.partition("&schema=")
    text = SQL(query).format(ledger=Identifier(schema), value=SQL("%s"))
    try:
        return _connection(url).execute(text, (value,)).fetchall()
    except psycopg.Error:  # the server was restarted since
        _connection.cache_clear()
        return _connection(url).execute(text, (value,)).fetchall()


@cache
def _connection(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(url, autocommit=True)
