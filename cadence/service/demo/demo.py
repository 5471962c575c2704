"""The demo, made by what it shows: the engine plans and applies, people work off, webhooks go out, things go wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.files import load_sequence
from cadence.server.bodies.webhooks import CreateWebhook
from cadence.server.store import endpoints
from cadence.server.webhooks.signature import new_secret
from cadence.service.demo.business import ADMIN, DEMO_BUSINESS, add_demo_business
from cadence.service.demo.mishaps import go_wrong
from cadence.service.demo.past import live_through, planned_tasks, put_off, work_off
from cadence.service.hooks import PATH

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.server.store.keys import IssuedKey
    from cadence.server.store.store import Store

__all__ = ["make_demo", "with_hooks"]

_DELIVERED = 5
_NOWHERE = "/hooks/moved-away"


def with_hooks(settings: Settings, place: str) -> Settings:
    """Return the settings of a service at *place*, `host:port`, that takes the webhooks which it sends to itself."""
    service = settings.service
    secret = f"{service.hook_secret} {new_secret()}".strip()
    allowed = (*service.webhooks_allow, place)
    return replace(settings, service=replace(service, hook_secret=secret, webhooks_allow=allowed))


def make_demo(store: Store, settings: Settings, *, clock: Clock, address: str) -> IssuedKey:
    """Make the demo where it is missing, and return an administrator's key that is written nowhere.

    A store that has the business already is left as it is. *settings* are those of `with_hooks`, for *address*.
    """
    now = clock.now()
    if store.write_now(lambda connection: add_demo_business(connection, store, now)):
        patient = replace(settings, submit=replace(settings.submit, wait=False))
        sequences = {path.stem: load_sequence(path) for path in settings.sequences.glob("*.yaml")}
        live_through(store, patient, clock, sequences)
        go_wrong(store, patient, clock, sequences["outreach"])
        secret = settings.service.hook_secret.rpartition(" ")[2]
        store.write_now(lambda connection: _work(connection, store, now, address=address, secret=secret))
    return store.keys.mint(ADMIN)


def _work(connection: Connection, store: Store, now: datetime, *, address: str, secret: str) -> None:
    """Work off what is due, the last of it with webhooks listening, and put one task off."""
    due = planned_tasks(connection, end=now)
    work_off(connection, store, due[:-_DELIVERED], now)
    for path, kind in ((PATH, None), (_NOWHERE, due[-1]["type_id"])):
        body = CreateWebhook(url=address + path, secret=secret, activity_object_id=kind)
        endpoints.create(connection, DEMO_BUSINESS, body, endpoint_id=store.ids.next(now), now=now)
    work_off(connection, store, due[-_DELIVERED:], now)
    put_off(connection, planned_tasks(connection, first=now)[0], now)
