"""The published cases, and the program that runs such files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.time_cases import check, main, read_cases

if TYPE_CHECKING:
    from collections.abc import Mapping

CASES = Path(__file__).parents[2] / "data" / "time-cases.json"


@pytest.mark.parametrize("case", read_cases(CASES), ids=lambda case: str(case["id"]))
def test_the_engine_answers_as_published(case: Mapping[str, Any]) -> None:
    assert check(case) is None


def test_there_are_101_cases() -> None:
    assert len(read_cases(CASES)) == 101


@pytest.mark.slow
def test_the_program_counts_what_passed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.time_cases", str(CASES)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "101 passed, 0 failed\n", "")


def _case(operation: dict[str, Any], expected: Any, **changes: Any) -> dict[str, Any]:
    calendar = {"tz": "America/New_York", "hours": {}, "holidays": [], "weekmask": "1111100"}
    calendar |= changes.pop("calendar", {})
    case = {"id": "x", "start": "2026-03-06T10:00:00-05:00[America/New_York]", "calendar": calendar}
    return case | {"operation": operation, "expected": expected} | changes


NINE_TO_FIVE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.mark.parametrize(
    "case",
    [
        # months, weeks, days and exact parts together: the nominal ones first, then resolved once, then the exact ones
        _case({"kind": "add", "days": 2, "hours": -1.5, "minutes": 30}, "2026-03-08T09:00:00-04:00"),
        _case({"kind": "add", "years": 1, "months": -1, "weeks": 1, "days": -1}, "2027-02-12T10:00:00-05:00"),
        _case(
            {"kind": "add", "months": 1, "eom": True}, "2026-03-31T10:00:00-04:00", start="2026-02-28T10:00:00-05:00"
        ),
        # the expected instant may be written in another zone
        _case({"kind": "bdays", "n": 1}, "2026-03-09T14:00:00Z"),
        _case({"kind": "bdays", "n": 1}, "2026-03-09T19:45:00+05:45[Asia/Kathmandu]"),
        # only the date
        _case({"kind": "bdays", "n": 1}, "2026-03-09"),
        # the zone of the start decides its date: already Saturday in Tokyo
        _case({"kind": "bdays", "n": 1}, "2026-03-09T00:00:00+09:00", start="2026-03-07T00:00:00[Asia/Tokyo]"),
        # a working Saturday
        _case({"kind": "bdays", "n": 1}, "2026-03-07", calendar={"extra_working_days": ["2026-03-07"]}),
        _case(
            {"kind": "bhours", "hours": 9},
            "2026-03-07T11:00:00-05:00",
            calendar={"hours": NINE_TO_FIVE, "extra_working_days": ["2026-03-07"]},
        ),
        # a weekmask says nothing where there are hours
        _case({"kind": "is_open"}, expected=True, calendar={"hours": NINE_TO_FIVE, "weekmask": "0000000"}),
        _case({"kind": "is_open"}, expected=True, calendar={"weekmask": [0, 0, 0, 0, 1, 0, 0]}),
        _case({"kind": "is_open"}, expected=False, calendar={"weekmask": "1111011"}),
        _case({"kind": "bhours", "hours": 7}, "2026-03-06T17:00:00-05:00", calendar={"hours": NINE_TO_FIVE}),
        _case(
            {"kind": "bhours", "hours": 7, "land": "open"},
            "2026-03-09T09:00:00-04:00",
            calendar={"hours": NINE_TO_FIVE},
        ),
        _case({"kind": "between", "end": "2026-03-05T16:00:00-05:00"}, -7200, calendar={"hours": NINE_TO_FIVE}),
        _case({"kind": "weekday", "weekday": "fri", "n": -2, "inclusive": True}, "2026-02-27T10:00:00-05:00"),
        _case({"kind": "weekday", "weekday": "fri", "n": 1, "inclusive": False}, "2026-03-13T10:00:00-04:00"),
        _case({"kind": "weekday", "weekday": 6}, "2026-03-08T10:00:00-04:00"),
        _case({"kind": "bdays", "n": 0, "start": "roll"}, "2026-03-09", start="2026-03-07T10:00:00"),
        _case({"kind": "bdays", "n": 1, "start": "roll"}, "2026-03-10", start="2026-03-07T10:00:00"),
        _case({"kind": "adjust", "convention": "nearest"}, "2026-03-06", start="2026-03-07T10:00:00"),
        _case({"kind": "adjust", "convention": "nearest"}, "2026-03-09", start="2026-03-08T10:00:00"),
        # QuantLib: from the last business day to the last business day
        _case(
            {"kind": "add_adjust", "months": -1, "convention": "preceding", "eom": True},
            "2026-03-31",
            start="2026-04-30",
        ),
        _case(
            {"kind": "add_adjust", "months": 0, "convention": "following", "eom": True},
            "2026-03-02",
            start="2026-02-28",
        ),
        _case({"kind": "resolve", "policy": "fail"}, "error", start="2026-03-08T02:30:00[America/New_York]"),
        _case({"kind": "resolve", "policy": "earlier"}, "2026-03-08T01:30:00-05:00", start="2026-03-08T02:30:00"),
        _case({"kind": "resolve"}, "2026-11-01T06:30:00Z", start="2026-11-01T01:30:00-05:00[America/New_York]"),
        _case({"kind": "bhours", "seconds": 60}, "error", calendar={"hours": {"mon": []}}),
    ],
    ids=lambda case: f"{case['operation']} {case['start']}",
)
def test_a_case_of_any_shape_is_read(case: Mapping[str, Any]) -> None:
    assert check(case) is None


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        (_case({"kind": "is_open"}, expected=False), "got True, expected False"),
        (_case({"kind": "between", "end": "2026-03-06T11:00:00"}, 60), "got 3600 seconds, expected 60"),
        (
            _case({"kind": "bdays", "n": 1}, "2026-03-10T10:00:00-04:00"),
            "got 2026-03-09T10:00:00-04:00[America/New_York], expected 2026-03-10T10:00:00-04:00",
        ),
        (
            _case({"kind": "teleport"}, None),
            (
                "unknown operation 'teleport', known: "
                "resolve, add, bdays, adjust, add_adjust, bhours, between, is_open, weekday"
            ),
        ),
        ({"id": "x"}, "cannot be read: KeyError('operation')"),
        (
            _case({"kind": "bdays", "n": 1}, "2026-03-10", start="tomorrow"),
            (
                "got error ''tomorrow' is not a date or time; write it as '2026-11-23', '2026-11-23T10:00' "
                "or with an offset, '-05:00'', expected 2026-03-10"
            ),
        ),
        (
            _case(
                {"kind": "bdays", "n": 1}, "2026-03-10", calendar={"tz": "Europe/Pariss"}, start="2026-03-09T00:00:00"
            ),
            "got error 'unknown time zone 'Europe/Pariss'; did you mean 'Europe/Paris'?', expected 2026-03-10",
        ),
        (
            _case({"kind": "bdays", "n": 1, "start": "jump"}, "2026-03-10"),
            "cannot be read: ValueError(\"start 'jump' is neither 'count' nor 'roll'\")",
        ),
        (
            _case({"kind": "is_open"}, expected=True, calendar={"weekmask": "11111"}),
            "cannot be read: ValueError(\"weekmask '11111' has not seven days\")",
        ),
        (
            _case({"kind": "weekday", "weekday": 7}, None),
            "cannot be read: IndexError('range object index out of range')",
        ),
        (_case({"kind": "add", "hours": "1/0"}, None), "cannot be read: ZeroDivisionError('Fraction(1, 0)')"),
        (
            _case({"kind": "add", "days": 1.5}, "2026-03-10"),
            "cannot be read: ValueError(\"'1.5' is not whole\")",
        ),
    ],
    ids=str,
)
def test_a_case_that_fails_says_why(case: Mapping[str, Any], problem: str) -> None:
    assert check(case) == problem


def test_failures_are_printed_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cases.json"
    file.write_text(
        json.dumps([_case({"kind": "is_open"}, expected=True), _case({"kind": "is_open"}, expected=False), {}])
    )
    assert main([str(file)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "x: got True, expected False",
        "case 3: cannot be read: KeyError('operation')",
        "1 passed, 2 failed",
    ]


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", '{"cases": 3}', "[" * 100_000, "\ud83d".encode("utf-8", "surrogatepass")]
)
def test_a_file_that_holds_no_cases_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | bytes
) -> None:
    file = tmp_path / "cases.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main([str(file)]) == 1
    assert main([str(tmp_path / "absent.json")]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{file}: cannot be read: ")
    assert lines[1] == lines[3] == "0 passed, 1 failed"
