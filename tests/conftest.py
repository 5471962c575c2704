"""What every test shares: Hypothesis profiles, no skips in CI, a project folder, a clock that stands still."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

# Wall time says nothing about a law, and two workers on two cores are slow at times: no deadlines.
_COMMON = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fast", _COMMON, max_examples=50, derandomize=True)
settings.register_profile("deep", _COMMON, max_examples=200)
settings.load_profile(os.environ.get("CADENCE_HYPOTHESIS", "fast"))


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
