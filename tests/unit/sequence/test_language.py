from __future__ import annotations

from datetime import date

import pytest

from cadence.model.sequence import (
    Assign,
    AssignKind,
    Enroll,
    EnrollPolicy,
    GapRule,
    IfPast,
    Notification,
    NotOnRule,
    OnError,
    Outside,
    PerDayRule,
    QuietRule,
    Repeat,
    Timeout,
    TimeoutThen,
    Variant,
)
from cadence.sequence.parse import check_sequence, parse_sequence
from cadence.timing.offset import Offset
from cadence.timing.policy import Policy
from cadence.timing.roll import Roll
from tests.unit.sequence.writing import findings, step, with_keys, with_step

MINIMAL = "sequence: test\nsteps:\n  - {id: a, activity: call, due: start}\n"


def test_only_name_and_steps_are_required() -> None:
    sequence = parse_sequence(MINIMAL)
    assert (sequence.name, sequence.object, sequence.enroll.policy) == ("test", "client_client", EnrollPolicy.ONCE)
    assert sequence.timezone == ("record.timezone", "assignee.timezone", "business.timezone")
    assert [(step.id, step.activity, step.due.text) for step in sequence.steps] == [("a", "call", "start")]


def test_a_step_that_nobody_gets_is_a_warning_and_no_error() -> None:
    sequence, found = check_sequence(MINIMAL, path="s.yaml")
    assert sequence is not None
    assert [str(finding) for finding in found] == [
        (
            "s.yaml:3:10: warning[no-assign] step 'a' is assigned to nobody, so no employee is sent; "
            "add 'assign: {owner: true}' to it, or to the sequence"
        )
    ]


@pytest.mark.parametrize(
    ("keys", "attribute", "expected"),
    [
        ("timezone: Europe/Paris", "timezone", ("Europe/Paris",)),
        ("timezone: [record.site.timezone, UTC]", "timezone", ("record.site.timezone", "UTC")),
        ("enroll: always", "enroll", Enroll(EnrollPolicy.ALWAYS)),
        ("enroll: {policy: once, cooldown: 90d}", "enroll", Enroll(EnrollPolicy.ONCE, Offset(days=90))),
        ("variants: {a: 1, b: 3}", "variants", (Variant("a", 1), Variant("b", 3))),
        ("on_error: continue", "on_error", OnError.CONTINUE),
        ("title: 'no'", "title", "no"),
        ("title: no", "title", "no"),
        ("title: 10:30", "title", "10:30"),
        ("title: 2026-12-24", "title", "2026-12-24"),
    ],
)
def test_a_sequence_may_say(keys: str, attribute: str, expected: object) -> None:
    assert getattr(parse_sequence(with_keys(keys)), attribute) == expected


@pytest.mark.parametrize(
    ("keys", "attribute", "expected"),
    [
        ("roll: nearest", "roll", Roll.NEAREST),
        ("outside: warn", "outside", Outside.WARN),
        ("clock_change: later", "policy", Policy.LATER),
        ("if_past: now", "if_past", IfPast.NOW),
        ("eom: true\ndue: 1 month after start", "eom", True),
        ("from: roll", "count_from", "roll"),
        ("land: open", "land", "open"),
        ("clocks: [record, assignee]", "clocks", ("record", "assignee")),
        ("window: any", "any_time", True),
        ("window: 09:00-12:00", "window", (((32_400, 43_200),),) * 7),
        ("window: ['09:00-10:00', 11am-noon]".replace("11am-noon", "11am-12pm"), "window",
         (((32_400, 36_000), (39_600, 43_200)),) * 7),
        ("window: {fri: 22:00-06:00}", "window", ((), (), (), (), ((79_200, 108_000),), (), ())),
        ("repeat: {every: 2 weeks, times: 3}", "repeat", Repeat(Offset(days=14), 3)),
        ("repeat: RRULE:FREQ=WEEKLY;COUNT=2", "repeat", Repeat(rrule="FREQ=WEEKLY;COUNT=2")),
        ("repeat: {rrule: FREQ=DAILY;UNTIL=20270101}", "repeat", Repeat(rrule="FREQ=DAILY;UNTIL=20270101")),
        ("due: 1 day after completion of a2\ntimeout: {after: 3 bd, then: skip}", "timeout",
         Timeout(Offset(business_days=3), TimeoutThen.SKIP)),
        ("notify: [{before: 90 minutes}, {before: 2w, type: sms}]", "notify",
         (Notification(90, "minutes"), Notification(2, "weeks", "sms"))),
        ("mentions: [ana@example.com]", "mentions", ("ana@example.com",)),
        ("associate: [{object: deal, record: record.deal.id}]", "associate", (("deal", "record.deal.id"),)),
        ("moved_from: old", "moved_from", "old"),
        ("title: Say hello", "title", "Say hello"),
        ("assign: {employee: Ana Ruiz}", "assign", Assign(AssignKind.EMPLOYEE, "Ana Ruiz")),
        ("assign: {role: csm}", "assign", Assign(AssignKind.ROLE, "csm")),
        ("assign: {field: owner.id}", "assign", Assign(AssignKind.FIELD, "owner.id")),
        ("assign: {round_robin: everybody}", "assign", Assign(AssignKind.ROUND_ROBIN)),
        ("assign: {round_robin: [a, b]}", "assign", Assign(AssignKind.ROUND_ROBIN, pool=("a", "b"))),
        ("assign: {least_loaded: {role: csm}}", "assign", Assign(AssignKind.LEAST_LOADED, "csm")),
        ("assign: {owner: true, cover: {role: csm}, else: {employee: x}}", "assign",
         Assign(AssignKind.OWNER, cover=Assign(AssignKind.ROLE, "csm"), otherwise=Assign(AssignKind.EMPLOYEE, "x"))),
    ],
)  # fmt: skip
def test_a_step_may_say(keys: str, attribute: str, expected: object) -> None:
    second = "  - {id: a2, activity: call, due: start}\n"
    text = with_step(keys) if "due:" not in keys else with_step(keys).replace("    due: start\n", "")
    assert getattr(parse_sequence(text + second).steps[0], attribute) == expected


