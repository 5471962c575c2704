from __future__ import annotations

import pytest

from cadence.sequence import Known, parse_calendar, parse_sequence
from cadence.sequence.parse import check_sequence
from tests.unit.sequence.writing import HEAD, findings, with_keys, with_step

OFFICE = parse_calendar("calendar: office\nhours: {mon-fri: '09:00-17:00'}\n")
NIGHT = parse_calendar("calendar: night\nhours: {mon-sun: '22:00-06:00'}\n")
CALENDARS = {"office": OFFICE, "night": NIGHT}


def _steps(*steps: str) -> list[str]:
    return findings(HEAD + "steps:\n" + "".join(f"  - {{activity: call, {step}}}\n" for step in steps))


def test_an_id_may_not_be_used_twice() -> None:
    assert _steps("id: a, due: start", "id: a, due: start") == [
        "s.yaml:5:26: error[duplicate-id] step id 'a' is used twice, first on line 4; give each step an id of its own"
    ]


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        (
            ["id: kickoff, due: start", "id: b, due: 1 day after kickof"],
            "s.yaml:5:46: error[unknown-step] unknown step 'kickof' in due; did you mean 'kickoff'?",
        ),
        (
            ["id: kickoff, due: start", "id: b, due: start, not_before: completion of kick"],
            "s.yaml:5:67: error[unknown-step] unknown step 'kick' in not_before; did you mean 'kickoff'?",
        ),
        (
            ["id: new, due: start, moved_from: old", "id: b, due: {after: old}"],
            "s.yaml:5:42: error[unknown-step] unknown step 'old' in due; it is 'new' now",
        ),
        (
            ["id: a, due: start, if: completed('kickof')"],
            "s.yaml:4:56: error[unknown-step] unknown step 'kickof' in if; known: a, start",
        ),
        (
            ["id: a, due: 1 day after a"],
            "s.yaml:4:46: error[anchor-cycle] step 'a' counts from itself; let one of them count from start",
        ),
        (
            ["id: a, due: 1 day after c", "id: b, due: 1 day after a", "id: c, due: start, not_after: completion of b"],
            (
                "s.yaml:4:46: error[anchor-cycle] steps count from one another in a circle: a -> c -> b -> a; "
                "let one of them count from start"
            ),
        ),
        (
            ["id: a, due: start", "id: b, due: start, moved_from: a"],
            (
                "s.yaml:5:53: error[moved-from-conflict] step 'b' is moved from 'a', which is a step of its own; "
                "name the id that is gone"
            ),
        ),
        (
            ["id: a, due: start, moved_from: old", "id: b, due: start, moved_from: old"],
            (
                "s.yaml:5:53: error[moved-from-conflict] step 'b' is moved from 'old', which has become 'a' already; "
                "name the id that is gone"
            ),
        ),
    ],
)
def test_steps_must_refer_to_one_another_without_gaps_and_circles(steps: list[str], finding: str) -> None:
    assert _steps(*steps) == [finding]


def test_two_circles_are_two_findings() -> None:
    found = _steps(
        "id: a, due: 1d after b", "id: b, due: 1d after a", "id: c, due: 1d after d", "id: d, due: 1d after c"
    )
    assert [finding.split("circle: ")[1].split(";")[0] for finding in found] == ["a -> b -> a", "c -> d -> c"]


def test_a_thousand_steps_in_a_row_are_no_circle() -> None:
    steps = ["id: s0, due: start"] + [f"id: s{n}, due: 1d after s{n - 1}" for n in range(1, 1000)]
    assert _steps(*steps) == []


