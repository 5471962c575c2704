"""What becomes of a delivery after an attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cadence.server.store.outbox import Settlement
from cadence.service.webhooks.schedule import PAUSES, settlement_of
from cadence.service.webhooks.sender import Outcome

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_success(status: int) -> None:
    assert settlement_of(Outcome(status), tries=0, now=NOW, draw=0) == Settlement("delivered")


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_anything_else_is_tried_again(status: int | None) -> None:
    settled = settlement_of(Outcome(status), tries=0, now=NOW, draw=0)
    assert settled == Settlement("waiting", NOW + timedelta(seconds=5))


def test_gone_is_not() -> None:
    assert settlement_of(Outcome(410), tries=0, now=NOW, draw=0) == Settlement("failed")


def test_ten_attempts_span_three_days_and_no_more() -> None:
    whole = sum(PAUSES, timedelta())
    assert whole == timedelta(hours=75, minutes=35, seconds=5)
    assert settlement_of(Outcome(500), tries=8, now=NOW, draw=0) == Settlement("waiting", NOW + timedelta(hours=24))
    assert settlement_of(Outcome(500), tries=9, now=NOW, draw=0) == Settlement("failed")


@pytest.mark.parametrize(("draw", "seconds"), [(0.0, 300), (0.5, 330), (0.999, 359)])
def test_a_pause_is_up_to_a_fifth_longer(draw: float, seconds: int) -> None:
    settled = settlement_of(Outcome(500), tries=1, now=NOW, draw=draw)
    assert settled.next_at is not None
    assert int((settled.next_at - NOW).total_seconds()) == seconds


@pytest.mark.parametrize(("asked_s", "pause_s"), [(0, 5), (4, 5), (120, 120), (3600, 3600)])
def test_a_receiver_makes_a_pause_longer_and_never_shorter(asked_s: int, pause_s: int) -> None:
    outcome = Outcome(429, retry_after=timedelta(seconds=asked_s))
    assert settlement_of(outcome, tries=0, now=NOW, draw=0).next_at == NOW + timedelta(seconds=pause_s)
