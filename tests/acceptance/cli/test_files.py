"""check, schema, test, explain: what works on files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

BROKEN = "sequence: broken\nsteps:\n  - {id: a, activty: call, due: 2 dais after start}\n"
ASK = (
    "follow-up", "--record", "R-17", "--field", "timezone=America/New_York", "seats=25", "first_name=Mia",
    "--start", "2026-11-20T10:00", "--now", "2026-11-20T15:00:00Z",
)  # fmt: skip
GOLDEN = """\
sequence: follow-up
cases:
  - name: ordinary
    record: {timezone: America/New_York, seats: 25, first_name: Mia}
    start: 2026-11-20T10:00
    now: 2026-11-20T15:00:00Z
    expect:
      - {step: hello, due: 2026-11-20T11:00}
      - {step: call, due: "%s"}
      - {step: offer, due: 2026-11-26T15:00}
"""


def test_good_files_have_no_errors(cadence: Cadence) -> None:
    done = cadence("check", "sequences")
    assert done.code == 0, done.err
    assert done.out == ""


def test_findings_of_all_files_go_to_stderr(cadence: Cadence) -> None:
    cadence.write("sequences/broken.yaml", BROKEN)
    cadence.write("sequences/calendars/worse.yaml", "calendar: worse\nhours: {mon-fry: '09:00-17:00'}\n")
    done = cadence("check")
    assert (done.code, done.out) == (1, "")
    assert "sequences/broken.yaml:3:" in done.err
    assert "sequences/calendars/worse.yaml:2:" in done.err


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_findings_for_programs_go_to_stdout(cadence: Cadence, form: str) -> None:
    cadence.write("broken.yaml", BROKEN)
    done = cadence("check", "broken.yaml", "--format", form)
    assert (done.code, done.err) == (1, "")
    match form:
        case "json":
            assert done.json
        case "sarif":
            assert done.json["version"] == "2.1.0"
        case _:
            assert done.out.startswith("::error file=broken.yaml,line=3,")


def test_a_path_that_is_not_there_is_a_finding(cadence: Cadence) -> None:
    done = cadence("check", "nowhere.yaml")
    assert (done.code, done.out) == (1, "")
    assert "nowhere.yaml" in done.err


@pytest.mark.parametrize("kind", ["sequence", "calendar", "team", "golden"])
def test_the_schema_is_json_schema(cadence: Cadence, kind: str) -> None:
    done = cadence("schema", kind)
    assert done.code == 0, done.err
    assert done.json["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_golden_that_holds_passes(cadence: Cadence) -> None:
    cadence.write("sequences/follow-up.golden.yaml", GOLDEN % "2026-11-25T10:00")
    done = cadence("test", "sequences")
    assert done.code == 0, done.out + done.err
    assert done.out.splitlines() == ["ok      sequences/follow-up.golden.yaml: ordinary", "1 passed, 0 failed"]


def test_a_golden_that_differs_says_where(cadence: Cadence) -> None:
    cadence.write("sequences/follow-up.golden.yaml", GOLDEN % "2026-11-24T10:00")
    done = cadence("test")
    assert done.code == 1
    assert done.out.splitlines()[0] == "differs sequences/follow-up.golden.yaml: ordinary"
    assert "call" in done.out
    assert "call: expected due 2026-11-24 10:00, got 2026-11-25 10:00:00-05:00[America/New_York]" in done.out
    assert done.out.splitlines()[-1] == "0 passed, 1 failed"


def test_explain_tells_the_story_of_one_step(cadence: Cadence) -> None:
    done = cadence("explain", *ASK, "--step", "call")
    assert done.code == 0, done.err
    assert "call: call, due Wed 25 Nov 2026 10:00 UTC-5 (create)" in done.out
    assert "office move" in done.out
    assert "hello" not in done.out


def test_explain_refuses_a_step_that_is_not_there(cadence: Cadence) -> None:
    done = cadence("explain", *ASK, "--step", "cal")
    assert (done.code, done.out) == (1, "")
    assert "'cal'" in done.err
    assert "did you mean 'call'?" in done.err
