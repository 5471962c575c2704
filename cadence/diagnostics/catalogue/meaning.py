"""Codes about what texts mean and how the parts of a file fit together. No schema can express them."""

from __future__ import annotations

from cadence.diagnostics.catalogue.entry import Entry

__all__ = ["MEANING"]

MEANING = {
    "anchor-cycle": Entry(
        "Steps count from one another in a circle, so none of them has a date.",
        "due: 1 day after a",
        "Let one of them count from start or from a field of the record.",
    ),
    "at-outside-window": Entry(
        "A time of day lies outside the hours on every day, so the due will always be moved.",
        'due: 1 day after start at 20:00\nwindow: "09:00-17:00"',
        "Choose a time within the window.",
    ),
    "at-with-exact": Entry(
        "An exact offset (minutes, hours, business hours) already gives the time of day.",
        "due: 2 hours after start at 10:00",
        "Count in days with at, or leave at out.",
    ),
    "bad-default": Entry(
        "A default or a choice of a param does not fit its type, or the default is none of the choices.",
        "params: {seats: {type: number, default: many}}",
        "Give a value of the type, or change the type.",
    ),
    "bad-gap": Entry(
        "A gap mixes units or counts in months.",
        "rules: {min_gap: 1 day 2 hours}",
        "Give minutes, hours, days, weeks or business days.",
    ),
    "calendar-never-opens": Entry(
        "A calendar has no hours on any day, so nothing can ever be due in it.",
        "calendar: {hours: {mon-sun: closed}}",
        "Give at least one day hours.",
    ),
    "day-named-twice": Entry(
        "A weekday has its hours from two keys.",
        'calendar: {hours: {mon-fri: "09:00-17:00", fri: "09:00-15:00"}}',
        "Name each day once: mon-thu and fri.",
    ),
    "duplicate-case": Entry(
        "Two golden cases have one name.",
        "cases: [{name: a, ...}, {name: a, ...}]   # in a golden file",
        "Name what each case shows.",
    ),
    "duplicate-id": Entry(
        "Two steps have one id, so references to it are ambiguous.",
        "steps:\n  - {id: a, activity: call, due: start}\n  - {id: a, activity: task, due: start}",
        "Give each step an id of its own.",
    ),
    "duplicate-person": Entry(
        "Two people of a team have one email or one id.",
        "team: [{name: A, email: a@example.com}, {name: B, email: a@example.com}]",
        "Give each person their own.",
    ),
    "empty-interval": Entry(
        "Hours end where they begin.", 'window: "09:00-09:00"', "Write 00:00-24:00 for the whole day."
    ),
    "empty-slot": Entry(
        "A slot ends before it starts.",
        "due: 1 day after start at 16:00-14:00",
        "A slot lies within one day: write 14:00-16:00.",
    ),
    "endless-repeat": Entry("A recurrence rule has no end.", "repeat: FREQ=WEEKLY", "Add ;COUNT=4 or ;UNTIL=20271231."),
    "eom-without-months": Entry(
        "eom is about months, and the offset has none.",
        "due: 2 days after start\neom: true",
        "Remove it, or count in months.",
    ),
    "moved-from-conflict": Entry(
        "A step says that it has replaced one that is still there, or that another has replaced.",
        "steps:\n  - {id: a, activity: call, due: start}\n  - {id: b, activity: call, due: start, moved_from: a}",
        "Name the id that is gone.",
    ),
    "no-assign": Entry(
        "Neither the step nor the sequence says who gets it, so no employee is sent to the CRM.",
        "steps: [{id: a, activity: call, due: start}]",
        "Add 'assign: {owner: true}' or another assignment.",
    ),
    "no-such-date": Entry(
        "A date is not in the calendar.", "rules: {not_on: [2026-02-30]}", "Check the day of the month."
    ),
    "no-weight": Entry("All variants have weight 0, so none can be chosen.", "variants: {a: 0}", "Give one a weight."),
    "nobody-mentioned": Entry(
        "notify_mentioned is true, and nobody is mentioned.",
        "notify_mentioned: true",
        "Add mentions, or remove it.",
    ),
    "notify-unit": Entry(
        "A reminder is not minutes, hours, days or weeks, which is all that the CRM takes.",
        "notify: [{before: 1 month}]",
        "Give one of these units.",
    ),
    "offset-out-of-range": Entry(
        "An offset is too large, is zero where it may not be, or comes to parts of a second.",
        "due: 9999999999 days after start",
        "Give an offset that can be meant.",
    ),
    "reversed-dates": Entry(
        "A range of dates ends before it starts.",
        "rules: {not_on: [2026-12-31..2026-12-24]}",
        "Swap the dates.",
    ),
    "timeout-without-completion": Entry(
        "A timeout waits for a completion, and the due counts from none.",
        "due: 2 days after start\ntimeout: {after: 5 days}",
        "Remove it, or count from the completion of a step.",
    ),
    "unadjusted-needs-any": Entry(
        "roll: unadjusted keeps a closed date, on which the window has no opening.",
        'due: 2 days after start\nroll: unadjusted\nwindow: "09:00-17:00"',
        "Add 'window: any'.",
    ),
    "unknown-activity": Entry(
        "The CRM has no activity type of that name.",
        "activity: cal",
        "Mend the spelling, or create the type in the CRM.",
    ),
    "unknown-calendar": Entry(
        "There is no calendar of that name.",
        "calendar: us-suport",
        "Mend the spelling, add the file to the folder calendars, or write the calendar in place.",
    ),
    "unknown-field": Entry(
        "The object's records have no field of that name.",
        "if: record.seatz >= 20",
        "Mend the spelling, or add the field in the CRM.",
    ),
    "unknown-object": Entry("The CRM has no object of that name.", "object: contact", "Contacts are client_client."),
    "unknown-param": Entry("A param is read that is not declared.", "assign: {param: csm}", "Declare it under params."),
    "unknown-region": Entry(
        "There is no such region of public holidays.",
        'calendar: {hours: {mon: "09:00-17:00"}, holidays: [US-XX]}',
        "Write an ISO 3166 code: US, or US-CA.",
    ),
    "unknown-role": Entry(
        "A person has a role that is not among the declared ones.",
        "roles: [csm]\nteam: [{name: A, email: a@example.com, roles: [cms]}]",
        "Mend the spelling, or declare the role.",
    ),
    "unknown-step": Entry(
        "A due or a condition refers to a step that is not there.",
        "due: 1 day after kickof",
        "Mend the spelling.",
    ),
    "unknown-variant": Entry(
        "A step is for a variant that is not declared.", "variant: b", "Declare it under variants."
    ),
    "unknown-zone": Entry(
        "There is no such time zone.",
        "timezone: Europe/Pariss",
        "Write an IANA name: Europe/Paris.",
    ),
    "unusable-calendar": Entry(
        "A calendar that the sequence names has errors of its own.",
        "calendar: us-support   # whose file has an error",
        "Mend the calendar; its findings are shown too.",
    ),
    "unused-default": Entry(
        "A param is required, so its default is never used.",
        "params: {csm: {required: true, default: ana}}",
        "Remove one of the two.",
    ),
    "unused-param": Entry("A param is declared and never read.", "params: {csm: employee}", "Remove it, or use it."),
    "window-never-open": Entry(
        "A window and the calendar's hours have no time in common.",
        'calendar: {hours: {mon-fri: "09:00-17:00"}}\nwindow: "18:00-20:00"',
        "Widen one of them, or lift both with 'window: any'.",
    ),
    "wrong-param-type": Entry(
        "A param is used as a date or as a person, and its type is something else.",
        "params: {seats: number}\nassign: {param: seats}",
        "Change its type, or use another param.",
    ),
    "wrong-weekday": Entry(
        "A weekday written before a date is not that date's.",
        "due: Mon 2026-11-24 10:00   # in a golden file; it is a Tuesday",
        "Mend the weekday or the date.",
    ),
}
