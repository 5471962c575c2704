"""What `cadence status` and `cadence resolve` make of the target that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.cli.conftest import Cadence

KIZEN = """\
[targets]
default = "local"
[targets.kizen]
base_url = "http://127.0.0.1:9"
business_id = "0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f"
[targets.local]
"""


@pytest.fixture
def applied(stocked: Cadence) -> Cadence:
    stocked.write("cadence.toml", KIZEN)
    assert stocked("apply", "follow-up", "--record", "mia@example.com").code == 0
    return stocked


@pytest.mark.parametrize(
    ("named", "rows"), [((), 3), (("-t", "local"), 3), (("--target", "kizen"), 0)], ids=["none", "local", "kizen"]
)
def test_only_what_is_for_the_named_target_is_listed(applied: Cadence, named: tuple[str, ...], rows: int) -> None:
    done = applied("status", *named, "--format", "json")
    assert (done.code, len(done.json)) == (0, rows)


def test_a_target_that_is_not_known_is_refused_as_elsewhere(applied: Cadence) -> None:
    refused = [
        applied(*command, "-t", "kizn") for command in (("settle",), ("status",), ("resolve", "hello", "--drop"))
    ]
    assert {(done.code, done.out, done.err) for done in refused} == {
        (
            1,
            "",
            (
                "error: unknown target 'kizn'\n"
                "hint: did you mean 'kizen'? a target is a section [targets.kizn] in cadence.toml\n"
            ),
        )
    }


def test_a_step_of_another_target_is_not_decided_about(applied: Cadence) -> None:
    done = applied("resolve", "hello", "--drop", "-t", "kizen")
    assert (done.code, "the ledger has no such step" in done.err) == (1, True)
