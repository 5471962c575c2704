"""Laws of offsets as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cadence.timing.hours import format_interval, format_time, parse_interval, parse_time
from cadence.timing.offset import Offset
from cadence.timing.offset_text import OffsetError, format_offset, parse_offset
from tests.properties.timing_strategies import intervals

_TOKENS = [*"0123456789.+-,pPtTdDhHmMwW", "and", "business", "days", "mo", "min"]
_amounts = st.integers(0, 100_000)


@given(st.builds(Offset, _amounts, _amounts, _amounts, _amounts, _amounts))
def test_parsing_a_formatted_offset_gives_the_offset(offset: Offset) -> None:
    assert parse_offset(format_offset(offset)) == offset


@given(_amounts, _amounts)
def test_an_offset_of_no_days_is_still_nominal(seconds: int, business_seconds: int) -> None:
    offset = Offset(seconds=seconds, business_seconds=business_seconds, nominal=True)
    assert parse_offset(format_offset(offset)) == offset


@given(st.text(max_size=30))
def test_any_text_is_an_offset_or_an_offset_error(text: str) -> None:
    try:
        offset = parse_offset(text)
    except OffsetError as error:
        assert error.text.strip() == text.strip()  # noqa: PT017 - either outcome is right
    else:
        assert parse_offset(format_offset(offset)) == offset


@given(st.lists(st.sampled_from(_TOKENS), max_size=8))
def test_texts_made_of_its_own_words_are_offsets_or_offset_errors(words: list[str]) -> None:
    for joint in ("", " "):
        try:
            offset = parse_offset(joint.join(words))
        except OffsetError as error:
            assert str(error)  # noqa: PT017 - either outcome is right
        else:
            assert parse_offset(format_offset(offset)) == offset


@given(st.integers(0, 86_399))
def test_parsing_a_formatted_time_gives_the_time(seconds: int) -> None:
    assert parse_time(format_time(seconds)) == seconds


@given(intervals().filter(lambda pair: pair[1] - pair[0] < 86_400))
def test_parsing_formatted_hours_gives_the_hours(interval: tuple[int, int]) -> None:
    assert parse_interval(format_interval(interval)) == interval
