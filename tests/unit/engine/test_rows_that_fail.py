"""What is said of a row that nothing comes of."""

from __future__ import annotations

from cadence.diagnostics import Finding
from cadence.engine.batches import row_error
from cadence.errors import PlanError


def test_what_several_steps_have_in_common_is_said_once() -> None:
    late, later = "start later with --start", "say what then: if_past: skip"
    findings = (
        Finding("past", "step 'a' lies in the past", hint=late),
        Finding("past", "step 'b' lies in the past", hint=late),
        Finding("rule", "step 'c' is too early"),
        Finding("past", "step 'd' lies in the past", hint=later),
    )
    assert row_error(7, "ana", PlanError("no plan", findings=findings)).reason == (
        f"step 'a' lies in the past; step 'b' lies in the past; {late}; step 'c' is too early; "
        f"step 'd' lies in the past; {later}"
    )