@pytest.mark.parametrize(
    ("keys", "more", "finding"),
    [
        (
            "due: 1 day after param.go",
            "",
            "s.yaml:6:22: error[unknown-param] unknown param 'go' in due; declare it under params as 'go'",
        ),
        (
            "assign: {param: cms}",
            "params: {csm: employee}\n",
            "s.yaml:7:21: error[unknown-param] unknown param 'cms' in assign; did you mean 'csm'?",
        ),
        (
            "if: recrod.seats > 1",
            "",
            "s.yaml:6:9: error[unknown-param] unknown param 'recrod' in if; did you mean 'record'?",
        ),
        (
            "note: 'Hi {{ nmae }}'",
            "params: {name: string}\n",
            "s.yaml:7:18: error[unknown-param] unknown param 'nmae' in note; did you mean 'name'?",
        ),
        (
            "due: 1 day after param.seats",
            "params: {seats: number}\n",
            "s.yaml:7:22: error[wrong-param-type] param 'seats' in due is a number, not a date; give it type: date",
        ),
        (
            "assign: {role: x, else: {param: seats}}",
            "params: {seats: number}\n",
            "s.yaml:7:37: error[wrong-param-type] param 'seats' in assign is a number, not a person; give it type: employee",
        ),
        (
            "variant: b",
            "variants: {a: 1}\n",
            "s.yaml:7:14: error[unknown-variant] unknown variant 'b'; known: a",
        ),
        (
            "title: x",
            "variants: {a: 0}\n",
            "s.yaml:3:11: error[no-weight] all variants have weight 0; give one a weight",
        ),
        (
            "notify_mentioned: true",
            "",
            "s.yaml:6:23: warning[nobody-mentioned] notify_mentioned has nobody to notify; add mentions",
        ),
        (
            "due: 2 hours after start at 10:00",
            "",
            (
                "s.yaml:6:30: error[at-with-exact] due has a time of day and an exact offset: "
                "'2 hours after start at 10:00'; count in days with 'at', or leave 'at' out"
            ),
        ),
        (
            "due: {offset: 1 day 2 h, after: start, at: 10:00}",
            "",
            (
                "s.yaml:6:48: error[at-with-exact] due has a time of day and an exact offset: "
                "'1 day 2 h after start at 10:00'; count in days with 'at', or leave 'at' out"
            ),
        ),
        (
            "eom: true",
            "",
            (
                "s.yaml:6:10: warning[eom-without-months] eom says nothing where the offset has no months; "
                "remove it, or count in months"
            ),
        ),
        (
            "timeout: {after: 2 days}",
            "",
            (
                "s.yaml:6:14: error[timeout-without-completion] timeout waits for no completion: the due is 'start'; "
                "remove it, or count from the completion of a step"
            ),
        ),
        (
            "roll: unadjusted",
            "calendar: office\n",
            (
                "s.yaml:7:11: error[unadjusted-needs-any] roll 'unadjusted' keeps a date on which the window is closed; "
                "add 'window: any'"
            ),
        ),
        (
            "window: 18:00-20:00",
            "calendar: office\n",
            (
                "s.yaml:7:13: error[window-never-open] the window never meets the hours of calendar 'office'; "
                "widen it, or lift both with 'window: any'"
            ),
        ),
        (
            "window: {sat: 10:00-12:00}",
            "calendar: office\n",
            (
                "s.yaml:7:13: error[window-never-open] the window never meets the hours of calendar 'office'; "
                "widen it, or lift both with 'window: any'"
            ),
        ),
        (
            "calendar: office",
            "window: 18:00-20:00\n",
            (
                "s.yaml:3:9: error[window-never-open] the window never meets the hours of calendar 'office'; "
                "widen it, or lift both with 'window: any'"
            ),
        ),
        (
            "due: 1 day after start at 20:00",
            "calendar: office\n",
            (
                "s.yaml:7:28: warning[at-outside-window] 20:00 is outside the hours on every day, so the due will be moved; "
                "choose a time within the window"
            ),
        ),
        (
            "due: saturday after start at 10:00-11:00\nwindow: {mon-fri: 10:00-12:00, sat: 12:00-13:00}",
            "",
            (
                "s.yaml:6:31: warning[at-outside-window] 10:00-11:00 is outside the hours on every day, "
                "so the due will be moved; choose a time within the window"
            ),
        ),
        (
            "due: 4 business hours after start",
            "",
            (
                "s.yaml:6:10: error[no-calendar] due counts business hours and there is no calendar: "
                "'4 business hours after start'; add 'calendar', or count hours"
            ),
        ),
    ],
)
def test_what_cannot_work_is_said_before_any_record_is_planned(keys: str, more: str, finding: str) -> None:
    text = with_step(keys, more=more)
    due_line = "    due: start\n"
    text = text if text.count("due:") == 1 else text.replace(due_line, "", 1) if "due: " in keys else text
    assert findings(text, calendars=CALENDARS) == [finding]


