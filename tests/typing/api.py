"""The public API as type checkers see it. mypy reads this file; nobody runs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import assert_type

import cadence

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)

calendars = cadence.load_calendars("sequences/calendars")
assert_type(calendars, Mapping[str, cadence.BusinessCalendar])

loaded = cadence.load_sequence("sequences/onboarding.yaml", calendars=calendars)
parsed = cadence.parse_sequence("sequence: x", calendars=calendars)
assert_type(loaded, cadence.Sequence)
assert_type(parsed, cadence.Sequence)
assert_type(parsed.steps, tuple[cadence.Step, ...])
cadence.load_sequence(Path("sequences/onboarding.yaml"))

of_mapping = cadence.plan(parsed, {"id": "1", "timezone": "Europe/Paris"})
by_name = cadence.plan("onboarding", {"id": "1"}, start="2026-11-20T10:00", calendars="sequences/calendars")
of_record = cadence.plan(
    parsed,
    cadence.Record("1", {"seats": 3}),
    start=NOW,
    now=NOW,
    params={"csm": "kim@example.com"},
    calendars=calendars,
)
assert_type(of_mapping, cadence.Plan)
assert_type(by_name, cadence.Plan)
assert_type(of_record.to_json(), str)
for activity in of_record.activities:
    assert_type(activity, cadence.Activity)
    assert_type(activity.due_at, datetime | None)

assert_type(cadence.apply(of_record), cadence.Report)
assert_type(cadence.apply(of_record, target="kizen", ledger="sqlite:///ledger.db").scheduled, int)


def client(method: str, path: str, **body: object) -> dict[str, object]:
    raise cadence.NotConnected(f"{method} {path} {body}")


assert_type(cadence.apply(of_record, client=client), cadence.Report)
assert_type(cadence.Engine(client=client).plan("onboarding", "kim@example.com"), cadence.Plan)

assert_type(cadence.explain("onboarding", {"id": "1"}, step="kickoff"), str)

engine = cadence.Engine()
assert_type(engine.plan("onboarding", "kim@example.com"), cadence.Plan)
assert_type(engine.apply(of_record), cadence.Report)

assert_type(cadence.apply_records(parsed, [{"id": "1"}], report=Path("report.csv")), cadence.RecordsReport)
assert_type(engine.apply_records("onboarding", "contacts.csv", params={"csm": "kim"}).counts, cadence.Report)
assert_type(engine.plan_records("onboarding", Path("contacts.parquet")), cadence.RecordsPlan)

try:
    cadence.parse_sequence("")
except cadence.SequenceError as error:
    assert_type(error.findings, tuple[cadence.Finding, ...])
    assert_type(error.hint, str | None)

cadence.plan(parsed)  # type: ignore[call-arg]
cadence.plan(parsed, {}, NOW)  # type: ignore[call-arg]
cadence.plan(loaded.steps, {})  # type: ignore[arg-type]
cadence.apply(parsed)  # type: ignore[arg-type]
