"""Ctrl-C, once and twice, and two runs of one plan at once: real processes, a CRM over HTTP, both kinds of ledger."""

from __future__ import annotations

import contextlib
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.applying import STEPS, Apply, Shop, open_shop
from tests.postgres import fresh_database
from tests.temporal.processes import until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.crash]

AGAIN = "interrupted; run the same command again to go on"


@pytest.fixture
def shop(project: Path) -> Iterator[Shop]:
    with open_shop(project, ".cadence/ledger.db", quiet_s=4.0) as shop:
        yield shop


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, project: Path) -> Iterator[Shop]:
    """A shop with one kind of ledger and one with the other."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(fresh_database()) if request.param == "postgresql" else ".cadence/ledger.db"
        yield stack.enter_context(open_shop(project, url))


def test_two_runs_of_one_plan_at_once_send_each_activity_once(either: Shop) -> None:
    plan = either.account.plan(6)
    either.door.free = 2
    first = either.apply()
    until(lambda: either.door.held > 0, what="requests in flight")
    second = either.apply()
    second.says(f"waiting: another run is at work: process {first.process.pid} on ")
    either.door.open()
    (code, report, err), (code_2, report_2, err_2) = first.done(), second.done()
    assert (code, report["scheduled"], err.count("waiting")) == (0, 6 * STEPS, 0), err
    assert (code_2, report_2["kept"], report_2["scheduled"]) == (0, 6 * STEPS, 0), err_2
    assert "begun by " in err_2
    either.assert_each_once(plan)


def test_ctrl_c_finishes_what_is_in_flight_and_says_how_to_go_on(shop: Shop) -> None:
    plan = shop.account.plan(10)
    shop.door.free = 3
    applied = shop.apply()
    until(lambda: shop.door.held == 4, what="requests in flight")
    applied.interrupt()
    until(lambda: _is_heeded(applied), what="Ctrl-C")
    shop.door.open()
    code, report, err = applied.done()
    assert (code, report["in_doubt"], report["parked"]) == (1, 0, 0), err
    assert err.splitlines()[-1] == AGAIN
    assert 7 <= report["scheduled"] == shop.sent() < 10 * STEPS
    assert report["held"] == 10 * STEPS - report["scheduled"]
    shop.assert_completed(plan)


def _is_heeded(applied: Apply) -> bool:
    """Return whether the signal has come to the process: none is pending."""
    status = Path(f"/proc/{applied.process.pid}/status").read_text(encoding="ascii")
    pending = [line.split()[1] for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd"))]
    return not any(int(signals, 16) & 1 << signal.SIGINT - 1 for signals in pending)


def test_ctrl_c_twice_leaves_at_once_and_what_was_in_flight_is_looked_for(shop: Shop) -> None:
    plan = shop.account.plan(4)
    shop.door.free = 3
    applied = shop.apply()
    until(lambda: shop.door.held > 0, what="requests in flight")
    applied.interrupt()
    with pytest.raises(subprocess.TimeoutExpired):
        applied.process.wait(1.0)  # one is not enough
    applied.interrupt()
    code, report, err = applied.done()
    assert (code, report) == (130, {})
    assert err.splitlines()[-2:] == [
        "error: interrupted",
        "hint: nothing is lost and nothing is sent twice: run the same command again to go on",
    ]
    shop.assert_completed(plan)


def test_ctrl_c_in_the_quiet_period_leaves_the_doubt_for_the_next_run(shop: Shop) -> None:
    plan = shop.account.plan(1)
    shop.door.free = 1
    killed = shop.apply()
    until(lambda: shop.sent() == 1 and shop.door.held > 0, what="a request in flight")
    killed.kill()
    waiting = shop.apply()
    waiting.says("waiting ")
    waiting.interrupt()
    code, report, err = waiting.done()
    assert (code, report["in_doubt"], report["held"]) == (3, 1, 1), err
    assert "'two' is in doubt, and is looked for in the CRM then" in err
    assert "(Ctrl-C leaves; running the same command again goes on)" in err
    assert AGAIN in err.splitlines()
    shop.assert_completed(plan)


def test_ctrl_c_while_another_run_is_waited_for_leaves_that_one_alone(shop: Shop) -> None:
    plan = shop.account.plan(2)
    shop.door.free = 1
    first = shop.apply()
    until(lambda: shop.door.held > 0, what="requests in flight")
    second = shop.apply()
    second.says("waiting: another run is at work")
    second.interrupt()
    code, report, err = second.done()
    assert (code, report) == (1, {})
    *_, error, hint = err.splitlines()
    assert error.startswith(f"error: another run is sending for the same records: process {first.process.pid} on ")
    assert hint == "hint: wait for it to end, or stop it"
    shop.door.open()
    assert first.done()[1]["scheduled"] == 2 * STEPS
    shop.assert_each_once(plan)
