"""Short ways of writing a sequence and of reading what is found wrong with it."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING

from cadence.sequence.parse import check_calendar, check_sequence, parse_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.sequence import Sequence, Step
    from cadence.sequence import Known
    from cadence.timing.calendar import BusinessCalendar

HEAD = "sequence: test\nassign: {owner: true}\n"
STEPS = "steps:\n  - {id: a, activity: call, due: start}\n"


def findings(
    text: str | bytes, *, calendars: Mapping[str, BusinessCalendar] | None = None, known: Known | None = None
) -> list[str]:
    return [str(finding) for finding in check_sequence(text, path="s.yaml", calendars=calendars, known=known)[1]]


def calendar_findings(text: str) -> list[str]:
    return [str(finding) for finding in check_calendar(dedent(text), path="c.yaml")[1]]


def with_keys(keys: str) -> str:
    """Return a sequence with further keys, which start on line 3."""
    return f"{HEAD}{dedent(keys).strip()}\n{STEPS}"


def with_step(keys: str, *, more: str = "") -> str:
    """Return a sequence whose one step has *keys* from line 6 on, column 5."""
    lines = indent(dedent(keys).strip(), "    ")
    due = "" if keys.lstrip().startswith("due:") else "    due: start\n"
    return f"{HEAD}{more}steps:\n  - id: a\n    activity: call\n{lines}\n{due}"


def step(keys: str, *, more: str = "", calendars: Mapping[str, BusinessCalendar] | None = None) -> Step:
    return parse_sequence(with_step(keys, more=more), calendars=calendars).steps[0]


def sequence(text: str, **asked: Mapping[str, BusinessCalendar]) -> Sequence:
    return parse_sequence(text, calendars=asked.get("calendars"))
