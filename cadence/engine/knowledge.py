"""What a plan is made from: the record, the account and the ledger's history, all read and never written."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from cadence.engine.fields import ad_hoc_record, overridden
from cadence.engine.running import run
from cadence.engine.targets import identity_of, is_there
from cadence.errors import CadenceError, PlanError
from cadence.frozen import dataclass
from cadence.model.entry import History
from cadence.model.people import Directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.config import TargetSettings
    from cadence.engine.engine import Engine
    from cadence.model.people import Record
    from cadence.sequence import Known

__all__ = ["Knowledge", "absent", "id_of", "known_names", "learn", "read_history"]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A record and what is known around it. `stored` is the record as the target has it, None for an ad hoc one."""

    record: Record
    directory: Directory
    stored: Record | None = None
    history: History = field(default_factory=History)


def learn(engine: Engine, reference: str, *, object_name: str, fields: Mapping[str, Any]) -> Knowledge:
    """Return what the target knows of the record, *fields* laid over it; an ad hoc record where it knows none.

    Raises PlanError for a record that is not there and of which no field was given, TargetError for what the CRM says.
    """
    target = engine.target
    if is_there(engine.settings, target):
        directory, stored = run(_ask(engine, reference, object_name=object_name))
    else:
        directory, stored = Directory(target=identity_of(target)), None
    if stored is not None:
        return Knowledge(overridden(stored, fields), directory, stored)
    if not fields:
        raise absent(reference, target)
    return Knowledge(ad_hoc_record(reference, fields, object_name=object_name), directory)


def read_history(ledger_url: str, directory: Directory, sequence: str, *, record: Record) -> History:
    """Return what the ledger holds for *record* in *sequence*; nothing is made where there is no ledger."""
    from cadence.ledger import open_readonly

    ledger = open_readonly(ledger_url)
    if ledger is None:
        return History()
    with ledger:
        return ledger.history(directory.target, sequence, object=record.object, record_id=record.entity_id)


def id_of(engine: Engine, reference: str) -> str | None:
    """Return the id of the contact that *reference* names in the target, None where it knows none."""
    if not is_there(engine.settings, engine.target):
        return None

    async def ask() -> str | None:
        async with engine.opened(reading=True) as opened:
            record = await opened.client.record("client_client", reference)
            return record.entity_id if record else None

    return run(ask())


def known_names(engine: Engine) -> Known | None:
    """Return the names of the embedded service, against which files are checked; None where it has no store.

    A CRM is not asked: checking a file needs no network and no key.
    """
    try:
        target = engine.target
        if not target.is_local or not is_there(engine.settings, target):
            return None
        return run(_ask_names(engine))
    except CadenceError:  # what is wrong with a target is no finding of a file
        return None


async def _ask_names(engine: Engine) -> Known:
    from cadence.sequence import Known

    async with engine.opened(reading=True) as opened:
        types = await opened.client.activity_types()
        objects = await opened.client.objects()
    activities = frozenset(name for each in types for name in (each.api_name, each.id))
    return Known(activities=activities, objects=frozenset(name for each in objects for name in (each.name, each.id)))


async def _ask(engine: Engine, reference: str, *, object_name: str) -> tuple[Directory, Record | None]:
    async with engine.opened(reading=True) as opened:
        directory = await opened.directory()
        return directory, await opened.client.record(object_name, reference)


def absent(reference: str, target: TargetSettings) -> PlanError:
    """Return the error for a record that the target does not know, and of which nothing else is known."""
    way = "import it with `cadence records import`, " if target.is_local else ""
    return PlanError(
        f"record '{reference}' is not in target '{target.name}'",
        hint=f"check the id, email or name, {way}or plan it ad hoc with --field timezone=Europe/Paris",
    )
