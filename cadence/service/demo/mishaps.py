"""What went wrong in the demo: real requests that failed on their way, which the engine wrote down as it always does.

Nothing of the ledger is made up. In doubt: the service failed within a create, once after it was done and once before,
and nobody waited out the quiet period. Parked: it failed after it was done, and something else repeated the request
without looking, so that settling found two. Refused: somebody applied with a key that may only read.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cadence.server.bodies.scheduled import CreateScheduled
from cadence.server.envelope import Envelope
from cadence.server.instant import from_micros
from cadence.server.store import scheduling
from cadence.server.store.keys import Scope
from cadence.server.store.scheduling import Creation
from cadence.service.demo.business import ADMIN, contact
from cadence.service.demo.moment import Moment
from cadence.service.demo.past import planned_tasks
from cadence.service.desk import Desk, embedded
from cadence.service.rehearsal import Faults, Rehearsal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from sqlalchemy import Connection
    from starlette.types import ASGIApp, Receive, Send
    from starlette.types import Scope as Request

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.engine.targets import OpenTarget
    from cadence.model.sequence import Sequence
    from cadence.server.store.store import Store

__all__ = ["go_wrong"]

_CREATE = "/api/activities/scheduled-activity"
_BEFORE, _AFTER = "500", "500-after"


def go_wrong(store: Store, settings: Settings, clock: Clock, sequence: Sequence) -> None:
    """Leave something of *sequence* in doubt, parked, refused and waiting, as of the last hours."""
    now = clock.now().replace(second=0)

    def desk(hours_ago: int, scope: Scope = Scope.ADMIN, fault: str = "") -> Desk:
        moment = Moment(now - timedelta(hours=hours_ago), clock)
        made = _Desk(store, replace(ADMIN, scope=scope), account=embedded(ADMIN), settings=settings, clock=moment)
        made.by, made.fault = "Ana Ruiz", fault
        return made

    def apply(desk: Desk, number: int) -> None:
        desk.apply(desk.plan(sequence, contact(number)))

    apply(desk(5, fault=_AFTER), 20)
    store.write_now(lambda connection: _repeat(connection, store, desk(5).clock.now()))
    desk(4).settle()
    apply(desk(3, Scope.READ), 21)
    apply(desk(2, fault=_AFTER), 22)
    apply(desk(2, fault=_BEFORE), 23)


def _repeat(connection: Connection, store: Store, now: datetime) -> None:
    """Create the youngest activity once more, as what repeats a request does that got no answer."""
    row = max(planned_tasks(connection), key=lambda each: str(each["id"]))
    body = CreateScheduled.model_validate(
        {
            "activity_object_id": row["type_id"],
            "due_datetime": from_micros(row["due_at"]).isoformat(),
            "employee_id": row["employee_id"],
            "note": row["note"],
            "associated_entities": [{"custom_object": kind, "entity_id": record} for kind, record in row["entities"]],
        }
    )
    scheduling.create(connection, Creation(ADMIN, body, store.ids.next(now), now))


class _Desk(Desk):
    """A desk that takes the service for one elsewhere, whose creates meet *fault*."""

    fault = ""

    @asynccontextmanager
    async def opened(self, *, connections: int | None = None, reading: bool = False) -> AsyncIterator[OpenTarget]:
        """Yield the business, of which nobody can tell when it has stopped to work on a request."""
        async with super().opened(connections=connections, reading=reading) as opened:
            yield replace(opened, is_local=False)

    def application(self) -> ASGIApp:
        """Return the service, behind what fails."""
        service = super().application()
        if not self.fault:
            return service
        failing = Envelope(Rehearsal(service, Faults(((self.fault, 1.0),)), draw=lambda: 0.0))

        async def answer(request: Request, receive: Receive, send: Send) -> None:
            creates = request["method"] == "POST" and request["path"] == _CREATE
            await (failing if creates else service)(request, receive, send)

        return answer
