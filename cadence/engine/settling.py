"""What is open in the ledger: settled by looking, tried again, or decided by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.resolution import Adopt, is_refused, resolved
from cadence.engine.applying import conditions_for, who
from cadence.engine.running import run
from cadence.errors import SubmissionError
from cadence.ledger import Decision, open_ledger
from cadence.model.plan import Report
from cadence.planning.identity import markers_in
from cadence.runner import retry, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cadence.delivery.resolution import Resolution
    from cadence.engine.engine import Engine
    from cadence.ledger import StatusLine
    from cadence.model.entry import Entry
    from cadence.runner import ProgressEvent

__all__ = ["resolve_one", "retry_refused", "settle_open"]


async def settle_open(engine: Engine, *, progress: Callable[[ProgressEvent], None] | None = None) -> Report:
    """Go on with everything that is open for the engine's target. Raises TargetError, LedgerError."""
    async with engine.opened(connections=engine.settings.submit.concurrency) as opened:
        with open_ledger(engine.ledger_url, create=False) as ledger:
            conditions = conditions_for(engine, opened, progress)
            return await settle(ledger, opened.client, opened.identity, conditions=conditions)


async def retry_refused(
    engine: Engine, lines: Iterable[StatusLine], *, progress: Callable[[ProgressEvent], None] | None = None
) -> Report:
    """Try again what the engine's target refused of *lines*. Raises TargetError, LedgerError."""
    async with engine.opened(connections=engine.settings.submit.concurrency) as opened:
        with open_ledger(engine.ledger_url, create=False) as ledger:
            here = set(ledger.open_enrollments(opened.identity))
            refused = [line.entry for line in lines if line.enrollment.key in here and is_refused(line.entry)]
            if not refused:
                return Report()
            conditions = conditions_for(engine, opened, progress)
            return await retry(ledger, opened.client, refused, conditions=conditions)


def resolve_one(engine: Engine, lines: Iterable[StatusLine], resolution: Resolution) -> StatusLine:
    """Write what a person decided about the one of *lines*, and return it as it was.

    Raises SubmissionError where that is none or several, not theirs to decide, or adopts what the target does not have
    or another step has; TargetError, LedgerError.
    """
    line = _only(tuple(lines))
    now = engine.clock.now()
    decision = Decision(
        line.entry, resolved(line.entry, resolution, at=now), _word(resolution), line.entry.reason or ""
    )
    if isinstance(resolution, Adopt):
        run(_check_adopted(engine, resolution.activity_id, line.entry))
    with open_ledger(engine.ledger_url, create=False) as ledger:
        ledger.decide([decision], by=who(engine), at=now)
    return line


async def _check_adopted(engine: Engine, activity_id: str, entry: Entry) -> None:
    async with engine.opened(reading=True) as opened:
        found = await opened.client.get_activity(activity_id)
        if found is None:
            raise SubmissionError(
                f"target '{opened.identity.name}' has no scheduled activity '{activity_id}'",
                hint="copy the id of the activity from the account that the step was sent to",
            )
    markers = markers_in(found.note)
    if markers and entry.marker not in markers:
        raise SubmissionError(
            f"scheduled activity '{activity_id}' is another step's: its note has the marker {markers[0]}",
            hint=f"copy the id of an activity with the marker {entry.marker}" if entry.marker else "copy another id",
        )


def _only(lines: tuple[StatusLine, ...]) -> StatusLine:
    if len(lines) == 1:
        return lines[0]
    if not lines:
        raise SubmissionError("the ledger has no such step", hint="`cadence status` lists those that it has")
    named = ", ".join(f"'{line.entry.step}' of {line.record_name} in {line.enrollment.sequence}" for line in lines[:5])
    raise SubmissionError(
        f"{len(lines)} steps are meant: {named}", hint="narrow it down with --record, --sequence and --occurrence"
    )


def _word(resolution: Resolution) -> str:
    return f"resolve: {type(resolution).__name__.lower()}"
