"""Timelines of a plan, drawn with what the files, the target and the ledger know around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.engine.running import run
from cadence.engine.targets import identity_of, is_there
from cadence.errors import CadenceError
from cadence.ledger import open_readonly
from cadence.timeline.build import timeline_of
from cadence.timeline.surroundings import Surroundings
from cadence.timing.zones import zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cadence.engine.engine import Engine
    from cadence.model.entry import Entry
    from cadence.model.people import Employee
    from cadence.model.plan import EnrollmentPlan, Plan
    from cadence.model.sequence import Sequence
    from cadence.timeline.timeline import Timeline

__all__ = ["draw", "entries_of"]


def draw(
    engine: Engine,
    plan: Plan,
    *,
    sequence: Sequence | None,
    viewer: str | None,
    entries: Mapping[str, Entry] | None = None,
) -> Iterator[Timeline]:
    """Yield the timeline of each enrollment. Raises UnknownZone for a *viewer* that is none, TargetError, LedgerError.

    Where *sequence* is not given it is read again; if it has changed since, nothing is shaded. The team and the ledger
    are asked only where the plan is for the engine's target; *entries* spare the ledger the question.
    """
    if viewer is not None:
        zone(viewer)
    is_ours = plan.target == identity_of(engine.target)
    team = _team(engine) if is_ours else ()
    if entries is None:
        entries = entries_of(engine, plan) if is_ours else {}
    known = {sequence.digest: sequence} if sequence else {}
    for enrollment in plan.enrollments:
        if enrollment.sequence_digest not in known:
            known |= {found.digest: found for found in _read_again(engine, enrollment)}
        around = Surroundings(
            sequence=known.get(enrollment.sequence_digest),
            team=team,
            entries=entries,
            viewer=viewer,
        )
        yield timeline_of(enrollment, plan.now, around)


def _read_again(engine: Engine, enrollment: EnrollmentPlan) -> Iterator[Sequence]:
    """Yield the sequence in the file that the enrollment names; none where it is gone or wrong by now."""
    if enrollment.sequence_path:
        try:
            yield engine.load(enrollment.sequence_path)
        except CadenceError:
            return


def _team(engine: Engine) -> tuple[Employee, ...]:
    if not is_there(engine.settings, engine.target):
        return ()

    async def ask() -> tuple[Employee, ...]:
        async with engine.opened(reading=True) as opened:
            return (await opened.directory()).team

    return run(ask())


def entries_of(engine: Engine, plan: Plan) -> dict[str, Entry]:
    """Return the ledger's entries of the plan's enrollments by key; none where there is no ledger."""
    enrolled = [enrollment.key for enrollment in plan.enrollments if not enrollment.is_new]
    ledger = open_readonly(engine.ledger_url) if enrolled else None
    if ledger is None:
        return {}
    with ledger:
        return {entry.key: entry for entries in ledger.load(enrolled).values() for entry in entries}
