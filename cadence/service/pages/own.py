"""The engine for what was applied to this very service, under whatever address it was called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence.config import TargetSettings
from cadence.engine.targets import LOCAL_URL, identity_of
from cadence.service.desk import SERVICE, Desk, embedded
from cadence.service.pages.guard import LOOPBACK, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence.model.people import TargetIdentity
    from cadence.service.pages.visit import Visit

__all__ = ["desk_of", "is_own", "own_desk"]


def is_own(visit: Visit, target: TargetIdentity) -> bool:
    """Return whether *target* is the visitor's business at this service, and no other CRM's account of the same id."""
    addresses = {_plain(visit.site.public_url), *_names_of(_address(visit))} - {""}
    if visit.site.is_local:
        addresses.add(LOCAL_URL)
    return target.business_id == visit.business_id and _plain(target.base_url) in addresses


def own_desk(visit: Visit, target: TargetIdentity) -> Desk | None:
    """Return the visitor's engine for *target*, which waits for nobody; None where that is not of this service."""
    if not is_own(visit, target):
        return None
    return _desk(visit, TargetSettings(SERVICE, target.base_url, business_id=target.business_id))


def desk_of(visit: Visit) -> Desk:
    """Return the visitor's engine for the business as `cadence plan` would name it.

    That is the embedded account where this is the project's own store, else the target of the settings that leads here,
    else one at this service's own address.
    """
    return _desk(visit, embedded(visit.caller) if visit.site.is_local else _account(visit))


def _account(visit: Visit) -> TargetSettings:
    targets = [target for target in visit.site.settings.targets.values() if not target.is_local]
    here = TargetSettings(SERVICE, visit.site.public_url or _address(visit), business_id=visit.business_id)
    return next((target for target in targets if is_own(visit, identity_of(target))), here)


def _desk(visit: Visit, account: TargetSettings) -> Desk:
    site = visit.site
    settings = replace(site.settings, submit=replace(site.settings.submit, wait=False))
    desk = Desk(site.store, visit.caller, account=account, settings=settings, clock=site.clock)
    desk.by = visit.viewer.name
    return desk


def _address(visit: Visit) -> str:
    return _plain(str(visit.request.base_url))


def _names_of(address: str) -> Iterator[str]:
    """Yield the address, and where it is of this machine, also by the other names of this machine."""
    yield address
    parts = parts_of(address)
    if parts.hostname in LOOPBACK:
        _, _, port = parts.netloc.rpartition(":")
        ending = f":{port}" if port.isdecimal() else ""
        yield from (f"{parts.scheme}://{f'[{name}]' if ':' in name else name}{ending}" for name in LOOPBACK)


def _plain(address: str) -> str:
    return address.rstrip("/")
