"""The command as a citizen of the shell: pipes, terminals, signals, completion."""

from __future__ import annotations

import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.cli.terminal import on_a_terminal

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

ASK = ("plan", "follow-up", "--record", "R-17", "--field", "timezone=Europe/Paris", "seats=25", "first_name=Mia")

TARGET = {
    "API_KEY": "k",
    "BUSINESS_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f",
    "USER_ID": "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e40",
}


def test_a_pipe_gets_no_colours(cadence: Cadence) -> None:
    done = cadence(*ASK)
    assert "\x1b" not in done.out + done.err


def test_a_terminal_gets_colours_unless_it_says_no(cadence: Cadence) -> None:
    assert "\x1b[1m" in on_a_terminal(cadence, *ASK)
    assert "\x1b" not in on_a_terminal(cadence, *ASK, env={"NO_COLOR": "1"})
    assert "\x1b" not in on_a_terminal(cadence, *ASK, env={"TERM": "dumb"})


def test_an_applied_plan_on_a_terminal_ends_with_its_counts(cadence: Cadence) -> None:
    shown = on_a_terminal(cadence, "apply", *ASK[1:], env={"NO_COLOR": "1"})
    assert shown.rstrip().splitlines()[-1].endswith("3 scheduled")


def test_a_reader_that_leaves_is_no_error(cadence: Cadence) -> None:
    program = " ".join(cadence.argv(*ASK, "--format", "json"))
    done = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", f"{program} | true"],
        cwd=cadence.folder, env=cadence.environment(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr.decode() in ("", cadence(*ASK).err)
    assert done.returncode in (0, 141)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_error_and_the_work_goes_on(stocked: Cadence, closed: str) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["/bin/bash", "-c", f"{shlex.join(stocked.argv(*arguments))} {closed}"],
            cwd=stocked.folder, env=stocked.environment(), capture_output=True, check=False, timeout=60,
        )  # fmt: skip

    done = [
        run("status"),
        run("check", "sequences"),
        run("apply", "follow-up", "--record", "mia@example.com"),
        run("status", "--state", "no such state"),
    ]
    assert [each.returncode for each in done] == [0, 0, 0, 1], done
    assert [row["state"] for row in stocked("status", "--format", "json").json] == ["scheduled"] * 3
    assert b"defect" not in b"".join(each.stderr for each in done)


def test_the_command_and_the_module_are_one(cadence: Cadence) -> None:
    script = Path(sys.executable).with_name("cadence")
    shown = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == cadence("--version").out
    assert shown.stdout.startswith("cadence ")


def test_the_shell_can_complete_commands_and_options(cadence: Cadence) -> None:
    script = Path(sys.executable).with_name("cadence")
    env = cadence.environment(
        {"_CADENCE_COMPLETE": "bash_complete", "COMP_WORDS": "cadence plan --deta", "COMP_CWORD": "2"}
    )
    shown = subprocess.run([script], env=env, capture_output=True, text=True, check=True)
    assert shown.stdout == "plain,--detailed-exitcode\n"


def test_an_ascii_terminal_shows_what_it_can(cadence: Cadence) -> None:
    ask = [part.replace("Mia", "Zoë") for part in ASK]
    env = {"PYTHONIOENCODING": "ascii"}
    assert cadence(*ask, env=env).code == 0
    assert "Zoë" in cadence(*ask, "--format", "json", env=env).out


@pytest.mark.crash
def test_ctrl_c_says_how_to_go_on(cadence: Cadence) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        env = {f"CADENCE_TARGETS__SILENT__{key}": value for key, value in TARGET.items()}
        env["CADENCE_TARGETS__SILENT__BASE_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with subprocess.Popen(
            cadence.argv("target", "ping", "--target", "silent"), cwd=cadence.folder, env=cadence.environment(env),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            connection, _ = silent.accept()  # it has asked, and will wait for the answer
            with connection:
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.endswith(
        "error: interrupted\nhint: nothing is lost and nothing is sent twice: run the same command again to go on\n"
    )