@pytest.mark.parametrize(
    "keys",
    [
        "calendar: night\nwindow: 00:00-05:00",  # past midnight is still the night desk's shift
        "calendar: night\nwindow: 23:00-02:00",
        "calendar: office\nwindow: any\nroll: unadjusted",
        "due: 1 day after start at 17:00\ncalendar: office",  # a due may touch a close
        "due: 1 day after start at 16:30-18:00\ncalendar: office",  # a slot is narrowed by the window
        "calendar: {hours: {mon-fri: 09:00-17:00}, special: {2026-12-19: 20:00-22:00}}\nwindow: 20:00-21:00",
        "calendar: {hours: {mon-fri: 09:00-17:00}, timezone: Asia/Tokyo}\nwindow: 20:00-21:00",
        "due: 4 business hours after start\ncalendar: office",
        "due: 1 month after start\neom: true",
    ],
)
def test_what_can_work_is_left_alone(keys: str) -> None:
    assert findings(with_step(keys), calendars=CALENDARS) == []


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            "params: {csm: employee}",
            ["s.yaml:3:10: warning[unused-param] param 'csm' is never read; remove it, or use it"],
        ),
        (
            "params: {n: {type: number, default: many}}\nexit_when: [n > 1]",
            [("s.yaml:3:37: error[bad-default] 'many' in default of param 'n' is not a number; "
             "give a number, or change the type")],
        ),
        (
            "params: {d: {type: date, default: 2026-02-30}}\nexit_when: d == 1",
            [("s.yaml:3:35: error[bad-default] '2026-02-30' in default of param 'd' is not a date; "
             "give a date, or change the type")],
        ),
        (
            "params: {t: {choices: [gold, silver], default: glod}}\nexit_when: t == 1",
            ["s.yaml:3:48: error[bad-default] default 'glod' of param 't' is no choice; did you mean 'gold'?"],
        ),
        (
            "params: {t: {required: true, default: x}}\nexit_when: t == 1",
            [("s.yaml:3:39: warning[unused-default] param 't' is required and has a default that is never used; "
             "remove one of them")],
        ),
        (
            "params: {t: {default: no}}\nexit_when: t == 1",
            [("s.yaml:3:23: warning[ambiguous-value] default is read as the text 'no'; put it in quotes: \"no\"; "
             "or write false")],
        ),
        ("params: {b: {type: boolean, default: false}, n: {type: number, choices: [1, 2.5]}}\nexit_when: b or n > 1", []),
        ("params: {m: {type: datetime, default: '2026-12-24T10:00'}}\nexit_when: param.m == start", []),
    ],
)  # fmt: skip
def test_params_must_be_declared_used_and_fitting(keys: str, expected: list[str]) -> None:
    assert findings(with_keys(keys)) == expected


KNOWN = Known(
    fields=frozenset({"first_name", "seats", "timezone", "contract_end"}),
    activities=frozenset({"call", "meeting"}),
    objects=frozenset({"client_client", "deal"}),
)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            with_step("if: record.seatz > 1"),
            "s.yaml:6:9: error[unknown-field] unknown field 'seatz' in if; did you mean 'seats'?",
        ),
        (
            with_step("note: Hi {{ record.frist_name }}"),
            "s.yaml:6:17: error[unknown-field] unknown field 'frist_name' in note; did you mean 'first_name'?",
        ),
        (
            with_step("due: 1 day before record.contract_ends"),
            "s.yaml:6:23: error[unknown-field] unknown field 'contract_ends' in due; did you mean 'contract_end'?",
        ),
        (
            with_step("assign: {field: owners}"),
            (
                "s.yaml:6:21: error[unknown-field] unknown field 'owners' in assign; "
                "known: contract_end, first_name, seats, timezone"
            ),
        ),
        (
            with_keys("timezone: record.time_zone"),
            "s.yaml:3:11: error[unknown-field] unknown field 'time_zone' in timezone; did you mean 'timezone'?",
        ),
        (
            with_keys("object: deals"),
            "s.yaml:3:9: error[unknown-object] unknown object 'deals'; did you mean 'deal'?",
        ),
        (
            with_step("title: x").replace("activity: call", "activity: meting"),
            "s.yaml:5:15: error[unknown-activity] unknown activity 'meting'; did you mean 'meeting'?",
        ),
    ],
)
def test_names_are_checked_against_what_the_crm_is_known_to_have(text: str, finding: str) -> None:
    assert findings(text, known=KNOWN) == [finding]
    assert findings(text) == []


def test_a_calendar_with_errors_of_its_own_stops_only_those_who_name_it() -> None:
    class Broken(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            return parse_calendar("calendar: broken\nhours: {mon: closed}\n", path="broken.yaml")

    calendars = Broken(broken=None)
    _, found = check_sequence(with_keys("calendar: broken"), path="s.yaml", calendars=calendars)  # type: ignore[arg-type]
    assert [str(finding) for finding in found] == [
        (
            "broken.yaml:2:8: error[calendar-never-opens] calendar 'broken' never opens; "
            'give at least one day hours, as in mon-fri: "09:00-17:00"'
        ),
        (
            "s.yaml:3:11: error[unusable-calendar] calendar 'broken' cannot be used: "
            "the calendar in broken.yaml has an error"
        ),
    ]
    assert parse_sequence(with_keys("title: x"), calendars=calendars).title == "x"  # type: ignore[arg-type]
