"""One commit of the send loop: where entries now stand, what was tried for them, and under which lease.

It is what a run does most. So only what may have changed travels, all rows as one JSON text, and on PostgreSQL all is
one statement: one round trip, and no transaction for a process to be stopped in.
"""

from __future__ import annotations

from functools import cache
from json import JSONEncoder
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause, text

from cadence.ledger.lease import LeaseLost
from cadence.ledger.rows import body_values, epoch, state_values, storable
from cadence.ledger.schema import attempts, entries
from cadence.ledger.sums import BODY_COLUMNS, STATE_COLUMNS, checksum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from cadence.ledger.lease import Lease
    from cadence.ledger.lines import Attempt, Transition
    from cadence.model.entry import Entry

__all__ = ["options", "save"]

_ALWAYS = (*STATE_COLUMNS[1:], "state_sum")
_WHERE_CHANGED = ("due_at", "body", "patch", "body_sum")
_TRIED = ("entry", "operation", "outcome", "sent_at", "answered_at", "detail")

_PLACES = [BODY_COLUMNS.index(name) for name in _WHERE_CHANGED[:-1]]
_as_json = JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=epoch).encode


def options(dialect: str) -> dict[str, Any]:
    """Return the execution options of the transaction that `save` is to be: a statement is one by itself."""
    return {"isolation_level": "AUTOCOMMIT"} if dialect == "postgresql" else {}


def save(connection: Connection, transitions: Sequence[Transition], *, lease: Lease, at: datetime) -> None:
    """Write where each entry now stands and what was tried, and renew the lease.

    Raises LeaseLost, and ValueError where a damaged index does not find an entry; then nothing is written.
    """
    standings = _standings(transitions)
    values = {
        "epoch": lease.epoch,
        "until": epoch(at + lease.length),
        "standings": _as_json(standings),
        "attempts": _as_json([_tried(each.entry, each.attempt) for each in transitions if each.attempt is not None]),
    }
    first, *others = _statements(connection.dialect.name)
    if connection.execute(first, values).rowcount != 1:
        raise LeaseLost(lease.epoch)
    written = [connection.execute(statement, values).rowcount for statement in others]
    if written and written[0] != len(standings):
        raise ValueError("an entry cannot be found by its key")


def _standings(transitions: Iterable[Transition]) -> list[list[Any]]:
    """Return a row for each entry: one batch may take an entry through several states, of which the last counts."""
    was: dict[str, Entry | None] = {}
    last: dict[str, Entry] = {}
    for each in transitions:
        was.setdefault(each.entry.key, each.was)
        last[each.entry.key] = each.entry
    return [_standing(entry, was[key]) for key, entry in last.items()]


def _standing(entry: Entry, was: Entry | None) -> list[Any]:
    """Return the entry's key and values in the order of _ALWAYS and _WHERE_CHANGED, None for what is as it was."""
    state = state_values(entry)
    row = [*state, checksum(state)]
    if was is not None and was.due_at == entry.due_at and was.body is entry.body and was.patch is entry.patch:
        return [*row, *([None] * len(_WHERE_CHANGED))]
    body = body_values(entry)
    return [*row, *(body[place] for place in _PLACES), checksum(body)]


def _tried(entry: Entry, one: Attempt) -> list[Any]:
    return [entry.key, one.operation, one.outcome, one.sent_at, one.answered_at, storable(one.detail)]


@cache
def _statements(dialect: str) -> tuple[TextClause, ...]:
    """Return the statements of a commit. The first concerns one row, or none where the lease is lost."""
    renew = "UPDATE leases SET expires_at = :until WHERE epoch = :epoch AND ended_at IS NULL"
    if dialect != "postgresql":
        update = f"{_update(_from_json)} FROM json_each(:standings) WHERE entries.key = json_extract(value, '$[0]')"
        insert = f"{_insert(':epoch', _from_json)} FROM json_each(:attempts)"
        return text(renew), text(update), text(insert)
    rows = "FROM held, jsonb_array_elements(CAST(:{} AS jsonb)) AS rows (value)"
    return (
        text(
            f"WITH held AS ({renew} RETURNING epoch), "  # noqa: S608 - names are ours
            f"standing AS ({_update(_from_jsonb)} {rows.format('standings')} WHERE entries.key = value ->> 0), "
            f"tried AS ({_insert('epoch', _from_jsonb)} {rows.format('attempts')}) "
            "SELECT epoch FROM held"
        ),
    )


def _update(value: Callable[[Table, str, int], str]) -> str:
    names = (*_ALWAYS, *_WHERE_CHANGED)
    values = {name: value(entries, name, place) for place, name in enumerate(names, start=1)}
    values |= {name: f"coalesce({values[name]}, {name})" for name in _WHERE_CHANGED}
    return f"UPDATE entries SET {', '.join(f'{name} = {each}' for name, each in values.items())}"  # noqa: S608 - as above


def _insert(lease: str, value: Callable[[Table, str, int], str]) -> str:
    values = ", ".join(value(attempts, name, place) for place, name in enumerate(_TRIED))
    return f"INSERT INTO attempts (lease, {', '.join(_TRIED)}) SELECT {lease}, {values}"


def _from_json(_table: Table, _name: str, place: int) -> str:
    return f"json_extract(value, '$[{place}]')"


def _from_jsonb(table: Table, name: str, place: int) -> str:
    return f"CAST(value ->> {place} AS {table.c[name].type})"