def test_rules_have_short_and_long_forms() -> None:
    short = parse_sequence(
        with_keys("rules: {quiet_hours: 20:00-08:00, max_per_day: 2, min_gap: 2 business days, not_on: [2026-12-24]}")
    ).rules
    assert short.quiet_hours == QuietRule(72_000, 115_200)
    assert short.max_per_day == PerDayRule(2)
    assert short.min_gap == GapRule(Offset(business_days=2))
    assert short.not_on == NotOnRule(((date(2026, 12, 24), date(2026, 12, 24)),))
    long = parse_sequence(
        with_keys("""
        rules:
          quiet_hours: {between: 20:00-08:00, then: warn}
          max_per_day: {count: 3, per: assignee, then: fail}
          min_gap: {gap: 4 hours, then: warn}
          not_on: {dates: [2026-12-24..2026-12-31], then: fail}
        """)
    ).rules
    assert long.quiet_hours == QuietRule(72_000, 115_200, Outside.WARN)
    assert long.max_per_day == PerDayRule(3, "assignee", Outside.FAIL)
    assert long.min_gap == GapRule(Offset(seconds=14_400), Outside.WARN)
    assert long.not_on == NotOnRule(((date(2026, 12, 24), date(2026, 12, 31)),), Outside.FAIL)


def test_what_the_sequence_says_for_its_steps_yields_to_what_a_step_says() -> None:
    sequence = parse_sequence(
        "sequence: s\nassign: {owner: true}\nwindow: 09:00-10:00\noutside: warn\nif_past: skip\nclock_change: later\n"
        "clocks: [record, assignee]\nsteps:\n"
        "  - {id: a, activity: call, due: start}\n"
        "  - {id: b, activity: call, due: start, window: any, outside: fail, if_past: keep, clock_change: fail,"
        " clocks: [record]}\n"
    )
    first, second = sequence.steps
    assert (first.window, first.any_time, first.outside, first.if_past) == (
        (((32_400, 36_000),),) * 7, False, Outside.WARN, IfPast.SKIP
    )  # fmt: skip
    assert (first.policy, first.clocks) == (Policy.LATER, ("record", "assignee"))
    assert (second.window, second.any_time, second.outside, second.if_past) == (None, True, Outside.FAIL, IfPast.KEEP)
    assert (second.policy, second.clocks) == (Policy.FAIL, ("record",))


def test_a_note_of_plain_text_is_taken_as_it_is() -> None:
    note = step("note: |\n  <b>Hello</b>\n  there").note
    assert note is not None
    assert (note.source, note.names) == ("<b>Hello</b>\nthere\n", ())


