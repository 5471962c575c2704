"""The library's own functions: a plan from values alone, and its application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence.clock import SystemClock
from cadence.engine.fields import record_of
from cadence.engine.planning import only_step
from cadence.engine.when import parse_moment_or_local, parse_when
from cadence.model.sequence import Sequence
from cadence.planning.plan import EXPIRES_AFTER, NO_DIRECTORY, make_plan
from cadence.planning.zones import zone_name_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cadence.engine.results import RecordsReport
    from cadence.model.people import Record
    from cadence.model.plan import Plan, Report
    from cadence.timing.calendar import BusinessCalendar

__all__ = ["apply", "apply_records", "explain", "plan"]


def plan(
    sequence: Sequence | str | Path,
    record: Record | Mapping[str, Any],
    *,
    start: datetime | str | None = None,
    now: datetime | str | None = None,
    params: Mapping[str, Any] | None = None,
    calendars: Mapping[str, BusinessCalendar] | str | Path | None = None,
) -> Plan:
    """Return what *sequence* means for *record*: every activity with its due, its literal body and its why.

    *sequence* is a value, a path, or the name of a file in `sequences/`. *record* is a Record, or a mapping with `id`
    and its fields beside it or under `fields`; dotted names nest. *start* and *now* are now by default; a datetime or
    text without an offset is local time in the record's zone. *calendars* are those that the sequence may name, or
    their folder. Nothing but the sequence's files is read: no settings, no ledger, no target. A plan as of a given
    *now* does not expire.

    Raises SequenceError, CalendarError, PlanError; their `findings` name everything that stands in the way.
    """
    value = _load(sequence, calendars)
    known = record_of(record, object_name=value.object)
    return make_plan(
        value,
        [known],
        now=_now(now, value, known),
        start=None if start is None else parse_moment_or_local(start, "start"),
        params=params,
        expires_after=EXPIRES_AFTER if now is None else None,
    )


def apply(
    plan: Plan,
    *,
    target: str | None = None,
    ledger: str | None = None,
    client: Callable[..., Any] | None = None,
) -> Report:
    """Submit what *plan* says, in order and once; the same plan again sends nothing.

    *target* names a section [targets.NAME] of cadence.toml, or `local`; *ledger* is a URL. Both default to what
    cadence.toml and the environment say.

    *client* sends the requests in place of a connection of ours: it is called as `client(method, path, json=body)`, the
    last only where there is a body, and returns a mapping or an object with `status` (or `status_code`), `headers` and
    `body` (or `content`, `text`). It may be a coroutine function. It must send once, neither repeating nor following
    redirects, and may raise NotConnected where nothing left. *target* then needs no key; without one the CRM is asked
    which business it is.

    Raises StalePlanError, PlanError, TargetError, LedgerError before anything is sent; what happened to each activity
    afterwards is in the report.
    """
    from cadence.engine.engine import Engine

    return Engine(target=target, ledger=ledger, client=client).apply(plan)


def apply_records(  # noqa: PLR0913 - what can be asked
    sequence: Sequence | str | Path,
    records: Path | str | Iterable[Any] | AsyncIterable[Any],
    *,
    start: datetime | str | None = None,
    params: Mapping[str, Any] | None = None,
    report: Path | None = None,
    target: str | None = None,
    ledger: str | None = None,
    client: Callable[..., Any] | None = None,
) -> RecordsReport:
    """Plan *sequence* for many records and submit it, some hundred at a time; running it again sends nothing twice.

    *records* is the path of a .csv, .ndjson, .jsonl or .parquet file, or yields mappings, also asynchronously, that
    name a record by `id`, `email` or `name`; they are read as they are needed. What else a row says are fields, but for
    `start` and `param.NAME`, which hold for it alone; *start* and *params* hold for the others. A row that fails stops
    no other. *report* is a .csv or .ndjson file that gets a line for each row. *target*, *ledger* and *client* are
    those of `apply`.

    Raises PlanError for a file that is wrong as a whole, and what `apply` raises before anything is sent.
    """
    from cadence.engine.engine import Engine

    engine = Engine(target=target, ledger=ledger, client=client)
    return engine.apply_records(sequence, records, start=start, params=params, report=report)


def explain(
    sequence: Sequence | str | Path, record: Record | Mapping[str, Any], *, step: str | None = None, **asked: Any
) -> str:
    """Return in words how each due came about, of one step where *step* names one. Takes what `plan` takes.

    Raises what `plan` raises.
    """
    made = plan(sequence, record, **asked)
    chosen = made if step is None else only_step(made, step)
    return "\n".join(_story(chosen))


def _story(made: Plan) -> list[str]:
    lines = []
    for activity in made.activities:
        lines.append(f"{activity.step}: {activity.action} {activity.local or ''}".rstrip())
        lines += [f"  {line.rule}: {line.reason}" for line in activity.why]
        if activity.reason:
            lines.append(f"  {activity.reason}")
    return lines


def _load(sequence: Sequence | str | Path, calendars: Mapping[str, BusinessCalendar] | str | Path | None) -> Sequence:
    if isinstance(sequence, Sequence):
        return sequence
    from cadence.files import find_sequence, load_sequence

    return load_sequence(find_sequence(sequence), calendars=calendars)


def _now(value: datetime | str | None, sequence: Sequence, record: Record) -> datetime:
    if value is None:
        return SystemClock().now()
    return parse_when(value, "now", zone_name=lambda: zone_name_of(sequence, record, directory=NO_DIRECTORY))
