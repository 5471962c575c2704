"""What a person can do about the ledger: let it go on, try again what was refused, decide what is parked."""

from __future__ import annotations

import asyncio
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING

from cadence.delivery.resolution import Adopt, Drop, Send
from cadence.engine.running import run
from cadence.engine.settling import resolve_one, retry_refused
from cadence.errors import CadenceError
from cadence.frozen import dataclass
from cadence.ledger.browsing import load_entry, refused_of, targets_of
from cadence.model.plan import Report
from cadence.server.problem import Problem
from cadence.service.pages.lookup import look_up
from cadence.service.pages.own import is_own, own_desk
from cadence.wording.counts import report_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence.delivery.resolution import Resolution
    from cadence.ledger.browsing import Need
    from cadence.service.desk import Desk
    from cadence.service.pages.visit import Visit

__all__ = ["Said", "decide", "go_on", "try_again"]

_CONFLICT = 409
_WORDS = {Adopt: "adopted", Send: "to be sent", Drop: "given up"}


@dataclass(frozen=True, slots=True)
class Said:
    """What came of it, in words; `problems` are what still needs somebody."""

    words: str
    problems: tuple[str, ...] = ()
    is_bad: bool = False


async def go_on(visit: Visit) -> Said:
    """Settle all that the ledger holds open for the business at this service."""
    found = await look_up(visit, partial(targets_of, business_id=visit.business_id))
    desks = [desk for target in found if (desk := own_desk(visit, target))]
    return await _reported(visit, "Settled", [desk.settle for desk in desks])


async def try_again(visit: Visit) -> Said:
    """Try again the entry that the form names, or all that were refused where it names none."""
    key = visit.form.get("entry", "")
    if key:
        needs: Sequence[Need] = [await _entry(visit, key)]
    else:
        needs = await look_up(visit, partial(refused_of, business_id=visit.business_id))
    by_target: dict[str, list[Need]] = {}
    for need in needs:
        by_target.setdefault(need.enrolled.target.base_url, []).append(need)
    runs = [
        partial(_retry, desk, several)
        for several in by_target.values()
        if (desk := own_desk(visit, several[0].enrolled.target))
    ]
    return await _reported(visit, "Tried again", runs)


async def decide(visit: Visit) -> Said:
    """Write down what the form says of a parked entry; settling then goes on with it."""
    need, resolution = await _entry(visit, visit.form.get("entry", "")), _resolution(visit)
    desk = own_desk(visit, need.enrolled.target)
    if desk is None:
        raise _elsewhere(need)
    async with _alone(visit):
        try:
            await asyncio.to_thread(resolve_one, desk, [need.line], resolution)
        except CadenceError as error:
            return _refused(error)
    step = f"{need.entry.step} of {need.enrolled.record_name}"
    rest = "." if isinstance(resolution, Drop) else "; settle to go on with it."
    return Said(f"{step}: {_WORDS[type(resolution)]}{rest}")


async def _entry(visit: Visit, key: str) -> Need:
    need = await look_up(visit, partial(load_entry, business_id=visit.business_id, key=key))
    if need is None:
        raise Problem.not_found()
    if not is_own(visit, need.enrolled.target):
        raise _elsewhere(need)
    return need


def _resolution(visit: Visit) -> Resolution:
    match visit.form.get("way", ""), visit.form.get("activity_id", "").strip():
        case "adopt", activity_id if activity_id:
            return Adopt(activity_id[:200])
        case "send", _:
            return Send()
        case "drop", _:
            return Drop()
        case _:
            raise Problem.detail(400, "Say what is to be done: adopt an activity by its id, send or drop.", "invalid")


def _retry(desk: Desk, needs: Iterable[Need]) -> Report:
    return run(retry_refused(desk, [need.line for need in needs]))


async def _reported(visit: Visit, done: str, runs: Iterable[Callable[[], Report]]) -> Said:
    """Do *runs* one after another in a thread, and return what they did together."""
    total = Report()
    async with _alone(visit):
        for each in runs:
            try:
                total = _sum(total, await asyncio.to_thread(each))
            except CadenceError as error:
                return _refused(error)
    return Said(f"{done}: {report_words(total)}.", total.problems)


def _alone(visit: Visit) -> asyncio.Lock:
    """Return what keeps others out. Raises Problem where somebody is at it: nobody waits for what may take long."""
    if visit.site.sending.locked():
        said = "Somebody else is settling from these pages right now; nothing was done. Look again in a moment."
        raise Problem.detail(_CONFLICT, said, "busy")
    return visit.site.sending


def _sum(one: Report, other: Report) -> Report:
    names = [field.name for field in fields(Report)]
    return Report(**{name: getattr(one, name) + getattr(other, name) for name in names})


def _refused(error: CadenceError) -> Said:
    return Said(f"Nothing was done: {error.message}.", (error.hint,) if error.hint else (), is_bad=True)


def _elsewhere(need: Need) -> Problem:
    target = need.enrolled.target
    said = f"This is in {target.name} at {target.base_url}, not in this service: use the command there."
    return Problem.detail(_CONFLICT, said, "elsewhere")
