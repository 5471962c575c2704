"""Targets: the embedded activity service in this process, or a CRM at its base URL, behind the same client."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.engine.starter import IGNORE
from cadence.errors import TargetError
from cadence.frozen import dataclass
from cadence.model.people import TargetIdentity, stable_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from cadence.clock import Clock
    from cadence.config import Settings, TargetSettings
    from cadence.crm.client import CrmClient
    from cadence.model.people import Directory

__all__ = ["LOCAL_URL", "OpenTarget", "hand_over", "identity_of", "is_there", "open_target"]

LOCAL_URL = "http://localhost"


@dataclass(frozen=True, slots=True)
class OpenTarget:
    """A target that can be called. `is_local` is the embedded service, which takes what an administrator may do.

    `one_at_a_time`: a second request would wait for the first one's answer, wherever that is late.
    """

    identity: TargetIdentity
    client: CrmClient
    is_local: bool
    one_at_a_time: bool = False

    async def check_takes_imports(self, what: str) -> None:
        """Raise TargetError unless this is the embedded service, in this process or served by another."""
        if not (self.is_local or await self.client.is_cadence()):
            raise TargetError(
                f"target '{self.identity.name}' keeps its own {what}",
                hint=f"import {what} into the target local, or into one that `cadence serve` answers",
            )

    async def directory(self) -> Directory:
        """Return what a plan must know of the account. Raises TargetError, also where the key opens another one."""
        from cadence.crm.directory import read_directory

        directory = await read_directory(self.client, self.identity)
        found = directory.business.id if directory.business else ""
        if found != self.identity.business_id:
            raise TargetError(
                f"target '{self.identity.name}': the key opens business '{found}', "
                f"the settings name '{self.identity.business_id}'",
                hint=f"correct business_id in [targets.{self.identity.name}], or take the key of that business",
            )
        return directory


def identity_of(target: TargetSettings) -> TargetIdentity:
    """Return which account *target* is, without calling it."""
    if target.is_local:
        return TargetIdentity(target.name, LOCAL_URL, stable_id("business", target.name))
    return TargetIdentity(target.name, target.base_url.rstrip("/"), target.business_id)


def is_there(settings: Settings, target: TargetSettings) -> bool:
    """Return whether there is anything to ask: a CRM always, the embedded service once it has a store."""
    if not target.is_local:
        return True
    path = _store_path(settings)
    return path is None or path.is_file()


@asynccontextmanager
async def open_target(
    settings: Settings, target: TargetSettings, clock: Clock, *, connections: int | None = None, reading: bool = False
) -> AsyncIterator[OpenTarget]:
    """Yield the target, ready to be called; the embedded service's store is made where it is missing.

    *connections* is said for a bulk run, which keeps that many busy; *reading* by who will write nothing.
    Raises ConfigError for credentials that cannot be used, TargetError for a store that cannot be opened.
    """
    if target.is_local:
        async with _open_local(settings, target, clock, reading=reading) as opened:
            yield opened
    else:
        async with _connect(settings, target, clock, connections=connections) as client:
            yield OpenTarget(identity_of(target), client, is_local=False)


@asynccontextmanager
async def hand_over(
    client: Callable[..., Any], settings: Settings, target: TargetSettings, *, clock: Clock
) -> AsyncIterator[OpenTarget]:
    """Yield the account that *client* calls; where *target* does not name its business, the CRM is asked for it.

    Raises TargetError where that cannot be read.
    """
    from cadence.crm.callable_transport import CallableTransport
    from cadence.crm.client import CrmClient

    transport = CallableTransport(client, now=clock.now, timeout_s=settings.submit.timeout, secret=target.api_key)
    async with CrmClient(transport, target=target.name) as crm:
        identity = identity_of(target)
        if not identity.business_id:
            identity = replace(identity, business_id=(await crm.business()).id)
        yield OpenTarget(identity, crm, is_local=False, one_at_a_time=transport.one_at_a_time)


@asynccontextmanager
async def _open_local(
    settings: Settings, target: TargetSettings, clock: Clock, *, reading: bool
) -> AsyncIterator[OpenTarget]:
    from cadence.crm.client import connect
    from cadence.crm.credentials import Credentials
    from cadence.server.app import build_app
    from cadence.server.local import open_local

    store, key = open_local(settings.store_url, now=clock.now(), reading=reading)
    if not reading:
        _keep_out_of_git(settings.state)
    credentials = Credentials(LOCAL_URL, key.api_key, key.business_id, key.user_id, target=target.name)
    app = build_app(store, clock=clock)
    try:
        async with connect(credentials, now=clock.now, timeout_s=settings.submit.timeout, app=app) as client:
            yield OpenTarget(identity_of(target), client, is_local=True)
    finally:
        store.close()


def _keep_out_of_git(state: Path) -> None:
    """Let git pass over the folder of the ledger and the store, where it is there and says nothing yet."""
    from contextlib import suppress

    ignore = state / ".gitignore"
    if state.is_dir() and not ignore.exists():
        with suppress(OSError):  # a folder that cannot be written says so where it matters
            ignore.write_text(IGNORE, encoding="utf-8")


def _connect(settings: Settings, target: TargetSettings, clock: Clock, *, connections: int | None) -> CrmClient:
    from cadence.crm.client import connect
    from cadence.crm.credentials import Credentials

    credentials = Credentials(target.base_url, target.api_key, target.business_id, target.user_id, target=target.name)
    return connect(credentials, now=clock.now, timeout_s=settings.submit.timeout, connections=connections)


def _store_path(settings: Settings) -> Path | None:
    from pathlib import Path

    scheme, _, path = settings.store_url.partition(":///")
    return Path(path) if scheme == "sqlite" else None
