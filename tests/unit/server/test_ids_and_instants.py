from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence.server.identity import IdSource
from cadence.server.instant import instant_text, micros, read_instant

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)


def test_ids_sort_by_the_time_they_were_made_also_within_one_second() -> None:
    source = IdSource()
    made = [source.next(NOW + timedelta(seconds=second)) for second in range(3) for _ in range(500)]
    assert made == sorted(set(made))
    assert {(uuid.UUID(one).version, uuid.UUID(one).variant) for one in made} == {(7, uuid.RFC_4122)}
    assert uuid.UUID(made[0]).int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_two_processes_sort_by_the_millisecond() -> None:
    moments = iter(int(NOW.timestamp() * 1000) + after for after in (5, 6, 7, 1000))
    one, other = (IdSource(lambda: next(moments)) for _ in range(2))
    made = [each.next(NOW) for each in (one, other, one, other)]
    assert made == sorted(made)


def test_an_id_for_another_time_bears_that_time() -> None:
    source = IdSource(lambda: int(NOW.timestamp() * 1000) + 3_600_000)
    assert uuid.UUID(source.next(NOW)).int >> 80 == int(NOW.timestamp() * 1000)


def test_a_clock_that_steps_back_does_not_make_ids_do_so() -> None:
    source = IdSource()
    first, second = source.next(NOW), source.next(NOW - timedelta(hours=1))
    assert first < second


def test_a_full_counter_borrows_the_next_millisecond() -> None:
    source = IdSource()
    source.next(NOW)
    source._counter = (1 << 26) - 1  # noqa: SLF001 - 67 million ids take a while
    first, second = source.next(NOW), source.next(NOW)
    assert first < second
    assert uuid.UUID(first).int >> 80 == int(NOW.timestamp() * 1000) + 1


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_written_is_the_instant_read(instant: datetime) -> None:
    written = instant_text(micros(instant))
    assert written is not None
    assert read_instant(written) == instant


def test_an_instant_is_written_in_utc_with_a_fraction_only_where_there_is_one() -> None:
    tokyo = datetime(2026, 11, 21, 0, 0, tzinfo=timezone(timedelta(hours=9)))
    assert instant_text(micros(tokyo)) == "2026-11-20T15:00:00Z"
    assert instant_text(micros(tokyo) + 1) == "2026-11-20T15:00:00.000001Z"
    assert instant_text(None) is None


@pytest.mark.parametrize("text", ["2026-11-20T15:00:00", "2026-11-20", "now", "9999-12-31T23:59:59-14:00"])
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"needs an offset|Invalid isoformat|must lie between"):
        read_instant(text)
