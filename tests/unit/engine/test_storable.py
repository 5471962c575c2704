"""What becomes of the values of fields in a store that holds JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from cadence.engine.storable import storable
from cadence.errors import PlanError


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("x", "x"),
        (None, None),
        (True, True),
        (2**70, 2**70),
        (1.5, 1.5),
        (date(2026, 12, 1), "2026-12-01"),
        (datetime(2026, 12, 1, 9, tzinfo=UTC), "2026-12-01T09:00:00+00:00"),
        (time(9, 30), "09:30:00"),
        (Decimal("5.10"), 5.1),
        (Decimal("7.00"), 7),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal(12345678901234567890), "12345678901234567890"),
        (Decimal("1E+400"), "1E+400"),
        (b"caf\xc3\xa9", "café"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ((1, date(2026, 12, 1)), [1, "2026-12-01"]),
        ({"since": date(2026, 12, 1), 5: "x"}, {"since": "2026-12-01", "5": "x"}),
    ],
)
def test_a_value_is_stored_as_what_it_means(value: Any, stored: Any) -> None:
    found = storable({"x": value})["x"]
    assert (found, type(found)) == (stored, type(stored))


@pytest.mark.parametrize(
    ("value", "name", "what"),
    [
        ({1}, "x", "a set, which cannot be stored"),
        (object(), "x", "an object, which cannot be stored"),
        (timedelta(1), "x", "a timedelta, which cannot be stored"),
        (b"\xff", "x", "bytes that are not UTF-8"),
        (b"\0", "x", "a character that cannot be stored"),
        pytest.param(10**5000, "x", "a number with more digits than can be stored", id="5000 digits"),
        (float("nan"), "x", "'nan', which is no number"),
        (Decimal("inf"), "x", "'Infinity', which is no number"),
        ({"a": [{1}]}, "x.a", "a set, which cannot be stored"),
        ({(1, 2): 3}, "x", "an object with a tuple for a name"),
    ],
)
def test_a_value_without_a_meaning_there_is_refused_by_its_field(value: Any, name: str, what: str) -> None:
    with pytest.raises(PlanError) as caught:
        storable({"x": value})
    assert str(caught.value) == f"'{name}' holds {what}; write it as text, or take it out of the row"


def test_a_value_that_holds_itself_is_refused() -> None:
    ring: list[object] = []
    ring.append((ring,))
    with pytest.raises(PlanError, match="'x' is nested deeper than 40 levels"):
        storable({"x": ring})
