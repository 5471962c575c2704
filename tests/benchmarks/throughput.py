"""Plans per second of the library against a plain loop that computes the same dues and nothing else.

A plan checks its record, resolves its zone, names its enrollment, fits each due into the window and looks for what
deserves a warning; its bodies and whys are written when they are read, which is not measured. The loop keeps its
holidays and looks at no window, since all its times lie within the hours: it has a head start. Both are measured by the
processor time of this process, as other processes would blur a ratio of wall times.
"""

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

    from cadence import Sequence

    Case = tuple[datetime, dict[str, str]]

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
ZONES = ("America/New_York", "Europe/London", "Asia/Kolkata", "Australia/Sydney", "America/Sao_Paulo")
RECORDS = 600
ROUNDS = 5


def measure() -> list[Measure]:
    """Return the ratios of plans a second; the dues of both are equal, or this ends here."""
    sequence = cadence.load_sequence(
        Path(__file__).with_name("eight-steps.yaml"),
        calendars=cadence.load_calendars(ROOT / "sequences" / "calendars"),
    )
    return [
        _measure(sequence, "plans a second, each its start", _own_start),
        _measure(sequence, "plans a second, one start", _one_start),
    ]


def _measure(sequence: Sequence, what: str, start: Callable[[int], datetime]) -> Measure:
    """Compare records of which no two are alike, in rounds that never meet one again."""
    rounds = [[(start(number), _record(number)) for number in range(at, at + RECORDS)] for at in _rounds()]

    def ours(work: list[Case]) -> list[list[datetime]]:
        plans = (cadence.plan(sequence, record, start=start, now=NOW) for start, record in work)
        return [[due for a in plan.activities if (due := a.due_at)] for plan in plans]

    def theirs(work: list[Case]) -> list[list[datetime]]:
        return [plain_loop.dues(start, record) for start, record in work]

    if [sorted(dues) for dues in theirs(rounds[0])] != ours(rounds[0]):
        raise SystemExit("the plain loop and the library do not agree on the dues")
    by_turns = [(_rate(ours, work), _rate(theirs, work)) for work in rounds[1:]]
    library, plain = (statistics.median(rates) for rates in zip(*by_turns, strict=True))
    return Measure(what, f"{library:,.0f} : {plain:,.0f}", library / plain, "at least", 5)


def _rounds() -> range:
    return range(0, RECORDS * (ROUNDS + 1), RECORDS)


def _own_start(number: int) -> datetime:
    """Return a start in the next hundred days, at some minute of the working day in New York."""
    return NOW + timedelta(days=number % 100, hours=number % 7, minutes=number // 100 % 60)


def _one_start(_number: int) -> datetime:
    return NOW


def _record(number: int) -> dict[str, str]:
    """Return a record in one of the zones, whose contract ends on one of two hundred days."""
    contract_end = (NOW + timedelta(days=300 + number % 200)).date()
    return {
        "id": f"record-{number}",
        "timezone": ZONES[number % len(ZONES)],
        "contract_end": contract_end.isoformat(),
    }


def _rate(run: Callable[[list[Case]], object], work: list[Case]) -> float:
    began = time.process_time()
    run(work)
    return RECORDS / (time.process_time() - began)
