"""What is said when Temporal, a worker or a run fails."""

from __future__ import annotations

import pytest

from cadence.config import TemporalSettings
from cadence.errors import ConfigError, LedgerError, TargetError
from cadence.runner.bulk import Halted
from cadence.runner.bulkfaults import NoRun, Unanswered, fault, not_promoted, shown

SETTINGS = TemporalSettings("t.example:7233", "sales")
UNANSWERED = (
    "Temporal at 't.example:7233' does not answer: {why}; start it, or correct [temporal] in cadence.toml; "
    "the ledger keeps everything: run the same command again"
)
REFUSED = (
    "Temporal at 't.example:7233' refused the credentials: Request unauthorized.; "
    "correct api_key, or cert and key, in [temporal]"
)
NO_RUN = (
    "no bulk run '7f2c' is under way; `cadence bulk status` lists the runs; "
    "apply the same plan again to go on with one that ended"
)


@pytest.mark.parametrize(
    ("status", "why", "said"),
    [
        ("UNAVAILABLE", "connection refused", UNANSWERED.format(why="connection refused")),
        ("DEADLINE_EXCEEDED", "took too long", UNANSWERED.format(why="took too long")),
        ("NOT_FOUND", "workflow execution already completed", NO_RUN),
        (
            "NOT_FOUND",
            "Namespace sales is not found.",
            "Temporal at 't.example:7233' has no namespace 'sales'; create it, or correct namespace in [temporal]",
        ),
        (
            "PERMISSION_DENIED",
            "Request unauthorized.",
            REFUSED,
        ),
    ],
)
def test_an_answer_of_temporal_says_what_to_do(status: str, why: str, said: str) -> None:
    assert str(fault(SETTINGS, status, why, run="7f2c")) == said


def test_what_may_pass_is_told_from_what_will_not() -> None:
    assert isinstance(fault(SETTINGS, "UNAVAILABLE", "", run=""), Unanswered)
    assert isinstance(fault(SETTINGS, "NOT_FOUND", "", run=""), NoRun)
    assert not isinstance(fault(SETTINGS, "UNAUTHENTICATED", "", run=""), Unanswered | NoRun)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Halted("the worker was told to end"), "the worker was told to end"),
        (LedgerError("row of ana@secret.test"), "the ledger could not be used; the worker's log says why"),
        (TargetError("ana@secret.test is bad"), "the target could not be used; the worker's log says why"),
        (ConfigError("key s3cret"), "the target could not be used; the worker's log says why"),
        (KeyError("ana@secret.test"), "unexpected KeyError; the worker's log has the traceback"),
    ],
)
def test_temporal_sees_the_kind_of_a_failure_and_nothing_it_quotes(error: Exception, said: str) -> None:
    assert shown(error) == said


def test_a_version_that_cannot_be_promoted_says_how_to_do_it_by_hand() -> None:
    assert not_promoted("cadence.1.0", "denied") == (
        "version 'cadence.1.0' could not be made the current one of its deployment: denied; "
        "make it so with `temporal worker deployment set-current-version`"
    )
