from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cadence.diagnostics import Place
from cadence.diagnostics.collector import Collector
from cadence.sequence import grammar, values
from cadence.sequence.due import read_due
from cadence.sequence.nodes import ScalarNode
from cadence.sequence.schema import NOT_IN_SCHEMA
from cadence.sequence.shape import INVALID

WORDS = [
    "1", "2", "1.5", "0", "10", "two", "a", "an", "business", "working", "day", "days", "week", "months", "mo", "bd", "h", "2h",
    "1d2h", "min", "P1D", "PT2H", "and", ",", "+", "after", "before", "on", "or", "the", "of", "friday", "Sat", "start",
    "completion", "kickoff", "record.x.y", "record", "param.p", "at", "9:00", "10:30", "9am", "5 pm", "-", "14:00-16:00", "24:00",
]  # fmt: skip
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
NEARLY = st.tuples(
    st.sampled_from(["", "friday after ", "the Friday before ", "on fri on or after "]),
    st.sampled_from(
        ["", "2 days ", "1 month and 2 days ", "1.5h ", "P1DT2H ", "two business days ", "1d2h", "3 foos "]
    ),
    st.sampled_from(["", "after ", "before "]),
    st.sampled_from(["start", "kickoff", "completion of kickoff", "record.end", "record.", "param.p", "at", "a b"]),
    st.sampled_from(["", " at 10:00", " at 9am", " at 14:00-16:00", " at 2 pm - 4 pm", " at noon", " at 24:00"]),
).map("".join)


def _accepted(text: str, parse: object) -> tuple[bool, set[str]]:
    found = Collector("f")
    value = parse(ScalarNode(Place("f", 1, 1), text), "due", found)  # type: ignore[operator]
    return value is not INVALID, {finding.code for finding in found.findings}


@given(SENTENCES | NEARLY)
def test_the_pattern_of_a_due_accepts_exactly_what_its_parser_accepts(text: str) -> None:
    accepted, codes = _accepted(text, read_due)
    matches = re.fullmatch(grammar.DUE, text) is not None
    assert matches or not accepted
    assert accepted or not matches or codes <= NOT_IN_SCHEMA


@given(SENTENCES | st.text("0123456789.dhbmowy ,+PTand", max_size=12))
def test_the_pattern_of_an_offset_accepts_exactly_what_its_parser_accepts(text: str) -> None:
    accepted, codes = _accepted(text, values.offset)
    matches = re.fullmatch(grammar.OFFSET, text) is not None
    assert matches or not accepted
    assert accepted or not matches or codes <= NOT_IN_SCHEMA


@given(st.text("0123456789:- apmAPM\u2013", max_size=14))
def test_the_pattern_of_an_interval_accepts_exactly_what_its_parser_accepts(text: str) -> None:
    accepted, codes = _accepted(text, values.interval)
    matches = re.fullmatch(grammar.INTERVAL, text) is not None
    assert matches or not accepted
    assert accepted or not matches or codes <= NOT_IN_SCHEMA
