"""Tasks counted by person and day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cadence.server.bodies.account import CreateEmployee
from cadence.server.bodies.scheduled import CreateScheduled
from cadence.server.seed import LOCAL_BUSINESS, LOCAL_USER, seed
from cadence.server.store import account, scheduling
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.opening import open_store
from cadence.server.store.scheduling import Creation
from cadence.service.pages.load.grid import Cell, Grid, read_grid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence.server.store.store import Store

CALLER = Caller(LOCAL_BUSINESS, LOCAL_USER, Scope.ADMIN)
NOW = datetime(2026, 10, 1, tzinfo=UTC)
KIM = "0192f0c1-77aa-7bb0-8c3f-5d1e2f3a4b5c"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path / 'store.db'}") as opened:
        seed(opened, now=NOW)
        yield opened


def hire(store: Store, zone: str, **fields: Any) -> None:
    body = CreateEmployee.model_validate(
        {"display_name": "Kim", "email": "kim@example.com", "timezone": zone, **fields}
    )
    store.write_now(partial(account.add_employee, business_id=LOCAL_BUSINESS, body=body, employee_id=KIM, now=NOW))


def give(store: Store, due: str, *, employee: str | None = KIM) -> None:
    body = CreateScheduled.model_validate(
        {"activity_object_name": "call", "due_datetime": due, "employee_id": employee}
    )
    store.write_now(lambda connection: scheduling.create(connection, Creation(CALLER, body, store.ids.next(NOW), NOW)))


def grid(store: Store, first: date, *, days: int = 7, capacity: int = 2) -> Grid:
    shown = [first + timedelta(days=ahead) for ahead in range(days)]
    return store.read_now(
        partial(read_grid, caller=CALLER, days=shown, zone="Europe/London", capacity=capacity, plan=None)
    )


def cells(found: Grid, name: str = "Kim") -> list[Cell]:
    return list(next(row.cells for row in found.rows if row.name == name))


@pytest.mark.parametrize(
    ("zone", "dues", "counts"),
    [
        ("Asia/Kolkata", ["2026-11-22T18:29:59Z", "2026-11-22T18:30:00Z"], [1, 1]),
        ("Asia/Kathmandu", ["2026-11-22T18:14:59Z", "2026-11-22T18:15:00Z"], [1, 1]),
        ("America/New_York", ["2026-11-23T04:59:59Z", "2026-11-23T05:00:00Z"], [1, 1]),
    ],
)
def test_a_day_is_the_persons_own_also_where_zones_are_off_by_minutes(
    store: Store, zone: str, dues: list[str], counts: list[int]
) -> None:
    hire(store, zone)
    for due in dues:
        give(store, due)
    assert [cell.count for cell in cells(grid(store, date(2026, 11, 22), days=2))] == counts


def test_a_day_on_which_clocks_change_has_all_its_hours(store: Store) -> None:
    hire(store, "America/New_York")
    give(store, "2026-11-01T04:00:00Z")
    give(store, "2026-11-02T04:59:00Z")
    give(store, "2026-11-02T05:00:00Z")
    assert [cell.count for cell in cells(grid(store, date(2026, 10, 31), days=3))] == [0, 2, 1]


def test_leave_takes_all_room_and_capacity_is_what_fits(store: Store) -> None:
    hire(store, "Europe/London", leave=[{"first": "2026-11-24", "last": "2026-11-25", "reason": ""}])
    for day, number in ((23, 2), (24, 1), (26, 3)):
        for _ in range(number):
            give(store, f"2026-11-{day}T12:00:00Z")
    found = cells(grid(store, date(2026, 11, 23)))
    assert [cell.is_away for cell in found] == [False, True, True, False, False, False, False]
    assert [cell.is_over for cell in found] == [False, True, False, True, False, False, False]
    assert [cell.is_off for cell in found] == [False] * 5 + [True] * 2


def test_tasks_of_nobody_have_a_row_of_their_own_only_where_there_are_some(store: Store) -> None:
    hire(store, "Europe/London")
    assert [row.name for row in grid(store, date(2026, 11, 23)).rows if row.person_id == ""] == []
    give(store, "2026-11-23T12:00:00Z", employee=None)
    nobody = cells(grid(store, date(2026, 11, 23)), "Roles and nobody")
    assert [(cell.count, cell.is_over) for cell in nobody][:2] == [(1, False), (0, False)]
