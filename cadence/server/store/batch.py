"""What goes into one commit: each write as if it were alone, at the price of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from cadence.server.problem import Problem
from cadence.server.store.audit import write_down
from cadence.server.store.keys import find_living

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from cadence.server.identity import IdSource
    from cadence.server.store.job import Job

__all__ = ["Batch"]


class Batch:
    """Jobs inside one transaction. What one of them raises undoes that one alone."""

    def __init__(self, connection: Connection, jobs: Sequence[Job], ids: IdSource) -> None:
        self._connection = connection
        self._jobs = jobs
        self._ids = ids

    def carry_out(self) -> bool:
        """Do the work and write it down; return whether there is anything to commit."""
        self._turn_away_revoked()
        open_jobs = [job for job in self._jobs if job.error is None]
        if len(open_jobs) == 1:
            self._try(open_jobs, open_jobs[0].run, in_savepoint=False)
        else:
            self._carry_out_many(open_jobs)
        self._sign()
        return any(job.error is None for job in self._jobs)

    def _carry_out_many(self, jobs: Sequence[Job]) -> None:
        together: dict[object, list[Job]] = {}
        for job in jobs:
            if job.together is None:
                self._try([job], job.run)
            else:
                together.setdefault(job.together, []).append(job)
        for alike in together.values():
            self._carry_out_together(alike)

    def _carry_out_together(self, jobs: Sequence[Job]) -> None:
        def work(connection: Connection) -> None:
            assert jobs[0].together is not None  # noqa: S101 - they are gathered by it
            outcomes = jobs[0].together(connection, [job.item for job in jobs])
            for job, outcome in zip(jobs, outcomes, strict=True):
                job.take(outcome)

        self._try(jobs, work)
        if len(jobs) > 1 and isinstance(jobs[0].error, DBAPIError):
            # The database refused one of them: find out which.
            for job in jobs:
                job.error = None
                self._try([job], job.run)

    def _try(self, jobs: Sequence[Job], work: Callable[[Connection], None], *, in_savepoint: bool = True) -> None:
        savepoint = self._connection.begin_nested() if in_savepoint else None
        try:
            work(self._connection)
        except Exception as error:  # noqa: BLE001 - belongs to whoever asked, in the other thread
            for job in jobs:
                job.error = error
            if savepoint is not None:
                savepoint.rollback()
        else:
            if savepoint is not None:
                savepoint.commit()

    def _turn_away_revoked(self) -> None:
        """A key may have been revoked since its caller was let in."""
        stored = {job.signature.caller.key_id for job in self._jobs if job.signature} - {""}
        if not stored:
            return
        dead = stored - find_living(self._connection, stored)
        for job in self._jobs:
            if job.signature and job.signature.caller.key_id in dead:
                job.error = Problem.unknown_caller()

    def _sign(self) -> None:
        rows = [
            job.signature.row(self._ids.next(job.signature.at), job.subject(job.result))
            for job in self._jobs
            if job.signature and job.error is None
        ]
        write_down(self._connection, rows)
