from __future__ import annotations

import pytest

from cadence.model.sequence import Anchor, AnchorKind, Due, Slot, WeekdayShift
from cadence.timing.offset import Offset
from tests.unit.sequence.writing import findings, step, with_step

START = Anchor(AnchorKind.START)


def _due(text: str) -> Due:
    return step(f"due: {text}").due


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("start", Due("", START)),
        ("on start at 9am", Due("", START, at=9 * 3600)),
        ("1 business day after start at 10:00", Due("", START, Offset(business_days=1), at=36_000)),
        ("2h after start", Due("", START, Offset(seconds=7200))),
        ("P1DT2H after start", Due("", START, Offset(days=1, seconds=7200))),
        ("a week and 2 days before start", Due("", START, Offset(days=-9), before=True)),
        ("1 month 2 days after record.signed.on", Due("", Anchor(AnchorKind.RECORD, "signed.on"), Offset(1, 2))),
        ("friday after start", Due("", START, weekday=WeekdayShift(4))),
        ("the Friday before start", Due("", START, before=True, weekday=WeekdayShift(4))),
        ("on fri on or after start", Due("", START, weekday=WeekdayShift(4, inclusive=True))),
        (
            "friday before 2 weeks after start",
            Due("", START, Offset(days=14), before=True, weekday=WeekdayShift(4)),
        ),
        ("1d after start at 14:00-16:00", Due("", START, Offset(days=1), at=Slot(50_400, 57_600))),
        ("1d after start at 2 pm - 4 pm", Due("", START, Offset(days=1), at=Slot(50_400, 57_600))),
        ("0 business days after start", Due("", START, Offset(nominal=True))),
        ("1   week\n      after start", Due("", START, Offset(days=7))),
    ],
)
def test_a_sentence_means(text: str, expected: Due) -> None:
    due = _due(text)
    assert (due.anchor, due.offset, due.before, due.weekday, due.at) == (
        expected.anchor,
        expected.offset,
        expected.before,
        expected.weekday,
        expected.at,
    )


def test_a_due_keeps_its_sentence_on_one_line_and_its_place() -> None:
    due = _due("1   week\n      after start")
    assert due.text == "1 week after start"
    assert (due.place and due.place.line, due.place and due.place.column) == (6, 10)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("{after: start}", "on start"),
        ("{after: start, at: '09:00'}", "on start at 09:00"),
        ("{offset: 2 weeks, after: start}", "2 weeks after start"),
        ("{offset: 1h, before: record.end}", "1h before record.end"),
        ("{after: start, on: friday}", "friday after start"),
        ("{after: start, on: {weekday: fri, inclusive: true}}", "friday on or after start"),
        ("{offset: 2 weeks, after: start, on: friday}", "friday on or after 2 weeks after start"),
        (
            "{offset: 2 weeks, before: start, on: {weekday: friday, inclusive: false}, at: 9am-10am}",
            "friday before 2 weeks before start at 9am-10am",
        ),
    ],
)
def test_a_mapping_means_the_same_as_its_sentence(mapping: str, sentence: str) -> None:
    assert _due(mapping) == _sentence(mapping, sentence)


def _sentence(mapping: str, sentence: str) -> Due:
    due = _due(sentence)
    return Due(_due(mapping).text, due.anchor, due.offset, before=due.before, weekday=due.weekday, at=due.at)


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            "2 buisness days after start",
            "s.yaml:6:12: error[unknown-unit] unknown unit 'buisness days' in due; did you mean 'business days'?",
        ),
        ("1 m after start", "s.yaml:6:12: error[unknown-unit] unknown unit 'm' in due; 'min' is minutes, 'mo' is months"),
        (
            "after start",
            ("s.yaml:6:10: error[bad-due] 'after' without an offset or a weekday before it in due; write it as "
            "'2 business days after start at 10:00', 'friday after kickoff' or 'on record.contract_end'"),
        ),
        (
            "friday",
            ("s.yaml:6:10: error[bad-due] 'friday' without after or before in due; write it as "
            "'2 business days after start at 10:00', 'friday after kickoff' or 'on record.contract_end'"),
        ),
        (
            "1 day after",
            ("s.yaml:6:21: error[bad-due] no anchor in due; write it as "
            "'2 business days after start at 10:00', 'friday after kickoff' or 'on record.contract_end'"),
        ),
        (
            "1 day after record",
            ("s.yaml:6:22: error[bad-due] 'record' is no anchor in due; an anchor is start, a step's id, "
            "completion of a step, record.<field> or param.<name>"),
        ),
        (
            "1 day after start on friday",
            ("s.yaml:6:28: error[bad-due] unexpected 'on' after the anchor in due; "
            "put the weekday first: 'friday on or after X', 'friday after 2 weeks after X'"),
        ),
        (
            "some days after start",
            ("s.yaml:6:10: error[bad-offset] offset 'some days' has 'some' where a number is expected in due; "
            "write it as '2 business days'"),
        ),
        (
            "-2 days after start",
            "s.yaml:6:10: error[bad-offset] offset '-2 days' has a sign in due; write 'before' in place of a minus",
        ),
        (
            "1.5 days after start",
            ("s.yaml:6:10: error[bad-offset] '1.5 days' in offset '1.5 days' is not whole in due; "
            "only hours and minutes take fractions"),
        ),
        (
            "1 day after start at 25:00",
            "s.yaml:6:31: error[bad-time] time '25:00' is not a time of day in due; write it as '09:00', '17:30' or '9am'",
        ),
        (
            "1 day after start at 16:00-14:00",
            ("s.yaml:6:31: error[empty-slot] slot '16:00-14:00' ends before it starts in due; "
            "a slot lies within one day: write it as '14:00-16:00'"),
        ),
        (
            "1 day after nobody",
            "s.yaml:6:22: error[unknown-step] unknown step 'nobody' in due; known: a, start",
        ),
        (
            "{offset: 1 day}",
            "s.yaml:6:10: error[missing-key] due says too little; give one of after, before",
        ),
        (
            "{after: start, before: start}",
            "s.yaml:6:10: error[conflicting-keys] due has after and before; give one of after, before",
        ),
        (
            "{after: start, on: fryday}",
            "s.yaml:6:29: error[unknown-weekday] unknown weekday 'fryday' in on; did you mean 'friday'?",
        ),
        ("", ("s.yaml:6:9: error[empty-value] due is empty; give a sentence such as '2 business days after start at 10:00'"
             " or a mapping with after or before, or remove the key")),
        ("[1]", ("s.yaml:6:10: error[wrong-type] due is a list; expected a sentence such as "
                "'2 business days after start at 10:00' or a mapping with after or before")),
        ("10:00", ("s.yaml:6:10: error[bad-due] '10:00' is no anchor in due; an anchor is start, a step's id, "
                  "completion of a step, record.<field> or param.<name>")),
        ("٢ days after start", "s.yaml:6:10: error[bad-offset] offset '٢ days' is not made of plain letters and digits in due"),
    ],
)  # fmt: skip
def test_a_sentence_that_is_wrong_is_answered_at_the_word(text: str, finding: str) -> None:
    assert findings(with_step(f"due: {text}")) == [finding]
