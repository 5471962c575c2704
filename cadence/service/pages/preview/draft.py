"""What is typed on the page: a sequence, whom it is for, and when it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.diagnostics import Finding, Severity
from cadence.diagnostics.finding import errors_among
from cadence.errors import CadenceError
from cadence.files import calendars_beside
from cadence.frozen import dataclass
from cadence.sequence import check_sequence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence.model.plan import Plan
    from cadence.model.sequence import Sequence as StepSequence
    from cadence.service.desk import Desk
    from cadence.timeline.timeline import Timeline

__all__ = ["Draft", "Drawing", "draw"]

_MOST_ACTIVITIES = 400
_NAME = "preview.yaml"


@dataclass(frozen=True, slots=True)
class Draft:
    """`text` is YAML, `fields` and `params` are lines of NAME=VALUE, `start` is on the record's clocks."""

    text: str
    record: str = ""
    fields: str = ""
    params: str = ""
    start: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What came of a draft: all findings, and the plan with its picture where there is one."""

    findings: tuple[Finding, ...]
    plan: Plan | None = None
    timelines: tuple[Timeline, ...] = ()

    @property
    def lines(self) -> Mapping[int, str]:
        """The worst severity of each line that has a finding."""
        worst: dict[int, str] = {}
        for finding in sorted(self.findings, key=lambda each: each.severity is Severity.ERROR):
            if finding.place is not None and finding.place.line:
                worst[finding.place.line] = str(finding.severity)
        return worst


def draw(desk: Desk, draft: Draft, *, viewer: str) -> Drawing:
    """Return the draft as a plan and its picture, or all that is wrong with it."""
    calendars = calendars_beside(desk.settings.sequences / _NAME, desk.settings.calendars)
    sequence, findings = check_sequence(draft.text, path=_NAME, calendars=calendars, lock=calendars.lock)
    if sequence is None or errors_among(findings):
        return Drawing(findings)
    try:
        plan = _plan(desk, sequence, draft)
        count = sum(len(enrollment.activities) for enrollment in plan.enrollments)
        if count > _MOST_ACTIVITIES:
            return Drawing((*findings, _too_many(count)), plan)
        return Drawing(_together(findings, plan.findings), plan, desk.pictured(plan, sequence, viewer=viewer))
    except CadenceError as error:
        return Drawing((*findings, *(error.findings or (_said(error),))))


def _together(checked: Sequence[Finding], planned: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return all findings; what both say of a line stands once."""
    said = {_sense(each) for each in checked}
    return (*checked, *(each for each in planned if _sense(each) not in said))


def _sense(finding: Finding) -> tuple[str, int, str]:
    return finding.code, finding.place.line if finding.place else 0, finding.message


def _plan(desk: Desk, sequence: StepSequence, draft: Draft) -> Plan:
    return desk.plan(
        sequence,
        draft.record.strip() or "preview@example.com",
        fields=_assigned(draft.fields, "fields"),
        params=_assigned(draft.params, "params"),
        start=draft.start.strip() or None,
    )


def _assigned(text: str, field: str) -> dict[str, str]:
    """Return the lines as a mapping. Raises CadenceError for one that is no assignment."""
    pairs = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, separator, value = line.partition("=")
        if not separator or not name.strip():
            raise CadenceError(
                f"{field}, line {number}: '{line.strip()[:60]}' is no assignment", hint="write it as in seats=25"
            )
        pairs[name.strip()] = value.strip()
    return pairs


def _said(error: CadenceError) -> Finding:
    return Finding("plan", error.message, hint=error.hint)


def _too_many(count: int) -> Finding:
    return Finding(
        "not-drawn",
        f"the plan has {count} activities, of which {_MOST_ACTIVITIES} could be drawn",
        hint="download it, or preview fewer repeats",
        severity=Severity.WARNING,
    )
