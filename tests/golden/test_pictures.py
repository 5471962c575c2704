"""The pictures of examples, element by element. CADENCE_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cadence.timeline.agenda import plan_ics
from cadence.timeline.picture import picture

if TYPE_CHECKING:
    from cadence.engine import Engine
    from cadence.model.plan import Plan

GOLDEN = Path(__file__).with_name("timeline")
CASES = {
    "inbound": ("oscar.reyes@brightloom.example", "2026-11-20T17:58", "Europe/London"),
    "outbound": ("tane.parata@kauri.example", "2026-09-22T10:00", None),
    "renewal": ("harriet.shaw@fenwick.example", "2026-09-20T10:00", None),
    "quarterly-review": ("maya.chen@northwind.example", "2026-11-20T10:00", "America/New_York"),
}


def _plan(engine: Engine, example: str) -> Plan:
    record, start, _ = CASES[example]
    return engine.plan(example, record, start=start, now=start)


def _compare(name: str, text: str) -> None:
    path = GOLDEN / name
    if os.environ.get("CADENCE_UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8", newline="")
    assert text == path.read_bytes().decode()


@pytest.mark.parametrize("example", CASES)
def test_an_example_is_drawn_as_before(example: str, demo: Engine) -> None:
    [timeline] = demo.timelines(_plan(demo, example), sequence=example, viewer=CASES[example][2])
    _compare(f"{example}.html", picture(timeline).replace("><", ">\n<") + "\n")


def test_the_calendar_of_an_example_is_as_before(demo: Engine) -> None:
    _compare("inbound.ics", plan_ics(_plan(demo, "inbound")).decode())
