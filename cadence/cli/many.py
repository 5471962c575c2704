"""Plans and applies for many records: what both commands print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cadence.cli.asking import print_bytes, show_findings
from cadence.cli.progress import Progress
from cadence.cli.reporting import NOT_ALL, code_of, has_changed, print_problems, print_ways_out
from cadence.wording.counts import plan_words, record_words, report_dict, report_words

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.cli.options import Many, Question
    from cadence.engine import Engine
    from cadence.engine.results import RecordsPlan, RecordsReport
    from cadence.runner import ProgressEvent

__all__ = ["CHANGES", "apply_many", "check_form", "plan_many"]

CHANGES = 2


def check_form(form: str) -> None:
    """Raise click.UsageError for a form that many records cannot be printed in."""
    if form not in ("table", "json"):
        message = f"--format {form} is for one record's plan: with --records, --out plan.csv writes all of them"
        raise click.UsageError(message, click.get_current_context())


def plan_many(
    engine: Engine, question: Question, many: Many, *, form: str, out: Path | None, detailed_exitcode: bool
) -> int:
    """Count what would be done, and return the exit code: 1 where a row failed."""
    with _Telling(report=many.report, activities=out) as progress:
        plan = engine.plan_records(
            question.sequence,
            many.records,
            **question.arguments(),
            by=many.by,
            report=many.report,
            out=out,
            progress=progress,
        )
    show_findings(plan.findings)
    print_problems(plan.problems)
    if form == "json":
        print_bytes(json.dumps(_plan_dict(plan), ensure_ascii=False) + "\n")
    else:
        click.echo(f"{plan_words(plan.counts)}; {record_words(plan.records, plan.failed)}")
    if plan.failed:
        return NOT_ALL
    return (
        CHANGES if detailed_exitcode and any(plan.counts[action] for action in plan.counts if action.is_change) else 0
    )


def apply_many(  # noqa: PLR0913 - what was asked
    engine: Engine,
    question: Question,
    many: Many,
    *,
    form: str,
    out: Path | None,
    driver: str,
    detailed_exitcode: bool,
) -> int:
    """Send, print the counts, and return the exit code: also 1 where a row failed, or was not reached."""
    from cadence.engine.recordreport import report_path

    report = many.report or report_path(many.records)
    with _Telling(report=report, activities=out) as progress:
        done = engine.apply_records(
            question.sequence,
            many.records,
            **question.arguments(),
            by=many.by,
            report=report,
            out=out,
            progress=progress,
            driver=driver,
        )
    show_findings(done.findings)
    print_problems([*done.counts.problems, *([done.stopped] if done.stopped else ())])
    print_ways_out(done.counts, by_workers=driver == "temporal" and bool(done.stopped))
    if form == "json":
        print_bytes(json.dumps(_report_dict(done), ensure_ascii=False) + "\n")
    else:
        click.echo(f"{report_words(done.counts)}; {record_words(done.records, done.failed)}")
    return _code(done) or (CHANGES if detailed_exitcode and has_changed(done.counts) else 0)


def _code(done: RecordsReport) -> int:
    return code_of(done.counts) or (NOT_ALL if done.failed or done.stopped else 0)


def _plan_dict(plan: RecordsPlan) -> dict[str, object]:
    counts = {str(action): count for action, count in plan.counts.items()}
    return {**counts, "records": plan.records, "failed": plan.failed, "problems": list(plan.problems)}


def _report_dict(done: RecordsReport) -> dict[str, object]:
    more = {"records": done.records, "failed": done.failed, "stopped": done.stopped, "report": str(done.report)}
    return {**report_dict(done.counts), **more}


class _Telling(Progress):
    """Says where the files are once they are being written: what is refused before that writes none."""

    def __init__(self, **files: Path | None) -> None:
        super().__init__()
        self._files = files

    def __call__(self, event: ProgressEvent) -> None:
        """Show how far it is."""
        for what, path in self._files.items():
            if path is not None:
                click.echo(f"{what}: {path}", err=True)
        self._files = {}
        super().__call__(event)