@pytest.mark.parametrize(
    ("keys", "finding"),
    [
        ("tittle: x", "s.yaml:3:1: error[unknown-key] unknown key 'tittle' in sequence 'test'; did you mean 'title'?"),
        ("title:", "s.yaml:3:7: error[empty-value] title is empty; give text, or remove the key"),
        ("title: [a]", "s.yaml:3:8: error[wrong-type] title is a list; expected text"),
        (
            "title: 2026",
            ("s.yaml:3:8: error[not-text] title reads as an integer: '2026'; expected text; "
            'if it is meant as text, put it in quotes: "2026"'),
        ),
        (
            "title: true",
            ("s.yaml:3:8: error[not-text] title reads as a boolean: 'true'; expected text; "
            'if it is meant as text, put it in quotes: "true"'),
        ),
        (
            "enroll: twice",
            "s.yaml:3:9: error[unknown-word] unknown word 'twice' in enroll; known: always, not_while_active, once",
        ),
        (
            "timezone: Europe/Pariss",
            "s.yaml:3:11: error[unknown-zone] unknown zone 'Europe/Pariss' in timezone; did you mean 'Europe/Paris'?",
        ),
        ("variants: {a: -1}", "s.yaml:3:15: error[out-of-range] variants 'a' is -1; expected a whole number from 0 to 1,000,000"),
        ("variants: {a: 1.5}", "s.yaml:3:15: error[out-of-range] variants 'a' is 1.5; expected a whole number from 0 to 1,000,000"),
        ("variants: {a: x}", "s.yaml:3:15: error[wrong-type] variants 'a' is text; expected a whole number from 0 to 1,000,000"),
        ("variants: {a: 010}", ("s.yaml:3:15: error[ambiguous-value] variants 'a' is '010', which some readers take for an "
         'octal number; put it in quotes: "010"; or write 10')),
        ("variants: {}", "s.yaml:3:11: error[empty-value] variants is empty; give letters, digits, '-' and '_', or remove the key"),
        ("variants: {a b: 1}", ("s.yaml:3:12: error[bad-name] 'a b' is not usable as a key of variants; "
         "expected letters, digits, '-' and '_'")),
        ("params: {record: string}", "s.yaml:3:10: error[reserved-name] 'record' has a meaning of its own in params; choose another"),
        ("rules: {max_per_day: {per: record}}", "s.yaml:3:22: error[missing-key] max_per_day has no 'count'; add 'count': how many"),
        ("rules: {min_gap: 1 month}", ("s.yaml:3:18: error[bad-gap] min_gap is not one of minutes, hours, days, weeks or "
         "business days; give one of these units, as in '4 hours'")),
        ("rules: {quiet_hours: at night}", ("s.yaml:3:22: error[bad-interval] hours 'at night' are not an interval in "
         "quiet_hours; write them as '09:00-17:00'")),
        ("rules: {quiet_hours: closed}", ("s.yaml:3:22: error[bad-interval] hours 'closed' are not an interval in "
         "quiet_hours; write them as '09:00-17:00'")),
        ("rules: {not_on: [2026-12-31..2026-12-24]}", ("s.yaml:3:18: error[reversed-dates] '2026-12-31..2026-12-24' ends before "
         "it starts in not_on; write it as '2026-12-24..2026-12-31'")),
        ("rules: {not_on: [2026-02-30]}", ("s.yaml:3:18: error[no-such-date] there is no '2026-02-30' in not_on; "
         "check the day of the month")),
        ("rules: {not_on: [Christmas]}", ("s.yaml:3:18: error[bad-date] 'Christmas' is neither a date nor a range of dates in "
         "not_on; write it as '2026-12-24', or as '2026-12-24..2026-12-31'")),
        ("calendar: support", ("s.yaml:3:11: error[unknown-calendar] unknown calendar 'support'; add calendars/support.yaml, "
         "or write the calendar here")),
    ],
)  # fmt: skip
def test_a_sequence_may_not_say(keys: str, finding: str) -> None:
    assert findings(with_keys(keys)) == [finding]


