"""Codes about planning a record, importing records and teams, and settings. Their examples are what a person types."""

from __future__ import annotations

from cadence.diagnostics.catalogue.entry import Entry

__all__ = ["PLANNING"]

PLANNING = {
    "ambiguous-employee": Entry(
        "A name is that of several employees.", "assign: {employee: Ana}", "Write the email or the id in its place."
    ),
    "assignee-on-leave": Entry(
        "The person who gets a step is on leave at its due.",
        "assign: {owner: true}",
        "Add cover: to the assignment, or move the due.",
    ),
    "bad-param": Entry(
        "A param's value does not fit its type, or is none of its choices.",
        "cadence plan onboarding --param seats=many",
        "Give a value of the type that the message names.",
    ),
    "bad-row": Entry(
        "A row of a records file cannot be taken; the others are.",
        "email,timezone\nana@example.com,Paris,extra",
        "Mend the row; quote a cell that holds a comma.",
    ),
    "bad-setting": Entry(
        "A setting has a value that cannot be used.",
        '[submit]\nquiet_period = "long"',
        "Give the kind of value that the message names.",
    ),
    "closed-day": Entry(
        "A date is closed and the step says roll: fail.",
        "roll: fail",
        "Choose another due, or another roll convention.",
    ),
    "collapsed-steps": Entry(
        "Two steps of one record are due at the same instant.",
        "due: 1 day after start   # twice",
        "Give one of them another time with at.",
    ),
    "due-in-the-past": Entry(
        "A due lies before now and the step says if_past: fail, which is the default.",
        "due: 60 days before record.contract_end   # whose contract ends next week",
        "Choose another start, or write if_past: skip, now or keep.",
    ),
    "heavy-day": Entry(
        "Somebody gets more than 40 activities of one plan on one local day.",
        "assign: {owner: true}   # and one person owns all the records of the list",
        "Spread them: rules: {max_per_day: {count: 40, per: assignee}}, another start, or round_robin.",
    ),
    "lands-on-close": Entry(
        "A due has been moved onto the end of the day because nothing says at what time it should be.",
        "due: 1 business day after start   # started in the evening",
        "Say when: at 10:00.",
    ),
    "load-not-counted": Entry(
        "A plan counts its own activities only: least_loaded and max_per_day per assignee do not see what the account "
        "holds already.",
        "assign: {least_loaded: everybody}",
        "Plan all records at once, or use round_robin, whose turns go on from plan to plan.",
    ),
    "missing-field": Entry(
        "The record lacks a field that a due counts from.",
        "due: 30 days before record.contract_end",
        "Fill the field in the CRM, or give it with --field.",
    ),
    "missing-param": Entry(
        "A required param was not given.", "params: {csm: {required: true}}", "Give it with --param csm=..."
    ),
    "missing-variable": Entry(
        "A template or a condition reads something that the record does not have, or that is empty.",
        'note: "{{ record.frist_name }}"',
        "Mend the spelling, fill the field, or write a default: {{ record.nickname | default('...') }}.",
    ),
    "never-open": Entry(
        "Within the horizon there is no opening into which a due could be moved.",
        "clocks: [record, assignee]   # on opposite sides of the world",
        "Widen the window or the hours.",
    ),
    "no-anchor": Entry(
        "A step counts from one that has no date for this record.",
        "due: 1 day after kickoff   # which counts from a missing date itself",
        "Give it the same condition, or another anchor.",
    ),
    "no-assignee": Entry(
        "The assignment yields nobody for this record.",
        "assign: {field: owner}",
        "Fill the field or the param, or add else: to the assignment.",
    ),
    "no-calendar": Entry(
        "Business hours are counted, and there is no calendar to say which they are.",
        "due: 4 business hours after start",
        "Add calendar: to the sequence, or count hours.",
    ),
    "no-room": Entry(
        "The rules leave no time for a due within the horizon.",
        'rules: {quiet_hours: "00:00-24:00"}',
        "Loosen the rules or the window.",
    ),
    "no-zone": Entry(
        "None of the places where a zone is looked for has one.",
        "timezone: record.timezone   # and the record has none",
        "Fill the field, give --field timezone=..., or add an IANA name to the sequence's timezone.",
    ),
    "not-a-date": Entry(
        "A field or a param that a due counts from does not hold a date.",
        "cadence plan renewal --field contract_end=soon",
        "Write 2027-03-31, or a date with a time.",
    ),
    "not-drawn": Entry(
        "The preview in the browser has more activities than it can draw.",
        "repeat: {every: 1 day, times: 900}",
        "Download the plan, or preview fewer repeats.",
    ),
    "out-of-bounds": Entry(
        "Between not_before and not_after no time is left that the window and the rules allow.",
        "not_after: record.contract_end",
        "Widen the bounds, the window or the rules.",
    ),
    "outside-window": Entry(
        "A due lies outside its window and outside: says not to move it.",
        "outside: fail",
        "Move the due, or let it be moved: outside: shift.",
    ),
    "params-kept": Entry(
        "The enrollment is there already and keeps its params.",
        "cadence plan onboarding --record ana --param csm=ben",
        "Leave --param away, or let the record be enrolled again: enroll: always.",
    ),
    "plan": Entry(
        "A step cannot be planned for the reason in the message; often two values cannot be compared.",
        "if: record.stage > 20",
        "Do what the hint says; compare numbers with numbers and dates with dates.",
    ),
    "reordered-steps": Entry(
        "A step is due before one that stands above it in the file.",
        "due: 1 day after start   # below one that is due after 5 days",
        "Check its offset, or move it up.",
    ),
    "repeated-time": Entry(
        "A local time happens twice on the day on which clocks go back, and clock_change: fail refuses it.",
        "clock_change: fail",
        "Choose another time, or say which is meant: compatible, earlier or later.",
    ),
    "skipped-time": Entry(
        "A local time does not exist on the day on which clocks go forward, and clock_change: fail refuses it.",
        "clock_change: fail",
        "Choose another time, or say which is meant: compatible, earlier or later.",
    ),
    "start-kept": Entry(
        "The enrollment is there already and keeps its start.",
        "cadence plan onboarding --record ana --start 2026-12-01",
        "Leave --start away, or let the record be enrolled again: enroll: always.",
    ),
    "type-kept": Entry(
        "The step has another type than the activity scheduled for it, and the CRM cannot change a type.",
        "activity: meeting        # it was call when the step was applied",
        "Give the step another id: the old activity is cancelled and a new one is scheduled.",
    ),
    "too-deep": Entry(
        "A field of the record, or a param, holds lists and objects nested deeper than 40 levels, or itself.",
        'cadence plan hello.yaml --record ana --field "tags=[[[[[...]]]]]"',
        "Keep the value flat, or leave it out.",
    ),
    "two-of-one-object": Entry(
        "An activity would belong to two records of one object, which the CRM refuses.",
        "associate: [{object: client_client, record: record.partner}]",
        "Associate records of other objects only.",
    ),
    "unreachable-step": Entry(
        "No record ever gets the step: its condition never holds, its variant has weight 0, or an exit always holds.",
        "if: 1 > 2",
        "Remove the step, or change what keeps it out.",
    ),
    "unknown-employee": Entry(
        "There is nobody of that id, email or name.",
        "assign: {employee: anna@example.com}",
        "Mend the spelling, or import the team with `cadence team import`.",
    ),
    "unknown-setting": Entry(
        "A key of cadence.toml, or a variable of the environment, is no setting.",
        "[submit]\nquiet_perid = 60",
        "Mend the spelling; an unknown setting would silently do nothing.",
    ),
}
