"""What is said while activities are submitted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cadence.cli.progress import Progress
from cadence.runner import ProgressEvent
from cadence.wording.dates import spoken_utc

if TYPE_CHECKING:
    import pytest

    from tests.conftest import StoppedClock


def event(done: int, text: str = "kickoff", *, until: datetime | None = None, waiting: bool = False) -> ProgressEvent:
    return ProgressEvent(done, 8, text, until, waiting)


def test_a_pipe_gets_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(terminal=False) as progress:
        progress(event(1))
        progress(event(2))
    assert capsys.readouterr() == ("", "")


def wait(text: str, *, until: datetime) -> ProgressEvent:
    return event(1, text, until=until)


def test_a_wait_is_said_once_with_its_length_and_its_end(
    capsys: pytest.CaptureFixture[str], clock: StoppedClock
) -> None:
    until = clock.now() + timedelta(seconds=95.2)
    with Progress(terminal=False, clock=clock) as progress:
        progress(wait("kickoff is in doubt", until=until))
        progress(wait("kickoff is in doubt", until=until))
    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"waiting 1 min 36 s, until {spoken_utc(until)}: kickoff is in doubt "
        "(Ctrl-C leaves; running the same command again goes on)\n"
    )


def test_of_many_that_wait_at_once_few_are_told(capsys: pytest.CaptureFixture[str], clock: StoppedClock) -> None:
    with Progress(terminal=False, clock=clock) as progress:
        for second in range(25):
            for record in range(100):
                progress(wait(f"record {record}", until=clock.now() + timedelta(seconds=1 + record % 5)))
            progress(wait(f"over at {second}", until=clock.now()))
            clock.advance(1)
        progress(wait("a long one", until=clock.now() + timedelta(seconds=60)))
    said = [line.partition(": ")[2].partition(" (")[0] for line in capsys.readouterr().err.splitlines()]
    assert said == ["record 0", "record 4", "record 0", "record 4", "a long one"]


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


def of_many(done: int, *, rate: float = 85.4, left_s: int | None = 100) -> ProgressEvent:
    left = None if left_s is None else timedelta(seconds=left_s)
    return ProgressEvent(done, 10_000, unit="records", rate=rate, left=left)


def test_a_long_run_says_every_ten_seconds_how_far_it_is(
    capsys: pytest.CaptureFixture[str], clock: StoppedClock
) -> None:
    with Progress(terminal=False, clock=clock) as progress:
        for done in (100, 200, 300, 400):
            progress(of_many(done))
            clock.advance(5)
        progress(of_many(500, rate=2.34, left_s=7384))
        clock.advance(10)
        progress(of_many(600, left_s=None))
        clock.advance(10)
        progress(of_many(700, left_s=9))
    assert capsys.readouterr().err.splitlines() == [
        "300 of 10000 records, 85 a second, 1 min 40 s left",
        "500 of 10000 records, 2.3 a second, 2 h 3 min left",
        "600 of 10000 records, 85 a second",
        "700 of 10000 records, 85 a second, 9 s left",
    ]


def test_the_bar_of_a_long_run_shows_its_rate_and_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    with Progress(terminal=True) as progress:
        progress(of_many(2_500))
    err = capsys.readouterr().err
    assert "2500/10000" in err
    assert "records, 85 a second, 1 min 40 s left" in err
