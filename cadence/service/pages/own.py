"""The engine for what was applied to this very service, under whatever address it was called."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.config import TargetSettings
from cadence.engine.targets import LOCAL_URL
from cadence.service.desk import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cadence.engine.targets import OpenTarget
    from cadence.model.people import TargetIdentity
    from cadence.service.pages.visit import Visit

__all__ = ["is_own", "own_desk"]


def is_own(visit: Visit, target: TargetIdentity) -> bool:
    """Return whether *target* is the visitor's business at this service, and no other CRM's account of the same id."""
    site = visit.site
    addresses = {site.public_url, str(visit.request.base_url)} - {""}
    if site.is_local:
        addresses.add(LOCAL_URL)
    return target.business_id == visit.business_id and _plain(target.base_url) in map(_plain, addresses)


def own_desk(visit: Visit, target: TargetIdentity) -> Desk | None:
    """Return the visitor's engine for *target*, which waits for nobody; None where that is not of this service."""
    return _OwnDesk(visit, target) if is_own(visit, target) else None


class _OwnDesk(Desk):
    """A desk for an account as the ledger names it."""

    def __init__(self, visit: Visit, target: TargetIdentity) -> None:
        site = visit.site
        settings = replace(site.settings, submit=replace(site.settings.submit, wait=False))
        super().__init__(site.store, visit.caller, settings=settings, clock=site.clock)
        self.by = visit.viewer.name
        self._own = TargetSettings("service", target.base_url, business_id=target.business_id)

    @property
    def target(self) -> TargetSettings:
        return self._own

    @asynccontextmanager
    async def opened(self, *, connections: int | None = None, reading: bool = False) -> AsyncIterator[OpenTarget]:
        """Yield the business; only what was called in one's own process is known to be over with that process."""
        async with super().opened(connections=connections, reading=reading) as opened:
            yield replace(opened, is_local=_plain(self._own.base_url) == LOCAL_URL)


def _plain(address: str) -> str:
    return address.rstrip("/")