@pytest.mark.parametrize(
    ("keys", "finding"),
    [
        ("rol: skip", "s.yaml:6:5: error[unknown-key] unknown key 'rol' in step 'a'; did you mean 'roll'?"),
        ("roll: folowing", "s.yaml:6:11: error[unknown-word] unknown word 'folowing' in roll; did you mean 'following'?"),
        ("notify_mentioned: yes", ("s.yaml:6:23: error[wrong-type] notify_mentioned is the text 'yes'; expected true or "
         "false; write true")),
        ("notify_mentioned: off", ("s.yaml:6:23: error[wrong-type] notify_mentioned is the text 'off'; expected true or "
         "false; write false")),
        ("assign: {owner: false}", "s.yaml:6:21: error[wrong-type] owner is false; expected true; remove the key instead"),
        ("assign: {}", ("s.yaml:6:13: error[missing-key] assign says too little; give one of employee, role, owner, field, "
         "param, round_robin, least_loaded")),
        ("assign: ana", ("s.yaml:6:13: error[wrong-type] assign is text; expected one of employee, role, owner, field, param, "
         "round_robin, least_loaded")),
        ("assign: {round_robin: []}", ("s.yaml:6:27: error[empty-value] round_robin is empty; give a list of employees, or "
         "remove the key")),
        ("repeat: {every: 1 week}", ("s.yaml:6:13: error[missing-key] repeat has 'every' without 'times'; add 'times': how many "
         "occurrences, the first included")),
        ("repeat: {every: 0 days, times: 2}", ("s.yaml:6:21: error[offset-out-of-range] repeat comes again after nothing; "
         "give a distance")),
        ("repeat: FREQ=WEEKLY", ("s.yaml:6:13: error[endless-repeat] 'FREQ=WEEKLY' never ends in repeat; add ';COUNT=4' or "
         "';UNTIL=20271231'")),
        ("repeat: FREQ=HOURLY;COUNT=2", ("s.yaml:6:13: error[bad-rrule] 'FREQ=HOURLY;COUNT=2' is no recurrence rule in repeat: "
         "FREQ is none of DAILY, MONTHLY, WEEKLY, YEARLY; write it as in RFC 5545: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=3'")),
        ("repeat: FREQ=DAILY;INTERVAL=0;COUNT=2", ("s.yaml:6:13: error[bad-rrule] 'FREQ=DAILY;INTERVAL=0;COUNT=2' is no "
         "recurrence rule in repeat: INTERVAL is not at least 1; write it as in RFC 5545: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=3'")),
        ("repeat: every week", ("s.yaml:6:13: error[bad-rrule] 'every week' is no recurrence rule in repeat: it is not made of "
         "NAME=value pairs; write it as in RFC 5545: 'FREQ=MONTHLY;BYDAY=1MO;COUNT=3'")),
        ("notify: [{before: 1 month}]", ("s.yaml:6:23: error[notify-unit] '1 month' is not minutes, hours, days or weeks in "
         "notify; give one of these units, as in '1 hour'")),
        ("window: 09:00-09:00", ("s.yaml:6:13: error[empty-interval] hours '09:00-09:00' are empty in window; write "
         "'00:00-24:00' for the whole day, or 'closed'")),
        ("window: {mon: 09:00-10:00, mon-wed: 10:00-11:00}", ("s.yaml:6:32: error[day-named-twice] Monday is named twice in "
         "window, by 'mon' and by 'mon-wed'; name each day once")),
        ("window: {moon: 09:00-10:00}", ("s.yaml:6:14: error[bad-name] 'moon' is not usable as a key of window; expected days "
         "such as mon, tue-thu, 'sat, sun', weekdays or daily")),
        ("associate: [{object: deal, record: x}]", ("s.yaml:6:40: error[bad-name] 'x' is not usable as record; expected "
         "record.<field> or a uuid")),
        ("moved_from: start", "s.yaml:6:17: error[reserved-name] 'start' has a meaning of its own in moved_from; choose another"),
        ("mentions: ana", "s.yaml:6:15: error[wrong-type] mentions is text; expected a list of employees"),
    ],
)  # fmt: skip
def test_a_step_may_not_say(keys: str, finding: str) -> None:
    assert findings(with_step(keys)) == [finding]


def test_all_findings_come_at_once_in_file_order() -> None:
    text = "sequense: x\nsteps:\n  - id: a b\n    activty: call\n    due: 1 day after b\n  - {id: c, activity: call, due: 2 moths after a}\n"
    assert [finding.split(" ")[0] + " " + finding.split(" ")[1] for finding in findings(text)] == [
        "s.yaml:1:1: error[unknown-key]",
        "s.yaml:1:1: error[missing-key]",
        "s.yaml:3:5: error[missing-key]",
        "s.yaml:3:9: error[bad-name]",
        "s.yaml:4:5: error[unknown-key]",
        "s.yaml:5:22: error[unknown-step]",
        "s.yaml:6:10: warning[no-assign]",
        "s.yaml:6:36: error[unknown-unit]",
    ]
