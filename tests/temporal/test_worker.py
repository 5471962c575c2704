"""Workers: deployed anew, wrongly set up, and watched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.temporal.account import STEPS
from tests.temporal.processes import Command, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.temporal.account import Account
    from tests.temporal.processes import Worker

    Hire = Callable[..., Worker]

pytestmark = pytest.mark.slow


def apply(account: Account) -> Command:
    return Command(account.folder, "apply", "plan.json", "--engine", "temporal", "--format", "json")


@pytest.mark.parametrize("delay", [0.5])
def test_a_run_goes_on_with_the_version_that_was_deployed_last_also_back_again(account: Account, hire: Hire) -> None:
    account.plan(60)
    old = hire(version="1.0.0")
    applied = apply(account)
    until(lambda: len(account.sent()) > 5, what="the first activities")
    assert old.end() == 0
    new = hire(version="2.0.0")
    before = len(account.sent())
    until(lambda: len(account.sent()) > before + 5, what="activities of the new version")
    assert new.end() == 0
    account.hurry()
    hire(version="1.0.0")
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"]) == (0, 60 * STEPS), err
    assert len(account.sent()) == len(set(account.sent())) == 60 * STEPS


def test_a_worker_without_the_target_says_so_and_one_that_has_it_goes_on(account: Account, hire: Hire) -> None:
    account.plan(1)
    wrong = hire(CADENCE_TARGETS__CRM__BUSINESS_ID="another")
    applied = apply(account)
    until(lambda: "is tried again: the worker's settings have no target" in wrong.text(), what="the worker's complaint")
    assert wrong.end() == 0
    hire()
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"]) == (0, STEPS), err
    assert "tries again: the worker's settings have no target 'http://127.0.0.1:" in err


def test_a_worker_with_a_wrong_key_sends_nothing_and_one_with_the_right_key_goes_on(
    account: Account, hire: Hire
) -> None:
    account.plan(1)
    wrong = hire(CADENCE_TARGETS__CRM__API_KEY="s3cret-of-another")
    applied = apply(account)
    until(lambda: "is tried again: the target refused the credentials" in wrong.text(), what="the worker's complaint")
    assert wrong.end() == 0
    assert (account.sent(), "s3cret" in wrong.text()) == ([], False)
    hire()
    code, out, err = applied.done()
    assert (code, json.loads(out)["scheduled"]) == (0, STEPS), err
    assert "tries again: the target refused the credentials" in err
