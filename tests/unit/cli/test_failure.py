"""How failures are told: whole messages."""

from __future__ import annotations

import errno
import io
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from cadence.cli import failure
from cadence.cli.main import run
from cadence.diagnostics import Finding, Place
from cadence.errors import PlanError, SequenceError


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(error: BaseException, capsys: pytest.CaptureFixture[str], *, debug: bool = False) -> tuple[int, str]:
    code = failure.tell(error, debug=debug)
    out, err = capsys.readouterr()
    assert out == ""
    return code, err


def test_an_error_of_ours_comes_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    error = PlanError("record 'R-17' is unknown to target local", hint="give its fields with --field")
    assert told(error, capsys) == (
        1,
        "error: record 'R-17' is unknown to target local\nhint: give its fields with --field\n",
    )


def test_findings_come_first_then_what_they_add_up_to(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [Finding("bad-due", "step 'a': unknown unit 'dais'", Place("s.yaml", 3, 7), "did you mean 'days'?")]
    error = SequenceError("s.yaml has 1 error", findings=findings)
    assert told(error, capsys) == (
        1,
        "s.yaml:3:7: error[bad-due] step 'a': unknown unit 'dais'; did you mean 'days'?\nerror: s.yaml has 1 error\n",
    )


def test_findings_within_a_message_are_not_told_twice(capsys: pytest.CaptureFixture[str]) -> None:
    findings = [Finding("past", f"step '{step}' lies in the past", Place("s.yaml", 3, 7)) for step in "ab"]
    error = PlanError("cannot be planned, 2 problems:\n" + "\n".join(map(str, findings)), findings=findings)
    code, err = told(error, capsys)
    assert code == 1
    assert err.splitlines() == [*map(str, findings), "error: cannot be planned, 2 problems"]


def test_an_error_that_repeats_its_only_finding_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("past", "step 'a' lies in the past", Place("s.yaml", 3, 7), "start later")
    error = PlanError(finding.message, hint=finding.hint, findings=[finding])
    assert told(error, capsys) == (1, "s.yaml:3:7: error[past] step 'a' lies in the past; start later\n")


def test_the_operating_system_is_quoted_with_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/data/plan.json")
    assert told(error, capsys) == (
        1,
        "error: /data/plan.json: permission denied\nhint: check the permissions of that path\n",
    )


def test_a_defect_names_only_the_kind_of_exception(capsys: pytest.CaptureFixture[str]) -> None:
    code, err = told(ValueError("X-API-KEY: s3cret"), capsys)
    assert code == 1
    assert err == (
        "error: unexpected ValueError: a defect of cadence, not of your files\n"
        "hint: run again as `cadence --debug ...` and report the traceback; `cadence log` shows what was sent\n"
    )


def test_a_traceback_asked_for_hides_configured_keys(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CADENCE_TARGETS__KIZEN__API_KEY", "s3cret-from-environment")
    Path("cadence.toml").write_text('[targets.other]\nbase_url = "https://x"\napi_key = "s3cret-from-file"\n')
    error = ValueError("headers s3cret-from-environment and s3cret-from-file")
    code, err = told(error, capsys, debug=True)
    assert code == 1
    assert "ValueError: headers [secret] and [secret]\n" in err
    assert "s3cret" not in err


def test_a_key_in_a_message_is_hidden(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CADENCE_TARGETS__KIZEN__API_KEY", "s3cret")
    assert told(PlanError("header 's3cret' is refused"), capsys) == (1, "error: header '[secret]' is refused\n")


@pytest.mark.parametrize("number", ["inf", "1" * 400, "1" * 5_000])
def test_settings_that_hold_no_usable_number_do_not_fail_the_telling(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("cadence.toml").write_text(f"[submit]\nconcurrency = {number}\n")
    assert run(["status"]) == 1
    out, err = capsys.readouterr()
    assert (out, "cadence.toml: " in err, "defect" in err) == ("", True, False)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupt_says_how_to_go_on(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(error, capsys) == (
        130,
        "\nerror: interrupted\nhint: nothing is lost and nothing is sent twice: run the same command again to go on\n",
    )


@pytest.mark.parametrize(
    ("arguments", "message", "command"),
    [
        ("plna", "unknown command 'plna'; did you mean 'plan'?", "cadence"),
        ("xyz", "unknown command 'xyz'", "cadence"),
        ("calendar shw", "unknown command 'shw'; did you mean 'show'?", "cadence calendar"),
        ("plan", "missing argument 'SEQUENCE|PLAN.json'", "cadence plan"),
        ("plan x --recrod y", "unknown option '--recrod'; did you mean '--record'?", "cadence plan"),
        ("plan x --record", "option '--record' requires an argument", "cadence"),
        ("plan x y", "got unexpected extra argument (y)", "cadence plan"),
        (
            "plan x --record r --field seats",
            "invalid value for '--field' / '-f': 'seats' is not an assignment; write it as name=value, as in seats=25",
            "cadence plan",
        ),
        (
            "calendar show us --from 23.11.2026",
            "invalid value for '--from': '23.11.2026' is not a date; write it as 2026-11-23",
            "cadence calendar show",
        ),
        (
            "calendar show us --from 2026-11-23 --to 2026-11-22",
            "--to 2026-11-22 lies before --from 2026-11-23; give the earlier day first",
            "cadence calendar show",
        ),
        (
            "calendar lock --from-year 2027 --to-year 2026",
            "--to-year 2026 lies before --from-year 2027; give the earlier year first",
            "cadence calendar lock",
        ),
    ],
)
def test_wrong_arguments_exit_with_1_and_say_what_was_expected(
    arguments: str, message: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments.split()) == 1
    assert capsys.readouterr() == ("", f"error: {message}\nhint: see `{command} --help`\n")


def test_no_command_shows_the_help_as_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: cadence [OPTIONS] COMMAND [ARGS]...\n")


def test_a_reader_that_leaves_is_no_failure_to_tell(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("out").open("w", encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdout", file)
        assert failure.tell(BrokenPipeError()) == 141
    assert capfd.readouterr() == ("", "")


def test_a_terminal_without_unicode_gets_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    narrow: Any = io.TextIOWrapper(raw, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    failure.tolerate_any_encoding()
    narrow.write("Zoë")
    narrow.flush()
    assert raw.getvalue() == b"Zo\\xeb"
