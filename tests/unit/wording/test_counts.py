"""Counts in words."""

from __future__ import annotations

import pytest

from cadence.model.plan import Action, Report
from cadence.wording.counts import plan_words, report_dict, report_words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({Action.CREATE: 8, Action.SKIP: 1}, "8 to create, 1 skipped"),
        ({Action.MOVE: 2, Action.REASSIGN: 1, Action.CANCEL: 1, Action.KEEP: 3, Action.ESTIMATE: 1},
         "2 to move, 1 to reassign, 1 to cancel, 3 kept, 1 estimated"),
        ({Action.KEEP: 8}, "nothing to do: 8 kept"),
        ({}, "nothing to do"),
    ],
)  # fmt: skip
def test_a_plan_is_counted_by_what_would_be_done(counts: dict[Action, int], words: str) -> None:
    assert plan_words(counts) == words


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (Report(scheduled=8, skipped=1), "8 scheduled, 1 skipped"),
        (Report(kept=8), "nothing to do: 8 kept"),
        (Report(in_doubt=1, kept=7), "1 in doubt, 7 kept"),
        (Report(scheduled=3, rejected=1, held=4), "3 scheduled, 1 rejected, 4 held"),
        (Report(), "nothing to do"),
    ],
)
def test_a_report_is_counted_by_what_was_done(report: Report, words: str) -> None:
    assert report_words(report) == words


def test_the_report_of_scripts_holds_every_count() -> None:
    shown = report_dict(Report(scheduled=8, skipped=1, problems=("kickoff: refused",)))
    assert shown == {
        "scheduled": 8, "adopted": 0, "moved": 0, "reassigned": 0, "cancelled": 0, "rejected": 0, "in_doubt": 0,
        "parked": 0, "kept": 0, "skipped": 1, "estimated": 0, "held": 0, "problems": ["kickoff: refused"],
    }  # fmt: skip
