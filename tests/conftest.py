"""What every test shares: Hypothesis profiles, no skips in CI, figures that are printed, a project, a stopped clock."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

# Wall time says nothing about a law, and two workers on two cores are slow at times: no deadlines.
_COMMON = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", _COMMON, max_examples=50, derandomize=True)
settings.register_profile("deep", _COMMON, max_examples=200)
settings.load_profile(os.environ.get("CADENCE_HYPOTHESIS", "fast"))

# A run that was started in the background has Ctrl-C ignored, and what it starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where CADENCE_NO_SKIPS is set: CI leaves nothing out silently."""
    report = yield
    if report.skipped and os.environ.get("CADENCE_NO_SKIPS") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a file that skips itself as a whole."""
    report = yield
    if report.skipped and os.environ.get("CADENCE_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and CI skips nothing: {report.longrepr}"
    return report


_FIGURES = "figures"


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Print what a proof counted at the end of the whole run: `figures("simulation", runs=1260, lost=0)`.

    Whole numbers of several tests of the same proof are added up; of anything else the largest is printed.
    """

    def note(proof: str, **counted: float | str) -> None:
        request.node.user_properties.append((_FIGURES, [proof, counted]))  # a worker's come with its report

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the figures of all tests that counted something, failed ones too."""
    reports = [each for kind in terminalreporter.stats.values() for each in kind if getattr(each, "when", "") == "call"]
    noted: dict[str, dict[str, Any]] = {}
    for proof, counted in (said for each in reports for name, said in each.user_properties if name == _FIGURES):
        _add(noted.setdefault(proof, {}), counted)
    if noted:
        terminalreporter.section(_FIGURES)
        for proof, counted in sorted(noted.items()):
            said = ", ".join(f"{name.replace('_', ' ')} {_figure(value)}" for name, value in counted.items())
            terminalreporter.line(f"{proof}: {said}")


def _add(known: dict[str, Any], counted: dict[str, Any]) -> None:
    for name, value in counted.items():
        if name not in known:
            known[name] = value
        else:
            known[name] = known[name] + value if isinstance(value, int) else max(known[name], value)


def _figure(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


class StoppedClock:
    """A clock that moves only when told to; the fixture `clock` starts it at 2026-11-20 15:00 UTC, a Friday."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._monotonic = 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 11, 20, 15, tzinfo=UTC))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder as the working directory, and no CADENCE_SECTION__KEY of the caller's."""
    for name in [name for name in os.environ if name.startswith("CADENCE_") and "__" in name]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
