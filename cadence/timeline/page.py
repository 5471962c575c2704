"""A plan as one HTML file that needs nothing else: for a mail, a review, the printer."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from cadence.timeline.markup import Markup, el, joined, paragraphs
from cadence.timeline.picture import chip, picture
from cadence.wording.counts import plan_words
from cadence.wording.dates import spoken_utc
from cadence.wording.plans import passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cadence.diagnostics import Finding
    from cadence.model.plan import EnrollmentPlan, Plan, Why
    from cadence.timeline.timeline import Lane, Timeline

__all__ = ["plan_html", "stylesheet", "words"]


def stylesheet() -> str:
    """Return the style of the pictures and of the file."""
    return files("cadence.timeline").joinpath("style.css").read_text(encoding="utf-8")


def plan_html(plan: Plan, timelines: Sequence[Timeline]) -> str:
    """Return the plan as HTML, with the timeline of each of its enrollments in their order.

    It runs no script and loads nothing: its policy allows its own style and no more.
    """
    title = _title(plan)
    pairs = list(zip(plan.enrollments, timelines, strict=True))
    body = el(
        "div",
        _header(plan, title),
        _findings(plan.findings),
        _contents(plan),
        el(
            "main",
            *(
                _enrollment(enrollment, timeline, index, heading="Timeline" if len(pairs) == 1 else timeline.title)
                for index, (enrollment, timeline) in enumerate(pairs)
            ),
        ),
        _footer(plan),
        class_="plan",
    )
    return f"<!doctype html>\n{el('html', _head(title), el('body', body), lang='en')}\n"


def _title(plan: Plan) -> str:
    if len(plan.enrollments) == 1:
        return f"{plan.enrollments[0].sequence} for {plan.enrollments[0].record.label}"
    names = ", ".join(dict.fromkeys(enrollment.sequence for enrollment in plan.enrollments))
    return f"{names or 'plan'} for {len(plan.enrollments)} records"


def _head(title: str) -> Markup:
    style = stylesheet()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=policy),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="referrer", content="no-referrer"),
        el("title", f"{title} - Cadence plan"),
        el("style", Markup(style)),
    )


def _header(plan: Plan, title: str) -> Markup:
    facts = {
        "Planned": spoken_utc(plan.now),
        "Target": plan.target.name if plan.target else "none",
        "Expires": spoken_utc(plan.expires_at),
    }
    return el(
        "header",
        el("p", "Plan: nothing has been written or sent", class_="eyebrow"),
        el("h1", title),
        el("p", plan_words(plan.counts), class_="counts"),
        _facts(facts),
    )


def _facts(facts: dict[str, str]) -> Markup:
    pairs = (el("div", el("dt", name), el("dd", value)) for name, value in facts.items() if value)
    return el("dl", *pairs, class_="facts")


def _findings(findings: Sequence[Finding]) -> Markup | None:
    if not findings:
        return None
    return el(
        "section",
        el("h2", "Worth a look"),
        el("ul", *map(_finding, findings), class_="findings"),
        class_="card",
        aria_label="Findings",
    )


def _finding(finding: Finding) -> Markup:
    level = str(finding.severity)
    return el(
        "li",
        el("span", f"{level}[{finding.code}] ", class_=f"level level-{level}"),
        finding.message,
        el("span", f"hint: {finding.hint}", class_="hint") if finding.hint else None,
    )


def _contents(plan: Plan) -> Markup | None:
    if len(plan.enrollments) == 1:
        return None
    links = (
        el("li", el("a", enrollment.record.label, href=f"#enrollment-{index}"), f" {_count(enrollment)}")
        for index, enrollment in enumerate(plan.enrollments)
    )
    return el("nav", el("ol", *links, class_="contents"), class_="card", aria_label="Enrollments")


def _count(enrollment: EnrollmentPlan) -> str:
    changes = sum(activity.action.is_change for activity in enrollment.activities)
    return f"{changes} to change" if changes else "nothing to do"


def _enrollment(enrollment: EnrollmentPlan, timeline: Timeline, index: int, *, heading: str) -> Markup:
    facts = {
        "Record": enrollment.record.label,
        "Starts" if enrollment.is_new else "Started": timeline.started,
        "Zone": enrollment.zone,
        "Variant": enrollment.variant or "",
    }
    return joined(
        el(
            "section",
            el("h2", heading),
            _facts(facts),
            picture(timeline, prefix=f"tl-{index}"),
            class_="card",
            id=f"enrollment-{index}",
        ),
        el(
            "section",
            el("h2", "Each due, and why"),
            words(timeline),
            class_="card",
        ),
    )


def words(timeline: Timeline) -> Markup:
    """Return each due in words, and the whole why of it; it needs style.css."""
    return el("ol", *map(_step, timeline.lanes), class_="steps")


def _step(lane: Lane) -> Markup:
    about = " \u00b7 ".join(part for part in (lane.title, lane.what, lane.who) if part)
    zone = f" in {lane.zone}" if lane.zone else ""
    return el(
        "li",
        el(
            "div",
            el("h3", el("span", lane.name), chip(lane.action)),
            el("p", lane.said, zone),
            *(el("p", text, class_="soft") for text in (lane.universal, lane.elsewhere, about) if text),
        ),
        el("div", _why(lane.why), *_asides(lane)),
    )


def _why(lines: Sequence[Why]) -> Markup:
    return el("dl", *(part for line in lines for part in _scene(line)), class_="why")


def _scene(line: Why) -> Iterator[Markup]:
    said = passage(line)
    yield el("dt", line.rule)
    yield el("dd", line.reason, el("span", said) if said else None)


def _asides(lane: Lane) -> Iterator[Markup]:
    """Yield what the plan says beside the why: what is not in its lines, and the note that would be sent."""
    said = {line.reason for line in lane.why}
    yield from (el("p", reason, class_="soft") for reason in lane.reasons if reason not in said)
    if lane.note:
        yield el("p", paragraphs(lane.note), class_="note")


def _footer(plan: Plan) -> Markup:
    data = ", ".join(f"{name} {version}" for name, version in plan.versions.items())
    return el("footer", f"Plan {plan.digest[:12]}, made with {data}.")
