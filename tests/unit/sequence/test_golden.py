from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cadence.model.plan import Action
from cadence.sequence import Team, check_golden, parse_golden

PARIS = timezone(timedelta(hours=1))


def test_a_golden_file_holds_cases_with_what_they_expect() -> None:
    golden = parse_golden(
        "sequence: onboarding\n"
        "cases:\n"
        "  - name: one\n"
        "    record: {id: maya, seats: 45, vip: true, site: {city: Köln, tags: [a, 1]}, nothing: null}\n"
        "    start: 2026-11-20T10:00\n"
        "    now: 2026-11-20 09:00:00Z\n"
        "    params: {csm: ben, n: 2}\n"
        "    team: team.yaml\n"
        "    expect:\n"
        "      - {step: a, due: Mon 2026-11-23 10:00, occurrence: 2, why: holiday}\n"
        '      - {step: b, due: "2026-11-23T10:00:00+01:00[Europe/Paris]", action: skip, assignee: ana, note: Hi, why: [x, y]}\n',
        path="g.yaml",
    )
    case = golden.cases[0]
    assert (golden.sequence, golden.path, case.name, case.team) == ("onboarding", "g.yaml", "one", "team.yaml")
    assert case.record == {
        "id": "maya",
        "seats": 45,
        "vip": True,
        "site": {"city": "Köln", "tags": ("a", 1)},
        "nothing": None,
    }
    assert case.start == datetime(2026, 11, 20, 10)  # noqa: DTZ001 - local in the record's zone
    assert case.now == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert case.params == {"csm": "ben", "n": 2}
    first, second = case.expect
    assert (first.step, first.occurrence, first.why) == ("a", 2, ("holiday",))
    assert first.due == datetime(2026, 11, 23, 10)  # noqa: DTZ001 - local in the step's zone
    assert second.due == datetime(2026, 11, 23, 10, tzinfo=PARIS)
    assert (second.action, second.assignee, second.note, second.why) == (Action.SKIP, "ana", "Hi", ("x", "y"))
    assert str(second.place) == "g.yaml:11:9"


def test_a_case_may_bring_its_team_and_name_a_record() -> None:
    golden = parse_golden(
        "sequence: s\ncases: [{name: a, record: ana@example.com, expect: [{step: x}],"
        " team: {team: [{name: Ana, email: a@example.com}]}}]"
    )
    case = golden.cases[0]
    assert case.record == "ana@example.com"
    assert isinstance(case.team, Team)
    assert case.team.employees[0].name == "Ana"


def _case(keys: str) -> str:
    return f"sequence: s\ncases: [{{name: a, record: {{id: x}}, expect: [{{step: b}}], {keys}}}]"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            _case("start: tomorrow"),
            (
                "g.yaml:2:64: error[bad-datetime] 'tomorrow' is not a date with a time in start; write it as "
                "'2026-11-23 10:00' (local), '2026-11-23T15:00:00Z' or '2026-11-23T10:00:00-05:00'"
            ),
        ),
        (
            _case("start: 2026-02-30 10:00"),
            (
                "g.yaml:2:64: error[no-such-date] there is no '2026-02-30 10:00' in start; write it as "
                "'2026-11-23 10:00' (local), '2026-11-23T15:00:00Z' or '2026-11-23T10:00:00-05:00'"
            ),
        ),
        (
            _case("start: Mon 2026-11-24 10:00"),
            "g.yaml:2:64: error[wrong-weekday] '2026-11-24 10:00' is a Tue, not a Mon in start",
        ),
        (
            "sequence: s\ncases:\n- {name: a, record: x, expect: [{step: b}]}\n- {name: a, record: y, expect: [{step: b}]}",
            "g.yaml:4:10: error[duplicate-case] case 'a' is there twice, first on line 3; name what each case shows",
        ),
        (
            "sequence: s\ncases: [{name: a, record: {country: no, zip: '010'}, expect: [{step: b, action: skipp}]}]",
            "g.yaml:2:81: error[unknown-word] unknown word 'skipp' in action; did you mean 'skip'?",
        ),
        (
            "sequence: s\ncases: [{name: a, record: {zip: 01067}, expect: [{step: b}]}]",
            (
                "g.yaml:2:33: error[ambiguous-value] record 'zip' is '01067', which some readers take for an octal number; "
                'put it in quotes: "01067"; or write 1067'
            ),
        ),
    ],
)
def test_a_golden_file_may_not_say(text: str, finding: str) -> None:
    errors = [finding for finding in check_golden(text, path="g.yaml")[1] if finding.severity == "error"]
    assert [str(error) for error in errors] == [finding]


def test_the_norway_trap_in_a_record_is_read_as_text_with_a_warning() -> None:
    golden, found = check_golden(
        "sequence: s\ncases: [{name: a, record: {country: no}, expect: [{step: b}]}]", path="g.yaml"
    )
    assert golden is not None
    assert golden.cases[0].record == {"country": "no"}
    assert [str(finding) for finding in found] == [
        (
            "g.yaml:2:37: warning[ambiguous-value] record 'country' is read as the text 'no'; "
            'put it in quotes: "no"; or write false'
        )
    ]
