"""Run golden files: expand each case and compare it with what is expected."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from cadence import files
from cadence.engine.fields import record_of
from cadence.engine.knowledge import learn
from cadence.engine.planning import project_rules
from cadence.engine.results import CaseResult
from cadence.engine.when import parse_when
from cadence.errors import CadenceError, SequenceError
from cadence.files import Kind
from cadence.model.people import Directory
from cadence.planning.plan import make_plan
from cadence.planning.zones import zone_name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from cadence.engine.engine import Engine
    from cadence.model.people import Record
    from cadence.model.plan import Activity, Plan
    from cadence.model.sequence import Sequence as StepSequence
    from cadence.sequence import Case, Expected, Golden, Team

__all__ = ["run_goldens"]


def run_goldens(engine: Engine, paths: Sequence[Path], *, update: bool) -> Iterator[CaseResult]:
    """Yield the result of every case of every golden file below *paths*, in the order of the files.

    *update* rewrites what differs. Raises SequenceError where there is no golden file at all.
    """
    found = [path for path, kind in files.discover(paths) if kind is Kind.GOLDEN]
    if not found:
        names = ", ".join(map(str, paths))
        raise SequenceError(f"there is no golden file in {names}", hint="write cases into a file named *.golden.yaml")
    for path in found:
        yield from _run_file(engine, path, update=update)


def _run_file(engine: Engine, path: Path, *, update: bool) -> Iterator[CaseResult]:
    golden = files.load_golden(path)
    sequence = engine.load(files.find_sequence(path.parent / golden.sequence, path.parent))
    changed = []
    for case in golden.cases:
        activities, differences = _run_case(engine, golden, case, sequence)
        if differences and activities and update:
            changed.append((case, activities))
            differences = ()
        yield CaseResult(str(path), case.name, differences)
    if changed:
        from cadence.engine.golden_update import rewrite

        rewrite(path, changed)


def _run_case(
    engine: Engine, golden: Golden, case: Case, sequence: StepSequence
) -> tuple[tuple[Activity, ...], tuple[str, ...]]:
    try:
        record, directory = _who(engine, Path(golden.path), case, sequence)
        activities = tuple(_expand(engine, case, sequence, record=record, directory=directory).activities)
    except CadenceError as error:
        return (), (str(error), *(str(finding) for finding in error.findings))
    return activities, tuple(_compare(case.expect, activities, directory))


def _expand(engine: Engine, case: Case, sequence: StepSequence, *, record: Record, directory: Directory) -> Plan:
    now = case.now or case.start or engine.clock.now()
    return make_plan(
        sequence,
        [record],
        now=parse_when(now, "now", zone_name=lambda: zone_name_of(sequence, record, directory=directory)),
        start=case.start,
        params=case.params,
        directory=directory,
        rules=project_rules(engine.settings),
    )


def _who(engine: Engine, path: Path, case: Case, sequence: StepSequence) -> tuple[Record, Directory]:
    team = files.load_team(path.parent / case.team) if isinstance(case.team, str) else case.team
    if isinstance(case.record, str):
        known = learn(engine, case.record, object_name=sequence.object, fields={})
        return known.record, _directory(team) if team else known.directory
    record = record_of({"id": case.name, **case.record}, object_name=sequence.object)
    return record, _directory(team) if team else Directory()


def _directory(team: Team) -> Directory:
    return Directory(business=team.business, team=team.employees, roles=team.roles)


def _compare(expected: tuple[Expected, ...], activities: tuple[Activity, ...], directory: Directory) -> Iterator[str]:
    """Yield what differs, the whole expansion in submission order being expected."""
    for wanted, got in zip_longest(expected, activities):
        if wanted is None:
            yield f"{_named(got)}: not expected, got {got.action} {_due(got)}"
        elif got is None:
            yield f"{wanted.step}: expected, got nothing"
        elif wanted.step != got.step or wanted.occurrence not in (None, got.occurrence):
            yield f"expected {wanted.step} next, got {_named(got)} ({got.action} {_due(got)})"
            return
        else:
            yield from _compare_one(wanted, got, directory)


def _compare_one(wanted: Expected, got: Activity, directory: Directory) -> Iterator[str]:
    name = _named(got)
    if wanted.due is not None and not _is_at(wanted.due, got):
        yield f"{name}: expected due {wanted.due.isoformat(sep=' ', timespec='minutes')}, got {_due(got)}"
    if wanted.action is not None and wanted.action is not got.action:
        reason = f" ({got.reason})" if got.reason else ""
        yield f"{name}: expected {wanted.action}, got {got.action}{reason}"
    if wanted.assignee is not None and not _is_for(wanted.assignee, got, directory):
        yield f"{name}: expected for {wanted.assignee}, got {got.assignee.name if got.assignee else 'nobody'}"
    yield from _missing_texts(name, wanted, got)


def _missing_texts(name: str, wanted: Expected, got: Activity) -> Iterator[str]:
    note = str((got.body or {}).get("note", ""))
    reasons = "; ".join(line.reason for line in got.why)
    texts: list[tuple[str, str | None, str]] = [
        ("note", wanted.note, note),
        ("reason", wanted.reason, got.reason or ""),
    ]
    texts += [("why", text, reasons) for text in wanted.why]
    for what, text, actual in texts:
        if text is not None and text not in actual:
            yield f"{name}: expected '{text}' in its {what}, got '{actual}'"


def _is_at(due: datetime, got: Activity) -> bool:
    if due.tzinfo is not None:
        return due == got.due_at
    return got.local is not None and due.isoformat() == got.local[:19]


def _is_for(reference: str, got: Activity, directory: Directory) -> bool:
    meant = directory.employee(reference) or directory.role(reference)
    if got.assignee is None:
        return False
    return got.assignee.id == meant.id if meant else reference in (got.assignee.id, got.assignee.name)


def _named(activity: Activity) -> str:
    return activity.step if activity.occurrence == 1 else f"{activity.step} #{activity.occurrence}"


def _due(activity: Activity) -> str:
    return (activity.local or "without a due").replace("T", " ")
