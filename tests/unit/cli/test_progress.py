"""What is said while activities are submitted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence.cli.progress import Progress
from cadence.runner import ProgressEvent

if TYPE_CHECKING:
    import pytest


def event(done: int, text: str = "kickoff", *, until: datetime | None = None, waiting: bool = False) -> ProgressEvent:
    return ProgressEvent(done, 8, text, until, waiting)


def test_a_pipe_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(terminal=False) as progress:
        progress(event(1))
        progress(event(2))
    assert capsys.readouterr() == ("", "")


def test_a_wait_is_said_once_with_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    until = datetime(2026, 11, 23, 15, 1, tzinfo=UTC)
    with Progress(terminal=False) as progress:
        progress(event(1, "kickoff is in doubt", until=until))
        progress(event(1, "kickoff is in doubt", until=until))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        "waiting until Mon 23 Nov 2026 15:01 UTC: kickoff is in doubt "
        "(Ctrl-C leaves; running the same command again goes on)\n"
    )


def test_a_terminal_gets_a_bar_on_stderr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    with Progress(terminal=True) as progress:
        progress(event(3, "[bold]kickoff"))
    out, err = capsys.readouterr()
    assert out == ""
    assert "3/8" in err
    assert "[bold]kickoff" in err


def test_a_wait_for_somebody_else_is_said_without_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(terminal=False) as progress:
        progress(event(0, "another run is at work", waiting=True))
    told = "waiting: another run is at work (Ctrl-C leaves; running the same command again goes on)\n"
    assert capsys.readouterr().err == told
