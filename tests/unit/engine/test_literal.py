"""Values of --field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.engine.literal import read_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("25", 25),
        ("-3", -3),
        ("0.5", 0.5),
        ("0", 0),
        ("true", True),
        ("false", False),
        ("null", None),
        ('["a", 1]', ["a", 1]),
        ('{"code": "pro"}', {"code": "pro"}),
        ('"25"', "25"),
    ],
)
def test_json_is_read_as_what_it_is(text: str, value: object) -> None:
    read = read_value(text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0123",
        "+4930123",
        "1e5",
        "1_000",
        "١٢",
        "NaN",
        "Infinity",
        "True",
        "yes",
        "no",
        "2026-11-23",
        "10:30",
        "1234567890123456",
        "[broken",
        '"open',
        "[" * 50_000,
        " 25",
        "1.",
        ".5",
        "-",
    ],
)
def test_everything_else_stays_text(text: str) -> None:
    assert read_value(text) == text


@given(st.text())
def test_no_text_fails(text: str) -> None:
    read_value(text)
    read_value(f"[{text}")
