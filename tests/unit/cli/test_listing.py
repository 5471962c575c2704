"""Lists: as a table, as JSON, as CSV; and what an import says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from cadence.cli.facts import facts_of
from cadence.cli.imported import imported
from cadence.cli.listing import print_rows
from cadence.cli.table import Row
from cadence.diagnostics import Finding, Place, Severity
from cadence.engine.results import DayRow, ImportResult
from cadence.ledger import LogLine

if TYPE_CHECKING:
    from collections.abc import Sequence

TITLES = ("NAME", "TAGS")
ROWS = (Row(("Kim", "a, b")),)
FACTS = ({"name": "Kim", "tags": ["a", "b"]}, {"name": "Zoë", "age": None})


@pytest.mark.parametrize(
    ("form", "out"),
    [
        ("table", "NAME  TAGS\nKim   a, b\n"),
        ("csv", 'name,tags,age\r\nKim,"[""a"", ""b""]",\r\nZoë,,\r\n'),
    ],
)
def test_rows_are_printed_in_the_form_asked_for(
    form: str, out: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    print_rows(TITLES, ROWS, FACTS, form)
    assert capsysbinary.readouterr().out.decode() == out


def test_json_holds_the_facts_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(TITLES, ROWS, FACTS, "json")
    assert json.loads(capsys.readouterr().out) == list(FACTS)


@pytest.mark.parametrize(("form", "out", "err"), [("table", "", "nothing to show\n"), ("json", "[]\n", "")])
def test_nothing_is_said_on_stderr_and_is_an_empty_list(
    form: str, out: str, err: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_rows(TITLES, (), (), form)
    assert capsys.readouterr() == (out, err)


def test_facts_hold_instants_in_utc_and_dates_as_dates() -> None:
    instant = datetime.fromisoformat("2026-11-23T10:00:00-05:00")
    rows: Sequence[object] = (
        LogLine(instant, "kim", "create", "s", "r", "a", "why"),
        DayRow(date(2026, 11, 23), ("09:00-17:00",)),
    )
    log, day = facts_of(rows)
    assert log["at"] == "2026-11-23T15:00:00Z"
    assert day == {"day": "2026-11-23", "intervals": ["09:00-17:00"], "reason": None}
    assert instant.astimezone(UTC).hour == 15


@pytest.mark.parametrize(
    ("result", "out", "code"),
    [
        (ImportResult(1, 0), "record: 1 created, 0 updated\n", 0),
        (ImportResult(2, 3), "records: 2 created, 3 updated\n", 0),
        (ImportResult(0, 0), "records: 0 created, 0 updated\n", 0),
    ],
)
def test_an_import_counts_in_words(
    result: ImportResult, out: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert imported(result, "record") == code
    assert capsys.readouterr() == (out, "")


def test_an_import_that_left_rows_out_fails_and_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    findings = (
        Finding("bad-row", "the row has neither email, name nor id", Place("r.csv", 3), "fill one of them"),
        Finding("odd-row", "an odd row", Place("r.csv", 4), severity=Severity.WARNING),
    )
    assert imported(ImportResult(2, 0, findings), "record") == 1
    out, err = capsys.readouterr()
    assert out == "records: 2 created, 0 updated, 1 not taken\n"
    assert err == (
        "r.csv:3:0: error[bad-row] the row has neither email, name nor id; fill one of them\n"
        "r.csv:4:0: warning[odd-row] an odd row\n"
    )
