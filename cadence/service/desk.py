"""The engine as the pages use it: on this service's own store, as whoever is signed in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from cadence.config import TargetSettings
from cadence.config.settings import LOCAL
from cadence.crm.client import connect
from cadence.crm.credentials import Credentials
from cadence.engine.engine import Engine
from cadence.engine.picturing import entries_of
from cadence.engine.targets import LOCAL_URL, OpenTarget, identity_of
from cadence.server.app import build_app
from cadence.server.seed import LOCAL_BUSINESS
from cadence.service.standing import as_seen, as_they_stand

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.model.plan import Plan
    from cadence.model.sequence import Sequence
    from cadence.server.store.keys import Caller
    from cadence.server.store.store import Store
    from cadence.timeline.timeline import Timeline

__all__ = ["SERVICE", "Desk", "embedded"]

SERVICE = "service"
"""What the account of this service is called where no settings name it."""


def embedded(caller: Caller) -> TargetSettings:
    """Return the account of *caller* in the project's own store: its first business is the target `local`."""
    if caller.business_id == LOCAL_BUSINESS:
        return TargetSettings(LOCAL)
    return TargetSettings(SERVICE, LOCAL_URL, business_id=caller.business_id, user_id=caller.user_id)


class Desk(Engine):
    """Plans, settles and retries for *caller*, who sees no other business and does nothing that the key forbids.

    *account* is which one the ledger knows this business as; whatever its address, the store is called in this process.
    Its methods block; call them in a thread.
    """

    def __init__(
        self, store: Store, caller: Caller, *, account: TargetSettings, settings: Settings, clock: Clock
    ) -> None:
        super().__init__(settings, clock=clock)
        self._store = store
        self._caller = caller
        self._account = account

    @property
    def target(self) -> TargetSettings:
        """The account."""
        return self._account

    def pictured(self, plan: Plan, sequence: Sequence, *, viewer: str) -> tuple[Timeline, ...]:
        """Return the picture of each enrollment of *plan*, made of *sequence*, with what is done and moved by now."""
        stand = partial(as_they_stand, business_id=self._caller.business_id, entries=entries_of(self, plan).values())
        entries = {entry.key: entry for entry in self._store.read_now(stand)}
        return self.timelines(as_seen(plan, entries), sequence=sequence, viewer=viewer, entries=entries)

    @asynccontextmanager
    async def opened(self, *, connections: int | None = None, reading: bool = False) -> AsyncIterator[OpenTarget]:
        """Yield the business, called in this process; there are no *connections*, and the store is open already."""
        del connections, reading
        identity = identity_of(self.target)
        with self._store.keys.lend(self._caller) as key:
            credentials = Credentials(LOCAL_URL, key.api_key, key.business_id, key.user_id, target=self.target.name)
            async with connect(
                credentials, now=self.clock.now, timeout_s=self.settings.submit.timeout, app=self.application()
            ) as client:
                # Only what was called in one's own process is known to be over with that process.
                yield OpenTarget(identity, client, is_local=identity.base_url == LOCAL_URL)

    def application(self) -> ASGIApp:
        """Return the service that is called."""
        return build_app(self._store, clock=self.clock)
