"""Writes a plan in the forms that are files of their own: a page with its timeline, a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.cli.asked import is_kept
from cadence.cli.asking import print_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.cli.options import Question
    from cadence.engine import Engine
    from cadence.model.plan import Plan

__all__ = ["FILES", "write_plan"]

FILES = ("html", "ics")


def write_plan(
    plan: Plan, form: str, out: Path | None, *, engine: Engine, question: Question, zone: str | None
) -> None:
    """Write the plan as html or ics to *out*, to stdout without one."""
    text = _calendar(plan) if form == "ics" else _page(plan, engine, question, zone)
    if out is None:
        print_bytes(text)
    else:
        from cadence.files import write_text

        write_text(out, text)


def _calendar(plan: Plan) -> str:
    from cadence.timeline.agenda import plan_ics

    return plan_ics(plan).decode()


def _page(plan: Plan, engine: Engine, question: Question, zone: str | None) -> str:
    from cadence.timeline.page import plan_html

    sequence = None if is_kept(question) else question.sequence
    return plan_html(plan, engine.timelines(plan, sequence=sequence, calendars=question.calendars, viewer=zone))
