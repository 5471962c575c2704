"""The engine as the pages use it: on this service's own store, as whoever is signed in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from cadence.config import TargetSettings
from cadence.config.settings import LOCAL
from cadence.crm.client import connect
from cadence.crm.credentials import Credentials
from cadence.engine.engine import Engine
from cadence.engine.targets import LOCAL_URL, OpenTarget, identity_of
from cadence.server.app import build_app
from cadence.server.seed import LOCAL_BUSINESS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.server.store.keys import Caller
    from cadence.server.store.store import Store

__all__ = ["Desk"]

_NAME = "service"


class Desk(Engine):
    """Plans, settles and retries for *caller*, who sees no other business and does nothing that the key forbids.

    Its methods block; call them in a thread.
    """

    def __init__(self, store: Store, caller: Caller, *, settings: Settings, clock: Clock) -> None:
        super().__init__(settings, clock=clock)
        self._store = store
        self._caller = caller

    @property
    def target(self) -> TargetSettings:
        """The business as a target: the embedded one is what `cadence apply` calls `local`."""
        caller = self._caller
        if caller.business_id == LOCAL_BUSINESS:
            return TargetSettings(LOCAL)
        return TargetSettings(_NAME, LOCAL_URL, business_id=caller.business_id, user_id=caller.user_id)

    @asynccontextmanager
    async def opened(self, *, connections: int | None = None, reading: bool = False) -> AsyncIterator[OpenTarget]:
        """Yield the business, called in this process; there are no *connections*, and the store is open already."""
        del connections, reading
        with self._store.keys.lend(self._caller) as key:
            credentials = Credentials(LOCAL_URL, key.api_key, key.business_id, key.user_id, target=self.target.name)
            app, timeout_s = build_app(self._store, clock=self.clock), self.settings.submit.timeout
            async with connect(credentials, now=self.clock.now, timeout_s=timeout_s, app=app) as client:
                yield OpenTarget(identity_of(self.target), client, is_local=True)
