"""The sequence language, declared once: the check and the JSON Schema are both made from this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.model.sequence import (
    AssignKind,
    EnrollPolicy,
    IfPast,
    OnError,
    Outside,
    ParamType,
    TimeoutThen,
)
from cadence.sequence import build, grammar, recurrence, values
from cadence.sequence.calendar_language import INLINE_CALENDAR, WINDOW
from cadence.sequence.compound import Either, Key, ListOf, MapOf, Struct
from cadence.sequence.due import build_due, read_anchor, read_at, read_due, read_weekday
from cadence.sequence.shape import Flag, Plain, Shape, Text, Whole, Word
from cadence.sequence.templates import read_expression, read_template
from cadence.timing.policy import Policy
from cadence.timing.roll import Roll

if TYPE_CHECKING:
    from enum import StrEnum

__all__ = ["ASSIGN", "RULES", "SEQUENCE", "STEP"]

_NAME = Text("letters, digits, '-' and '_'", pattern=grammar.IDENTIFIER, examples=["onboarding"])
_STEP_ID = Text(
    "letters, digits, '-' and '_'", pattern=grammar.IDENTIFIER, reserved=grammar.RESERVED, examples=["kickoff"]
)
_LINE = Text()
_REFERENCE = Text("an id, an email or a name", examples=["ana@example.com"])
_FIELD = Text("a field's name", pattern=grammar.FIELD, examples=["contract_end"])
_PARAM_NAME = Text("a param's name", pattern=grammar.PARAM, examples=["csm"])
_OFFSET = Text(
    "an offset such as '2 business days'",
    pattern=grammar.OFFSET,
    parse=values.offset,
    name="offset",
    examples=["2 business days", "1h"],
)
_THEN = Key(Word(Outside, to=Outside), "what to do with a due that it bites: shift (the default), warn or fail")


def _words(kind: type[StrEnum], note: str) -> Key:
    return Key(Word(kind, to=kind), note)


_ANCHOR = Text(
    "an anchor: start, a step's id, completion of a step, record.<field> or param.<name>",
    pattern=rf"\s*{grammar.ANCHOR}\s*",
    parse=read_anchor,
    name="anchor",
    examples=["start", "kickoff", "completion of kickoff", "record.contract_end"],
)
_WEEKDAY = Text(
    "a weekday", pattern=rf"\s*{grammar.WEEKDAY}\s*", parse=read_weekday, name="weekday_name", examples=["friday"]
)
_DUE_MAPPING = Struct(
    "due",
    {
        "offset": Key(_OFFSET, "how far from the anchor; nothing means at the anchor"),
        "after": Key(_ANCHOR, "the anchor that the offset counts forwards from"),
        "before": Key(_ANCHOR, "the anchor that the offset counts backwards from"),
        "at": Key(Text("a time of day or a slot", pattern=grammar.AT, parse=read_at, examples=["10:00", "14:00-16:00"]),
                  "the time of day, or a slot over which dues are spread"),
        "on": Key(
            Either(
                scalar=_WEEKDAY,
                mapping=Struct(
                    "weekday",
                    {
                        "weekday": Key(_WEEKDAY, "the weekday, counted from the offset's result", required=True),
                        "inclusive": Key(Flag(), "whether that date itself counts", required=True),
                    },
                    build=build.weekday,
                ),
            ),
            "a weekday: strictly after or before the anchor, or from the offset's result on",
        ),
    },
    one_of=("after", "before"),
    build=build_due,
    what="a mapping with after or before",
)  # fmt: skip
DUE = Either(
    scalar=Text(
        "a sentence such as '2 business days after start at 10:00'",
        pattern=grammar.DUE,
        parse=read_due,
        name="due_sentence",
        examples=[
            "2 business days after start at 10:00",
            "friday on or after kickoff",
            "1 month before record.contract_end",
        ],
    ),
    mapping=_DUE_MAPPING,
)
_EXPRESSION = Text("an expression such as 'record.seats >= 20'", parse=read_expression, examples=["record.seats >= 20"])
_NOTE = Text("text, with {{ ... }} for values", parse=read_template, examples=["Call {{ record.first_name }}"])

ASSIGN = Struct("assign", {}, one_of=tuple(AssignKind), build=build.assign, what=f"one of {', '.join(AssignKind)}")
_POOL = Either(
    scalar=Word(["everybody"]),
    items=ListOf(_REFERENCE, what="a list of employees", least=1),
    mapping=Struct("pool", {"role": Key(_REFERENCE, "everybody with this role", required=True)}),
    what="a list of employees, {role: ...} or everybody",
)
ASSIGN.keys.update({
    "employee": Key(_REFERENCE, "a person: id, email or name"),
    "role": Key(_REFERENCE, "a role in place of a person: id or name"),
    "owner": Key(Flag(only=True), "the record's owner"),
    "field": Key(_FIELD, "the person in this field of the record"),
    "param": Key(_PARAM_NAME, "the person or role in this param"),
    "round_robin": Key(_POOL, "one after the other of a list, a role or everybody"),
    "least_loaded": Key(_POOL, "who has least to do, of a list, a role or everybody"),
    "cover": Key(ASSIGN, "who steps in where the person is on leave at the due"),
    "else": Key(ASSIGN, "who gets it where this yields nobody"),
})  # fmt: skip

_CALENDAR = Either(
    scalar=Text("the name of a calendar", pattern=grammar.IDENTIFIER, examples=["us-support"]),
    mapping=INLINE_CALENDAR,
    what="the name of a calendar, or a calendar written here",
)  # fmt: skip
_CLOCKS = ListOf(Word(["record", "assignee"]), what="[record] or [record, assignee]", least=1)

# What a step may say, and the sequence for all of its steps.
_DEFAULTS = {
    "assign": Key(ASSIGN, "who gets it; without it no employee is sent"),
    "calendar": Key(_CALENDAR, "the business hours and holidays that count"),
    "window": Key(WINDOW, "times of day in which it may be due, within the calendar's hours; any lifts both"),
    "outside": _words(Outside, "what to do with a due outside the window: shift (the default), warn or fail"),
    "if_past": _words(IfPast, "what to do with a due in the past: fail (the default), skip, now or keep"),
    "clock_change": _words(Policy, "how to read a local time that a clock change skips or repeats"),
    "clocks": Key(_CLOCKS, "whose hours it must fit: the record's, or also the assignee's"),
    "on_error": _words(OnError, "what a rejected activity does to the steps after it: stop (the default) or continue"),
}

_RRULE = Text("a recurrence rule", pattern=grammar.RRULE, parse=recurrence.rrule, examples=["FREQ=WEEKLY;COUNT=4"])
_REPEAT_ALONE = Text("a recurrence rule", pattern=grammar.RRULE, parse=recurrence.repeat)
_REPEAT = Struct(
    "repeat",
    {
        "every": Key(_OFFSET, "the distance between occurrences, from the anchor each time"),
        "times": Key(Whole(1, 1000), "how many occurrences, the first included"),
        "rrule": Key(_RRULE,
                     "a recurrence rule as in RFC 5545"),
    },
    one_of=("every", "rrule"),
    needs={"every": ["times"], "times": ["every"]},
    build=build.repeat,
)  # fmt: skip
_NOTIFY = Struct(
    "notify",
    {
        "before": Key(Text("an offset in minutes, hours, days or weeks", pattern=grammar.OFFSET, parse=values.offset),
                      "how long before the due", required=True),
        "type": Key(Text("a word", pattern=grammar.PARAM), "how: email (the default), or what else the CRM knows"),
    },
    build=build.notification,
)  # fmt: skip
_STEP_KEYS = {
    "id": Key(_STEP_ID, "the step's name within the sequence", required=True),
    "activity": Key(Text("the activity's api_name, or its id", examples=["call"]),
                    "the activity type: its api_name, or its id", required=True),
    "due": Key(DUE, "when it is due", required=True),
    "title": Key(_LINE, "what a person calls it"),
    "if": Key(_EXPRESSION, "the condition under which it is planned"),
    "note": Key(_NOTE, "the activity's note; {{ ... }} inserts values"),
    "roll": _words(Roll, "what to do with a date on a closed day"),
    "eom": Key(Flag(), "whether months that start at a month's end stay at month ends"),
    "from": Key(Word(["count", "roll"]), "how business days count from a closed day: count, or roll first"),
    "land": Key(Word(["close", "open"]), "where business hours land that are used up exactly at a close"),
    "not_before": Key(DUE, "no due before this"),
    "not_after": Key(DUE, "no due after this"),
    "repeat": Key(Either(scalar=_REPEAT_ALONE, mapping=_REPEAT), "how often it comes again"),
    "timeout": Key(Struct("timeout", {
        "after": Key(_OFFSET, "how long to wait for the completion", required=True),
        "then": _words(TimeoutThen, "what to do then: continue (the default), skip or exit"),
    }, build=build.timeout), "how long to wait for the completion that the due counts from"),
    "notify": Key(ListOf(_NOTIFY, what="a list of reminders"), "reminders before the due"),
    "mentions": Key(ListOf(_REFERENCE, what="a list of employees"), "the employees to mention"),
    "notify_mentioned": Key(Flag(), "whether the mentioned employees are told"),
    "associate": Key(ListOf(Struct("associate", {
        "object": Key(_LINE, "the CRM object of the record", required=True),
        "record": Key(Text("record.<field> or a uuid", pattern=rf"record\.{grammar.FIELD}|{grammar.UUID}"),
                      "which record: a field that holds its id, or its uuid", required=True),
    }, build=build.association), what="a list of records"), "further records that the activity belongs to"),
    "variant": Key(_NAME, "only for records of this variant"),
    "moved_from": Key(_STEP_ID, "the step's former id"),
}  # fmt: skip
STEP = Struct("step", {**_STEP_KEYS, **_DEFAULTS}, named_by="id", partial=True)

_NOT_ON = Text(
    "a date or a range of dates", pattern=grammar.DATE_RANGE, parse=values.dates, examples=["2026-12-24..2026-12-31"]
)
_NOT_ON_DATES = ListOf(_NOT_ON, what="a list of dates")
_QUIET = Text("hours such as '20:00-08:00'", pattern=grammar.INTERVAL, parse=values.interval, examples=["20:00-08:00"])
RULES = Struct(
    "rules",
    {
        "quiet_hours": Key(Either(scalar=_QUIET, mapping=Struct(
            "quiet_hours", {"between": Key(_QUIET, "the hours", required=True), "then": _THEN})),
            "times of day without dues, in the step's zone"),
        "max_per_day": Key(Either(scalar=Whole(1), mapping=Struct("max_per_day", {
            "count": Key(Whole(1), "how many", required=True),
            "per": Key(Word(["record", "assignee"]), "whose dues are counted: record (the default) or assignee"),
            "then": _THEN,
        })), "the most dues a day"),
        "min_gap": Key(Either(scalar=_OFFSET, mapping=Struct(
            "min_gap", {"gap": Key(_OFFSET, "the gap", required=True), "then": _THEN})),
            "the least time between two touches of one record"),
        "not_on": Key(Either(items=_NOT_ON_DATES, mapping=Struct(
            "not_on", {"dates": Key(_NOT_ON_DATES, "the dates", required=True), "then": _THEN})),
            "dates without dues"),
    },
    build=build.rules,
)  # fmt: skip

_PARAM: Shape = Either(
    scalar=Word(ParamType),
    mapping=Struct("param", {
        "type": Key(Word(ParamType, to=ParamType), "what it holds; string is the default"),
        "required": Key(Flag(), "whether it must be given"),
        "default": Key(Plain(), "its value where none is given"),
        "choices": Key(ListOf(Plain(), what="a list of values", least=1), "the values it may have"),
        "description": Key(_LINE, "what it is for"),
    }, what="a mapping with type"),
)  # fmt: skip
_ZONE_WORD = Text(
    "record.timezone, assignee.timezone, business.timezone or an IANA name",
    pattern=rf"record\.{grammar.FIELD}|assignee\.timezone|business\.timezone|{grammar.ZONE}",
    parse=build.zone_word,
    examples=["record.timezone", "Europe/Paris"],
)
SEQUENCE = Struct(
    "sequence",
    {
        "sequence": Key(_NAME, "the sequence's name", required=True),
        "title": Key(_LINE, "what a person calls it"),
        "object": Key(_LINE, "the CRM object of its records; client_client by default"),
        "timezone": Key(Either(scalar=_ZONE_WORD, items=ListOf(_ZONE_WORD, what="a list of zones", least=1)),
                        "where its local times are read; of a list the first that resolves"),
        "enroll": Key(Either(scalar=Word(EnrollPolicy, to=EnrollPolicy), mapping=Struct("enroll", {
            "policy": Key(Word(EnrollPolicy, to=EnrollPolicy), "once, not_while_active or always", required=True),
            "cooldown": Key(_OFFSET, "the least time since the last enrollment's last due"),
        })), "whether a record may be enrolled again: once (the default), not_while_active or always"),
        "params": Key(MapOf(_PARAM, what="letters, digits and '_'", pattern=grammar.PARAM, reserved=grammar.NAMES),
                      "what the person who applies it supplies"),
        "exit_when": Key(Either(scalar=_EXPRESSION, items=ListOf(_EXPRESSION, what="a list of expressions")),
                         "conditions that end the enrollment"),
        "rules": Key(RULES, "what every due must also obey"),
        "variants": Key(MapOf(Whole(), what="letters, digits, '-' and '_'", pattern=grammar.IDENTIFIER, least=1),
                        "shares of the records by weight, chosen by a stable hash"),
        **_DEFAULTS,
        "steps": Key(ListOf(STEP, what="a list of steps", least=1), "what is to be done", required=True),
    },
    named_by="sequence",
    partial=True,
)  # fmt: skip
