"""Codes about the form of keys and values. The JSON Schema rejects what they reject, where a schema can."""

from __future__ import annotations

from cadence.diagnostics.catalogue.entry import Entry

__all__ = ["SHAPE"]

SHAPE = {
    "bad-date": Entry(
        "A text is not a date, or not a range of dates.",
        "rules: {not_on: [24 December]}",
        "Write 2026-12-24, or 2026-12-24..2026-12-31.",
    ),
    "bad-datetime": Entry(
        "A text is not a date with a time.",
        "cases: [{name: a, record: {}, start: tomorrow, expect: [{step: b}]}]   # in a golden file",
        "Write 2026-11-23 10:00 (local), or add Z or an offset.",
    ),
    "bad-due": Entry(
        "A due is not a sentence of the language.",
        "due: after start",
        "Write an offset or a weekday, after or before, an anchor, and perhaps at and a time: see the language.",
    ),
    "bad-expression": Entry(
        "A condition or a template cannot be parsed.",
        "if: record.seats => 20",
        "Compare with ==, !=, <, <=, >, >=, in; join conditions with and, or, not.",
    ),
    "bad-interval": Entry(
        "A text is not a pair of times of day.",
        "window: morning",
        "Write 09:00-17:00; 22:00-06:00 wraps past midnight; 24:00 may close.",
    ),
    "bad-name": Entry(
        "A name has letters that names of its kind do not have, or is not the form that is asked for.",
        "id: welcome call",
        "Use the form that the message names; most names are letters, digits, '-' and '_'.",
    ),
    "bad-offset": Entry(
        "An offset has a part that is not a number with a unit.",
        "due: some days after start",
        "Write 2 business days, 1h, 1 month 2 days, or P1DT2H.",
    ),
    "bad-rrule": Entry(
        "A recurrence rule is not one of RFC 5545, or counts in less than days.",
        "repeat: FREQ=HOURLY;COUNT=3",
        "Write FREQ=MONTHLY;BYDAY=1MO;COUNT=3, or use every and times.",
    ),
    "bad-time": Entry("A text is not a time of day.", "due: 1 day after start at 25:00", "Write 09:00, 17:30 or 9am."),
    "conflicting-keys": Entry(
        "Two keys are there of which only one can hold.",
        "assign: {owner: true, role: csm}",
        "Keep one of them.",
    ),
    "empty-value": Entry("A key has no value.", "title:", "Give a value, or remove the key."),
    "expression-forbidden": Entry(
        "An expression or a template has something in it that is not on the list of what is allowed.",
        'note: "{% for x in record.tags %}{{ x }}{% endfor %}"',
        "Use names, constants, comparisons, and, or, not, if, and the listed filters and functions.",
    ),
    "expression-too-long": Entry(
        "An expression or a template is longer or nested more deeply than is read.",
        'note: "{{ ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1 }}"',
        "Simplify it, or split the step.",
    ),
    "missing-key": Entry(
        "A mapping lacks a key without which it means nothing.", "notify: [{type: email}]", "Add the key."
    ),
    "not-text": Entry(
        "A value that must be text reads as a number or a truth value.",
        "title: 2026",
        'Put it in quotes: "2026".',
    ),
    "out-of-range": Entry(
        "A number is too small, too large or not whole.", "variants: {a: -1}", "Give one within the bounds."
    ),
    "reserved-name": Entry(
        "A name has a meaning of its own where it would be used.",
        "id: start",
        "Choose another name.",
    ),
    "unknown-filter": Entry(
        "A template uses a filter that is not there.",
        'note: "{{ record.name | uper }}"',
        "Use one of the listed filters; values are escaped for HTML already.",
    ),
    "unknown-function": Entry(
        "An expression calls something that is no function of the language.",
        "if: complete('kickoff')",
        "Only completed, outcome, days_between and today are called.",
    ),
    "unknown-key": Entry(
        "A key is not one of the language.", "tittle: Welcome", "Mend the spelling, or remove the key."
    ),
    "unknown-unit": Entry(
        "An offset has a unit that is not there.",
        "due: 2 buisness days after start",
        "Units are min, h, d, w, mo, y, bd, bh, bmin, and their names in words.",
    ),
    "unknown-weekday": Entry(
        "A word is not a weekday.", "due: {after: start, on: fryday}", "Write monday, ..., or mon, ..."
    ),
    "unknown-word": Entry("A word is not one of those that a key may have.", "roll: folowing", "Use one of the words."),
    "wrong-type": Entry(
        "A value is a list, a mapping or a single value where another of them is expected.",
        "steps: {id: welcome}",
        "Write what the message names. True and false are written as such, not yes and no.",
    ),
}
