"""What must hold however a load went, by what the service lists, what its client was told and what its receiver was."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.acceptance.service.running import SCHEDULED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import httpx

    from tests.load.receiver import Arrival
    from tests.load.traffic import Told

__all__ = ["Held", "Verdict", "judge", "read_held"]

_RESPONSES = "/api/activities/call/responses"
_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Held:
    """What the service lists in the end, and how many of each it says there are."""

    scheduled: list[dict[str, Any]]
    logged: list[dict[str, Any]]
    counts: tuple[int, int]


@dataclass
class Verdict:
    """What a load came to; `broken` says which law was broken by what."""

    kills: int = 0
    created: int = 0
    unanswered: int = 0
    logged: int = 0
    lost: int = 0
    doubled: int = 0
    untold: int = 0
    told_again: int = 0
    creates_a_second: float = 0.0
    deliveries_a_second: float = 0.0
    median_delay_s: float = 0.0
    broken: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, float]:
        """Return what was counted."""
        return {name: value for name, value in vars(self).items() if name != "broken"}


def read_held(client: httpx.Client) -> Held:
    """Read all that the service lists, page by page."""
    scheduled, scheduled_count = _all(client, "GET", SCHEDULED)
    logged, logged_count = _all(client, "POST", _RESPONSES)
    return Held(scheduled, logged, (scheduled_count, logged_count))


def judge(told: Told, held: Held, arrivals: Sequence[Arrival]) -> Verdict:
    """Return what holds and what does not."""
    notes = Counter(row["note"] for row in held.scheduled)
    ids = {row["id"] for row in held.scheduled}
    events = Counter(arrival.event_id for arrival in arrivals)
    expected = {f"msg_{row['id']}" for row in held.logged}
    verdict = Verdict(
        created=len(held.scheduled),
        unanswered=len(told.unanswered),
        logged=len(held.logged),
        lost=len(told.made.keys() - ids) + len(told.logged.keys() - {row["id"] for row in held.logged}),
        doubled=sum(amount - 1 for amount in notes.values()),
        untold=len(expected - events.keys()),
        told_again=events.total() - len(events),
    )
    verdict.broken = list(_broken(told, held, arrivals, verdict))
    _measure(verdict, told, arrivals)
    return verdict


def _broken(told: Told, held: Held, arrivals: Iterable[Arrival], verdict: Verdict) -> Iterator[str]:
    if verdict.lost:
        yield f"{verdict.lost} that were acknowledged are not there"
    if verdict.doubled:
        yield f"{verdict.doubled} are there more than once"
    if verdict.untold:
        yield f"{verdict.untold} that were logged were told to nobody"
    if held.counts != (len(held.scheduled), len(held.logged)):
        yield f"the lists count {held.counts}, and hold {len(held.scheduled)} and {len(held.logged)}"
    if strange := {row["note"] for row in held.scheduled} - set(told.made.values()) - told.unanswered:
        yield f"nobody asked for {sorted(strange)[:3]}"
    if unsigned := [arrival.event_id for arrival in arrivals if not arrival.is_signed]:
        yield f"the signature of {unsigned[:3]} does not hold"
    if unlogged := {arrival.event_id for arrival in arrivals} - {f"msg_{row['id']}" for row in held.logged}:
        yield f"{sorted(unlogged)[:3]} were told and never logged"
    yield from _incomplete(told, held)


def _incomplete(told: Told, held: Held) -> Iterator[str]:
    """Yield what is logged and not completed by that, and what is completed and not logged."""
    completed = {row["id"]: row["logged_activity_id"] for row in held.scheduled if row["completed_at"]}
    logged = {row["scheduled_activity_id"]: row["id"] for row in held.logged}
    if completed != logged:
        yield f"{len(completed)} are completed, {len(logged)} by what was logged"
    if any(logged.get(scheduled_id) != logged_id for logged_id, scheduled_id in told.logged.items()):
        yield "an activity was completed by another log than the one that was acknowledged"


def _measure(verdict: Verdict, told: Told, arrivals: Sequence[Arrival]) -> None:
    """Put in how quick it was. What is told before its log is acknowledged was not late."""
    first: dict[str, float] = {}
    for arrival in arrivals:
        first.setdefault(arrival.event_id, arrival.at)
    delays = [max(0.0, first.get(f"msg_{each}", at) - at) for each, at in told.logged_at.items()]
    span = max(first.values(), default=0.0) - min(first.values(), default=0.0)
    verdict.creates_a_second = len(told.made) / told.took_s
    verdict.deliveries_a_second = len(first) / max(span, 1.0)
    verdict.median_delay_s = statistics.median(delays) if delays else 0.0


def _all(client: httpx.Client, method: str, path: str) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    number, count = 1, 1
    while len(rows) < count:
        page = client.request(method, path, params={"page": number, "page_size": _SIZE}).json()
        if not page["results"]:
            break
        rows += page["results"]
        number, count = number + 1, page["count"]
    return rows, count
