"""The file of a plan: whole, harmless, and the same for the same plan."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from cadence.diagnostics import Finding
from cadence.model.people import Employee, Leave, Record, TargetIdentity
from cadence.model.plan import Assignee, Plan, Why
from cadence.timeline.build import timeline_of
from cadence.timeline.page import plan_html, stylesheet
from cadence.timeline.surroundings import Surroundings
from tests.unit.timeline.conftest import ANA, NOW

if TYPE_CHECKING:
    from cadence.model.sequence import Sequence
    from cadence.timeline.timeline import Timeline

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>&lt;\u202e\x00</style></title>]]>{{7*7}}"


class Reader(HTMLParser):
    """Collects every element with its attributes, and checks that what is opened is closed."""

    VOID = ("meta", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_file_needs_nothing_else(plan: Plan, timeline: Timeline) -> None:
    elements = Reader(plan_html(plan, [timeline])).elements
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & {tag for tag, _ in elements}
    links = [attrs[name] for _, attrs in elements for name in ("href", "src", "action") if attrs.get(name)]
    assert links
    assert all(str(link).startswith("#") for link in links)
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()


def test_its_policy_allows_its_own_style_and_no_more(plan: Plan, timeline: Timeline) -> None:
    text = plan_html(plan, [timeline])
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policies = [attrs["content"] for tag, attrs in Reader(text).elements if attrs.get("http-equiv")]
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    assert not [attrs for _, attrs in Reader(text).elements if "style" in attrs]


def test_the_same_plan_gives_the_same_file(plan: Plan, timeline: Timeline) -> None:
    assert plan_html(plan, [timeline]) == plan_html(plan, [timeline])


Hurt = Callable[[Plan, Surroundings], tuple[Plan, Surroundings]]


def _plan(**fields: Any) -> Hurt:
    return lambda plan, around: (replace(plan, **fields), around)


def _enrollment(**fields: Any) -> Hurt:
    return lambda plan, around: (replace(plan, enrollments=(replace(plan.enrollments[0], **fields),)), around)


def _activity(**fields: Any) -> Hurt:
    def hurt(plan: Plan, around: Surroundings) -> tuple[Plan, Surroundings]:
        first, *rest = plan.enrollments[0].activities
        return _enrollment(activities=(replace(first, **fields), *rest))(plan, around)

    return hurt


def _title(plan: Plan, around: Surroundings) -> tuple[Plan, Surroundings]:
    assert around.sequence is not None
    first, *rest = around.sequence.steps
    return plan, replace(around, sequence=replace(around.sequence, steps=(replace(first, title=HOSTILE), *rest)))


def _calendar(plan: Plan, around: Surroundings) -> tuple[Plan, Surroundings]:
    sequence = around.sequence
    assert sequence is not None
    assert sequence.calendar is not None
    closed = tuple((first, last, HOSTILE) for first, last, _ in sequence.calendar.closed)
    calendar = replace(sequence.calendar, closed=closed)
    steps = tuple(replace(step, calendar=calendar) for step in sequence.steps)
    return plan, replace(around, sequence=replace(sequence, calendar=calendar, steps=steps))


def _away(plan: Plan, around: Surroundings) -> tuple[Plan, Surroundings]:
    leave = tuple(Leave(each.first, each.last, HOSTILE) for each in ANA.leave)
    return plan, replace(around, team=(Employee(ANA.id, HOSTILE, leave=leave),))


HURT: dict[str, Hurt] = {
    "record": _enrollment(record=Record("x", name=HOSTILE)),
    "sequence": _enrollment(sequence=HOSTILE),
    "variant": _enrollment(variant=HOSTILE),
    "key": _enrollment(key=HOSTILE, sequence=HOSTILE),
    "step": _activity(step=HOSTILE),
    "activity": _activity(activity=HOSTILE),
    "reason": _activity(reason=HOSTILE),
    "assignee": _activity(assignee=Assignee("x", HOSTILE)),
    "rule": _activity(why=(Why(HOSTILE, None, "2026-11-23", "moved"),)),
    "why": _activity(why=(Why("ledger", None, None, HOSTILE),)),
    "note": _activity(body={"note": HOSTILE}),
    "local": _activity(local=HOSTILE),
    "finding": _plan(findings=(Finding("code", HOSTILE),)),
    "hint": _plan(findings=(Finding("code", "said", hint=HOSTILE),)),
    "code": _plan(findings=(Finding(HOSTILE, "said"),)),
    "target": _plan(target=TargetIdentity(HOSTILE, "", "")),
    "version": _plan(versions={HOSTILE: HOSTILE}),
    "title": _title,
    "calendar": _calendar,
    "leave": _away,
}


@pytest.mark.parametrize("hurt", HURT.values(), ids=HURT)
def test_no_text_of_others_becomes_markup(plan: Plan, sequence: Sequence, hurt: Hurt) -> None:
    harmed, around = hurt(plan, Surroundings(sequence, (ANA,)))
    text = plan_html(harmed, [timeline_of(harmed.enrollments[0], NOW, around)])
    elements = Reader(text).elements
    assert "alert(1)" in text
    assert not {"script", "img"} & {tag for tag, _ in elements}
    assert not [name for _, attrs in elements for name in attrs if name.startswith("on")]
    assert not {"\u202e", "\x00"} & set(text)


def test_every_step_says_its_due_in_both_zones_its_assignee_and_its_why(plan: Plan, timeline: Timeline) -> None:
    text = plan_html(plan, [timeline])
    for lane in timeline.lanes:
        assert lane.said in text
        assert lane.universal in text
        assert all(line.reason.replace("<", "&lt;").replace("'", "&#39;") in text for line in lane.why)
    assert text.count("Ana Ruiz") >= 2 * len(timeline.lanes)


def test_several_enrollments_have_a_list_that_leads_to_each(plan: Plan, timeline: Timeline) -> None:
    both = replace(plan, enrollments=plan.enrollments * 2)
    elements = Reader(plan_html(both, [timeline, timeline])).elements
    ids = [attrs["id"] for _, attrs in elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [str(attrs["href"])[1:] for tag, attrs in elements if tag == "a"]
    assert links == ["enrollment-0", "enrollment-1"]
    assert set(links) < set(ids)


def test_a_plan_of_nothing_is_a_page_too(plan: Plan) -> None:
    assert "nothing to do" in plan_html(replace(plan, enrollments=()), [])


def test_every_reference_within_the_file_has_its_target(plan: Plan, timeline: Timeline) -> None:
    text = plan_html(plan, [timeline])
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', text)) <= ids


# Contrast, by WCAG 2.2: every pair of text and ground that the pages use.
_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "surface", "sunken", "closed")),
    ("accent", "surface"), ("accent", "paper"), ("warn", "surface"), ("bad", "surface"), ("good", "surface"),
    ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"), ("accent", "accent-soft"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _PAIRS)
def test_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    light, dark = stylesheet().split("@media (prefers-color-scheme: dark)")
    tokens = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        tokens |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))
    assert _contrast(tokens[ink], tokens[ground]) >= 4.5


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
