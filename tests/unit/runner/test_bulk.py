"""How a bulk run is cut into chunks, and what its report counts."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from cadence.ledger.bulkruns import Standing
from cadence.model.entry import State
from cadence.model.plan import Report
from cadence.runner.bulk import Feed, Span, feed_of, state_of
from cadence.runner.bulkreport import report_of


@pytest.mark.parametrize(
    ("total", "size"), [(1, 50), (50, 50), (401, 51), (8_000, 1_000), (40_000, 5_000), (1_000_000, 5_000)]
)
def test_a_small_run_is_cut_finer_so_that_workers_share_it(total: int, size: int) -> None:
    assert feed_of("run", total, since=0, heartbeat_s=30).size == size


def test_the_spans_are_the_whole_run_without_a_gap() -> None:
    feed, spans = Feed("run", 12, size=5), []
    while not feed.is_over:
        span, feed = feed.take()
        spans.append(span)
    assert spans == [Span("run", 0, 5), Span("run", 5, 10), Span("run", 10, 12)]


def test_what_came_back_goes_out_before_anything_new() -> None:
    back = (Span("run", 0, 5), Span("run", 5, 10))
    feed = Feed("run", 20, size=5, next=10, again=back)
    first, feed = feed.take()
    second, feed = feed.take()
    third, feed = feed.take()
    assert (first, second, third) == (*back, Span("run", 10, 15))
    assert not feed.is_over
    assert replace(feed, next=20, again=back[:1]).is_over is False
    assert replace(feed, next=20).is_over is True


@pytest.mark.parametrize(
    ("status", "paused", "state"),
    [
        ("RUNNING", False, "running"),
        ("RUNNING", True, "paused"),
        ("CONTINUED_AS_NEW", False, "running"),
        ("COMPLETED", False, "completed"),
        ("CANCELED", True, "cancelled"),
        ("TERMINATED", False, "failed"),
        ("TIMED_OUT", False, "failed"),
        ("", False, "failed"),
    ],
)
def test_a_run_is_over_unless_it_runs_or_is_paused(status: str, *, paused: bool, state: str) -> None:
    assert state_of(status, paused=paused) == state


@pytest.mark.parametrize(
    ("state", "pending", "refused", "tried", "word"),
    [
        (State.SCHEDULED, False, False, "create", "scheduled"),
        (State.SCHEDULED, False, False, "probe", "adopted"),
        (State.SCHEDULED, False, False, "move", "moved"),
        (State.SCHEDULED, False, False, "reassign", "reassigned"),
        (State.SCHEDULED, False, False, None, "kept"),
        (State.COMPLETED, False, False, None, "kept"),
        (State.SCHEDULED, True, False, None, "held"),
        (State.SCHEDULED, True, True, "move", "rejected"),
        (State.CANCELLED, False, False, "cancel", "cancelled"),
        (State.PLANNED, False, False, None, "held"),
        (State.PLANNED, False, True, "create", "held"),
        (State.SENDING, False, False, None, "in_doubt"),
        (State.IN_DOUBT, False, True, "create", "in_doubt"),
        (State.REJECTED, False, True, "create", "rejected"),
        (State.PARKED, False, True, "probe", "parked"),
    ],
)
def test_an_entry_counts_by_what_was_tried_last_and_where_that_left_it(
    state: State, *, pending: bool, refused: bool, tried: str | None, word: str
) -> None:
    report = report_of([Standing(state, pending, refused, tried, 3)], [])
    assert asdict(report) == asdict(Report()) | {word: 3}


def standing(state: State, tried: str | None, count: int) -> Standing:
    return Standing(state, pending=False, refused=False, tried=tried, count=count)


def test_what_was_cancelled_before_the_run_does_not_count() -> None:
    assert report_of([standing(State.CANCELLED, None, 3)], []) == Report()


def test_alike_counts_add_up_and_reasons_become_problems() -> None:
    standings = [
        standing(State.SCHEDULED, "create", 3),
        standing(State.COMPLETED, "create", 2),
    ]
    reasons = [("call", State.IN_DOUBT, "timed out"), ("mail", State.REJECTED, "400 bad")]
    assert report_of(standings, reasons) == Report(
        scheduled=5, problems=("step 'call': in doubt: timed out", "step 'mail': rejected: 400 bad")
    )
