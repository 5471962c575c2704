"""The values a sequence file becomes: Sequence, Step and what they are made of."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from cadence.frozen import dataclass
from cadence.timing.offset import Offset
from cadence.timing.policy import Policy

if TYPE_CHECKING:
    from datetime import date

    from cadence.diagnostics import Place
    from cadence.timing.calendar import BusinessCalendar
    from cadence.timing.days import CountFrom
    from cadence.timing.hours import Week
    from cadence.timing.opens import Land
    from cadence.timing.roll import Roll

__all__ = [
    "Anchor", "AnchorKind", "Assign", "AssignKind", "Due", "Enroll", "EnrollPolicy", "Expression", "GapRule", "IfPast",
    "NotOnRule", "Notification", "OnError", "Outside", "Param", "ParamType", "PerDayRule", "QuietRule", "Repeat",
    "Rules", "Sequence", "Slot", "Step", "Template", "Timeout", "TimeoutThen", "Variant", "WeekdayShift",
]  # fmt: skip


class AnchorKind(StrEnum):
    """What an offset counts from."""

    START = "start"
    STEP = "step"
    COMPLETION = "completion"
    RECORD = "record"
    PARAM = "param"


@dataclass(frozen=True, slots=True)
class Anchor:
    """`name` is the step's id, the record's field (dotted names nest) or the param; empty for `start`."""

    kind: AnchorKind
    name: str = ""

    def __str__(self) -> str:
        match self.kind:
            case AnchorKind.START:
                return "start"
            case AnchorKind.STEP:
                return self.name
            case AnchorKind.COMPLETION:
                return f"completion of {self.name}"
            case AnchorKind.RECORD | AnchorKind.PARAM:
                return f"{self.kind}.{self.name}"


@dataclass(frozen=True, slots=True)
class WeekdayShift:
    """A weekday counted from the offset's result in the step's direction. Monday is 0; `inclusive`: the date too."""

    weekday: int
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Slot:
    """Local times of day, in seconds since midnight, `[opens, closes)`; a due is spread over it by a stable hash."""

    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Due:
    """When a step is due. `offset` is signed: negative where `before` is true. `at` is seconds since local midnight."""

    text: str
    anchor: Anchor
    offset: Offset = field(default_factory=Offset)
    before: bool = False
    weekday: WeekdayShift | None = None
    at: int | Slot | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition in Jinja2's expression syntax, already checked against the allow-list.

    `names` are the dotted paths it reads, `completed` and `outcome` the step ids it asks about.
    """

    source: str
    names: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Template:
    """A text in Jinja2's template syntax, already checked; `names` is empty for plain text."""

    source: str
    names: tuple[str, ...] = ()
    place: Place | None = field(default=None, compare=False)


class ParamType(StrEnum):
    """What a param may hold."""

    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    EMPLOYEE = "employee"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Param:
    """An input that the person who applies the sequence supplies."""

    name: str
    type: ParamType = ParamType.STRING
    required: bool = False
    default: Any = None
    choices: tuple[Any, ...] = ()
    description: str = ""


class AssignKind(StrEnum):
    """Who gets a step."""

    EMPLOYEE = "employee"
    ROLE = "role"
    OWNER = "owner"
    FIELD = "field"
    PARAM = "param"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"


@dataclass(frozen=True, slots=True)
class Assign:
    """`value`: an employee's id, email or name; a role's id or name; a field; a param.

    For round robin and least loaded `pool` lists employees; or `value` names a role; both empty mean everybody.
    `otherwise` is tried where this one yields nobody, `cover` where the person is on leave at the due.
    """

    kind: AssignKind
    value: str = ""
    pool: tuple[str, ...] = ()
    cover: Assign | None = None
    otherwise: Assign | None = None
    place: Place | None = field(default=None, compare=False)


class IfPast(StrEnum):
    """What to do with a due that lies before `now` when it is first planned."""

    FAIL = "fail"
    SKIP = "skip"
    NOW = "now"
    KEEP = "keep"


class Outside(StrEnum):
    """What to do with a due outside its window: move it, leave it with a warning, refuse the plan."""

    SHIFT = "shift"
    WARN = "warn"
    FAIL = "fail"


