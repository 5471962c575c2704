"""The plan as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence.wording.plancsv import csv_text, plan_csv

if TYPE_CHECKING:
    from cadence.model.plan import Plan


def test_csv_has_a_line_per_activity_in_submission_order(plan: Plan) -> None:
    lines = list(csv.DictReader(io.StringIO(plan_csv(plan), newline="")))
    assert [line["step"] for line in lines] == [activity.step for activity in plan.activities]
    assert lines[1] == {
        "record": "8f14e45f-ceea-467f-ab5d-7f9d2c8e1a01",
        "record_name": "Ana Souza",
        "sequence": "onboarding",
        "step": "kickoff",
        "occurrence": "1",
        "action": "create",
        "activity": "meeting",
        "due_datetime": "2026-11-27T19:23:00Z",
        "local": "2026-11-27T14:23:00-05:00[America/New_York]",
        "zone": "America/New_York",
        "original_due_datetime": "2026-11-27T19:23:00Z",
        "assignee": "Customer Success",
        "assignee_id": "r",
        "reason": "",
        "why": "anchor: welcome-call is due Tue 24 Nov at 10:00; offset: 2 days after welcome-call; "
        "roll: Thu 26 Nov is Thanksgiving Day (US): closed, moved to Fri 27 Nov; slot: spread over 14:00-16:00",
    }


def test_lines_end_as_the_standard_says() -> None:
    assert csv_text(["a", "b"], [["x,y", None], ['say "hi"', 1]]) == 'a,b\r\n"x,y",\r\n"say ""hi""",1\r\n'


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_runs_no_name_as_a_formula(plan: Plan, name: str) -> None:
    [enrollment] = plan.enrollments
    hostile = replace(plan, enrollments=(replace(enrollment, record=replace(enrollment.record, name=name)),))
    lines = list(csv.DictReader(io.StringIO(plan_csv(hostile), newline="")))
    assert {line["record_name"] for line in lines} == {f"'{name}"}
