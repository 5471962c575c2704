"""What sends webhooks beside the server, as settings want it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from cadence.server.webhooks.reach import Reach
from cadence.service.webhooks.deliverer import Deliverer
from cadence.service.webhooks.sender import Sender

if TYPE_CHECKING:
    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.server.store.store import Store

__all__ = ["deliverer"]


def deliverer(store: Store, *, clock: Clock, settings: Settings) -> Deliverer:
    """Return what sends the webhooks of *store* while it is entered."""
    reach = Reach(settings.service.webhooks_allow)
    sender = Sender(reach, timeout_s=settings.service.webhook_timeout, tls=httpx.create_ssl_context())
    return Deliverer(store, sender, clock=clock)