class OnError(StrEnum):
    """What a rejected activity does to the steps after it."""

    STOP = "stop"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Repeat:
    """Either `every` and `times` (which counts the first), or an RFC 5545 `rrule`."""

    every: Offset | None = None
    times: int = 1
    rrule: str = ""


class TimeoutThen(StrEnum):
    """What happens when a completion does not come in time."""

    CONTINUE = "continue"
    SKIP = "skip"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long to wait for the completion that a due counts from."""

    after: Offset
    then: TimeoutThen = TimeoutThen.CONTINUE


@dataclass(frozen=True, slots=True)
class Notification:
    """A reminder, as the CRM takes it: `{type, time_amount, time_unit}`."""

    amount: int
    unit: str
    type: str = "email"


@dataclass(frozen=True, slots=True)
class Variant:
    """A share of the records, chosen by a stable hash of sequence and record."""

    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class QuietRule:
    """No due in these local times of day (seconds; closes may pass 86400 where it wraps)."""

    opens: int
    closes: int
    then: Outside = Outside.SHIFT


@dataclass(frozen=True, slots=True)
class PerDayRule:
    """At most `count` dues a local day, `per` record or assignee."""

    count: int
    per: str = "record"
    then: Outside = Outside.SHIFT


@dataclass(frozen=True, slots=True)
class GapRule:
    """At least `gap` between two touches of one record. `gap` has either seconds, days or business days."""

    gap: Offset
    then: Outside = Outside.SHIFT


@dataclass(frozen=True, slots=True)
class NotOnRule:
    """No due on these local dates; both ends of a range count."""

    dates: tuple[tuple[date, date], ...]
    then: Outside = Outside.SHIFT


@dataclass(frozen=True, slots=True)
class Rules:
    """What every due of a sequence, or of the project, must also obey."""

    quiet_hours: QuietRule | None = None
    max_per_day: PerDayRule | None = None
    min_gap: GapRule | None = None
    not_on: NotOnRule | None = None


class EnrollPolicy(StrEnum):
    """Whether a record may be enrolled again."""

    ONCE = "once"
    NOT_WHILE_ACTIVE = "not_while_active"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Enroll:
    """When a record may be enrolled again; `cooldown` counts from the last enrollment's last due."""

    policy: EnrollPolicy = EnrollPolicy.ONCE
    cooldown: Offset | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a sequence. What is None was not written: the sequence decides, or the default of its rule."""

    id: str
    activity: str
    due: Due
    assign: Assign | None = None
    condition: Expression | None = None
    note: Template | None = None
    calendar: BusinessCalendar | None = None
    window: Week | None = None
    any_time: bool = False
    roll: Roll | None = None
    outside: Outside = Outside.SHIFT
    policy: Policy = Policy.COMPATIBLE
    eom: bool = False
    count_from: CountFrom = "count"
    land: Land = "close"
    clocks: tuple[str, ...] = ("record",)
    not_before: Due | None = None
    not_after: Due | None = None
    if_past: IfPast = IfPast.FAIL
    repeat: Repeat | None = None
    timeout: Timeout | None = None
    notify: tuple[Notification, ...] = ()
    mentions: tuple[str, ...] = ()
    notify_mentioned: bool = False
    associate: tuple[tuple[str, str], ...] = ()
    variant: str | None = None
    moved_from: str | None = None
    title: str = ""
    on_error: OnError | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence file, checked: every reference in it resolves and its steps' anchors have no cycle.

    `timezone` is tried in order: `record.timezone`, `assignee.timezone`, `business.timezone` or an IANA name.
    `digest` is the SHA-256 of the meaning (not of comments or layout), calendars included. `steps` are in file order.
    """

    name: str
    steps: tuple[Step, ...]
    title: str = ""
    object: str = "client_client"
    timezone: tuple[str, ...] = ("record.timezone", "assignee.timezone", "business.timezone")
    calendar: BusinessCalendar | None = None
    enroll: Enroll = field(default_factory=Enroll)
    assign: Assign | None = None
    params: tuple[Param, ...] = ()
    exit_when: tuple[Expression, ...] = ()
    rules: Rules = field(default_factory=Rules)
    variants: tuple[Variant, ...] = ()
    on_error: OnError = OnError.STOP
    path: str = ""
    digest: str = ""

    def step(self, step_id: str) -> Step:
        """Return the step with that id. Raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
