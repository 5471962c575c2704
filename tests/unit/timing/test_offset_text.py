"""Offsets as people write them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cadence.errors import CalendarError
from cadence.timing.offset import Offset
from cadence.timing.offset_text import UNITS, OffsetError, format_offset, parse_offset


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2d", Offset(days=2)),
        ("2 days", Offset(days=2)),
        ("2 weeks", Offset(days=14)),
        ("1 month 2 days", Offset(months=1, days=2)),
        ("1 month and 2 days", Offset(months=1, days=2)),
        ("1 month, 2 days, and 3 hours", Offset(months=1, days=2, seconds=10_800)),
        ("1mo2d", Offset(months=1, days=2)),
        ("1y + 6mo", Offset(months=18)),
        ("2 business days", Offset(business_days=2)),
        ("2 Working Days", Offset(business_days=2)),
        ("2bd", Offset(business_days=2)),
        ("1 business hour", Offset(business_seconds=3600)),
        ("1bh 30bmin", Offset(business_seconds=5400)),
        ("30 business minutes", Offset(business_seconds=1800)),
        ("1.5h", Offset(seconds=5400)),
        ("0.25 business hours", Offset(business_seconds=900)),
        ("an hour", Offset(seconds=3600)),
        ("a week", Offset(days=7)),
        ("three weeks", Offset(days=21)),
        ("ten min", Offset(seconds=600)),
        ("1 day 2 days", Offset(days=3)),
        ("P1DT2H", Offset(days=1, seconds=7200)),
        ("P2W", Offset(days=14)),
        ("p1y2m3w4dt5h6m7s", Offset(months=14, days=25, seconds=18_367)),
        ("PT1.5H", Offset(seconds=5400)),
        ("0 min", Offset()),
        ("0 business days", Offset(nominal=True)),
        ("0 days 5 minutes", Offset(seconds=300, nominal=True)),
        ("0 days 1 week", Offset(days=7)),
    ],
)
def test_an_offset_is_read_in_words_short_forms_sums_and_iso_8601(text: str, offset: Offset) -> None:
    assert parse_offset(text) == offset


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "offset '' is empty; write it as '2 business days' or '1h'"),
        ("2 buisness days", "unknown unit 'buisness days' in offset '2 buisness days'; did you mean 'business days'?"),
        ("3 dyas", "unknown unit 'dyas' in offset '3 dyas'; did you mean 'days'?"),
        ("2m", "unknown unit 'm' in offset '2m'; 'min' is minutes, 'mo' is months"),
        ("2 %", "unknown unit '%' in offset '2 %'; units are min h d w mo y bd bh bmin"),
        ("5", "offset '5' has '5' without a unit; write it as '2 business days' or '2bd'"),
        ("1 hour 30", "offset '1 hour 30' has '30' without a unit; write it as '2 business days' or '2bd'"),
        ("-2 days", "offset '-2 days' has a sign; write 'before' in place of a minus"),
        ("days", "offset 'days' has 'days' where a number is expected; write it as '2 business days'"),
        ("1.5 days", "'1.5 days' in offset '1.5 days' is not whole; only hours and minutes take fractions"),
        ("1.5bd", "'1.5 business days' in offset '1.5bd' is not whole; only hours and minutes take fractions"),
        ("0.0001h", "'0.0001 hours' in offset '0.0001h' is not a whole second; use minutes"),
        ("2 days and", "offset '2 days and' has 'and' with nothing to join"),
        ("2 days , , 1 h", "offset '2 days , , 1 h' has ', ,' with nothing to join"),
        ("PT", "offset 'PT' is not an ISO 8601 duration; write it as 'P1DT2H' or '1 day 2 hours'"),
        ("P1.5D", "offset 'P1.5D' is not an ISO 8601 duration; write it as 'P1DT2H' or '1 day 2 hours'"),
        ("P1D2H", "offset 'P1D2H' is not an ISO 8601 duration; write it as 'P1DT2H' or '1 day 2 hours'"),
        ("9999999999 days", "'999999999...' in offset '9999999999 days' is too large"),
        ("P9999999999D", "'999999999...' in offset 'P9999999999D' is too large"),
    ],
)
def test_what_is_no_offset_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(OffsetError) as caught:
        parse_offset(text)
    assert str(caught.value) == message


def test_an_offset_error_carries_text_and_unit() -> None:
    with pytest.raises(CalendarError) as caught:
        parse_offset("2 fortnigths")
    assert isinstance(caught.value, OffsetError)
    assert (caught.value.text, caught.value.unit) == ("2 fortnigths", "fortnigths")


@pytest.mark.parametrize(
    ("offset", "text"),
    [
        (Offset(), "0 minutes"),
        (Offset(nominal=True), "0 business days"),
        (Offset(nominal=True, seconds=300), "0 business days 5 minutes"),
        (Offset(months=14), "1 year 2 months"),
        (Offset(days=14), "2 weeks"),
        (Offset(days=15), "15 days"),
        (Offset(business_days=1), "1 business day"),
        (Offset(seconds=5400), "1 hour 30 minutes"),
        (Offset(business_seconds=5401), "1 business hour 30 business minutes 1 business second"),
        (Offset(days=-2, seconds=-60), "-2 days -1 minute"),
    ],
)
def test_an_offset_is_shown_largest_unit_first(offset: Offset, text: str) -> None:
    assert format_offset(offset) == text


def test_an_offset_knows_its_parts() -> None:
    assert Offset(days=1).has_nominal
    assert not Offset(days=1).has_exact
    assert Offset(seconds=1).has_exact
    assert not Offset(seconds=1).has_nominal
    assert Offset(nominal=True).has_nominal
    assert -Offset(1, 2, 3, 4, 5, nominal=True) == Offset(-1, -2, -3, -4, -5, nominal=True)


def test_the_reference_lists_every_unit_and_tells_the_truth_about_what_is_refused() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "offsets.md").read_text(encoding="utf-8")
    units, refused = page.split("## Forms")[0], page.split("## What is refused")[1]
    assert [unit for unit in UNITS if f"`{unit}`" not in units] == []
    rows = re.findall(r"^\| `(.+)` \| (.+) \|$", refused, re.MULTILINE)
    assert len(rows) == 5
    for text, message in rows:
        with pytest.raises(OffsetError) as caught:
            parse_offset(text)
        assert str(caught.value) == message
