"""Pages of lists, whichever end they are counted from, and the counts beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from cadence.server.bodies.scheduled import SearchScheduled
from cadence.server.paging import Page
from cadence.server.store import scheduled, totals
from cadence.server.store.keys import Caller, Scope
from cadence.server.store.listing import Window
from cadence.server.store.schema import scheduled_activities
from tests.unit.server.service import SCHEDULED, Service

if TYPE_CHECKING:
    from sqlalchemy import Connection

MANY = 23


@pytest.fixture
def made(service: Service) -> list[dict[str, Any]]:
    dues = [f"2026-11-{1 + number * 7 % 19:02}T15:00:00Z" for number in range(MANY)]
    shapes = [service.scheduled(due) for due in dues]
    for number, shape in enumerate(shapes):
        if number % 3 == 0:
            body = {"related_objects": [], "scheduled_activity_id": shape["id"]}
            assert service.call("POST", "/api/activities/call/log-activity", body).status == 201
    return [service.call("GET", f"{SCHEDULED}/{shape['id']}").json for shape in shapes]


def pages(service: Service, **query: str) -> list[list[dict[str, Any]]]:
    found, number = [], 1
    while True:
        answered = service.call("GET", SCHEDULED, query={**query, "page": str(number), "page_size": "5"}).json
        found.append(answered["results"])
        if answered["next"] is None:
            return found
        number += 1


@pytest.mark.parametrize("completed", ["", "true", "false"])
@pytest.mark.parametrize("ordering", ["due_datetime", "-due_datetime", "completed_at", "-completed_at"])
def test_pages_together_are_the_whole_list_in_order(
    service: Service, made: list[dict[str, Any]], ordering: str, completed: str
) -> None:
    query = {"ordering": ordering, **({"completed": completed} if completed else {})}
    name = ordering.removeprefix("-")
    expected = [
        shape for shape in made if not completed or (shape["completed_at"] is not None) == (completed == "true")
    ]
    full = [shape for shape in expected if shape[name] is not None]
    full.sort(key=lambda shape: (shape[name], shape["id"]), reverse=ordering.startswith("-"))
    empty = [shape for shape in expected if shape[name] is None]
    empty.sort(key=lambda shape: shape["id"], reverse=ordering.startswith("-"))
    found = pages(service, **query)
    assert [len(page) for page in found[:-1]] == [5] * (len(found) - 1)
    assert [shape for page in found for shape in page] == full + empty


def test_the_count_is_kept_as_rows_come_and_go(service: Service, made: list[dict[str, Any]]) -> None:
    assert service.call("GET", SCHEDULED).json["count"] == MANY
    service.call("DELETE", f"{SCHEDULED}/{made[0]['id']}")
    service.call("DELETE", f"{SCHEDULED}/{made[0]['id']}")
    service.call("POST", SCHEDULED, {"activity_object_name": "fax", "due_datetime": "2026-11-23T15:00:00Z"})
    record = service.contact()
    service.contact("bo@example.com")
    service.call("DELETE", f"/api/records/client_client/{record}")
    assert service.call("GET", SCHEDULED).json["count"] == MANY - 1
    assert service.call("POST", "/api/records/client_client/search", {}).json["count"] == 1
    assert service.call("POST", "/api/activities/call/responses").json["count"] == len(made[::3])
    assert service.call("GET", "/api/activities/call").json["n_submissions"] == len(made[::3])
    assert service.store.read_now(kept_and_counted) == (MANY - 1, MANY - 1)


def kept_and_counted(connection: Connection) -> tuple[int, int]:
    rows = connection.execute(select(scheduled_activities.c.business_id)).scalars().all()
    return len(rows), totals.amount_of(connection, rows[0], totals.SCHEDULED)


@pytest.mark.parametrize(
    ("page", "count", "window"),
    [
        (Page(1, 10), 100, Window(10, 0, backwards=False)),
        (Page(5, 10), 100, Window(10, 40, backwards=False)),
        (Page(6, 10), 100, Window(10, 40, backwards=True)),
        (Page(10, 10), 100, Window(10, 0, backwards=True)),
        (Page(10, 10), 95, Window(5, 0, backwards=True)),
        (Page(11, 10), 100, Window(0, 0, backwards=True)),
        (Page(1, 10), 0, Window(0, 0, backwards=False)),
    ],
)
def test_a_page_is_counted_from_the_nearer_end(page: Page, count: int, window: Window) -> None:
    assert Window.of(page, count).size == window.size
    if window.size:
        assert Window.of(page, count) == window


@pytest.mark.parametrize("ordering", ["due_datetime", "-due_datetime"])
@pytest.mark.parametrize("backwards", [True, False])
def test_a_page_comes_from_the_index_without_sorting_the_table(
    service: Service, made: list[dict[str, Any]], ordering: str, *, backwards: bool
) -> None:
    assert made
    query = scheduled._unfiltered(ordering, backwards=backwards)  # noqa: SLF001 - what SQLite makes of it
    steps = service.store.read_now(lambda c: steps_of(c, query))
    if steps:
        within = steps[: next(at for at, step in enumerate(steps) if step.startswith("SCAN anon"))]
        assert any("USING COVERING INDEX ix_scheduled_activities_business_id_due_at_id" in step for step in within)
        assert not any("TEMP B-TREE" in step for step in within)


@pytest.mark.parametrize(("completed", "index"), [(False, "open"), (True, "done")])
def test_what_is_open_or_done_is_counted_and_found_in_its_index_alone(
    service: Service, made: list[dict[str, Any]], index: str, *, completed: bool
) -> None:
    assert made
    ordering = "due_datetime" if index == "open" else "completed_at"
    filters = SearchScheduled.model_validate({"completed": completed, "ordering": ordering})
    caller = Caller(service.admin.business_id, service.admin.user_id, Scope.READ)
    for statement, parameters in service.store.read_now(lambda c: asked_by_a_list(c, caller, filters)):
        steps = service.store.read_now(lambda c, s=statement, p=parameters: explained(c, s, p))  # type: ignore[misc]
        assert any(f"USING COVERING INDEX ix_scheduled_activities_{index}" in step for step in steps)


def asked_by_a_list(connection: Connection, caller: Caller, filters: SearchScheduled) -> list[tuple[str, Any]]:
    """Return what a list asks of its table, where the database says how it would go about that."""
    asked: list[tuple[str, Any]] = []
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
    scheduled.find(connection, caller, filters, Page(1, 5))
    wanted = [each for each in asked if "scheduled_activities" in each[0]]
    assert len(wanted) == 2
    return wanted if connection.dialect.name == "sqlite" else []


def steps_of(connection: Connection, query: Any) -> list[str]:
    """Return how SQLite would go about it; nothing for another database, which weighs tables by what is in them."""
    if connection.dialect.name != "sqlite":
        return []
    return explained(connection, str(query.compile(dialect=connection.dialect)), ("b", 100, 900_000))


def explained(connection: Connection, statement: str, parameters: Any) -> list[str]:
    return [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
