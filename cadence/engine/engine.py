"""The façade: what the commands do, as methods of the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cadence.clock import SystemClock
from cadence.config import TargetSettings, load_settings
from cadence.config.bounds import check_submit
from cadence.engine.manycalls import ManyCalls
from cadence.engine.running import run
from cadence.errors import ConfigError, SubmissionError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import date, datetime
    from pathlib import Path

    from cadence.clock import Clock
    from cadence.config import Settings
    from cadence.delivery.resolution import Resolution
    from cadence.diagnostics import Finding
    from cadence.engine.results import (
        BulkRow,
        CaseResult,
        DayRow,
        ImportResult,
        InitResult,
        LockDiff,
        LockResult,
        Ping,
        StatusRow,
    )
    from cadence.engine.targets import OpenTarget
    from cadence.ledger import LogLine, StatusLine
    from cadence.model.entry import Entry
    from cadence.model.people import ActivityType, Employee, Record, TargetIdentity
    from cadence.model.plan import Plan, Report
    from cadence.model.sequence import Sequence as StepSequence
    from cadence.runner import ProgressEvent
    from cadence.timeline.timeline import Timeline
    from cadence.timing.calendar import BusinessCalendar

__all__ = ["Engine"]

_T = TypeVar("_T")


class Engine(ManyCalls):
    """Plans and applies with the settings of a folder. Methods return when all is done; all raise CadenceError.

    *target* names a target of the settings, *ledger* is a URL; both default to what the settings say. *client* sends
    the requests in place of connections of our own, see `apply`. The work inside is asynchronous; called inside a
    running loop it runs on a loop of its own in another thread.
    """

    by = ""
    """Under whose name the log keeps what is done; empty for that of this machine's user."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        clock: Clock | None = None,
        target: str | None = None,
        ledger: str | None = None,
        client: Callable[..., Any] | None = None,
    ) -> None:
        self.settings = settings or load_settings()
        check_submit(self.settings.submit)
        self.clock = clock or SystemClock()
        self._target_name = target
        self._client = _checked(client)
        self.ledger_url = ledger or self.settings.ledger_url

    @property
    def target(self) -> TargetSettings:
        """The target that this engine plans for and applies to. Raises ConfigError for an unknown one."""
        found = self.settings.target(self._target_name)
        return TargetSettings("client", "the client handed over") if self._client and found.is_local else found

    def opened(
        self, *, connections: int | None = None, reading: bool = False
    ) -> AbstractAsyncContextManager[OpenTarget]:
        """Return the target, to be entered and called.

        *connections* are for a bulk run that keeps so many busy, *reading* needs no permission to write a store.
        """
        from cadence.engine.targets import hand_over, open_target

        if self._client:
            return hand_over(self._client, self.settings, self.target, clock=self.clock)
        return open_target(self.settings, self.target, self.clock, connections=connections, reading=reading)

    def init(self, folder: Path | None = None) -> InitResult:
        """Set up *folder*, the working directory by default: settings, a first sequence, the embedded store."""
        from cadence.engine.setting_up import set_up

        return set_up(folder or self.settings.root, clock=self.clock)

    def check(self, paths: Sequence[Path] = ()) -> tuple[Finding, ...]:
        """Return all findings of all files; names are checked against the target where it is the embedded one."""
        from cadence.engine.knowledge import known_names
        from cadence.files import check_paths

        return check_paths(
            paths or [self.settings.sequences], calendars=self.settings.calendars, known=known_names(self)
        )

    def plan(  # noqa: PLR0913 - what can be asked of a plan
        self,
        sequence: str | Path | StepSequence,
        record: str,
        *,
        fields: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        start: str | datetime | None = None,
        now: str | datetime | None = None,
        calendars: Path | None = None,
    ) -> Plan:
        """Return what would be submitted for *record*: its id, email or name, or anything where *fields* are given."""
        from cadence.engine.planning import Question, plan_record

        value = self.load(sequence, calendars=calendars)
        question = Question(
            sequence=value,
            reference=record,
            fields=fields or {},
            params=params or {},
            start=start,
            now=now,
            path="" if sequence is value or calendars else value.path,
        )
        return plan_record(self, question)

    def load(self, sequence: str | Path | StepSequence, *, calendars: Path | None = None) -> StepSequence:
        """Return the sequence: a value as it is, a path read, a name sought in the folder of sequences.

        Its calendars are those of *calendars*; without it those beside the file, else those of the settings.
        """
        from cadence.files import calendars_beside, find_sequence, load_calendars, load_sequence
        from cadence.model.sequence import Sequence

        if isinstance(sequence, Sequence):
            return sequence
        path = find_sequence(sequence, self.settings.sequences)
        known = load_calendars(calendars) if calendars else calendars_beside(path, self.settings.calendars)
        return load_sequence(path, calendars=known)

    def calendars(self, folder: Path | None = None) -> Mapping[str, BusinessCalendar]:
        """Return the calendars of *folder*, of the settings' folder by default; none where there is no such folder."""
        from cadence.files import load_calendars

        chosen = folder or self.settings.calendars
        return load_calendars(chosen) if folder is not None or chosen.is_dir() else {}

    def load_plan(self, path: Path) -> Plan:
        """Return the plan that `--out` wrote. Raises StalePlanError where it was edited or is of another version."""
        from cadence.engine.planfile import read_plan

        return read_plan(path)

    def timelines(
        self,
        plan: Plan,
        *,
        sequence: str | Path | StepSequence | None = None,
        calendars: Path | None = None,
        viewer: str | None = None,
        entries: Mapping[str, Entry] | None = None,
    ) -> tuple[Timeline, ...]:
        """Return the picture of each enrollment of *plan*, with its closed times, leave and how each entry stands.

        *sequence* is what was planned, by default the file that the plan names; *viewer* is a zone whose clocks are
        shown too; *entries*, by key, stand in for those of the ledger where more is known of them.
        """
        from cadence.engine.picturing import draw

        value = None if sequence is None else self.load(sequence, calendars=calendars)
        return tuple(draw(self, plan, sequence=value, viewer=viewer, entries=entries))

    def prepare(self) -> None:
        """Bring a ledger that an older program wrote up to date, before a plan reads it; make none."""
        from cadence.errors import OlderLedger
        from cadence.ledger import open_ledger, open_readonly

        try:
            found = open_readonly(self.ledger_url)
        except OlderLedger:
            found = open_ledger(self.ledger_url)
        if found is not None:
            found.close()

    def apply(
        self, plan: Plan, *, progress: Callable[[ProgressEvent], None] | None = None, driver: str = "embedded"
    ) -> Report:
        """Do exactly what *plan* says and nothing twice, in this process or, by *driver* `temporal`, through workers.

        Raises StalePlanError where it no longer holds.
        """
        if driver == "temporal":
            from cadence.engine.bulk import apply_on_workers

            return run(apply_on_workers(self, plan, progress=progress))
        from cadence.engine.applying import apply_plan

        return run(apply_plan(self, plan, progress=progress), bulk=len(plan.enrollments) > 1)

    def settle(self, *, progress: Callable[[ProgressEvent], None] | None = None) -> Report:
        """Go on with everything that the ledger still holds open for the target."""
        from cadence.engine.settling import settle_open

        return run(settle_open(self, progress=progress))

    def retry(
        self,
        *,
        sequence: str | None = None,
        record: str | None = None,
        progress: Callable[[ProgressEvent], None] | None = None,
    ) -> Report:
        """Try again what the target refused, narrowed to what is given, and go on with what comes after it.

        Raises SubmissionError for a *record* of which the ledger has nothing.
        """
        from cadence.engine.looking import read_lines
        from cadence.engine.settling import retry_refused

        def found(known: str | None) -> tuple[StatusLine, ...]:
            return read_lines(self.ledger_url, sequence=sequence, record=known, refused=record is None)

        lines = self._by_record(record, found)
        if record is not None and not lines:
            raise SubmissionError(
                f"the ledger has nothing of record '{record}'", hint="`cadence status` lists what it has"
            )
        return run(retry_refused(self, lines, progress=progress))

    def resolve(
        self,
        step: str,
        resolution: Resolution,
        *,
        record: str | None = None,
        sequence: str | None = None,
        occurrence: int | None = None,
    ) -> StatusRow:
        """Write a person's decision about one parked step, and return the step as it was; `settle` then does the rest.

        Raises SubmissionError where the step is not exactly one, not parked, or adopts what the target does not have.
        """
        from cadence.engine.looking import read_lines, status_row
        from cadence.engine.settling import resolve_one

        target = self._named_identity()
        lines = self._by_record(
            record, lambda known: read_lines(self.ledger_url, target=target, sequence=sequence, record=known)
        )
        meant = [line for line in lines if line.entry.step == step and occurrence in (None, line.entry.occurrence)]
        return status_row(resolve_one(self, meant, resolution))

    def worker(self, *, at_once: int = 4, promote: bool = True) -> None:
        """Be a worker of bulk runs until SIGTERM or Ctrl-C, *at_once* chunks at a time.

        *promote* lets Temporal give all work to this version of the program.
        """
        from cadence.engine.bulk import work

        run(work(self, at_once=at_once, promote=promote), bulk=True)

    def bulk_list(self, *, limit: int = 20) -> tuple[BulkRow, ...]:
        """Return the bulk runs that Temporal remembers, the newest first."""
        from cadence.engine.bulk import list_runs

        return run(list_runs(self, limit=limit))

    def bulk_status(self, name: str) -> tuple[BulkRow, Report]:
        """Return how a bulk run stands, and what it did so far by the ledger."""
        from cadence.engine.bulk import show_run

        return run(show_run(self, name))

    def bulk_pause(self, name: str) -> None:
        """Let a bulk run send nothing more until it is resumed; what is in flight is finished."""
        from cadence.engine.bulk import steer

        run(steer(self, name, how="pause"))

    def bulk_resume(self, name: str) -> None:
        """Let a paused bulk run go on."""
        from cadence.engine.bulk import steer

        run(steer(self, name, how="resume"))

    def bulk_cancel(self, name: str) -> None:
        """End a bulk run: what was sent stays, what was not is not sent by it any more."""
        from cadence.engine.bulk import steer

        run(steer(self, name, how="cancel"))

    def explain(
        self, sequence: str | Path | StepSequence, record: str, *, step: str | None = None, **asked: Any
    ) -> Plan:
        """Return the plan, of one step where *step* names one; each due carries its why."""
        from cadence.engine.planning import only_step

        plan = self.plan(sequence, record, **asked)
        return plan if step is None else only_step(plan, step)

    def test(self, paths: Sequence[Path] = (), *, update: bool = False) -> tuple[CaseResult, ...]:
        """Compare expansions with golden files; *update* rewrites the files to what comes out now."""
        from cadence.engine.testing import run_goldens

        return tuple(run_goldens(self, paths or [self.settings.sequences], update=update))

    def status(
        self, *, sequence: str | None = None, record: str | None = None, state: str | None = None
    ) -> tuple[StatusRow, ...]:
        """Return where every entry of the ledger stands, narrowed to what is given, and to a target that was named."""
        from cadence.engine.looking import read_status

        target = self._named_identity()
        return self._by_record(
            record,
            lambda known: read_status(self.ledger_url, target=target, sequence=sequence, record=known, state=state),
        )

    def log(self, *, record: str | None = None, limit: int = 50) -> tuple[LogLine, ...]:
        """Return what was done, the newest first."""
        from cadence.engine.looking import read_log

        return self._by_record(record, lambda known: read_log(self.ledger_url, record=known, limit=limit))

    def records_import(self, path: Path, *, object: str = "client_client") -> ImportResult:  # noqa: A002 - the CRM's word
        """Create or update a record for each row of a CSV file; the rows not taken are findings."""
        from cadence.engine.importing import import_records

        return run(self._with_target(lambda opened: import_records(opened, path, object_name=object)))

    def records_list(
        self,
        *,
        object: str = "client_client",  # noqa: A002 - the CRM's word
        search: str | None = None,
        limit: int = 50,
    ) -> tuple[Record, ...]:
        """Return the target's records, at most *limit*, those that hold *search* where it is given."""
        from cadence.engine.looking import list_records

        return run(self._from_target(lambda opened: list_records(opened, object, search=search, limit=limit)))

    def team_import(self, path: Path) -> ImportResult:
        """Create or update the people, roles and business of a team file in the embedded service."""
        from cadence.engine.importing import import_team
        from cadence.files import load_team

        team = load_team(path)
        return run(self._with_target(lambda opened: import_team(opened, team)))

    def activities_import(self, path: Path) -> ImportResult:
        """Create or change an activity type of the embedded service for each row of a CSV file."""
        from cadence.engine.activity_types import import_activity_types

        return run(self._with_target(lambda opened: import_activity_types(opened, path)))

    def activities_list(self) -> tuple[ActivityType, ...]:
        """Return the target's activity types."""
        return run(self._from_target(lambda opened: opened.client.activity_types()))

    def team_list(self) -> tuple[Employee, ...]:
        """Return the target's people, the names of their roles in place of ids."""
        from cadence.engine.looking import list_team

        return run(self._from_target(list_team))

    def calendar_show(self, name: str, *, first: date, last: date, zone: str | None = None) -> tuple[DayRow, ...]:
        """Return the days of a calendar, both ends included."""
        from cadence.engine.calendars import named, show_days

        calendar = named(self.calendars(), name, folder=self.settings.calendars)
        return tuple(show_days(calendar, first=first, last=last, zone_name=zone))

    def calendar_lock(self, *, first_year: int, last_year: int, calendars: Path | None = None) -> LockResult:
        """Freeze the holidays of all calendars' regions into `holidays.lock.json`."""
        from cadence.engine.calendars import write_lock

        folder = calendars or self.settings.calendars
        return write_lock(self.calendars(folder), folder, first_year=first_year, last_year=last_year)

    def calendar_diff(self, *, first_year: int, last_year: int, calendars: Path | None = None) -> LockDiff:
        """Return how the installed holidays differ from the locked ones."""
        from cadence.engine.calendars import diff_lock

        folder = calendars or self.settings.calendars
        return diff_lock(self.calendars(folder), folder, first_year=first_year, last_year=last_year)

    def schema(self, kind: str = "sequence") -> dict[str, Any]:
        """Return the JSON Schema of a kind of file: sequence, calendar, team or golden."""
        from cadence.sequence.schema import json_schema

        return json_schema(kind)

    def target_ping(self) -> Ping:
        """Call the target and return who answered. Raises TargetError, ConfigError."""
        from cadence.engine.looking import ping

        return run(self._from_target(lambda opened: ping(opened, self.clock)))

    def _named_identity(self) -> TargetIdentity | None:
        """Return which account the target is that was named, None where none was; called only where nobody says."""
        if self._target_name is None:
            return None
        from cadence.engine.targets import identity_of

        identity = identity_of(self.target)
        return identity if identity.business_id else run(self._from_target(_identity))

    def _by_record(self, record: str | None, read: Callable[[str | None], Iterable[_T]]) -> tuple[_T, ...]:
        """Return what *read* finds; the ledger knows ids and names, so an email is asked of the target first."""
        found = tuple(read(record))
        if found or record is None or "@" not in record:
            return found
        from cadence.engine.knowledge import id_of

        known = id_of(self, record)
        return tuple(read(known)) if known else found

    async def _from_target(self, read: Callable[[OpenTarget], Awaitable[_T]]) -> _T:
        async with self.opened(reading=True) as opened:
            return await read(opened)

    async def _with_target(self, work: Callable[[OpenTarget], Awaitable[_T]]) -> _T:
        async with self.opened() as opened:
            return await work(opened)


async def _identity(opened: OpenTarget) -> TargetIdentity:
    return opened.identity


def _checked(client: Callable[..., Any] | None) -> Callable[..., Any] | None:
    if client is None or callable(client):
        return client
    raise ConfigError(
        f"client is of type '{type(client).__name__}', which cannot be called",  # its text may hold a key
        hint="give a function that sends one request, called as client(method, path, json=body)",
    )
