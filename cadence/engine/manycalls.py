"""The engine's calls for many records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cadence.engine.running import run

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from cadence.engine.engine import Engine
    from cadence.engine.many import Run, Sender
    from cadence.engine.results import RecordsPlan, RecordsReport
    from cadence.model.sequence import Sequence
    from cadence.runner import ProgressEvent

    Records = Path | str | Iterable[Any] | AsyncIterable[Any]

__all__ = ["ManyCalls"]


class ManyCalls:
    """A part of Engine: one sequence for the records of a file, or of whatever yields mappings, Records or references.

    *fields*, *params* and *start* hold for rows that do not say otherwise, *by* names the column that names the record,
    *report* is a file that gets a line for each row and *out* one that gets a line for each activity. Both calls raise
    PlanError for a file that is wrong as a whole; a row that is wrong stops no other.
    """

    def plan_records(  # noqa: PLR0913 - what can be asked of a plan
        self,
        sequence: str | Path | Sequence,
        records: Records,
        *,
        fields: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        start: str | datetime | None = None,
        now: str | datetime | None = None,
        calendars: Path | None = None,
        by: str | None = None,
        report: Path | None = None,
        out: Path | None = None,
        progress: Callable[[ProgressEvent], None] | None = None,
    ) -> RecordsPlan:
        """Return, counted, what would be done."""
        from cadence.engine.batches import Defaults
        from cadence.engine.many import Asked, plan_many
        from cadence.engine.sources import open_source

        engine = cast("Engine", self)
        defaults = Defaults(fields or {}, params or {}, start, now)
        loaded = engine.load(sequence, calendars=calendars)
        asked = Asked(open_source(records, by=by), loaded, defaults, report, out)
        return run(plan_many(engine, asked, progress=progress), bulk=True)

    def apply_records(  # noqa: PLR0913 - what can be asked of a plan
        self,
        sequence: str | Path | Sequence,
        records: Records,
        *,
        fields: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        start: str | datetime | None = None,
        now: str | datetime | None = None,
        calendars: Path | None = None,
        by: str | None = None,
        report: Path | None = None,
        out: Path | None = None,
        progress: Callable[[ProgressEvent], None] | None = None,
        driver: str = "embedded",
    ) -> RecordsReport:
        """Do what `plan_records` counts, some hundred records at a time, in this process or by *driver* `temporal`.

        What ends the run once something was sent is not raised: it is in what is returned.
        """
        from cadence.engine.batches import Defaults
        from cadence.engine.many import Asked, apply_many
        from cadence.engine.sources import open_source

        engine = cast("Engine", self)
        defaults = Defaults(fields or {}, params or {}, start, now)
        loaded = engine.load(sequence, calendars=calendars)
        asked = Asked(open_source(records, by=by), loaded, defaults, report, out)
        return run(apply_many(engine, asked, sender=_sender(driver), progress=progress), bulk=True)


def _sender(driver: str) -> Callable[[Run], Awaitable[Sender]]:
    if driver == "temporal":
        from cadence.engine.manyworkers import hand_over

        return hand_over
    from cadence.engine.manysending import send_here

    return send_here
