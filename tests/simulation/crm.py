"""A CRM by script: it answers each request as its script says, and keeps what it really did."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from cadence.delivery.answer import Accepted, Answer, InDoubt, NotSent, Refused
from tests.simulation.plans import utc
from tests.simulation.process import CALLER

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from tests.simulation.virtual import VirtualTime

LATE_S = 20.0  # how long after a send a busy server may still apply it


@dataclass(frozen=True)
class Fault:
    """What becomes of one create: whether and when it is applied, when the answer comes, and which.

    `harmless` is an answer that rules out that it was done.
    """

    name: str
    answer: Callable[[str], Answer]
    applied_after: float | None = None
    answered_after: float = 0.1
    harmless: bool = False

    def __str__(self) -> str:
        return self.name


def _after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


OK = Fault("ok", Accepted, 0.05)
FAULTS = (
    OK,
    Fault("not sent", lambda _: NotSent("connection refused"), harmless=True),
    Fault("429 in 3 s", lambda _: Refused(429, "slow down", retry_after=_after(3)), harmless=True),
    Fault("429 without a hint", lambda _: Refused(429, "slow down"), harmless=True),
    Fault("500, applied", lambda _: InDoubt("500", 500), 0.05),
    Fault("500, not applied", lambda _: InDoubt("500", 500)),
    Fault("503 in 90 s, applied", lambda _: InDoubt("503", 503, retry_after=_after(90)), 0.05),
    Fault("503 in 90 s, not applied", lambda _: InDoubt("503", 503, retry_after=_after(90))),
    Fault("time-out, applied at once", lambda _: InDoubt("timed out"), 0.05, 30.0),
    Fault("time-out, applied before it ends", lambda _: InDoubt("timed out"), LATE_S, 30.0),
    Fault("time-out, not applied", lambda _: InDoubt("timed out"), None, 30.0),
    Fault("reset, applied late", lambda _: InDoubt("connection reset"), LATE_S, 0.2),
    Fault("reset, not applied", lambda _: InDoubt("connection reset"), None, 0.2),
    Fault("2xx without an id", lambda _: Accepted(None), 0.05),
)
REJECTED = Fault("400", lambda _: Refused(400, "no such employee", code="does_not_exist"))
UNAUTHORIZED = Fault("401", lambda _: Refused(401, "wrong key", code="not_authenticated"), harmless=True)


@dataclass
class Held:
    """An activity that the CRM holds, or will once it gets to it."""

    id: str
    body: dict[str, Any]
    applied_at: float

    @property
    def note(self) -> str:
        return str(self.body.get("note", ""))

    @property
    def marker(self) -> str:
        return self.note.rpartition("\n")[2]

    @property
    def due_at(self) -> datetime:
        return datetime.fromisoformat(self.body["due_datetime"])


@dataclass
class Sent:
    """One POST: when it began, which marker it carried, from which process, and how and when the script answered."""

    at: float
    marker: str
    fault: Fault
    by: int
    answer: Answer | None = None
    answered_at: float = math.inf

    @property
    def retry_after_s(self) -> float:
        asked = getattr(self.answer, "retry_after", None)
        return asked.total_seconds() if asked else 0.0


class Look(NamedTuple):
    """One listing: when, the dues between which was looked, and from which process."""

    at: float
    due_from: datetime
    due_to: datetime
    by: int


@dataclass
class ScriptedCrm:
    """The server's side, which outlives every process that talks to it. `watch` sees each POST as it begins.

    `jitter` is how much longer each answer takes.
    """

    time: VirtualTime
    script: Callable[[int], Fault] = lambda _: OK
    watch: Callable[[str], None] = lambda _: None
    jitter: Callable[[], float] = lambda: 0.0
    activities: dict[str, Held] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    probed: list[Look] = field(default_factory=list)
    patched: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    changes_answer: list[Answer] = field(default_factory=list)

    async def create_activity(self, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]) -> Answer:
        if not may_go():
            return NotSent("the lease may be over")
        marker = str(body["note"]).splitlines()[-1]
        self.watch(marker)
        fault = self.script(len(self.sent))
        began = self.time.elapsed
        sent = Sent(began, marker, fault, CALLER.get())
        self.sent.append(sent)
        activity_id = f"a{len(self.sent)}"
        if fault.applied_after is not None:
            self.activities[activity_id] = Held(activity_id, dict(body), began + fault.applied_after)
        await asyncio.sleep(fault.answered_after + self.jitter())
        sent.answer, sent.answered_at = fault.answer(activity_id), self.time.elapsed
        return sent.answer

    async def patch_activity(
        self, activity_id: str, body: Mapping[str, Any], /, *, may_go: Callable[[], bool]
    ) -> Answer:
        if not may_go():
            return NotSent("the lease may be over")
        self.patched.append((activity_id, dict(body)))
        await asyncio.sleep(0.1)
        if self.changes_answer:
            return self.changes_answer.pop(0)
        if activity_id not in self.activities:
            return Refused(404, "Not found.", code="not_found")
        self.activities[activity_id].body.update(body)
        return Accepted(activity_id)

    async def delete_activity(self, activity_id: str, /, *, may_go: Callable[[], bool]) -> Answer:
        if not may_go():
            return NotSent("the lease may be over")
        self.deleted.append(activity_id)
        await asyncio.sleep(0.1)
        if self.changes_answer:
            return self.changes_answer.pop(0)
        if self.activities.pop(activity_id, None) is None:
            return Refused(404, "Not found.", code="not_found")
        return Accepted()

    async def find_activities(
        self, *, activity: str, due_from: datetime, due_to: datetime, turn: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[Held]:
        await turn()
        self.probed.append(Look(self.time.elapsed, due_from, due_to, CALLER.get()))
        await asyncio.sleep(0.1 + self.jitter())
        first, last = utc(due_from), utc(due_to)
        for held in [held for held in self.activities.values() if first <= held.body["due_datetime"] <= last]:
            if held.body.get("activity_object_name") == activity and held.applied_at <= self.time.elapsed:
                yield held
