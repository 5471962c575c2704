"""Plans per second of the library against a plain loop that computes the same dues and nothing else."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import cadence
from tests.benchmarks import plain_loop
from tests.benchmarks.verdict import Measure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo")
RECORDS = 600
ROUNDS = 5


def measure() -> list[Measure]:
    """Return the ratio of plans a second; the dues of both are equal, or this ends here."""
    sequence = cadence.load_sequence(
        Path(__file__).with_name("eight-steps.yaml"),
        calendars=cadence.load_calendars(ROOT / "sequences" / "calendars"),
    )
    work = [_case(number) for number in range(RECORDS)]

    def ours() -> list[list[datetime]]:
        plans = (cadence.plan(sequence, record, start=start, now=NOW) for start, record in work)
        return [[due for a in plan.activities if (due := a.due_at)] for plan in plans]

    def theirs() -> list[list[datetime]]:
        return [plain_loop.dues(start, record) for start, record in work]

    if [sorted(dues) for dues in theirs()] != ours():
        raise SystemExit("the plain loop and the library do not agree on the dues")
    by_turns = [(_rate(ours), _rate(theirs)) for _ in range(ROUNDS)]
    library, plain = (statistics.median(rates) for rates in zip(*by_turns, strict=True))
    return [Measure("plans a second, plain loop = 1", f"{library:,.0f} : {plain:,.0f}", library / plain, "at least", 5)]


def _case(number: int) -> tuple[datetime, dict[str, str]]:
    """Return a start in the next hundred days, at nine in New York, and a record in one of the zones."""
    contract_end = (NOW + timedelta(days=300 + number % 200)).date()
    record = {
        "id": f"record-{number}",
        "timezone": ZONES[number % len(ZONES)],
        "contract_end": contract_end.isoformat(),
    }
    return NOW + timedelta(days=number % 100, hours=number % 7), record


def _rate(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return RECORDS / (time.perf_counter() - began)
