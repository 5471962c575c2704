"""A plan with one of everything that the command can show."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cadence.model.people import Record, TargetIdentity
from cadence.model.plan import Action, Activity, Assignee, EnrollmentPlan, Plan, Why

ZONE = "America/New_York"
KIM = Assignee("0b0e7a52-6f5a-4f7c-9f1e-6f0a0c1d2e3f", "Kim Lee")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def local(text: str) -> str:
    return f"{text}[{ZONE}]"


def welcome() -> Activity:
    return Activity(
        "welcome-call",
        Action.CREATE,
        at("2026-11-24T10:00:00-05:00"),
        ZONE,
        local=local("2026-11-24T10:00:00-05:00"),
        original_due_at=at("2026-11-24T10:00:00-05:00"),
        assignee=KIM,
        body={"activity_object_name": "call"},
        activity="call",
        why=(
            Why("anchor", None, local("2026-11-23T09:12:00-05:00"), "the enrollment starts Mon 23 Nov at 09:12"),
            Why("offset", "2026-11-23", "2026-11-24", "1 business day after start"),
            Why("time", "2026-11-24", local("2026-11-24T10:00:00-05:00"), "at 10:00"),
        ),
    )


def kickoff() -> Activity:
    return Activity(
        "kickoff",
        Action.CREATE,
        at("2026-11-27T14:23:00-05:00"),
        ZONE,
        local=local("2026-11-27T14:23:00-05:00"),
        original_due_at=at("2026-11-27T14:23:00-05:00"),
        assignee=Assignee("r", "Customer Success", is_role=True),
        activity="meeting",
        why=(
            Why("anchor", None, local("2026-11-24T10:00:00-05:00"), "welcome-call is due Tue 24 Nov at 10:00"),
            Why("offset", "2026-11-24", "2026-11-26", "2 days after welcome-call"),
            Why("roll", "2026-11-26", "2026-11-27", "Thu 26 Nov is Thanksgiving Day (US): closed, moved to Fri 27 Nov"),
            Why("slot", "2026-11-27", local("2026-11-27T14:23:00-05:00"), "spread over 14:00-16:00"),
        ),
    )


def skipped() -> Activity:
    return Activity(
        "exec-intro",
        Action.SKIP,
        at("2026-11-30T09:00:00-05:00"),
        ZONE,
        local=local("2026-11-30T09:00:00-05:00"),
        activity="email",
        reason="record.seats >= 200 does not hold",
    )


def moved() -> Activity:
    return Activity(
        "value-review",
        Action.MOVE,
        at("2027-03-15T10:00:00-04:00"),
        ZONE,
        local=local("2027-03-15T10:00:00-04:00"),
        occurrence=2,
        assignee=KIM,
        activity="meeting",
        previous_due_at=at("2027-03-12T10:00:00-05:00"),
        reason="the anchor moved",
    )


def estimated() -> Activity:
    return Activity(
        "health-check",
        Action.ESTIMATE,
        at("2026-12-11T14:23:00-05:00"),
        ZONE,
        local=local("2026-12-11T14:23:00-05:00"),
        assignee=KIM,
        activity="call",
        reason="waits for the completion of kickoff",
    )


def elsewhere() -> Activity:
    return Activity(
        "handover",
        Action.KEEP,
        at("2026-12-14T15:30:00+05:30"),
        "Asia/Kolkata",
        local="2026-12-14T15:30:00+05:30[Asia/Kolkata]",
        assignee=KIM,
        activity="task",
        reason="already scheduled",
    )


def cancelled() -> Activity:
    return Activity(
        "old-survey",
        Action.CANCEL,
        at("2026-12-15T09:00:00-05:00"),
        ZONE,
        local=local("2026-12-15T09:00:00-05:00"),
        activity="email",
        reason="the step is no longer in the file",
    )


def plan_of(*activities: Activity, fields: dict[str, object] | None = None) -> Plan:
    record = Record("8f14e45f-ceea-467f-ab5d-7f9d2c8e1a01", fields or {"email": "ana@example.com"}, name="Ana Souza")
    enrollment = EnrollmentPlan(
        record=record,
        sequence="onboarding",
        key="k1",
        number=1,
        start=at("2026-11-23T09:12:00-05:00"),
        zone=ZONE,
        sequence_digest="d",
        activities=activities,
    )
    return Plan(
        now=at("2026-11-23T09:12:00-05:00"),
        versions={"tzdata": "2026.6", "holidays": "0.109"},
        enrollments=(enrollment,),
        target=TargetIdentity("local", "http://localhost", "b"),
    )


@pytest.fixture
def plan() -> Plan:
    return plan_of(welcome(), kickoff(), skipped(), estimated(), elsewhere(), cancelled(), moved())
