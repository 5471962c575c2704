"""Plan one record: read what is known, then let the pure core decide."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence.config.bounds import expiry_of
from cadence.diagnostics import did_you_mean
from cadence.engine.knowledge import learn, read_history
from cadence.engine.when import parse_moment_or_local, parse_when
from cadence.errors import PlanError
from cadence.frozen import dataclass
from cadence.model.plan import canonical_json
from cadence.model.sequence import Rules
from cadence.planning.plan import make_plan
from cadence.planning.zones import zone_name_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cadence.config import Settings
    from cadence.engine.engine import Engine
    from cadence.engine.knowledge import Knowledge
    from cadence.model.people import Record
    from cadence.model.plan import Plan
    from cadence.model.sequence import Sequence

__all__ = ["Question", "only_step", "plan_record", "project_rules", "record_digest"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be planned. `reference` is the record's id, email or name; times may be local to it.

    `path` is the sequence's file, empty where it is none, or was read with calendars other than its own.
    """

    sequence: Sequence
    reference: str
    fields: Mapping[str, Any]
    params: Mapping[str, Any]
    start: str | datetime | None = None
    now: str | datetime | None = None
    path: str = ""


def plan_record(engine: Engine, question: Question) -> Plan:
    """Return the plan that answers *question*. Raises PlanError, TargetError, LedgerError, ConfigError."""
    sequence = question.sequence
    known = learn(engine, question.reference, object_name=sequence.object, fields=question.fields)
    history = read_history(engine.ledger_url, known.directory, sequence.name, record=known.record)
    plan = make_plan(
        sequence,
        [known.record],
        now=_now(engine, question, known),
        start=None if question.start is None else parse_moment_or_local(question.start, "--start"),
        params=question.params,
        directory=known.directory,
        histories={known.record.id: history},
        rules=project_rules(engine.settings),
        marked=engine.settings.submit.marker != "none",
        expires_after=expiry_of(engine.settings.expires),
    )
    return _bound(plan, known, path=question.path)


def project_rules(settings: Settings) -> Rules:
    """Return the rules of `[rules]` in the settings. Raises ConfigError with all findings."""
    if not settings.rules:
        return Rules()
    from cadence.sequence import parse_rules

    path = str(settings.path or "the environment")
    return parse_rules(settings.rules, path=path, variables=settings.rule_variables)


def record_digest(record: Record) -> str:
    """Return the SHA-256 of a record's fields, by which a plan knows that they changed."""
    import hashlib

    return hashlib.sha256(canonical_json(dict(record.fields)).encode()).hexdigest()


def only_step(plan: Plan, step: str) -> Plan:
    """Return *plan* with the activities of *step* alone. Raises PlanError where no enrollment has it."""
    kept = tuple(
        replace(enrollment, activities=tuple(each for each in enrollment.activities if each.step == step))
        for enrollment in plan.enrollments
    )
    if not any(enrollment.activities for enrollment in kept):
        known = {activity.step for activity in plan.activities}
        raise PlanError(f"no step '{step}' in the plan", hint=did_you_mean(step, known))
    return replace(plan, enrollments=kept)


def _now(engine: Engine, question: Question, known: Knowledge) -> datetime:
    if question.now is None:
        return engine.clock.now()
    return parse_when(
        question.now,
        "--now",
        zone_name=lambda: zone_name_of(question.sequence, known.record, directory=known.directory),
    )


def _bound(plan: Plan, known: Knowledge, *, path: str) -> Plan:
    """Return *plan* with what apply compares: where the sequence came from, and the record as the target has it."""
    digest = "" if known.stored is None else record_digest(known.stored)
    bound = (replace(each, sequence_path=path, record_digest=digest) for each in plan.enrollments)
    return replace(plan, enrollments=tuple(bound))
