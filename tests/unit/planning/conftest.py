"""Sequences as text, records as fields: what the tests of a plan are arranged from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from cadence.model.people import Business, Directory, Employee, Leave, Record, Role
from cadence.planning.record import plan_record
from cadence.sequence.parse import parse_sequence
from cadence.timing.hours import week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence.model.plan import Activity
    from cadence.planning.record import Planned

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York
OFFICE = """
calendar:
  hours: {mon-fri: ["09:00-12:00", "13:00-17:00"]}
  holidays: [US]
"""


class Expand(Protocol):
    """Plans the steps, each a mapping in YAML flow style or a whole sequence text."""

    def __call__(self, text: str, fields: Mapping[str, Any] | None = None, **options: Any) -> Planned: ...


@pytest.fixture
def expand() -> Expand:
    def run(text: str, fields: Mapping[str, Any] | None = None, **options: Any) -> Planned:
        record = Record("r-1", {"timezone": "America/New_York", **(fields or {})})
        return plan_record(parse_sequence(text), record, now=options.pop("now", NOW), **options)

    return run


@pytest.fixture
def dues(expand: Expand) -> Callable[..., dict[str, str]]:
    """Return local dues by step, as in 2026-11-24T10:00."""

    def run(
        steps: str, fields: Mapping[str, Any] | None = None, *, head: str = OFFICE, **options: Any
    ) -> dict[str, str]:
        planned = expand(sequence(steps, head=head), fields, **options)
        return {label(activity): str(activity.local)[:16] for activity in planned.enrollment.activities}

    return run


@pytest.fixture
def due(dues: Callable[..., dict[str, str]]) -> Callable[..., str]:
    """Return the local due of a sequence with one step: its sentence, and further keys of the step."""

    def run(sentence: str, fields: Mapping[str, Any] | None = None, *, keys: str = "", **options: Any) -> str:
        return dues(f'- {{id: one, activity: task, due: "{sentence}"{keys and ", " + keys}}}', fields, **options)["one"]

    return run


@pytest.fixture
def team() -> Directory:
    ada = Employee("00000000-0000-0000-0000-00000000000a", "Ada Byron", "ada@example.com", "Europe/London", ("Sales",))
    bob = Employee(
        "00000000-0000-0000-0000-00000000000b",
        "Bob Ross",
        "bob@example.com",
        "America/New_York",
        ("Sales", "Support"),
        hours=week_of({"mon-fri": "12:00-20:00"}),
        leave=(Leave(datetime(2026, 11, 30, tzinfo=UTC).date(), datetime(2026, 12, 4, tzinfo=UTC).date(), "holiday"),),
    )
    cyd = Employee("00000000-0000-0000-0000-00000000000c", "Cyd Charisse", "cyd@example.com", roles=("Support",))
    roles = (
        Role("00000000-0000-0000-0000-0000000000f1", "Sales"),
        Role("00000000-0000-0000-0000-0000000000f2", "Support"),
    )
    return Directory(business=Business("b-1", "Acme", "US", "America/Chicago"), team=(ada, bob, cyd), roles=roles)


def sequence(steps: str, *, head: str = OFFICE) -> str:
    """Return a sequence text with the steps, a list in YAML."""
    lines = "\n".join(f"  {line}" for line in steps.strip().splitlines())
    return f"sequence: demo\n{head.strip()}\nsteps:\n{lines}\n"


def label(activity: Activity) -> str:
    """Return the step's id, with its occurrence from the second on."""
    return activity.step if activity.occurrence == 1 else f"{activity.step}.{activity.occurrence}"
