"""`cadence apply --engine temporal`, by real workers of a real Temporal, on a ledger in PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from cadence.config import load_settings
from tests.temporal.account import STEPS
from tests.temporal.processes import Command, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = pytest.mark.slow


def apply(account: Account, *more: str) -> Command:
    return Command(account.folder, "apply", "plan.json", "--engine", "temporal", "--format", "json", *more)


def bulk(account: Account, *arguments: str) -> str:
    code, out, err = Command(account.folder, "bulk", *arguments).done()
    assert code == 0, err
    return out


def status(account: Account, run: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(bulk(account, "status", run, "--format", "json"))
    return found


def history(account: Account, run: str) -> str:
    """Return everything that Temporal keeps of a run, as text."""
    from temporalio.client import Client  # noqa: PLC0415 - half a second

    async def fetch() -> str:
        client = await Client.connect(load_settings(account.folder, {}).temporal.address)
        return (await client.get_workflow_handle(f"cadence-bulk-{run}").fetch_history()).to_json()

    return asyncio.run(fetch())


def test_the_report_is_that_of_the_embedded_engine_and_a_second_apply_keeps_everything(
    account: Account, hire: Hire
) -> None:
    plan = account.plan(3)
    hire()
    code, out, err = apply(account).done()
    assert (code, json.loads(out)["scheduled"], json.loads(out)["kept"]) == (0, 3 * STEPS, 0), err
    assert sorted(marker for marker, _ in account.sent()) == sorted(each.marker for each in plan.activities)

    code, again, err = apply(account).done()
    assert (code, json.loads(again)["scheduled"], json.loads(again)["kept"]) == (0, 0, 3 * STEPS), err
    code, embedded, err = Command(account.folder, "apply", "plan.json", "--format", "json").done()
    assert (code, embedded) == (0, again), err
    assert len(account.sent()) == 3 * STEPS


def test_a_plan_of_which_nothing_is_to_be_sent_starts_no_run(account: Account) -> None:
    sequence = account.folder / "hardy.yaml"
    leaving = "exit_when: record.first_name != 'Ada'\nsteps:"
    sequence.write_text(sequence.read_text(encoding="utf-8").replace("steps:", leaving), encoding="utf-8")
    account.plan(2)
    code, out, err = apply(account).done()
    assert (code, json.loads(out)["skipped"]) == (0, 2 * STEPS), err
    assert account.sent() == []


def test_temporal_sees_ids_and_positions_and_nothing_of_a_record(account: Account, hire: Hire) -> None:
    plan = account.plan(2)
    hire()
    assert apply(account).done()[0] == 0
    run = plan.digest[:16]
    kept = history(account, run)
    assert run in kept
    for word in ("secret", "Secretname", "Call", "kim", *(each.record.entity_id for each in plan.enrollments)):
        assert word not in kept


def test_two_applies_of_one_plan_at_once_are_one_run(account: Account, hire: Hire) -> None:
    account.plan(20)
    both = [apply(account), apply(account)]
    until(lambda: all("no worker is there" in each.told() for each in both), what="both at the one run")
    hire()
    reports = [command.done() for command in both]
    assert [code for code, _, _ in reports] == [0, 0], reports
    assert {json.loads(out)["scheduled"] for _, out, _ in reports} == {20 * STEPS}
    assert len(account.sent()) == len(set(account.sent())) == 20 * STEPS
    assert json.loads(bulk(account, "status", "--format", "json"))[0]["done"] == 20


@pytest.mark.parametrize("delay", [0.5])
def test_a_paused_run_sends_nothing_and_goes_on_when_resumed(account: Account, hire: Hire) -> None:
    run = account.plan(100).digest[:16]
    hire()
    applied = apply(account)
    until(lambda: len(account.sent()) > 10, what="the first activities")
    bulk(account, "pause", run)
    until(lambda: status(account, run)["report"]["in_doubt"] == 0, what="nothing in flight")
    until(lambda: _stands_still(account), what="the pause")
    paused = status(account, run)
    assert paused["state"] == "paused"
    assert paused["trouble"] == f"bulk run '{run}' is paused; `cadence bulk resume {run}` lets it go on"
    assert 10 < paused["report"]["scheduled"] == len(account.sent()) < 100 * STEPS

    account.hurry()
    bulk(account, "resume", run)
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"], json.loads(out)["held"]) == (0, 100 * STEPS, 0), err
    assert f"waiting: bulk run '{run}' is paused" in err
    assert len(account.sent()) == len(set(account.sent())) == 100 * STEPS


def _stands_still(account: Account) -> bool:
    before = len(account.sent())
    time.sleep(1.5)  # noqa: TID251 - real processes keep real time
    return len(account.sent()) == before


@pytest.mark.parametrize("delay", [0.5])
def test_a_cancelled_run_keeps_what_was_sent_and_the_next_apply_sends_the_rest(account: Account, hire: Hire) -> None:
    run = account.plan(60).digest[:16]
    hire()
    applied = apply(account)
    until(lambda: len(account.sent()) > 5, what="the first activities")
    bulk(account, "cancel", run)
    _, out, err = applied.done()
    account.hurry()  # not before: a worker learns of it with a heartbeat
    report = json.loads(out)
    assert 5 < report["scheduled"] == len(account.sent()) < 60 * STEPS
    assert report["held"] == 60 * STEPS - report["scheduled"]
    assert f"bulk run '{run}' was cancelled; apply the plan again to go on" in err
    assert status(account, run)["state"] == "cancelled"
    code, _, err = Command(account.folder, "bulk", "cancel", run).done()
    assert (code, err.splitlines()[0]) == (1, f"error: no bulk run '{run}' is under way")

    code, out, err = apply(account).done()
    assert (code, json.loads(out)["scheduled"]) == (0, report["held"]), err
    assert len(account.sent()) == len(set(account.sent())) == 60 * STEPS


@pytest.mark.parametrize("delay", [0.2])
def test_a_worker_told_to_end_finishes_what_is_in_flight_and_another_goes_on(account: Account, hire: Hire) -> None:
    account.plan(40)
    first = hire()
    applied = apply(account)
    until(lambda: len(account.sent()) > 5, what="the first activities")
    assert first.end() == 0
    ended_with = len(account.sent())
    assert ended_with < 40 * STEPS
    assert "a chunk ended early and is tried again: the worker was told to end" in first.text()

    hire()
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"], json.loads(out)["adopted"]) == (0, 40 * STEPS, 0), err
    assert len(account.sent()) == len(set(account.sent())) == 40 * STEPS


def test_without_a_worker_apply_says_so_and_ctrl_c_leaves_the_run_alone(account: Account, hire: Hire) -> None:
    run = account.plan(2).digest[:16]
    applied = apply(account)
    until(lambda: f'"run": "{run}"' in bulk(account, "status", "--format", "json"), what="the start of the run")
    applied.interrupt()
    _, out, err = applied.done()
    assert json.loads(out)["held"] == 2 * STEPS
    waiting = f"no worker is there for bulk run '{run}'; start one with `cadence worker --engine temporal`"
    assert waiting in err
    assert f"bulk run '{run}' goes on; follow it with `cadence bulk status {run}`" in err

    hire()
    until(lambda: status(account, run)["state"] == "completed", what="the run by itself")
    assert len(account.sent()) == 2 * STEPS
