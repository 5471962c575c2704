"""Lists are followed by page number, to their end and no further; reads are tried twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cadence.crm.transport import Outcome, Reply
from cadence.delivery.answer import InDoubt, NotSent
from cadence.errors import TargetError
from cadence.model.people import Role
from tests.unit.crm.scripted import ScriptedTransport, client_of, ok, page

ANA, BO = {"id": "r-ana", "name": "Ana"}, {"id": "r-bo", "name": "Bo"}
ADA = {"id": "r-ada", "fields": {}}


def activity(activity_id: str) -> dict[str, Any]:
    call = {"id": "t-1", "name": "Call"}
    return {"id": activity_id, "due_datetime": "2026-11-21T15:00:00Z", "activity_object": call, "note": None}


def roles(*outcomes: Outcome) -> tuple[tuple[Role, ...], ScriptedTransport]:
    client, transport = client_of(*outcomes)
    return asyncio.run(client.roles()), transport


def test_pages_are_asked_for_by_number_and_never_at_the_host_that_next_names() -> None:
    found, transport = roles(page([ANA], more=True), page([BO]))
    assert found == (Role("r-ana", "Ana"), Role("r-bo", "Bo"))
    assert [(path, query["page"]) for _, path, query, _ in transport.asked] == [("/api/role", "1"), ("/api/role", "2")]


def test_a_list_that_repeats_itself_without_end_is_read_once() -> None:
    found, transport = roles(*[page([ANA], more=True)] * 3)
    assert found == (Role("r-ana", "Ana"),)
    assert len(transport.asked) == 2


def test_a_list_that_ignores_the_page_and_counts_on_in_its_links_is_read_once() -> None:
    found, transport = roles(
        *(ok({"next": f"https://crm.example/api/role?page={n}", "results": [ANA]}) for n in (2, 3, 4))
    )
    assert found == (Role("r-ana", "Ana"),)
    assert len(transport.asked) == 2


def test_a_row_that_shifted_onto_the_next_page_comes_once() -> None:
    found, _ = roles(page([ANA, BO], more=True), page([BO]))
    assert found == (Role("r-ana", "Ana"), Role("r-bo", "Bo"))


def test_a_row_that_slipped_past_while_pages_shifted_is_found_by_reading_again() -> None:
    # Ana is deleted between the pages, so Cem moves onto the page that was read already.
    bo, cem, dan = BO, {"id": "r-cem", "name": "Cem"}, {"id": "r-dan", "name": "Dan"}
    found, transport = roles(
        page([ANA, bo], more=True, count=4),
        page([dan], count=3),
        page([bo, cem], more=True, count=3),
        page([dan], count=3),
    )
    assert {role.name for role in found} == {"Ana", "Bo", "Cem", "Dan"}
    assert len(found) == 4
    assert [query["page"] for _, _, query, _ in transport.asked] == ["1", "2", "1", "2"]


def test_a_count_that_is_never_reached_is_not_waited_for() -> None:
    found, transport = roles(*[page([ANA], more=True, count=9), page([BO], count=9)] * 2)
    assert len(found) == 2
    assert len(transport.asked) == 4


def test_a_single_page_is_believed_whatever_it_counts() -> None:
    found, transport = roles(page([ANA], count=9))
    assert len(found) == len(transport.asked) == 1


def test_a_bare_array_is_a_whole_list() -> None:
    assert roles(ok([ANA, BO]))[0] == (Role("r-ana", "Ana"), Role("r-bo", "Bo"))


def test_without_next_a_short_page_is_the_last() -> None:
    assert roles(ok({"results": [ANA]}))[0] == (Role("r-ana", "Ana"),)


def test_without_next_a_full_page_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence.crm.link._PAGE_SIZE", 1)
    found, transport = roles(ok({"results": [ANA]}), ok({"results": []}))
    assert found == (Role("r-ana", "Ana"),)
    assert len(transport.asked) == 2


@pytest.mark.parametrize("first", [NotSent("refused"), InDoubt("reset"), Reply(200, broken="cut short")])
def test_a_read_is_tried_twice(first: Outcome) -> None:
    found, transport = roles(first, page([ANA]))
    assert found == (Role("r-ana", "Ana"),)
    assert len(transport.asked) == 2


def test_every_request_of_a_list_waits_for_its_turn_and_so_does_one_that_goes_again() -> None:
    first, last = page([activity("a")], more=True, count=9), page([activity("b")], count=9)
    client, transport = client_of(InDoubt("reset"), first, NotSent("refused"), last, first, last)
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(transport.asked))

    async def found() -> list[str]:
        return [each.id async for each in client.find_activities(turn=turn)]

    assert asyncio.run(found()) == ["a", "b"]
    assert turns == [0, 1, 2, 3, 4, 5]
    assert len(transport.asked) == 6


@pytest.mark.parametrize(
    ("reference", "outcomes"),
    [
        ("11111111-1111-4111-8111-111111111111", [InDoubt("reset"), Reply(404)]),
        ("ada", [NotSent("refused"), Reply(404), page([ADA], more=True), page([])]),
    ],
)
def test_every_request_for_a_record_waits_for_its_turn(reference: str, outcomes: list[Outcome]) -> None:
    client, transport = client_of(*outcomes)
    turns: list[int] = []

    async def turn() -> None:
        turns.append(len(transport.asked))

    assert asyncio.run(client.record("client_client", reference, turn=turn)) is None
    assert turns == list(range(len(outcomes)))
    assert len(transport.asked) == len(outcomes)


def test_what_imports_write_is_sent_once() -> None:
    client, transport = client_of(InDoubt("reset"))
    with pytest.raises(TargetError):
        asyncio.run(client.add_record("client_client", {"email": "ana@example.com"}))
    assert len(transport.asked) == 1


def test_an_id_in_a_path_cannot_leave_its_place() -> None:
    client, transport = client_of(Reply(404))
    asyncio.run(client.get_activity("../../team?x=1#y"))
    assert transport.asked[0][1] == "/api/activities/scheduled-activity/..%2F..%2Fteam%3Fx%3D1%23y"


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        ([{"name": "Ana"}], "field 'id': field required"),
        ([{"id": None}], "field 'id': input should be a valid string"),
        ([7], "expected an object"),
        ({"rows": []}, "expected a list, or a page with 'results'"),
        ("text", "expected a list, or a page with 'results'"),
    ],
)
def test_an_answer_of_another_shape_names_the_call_the_field_and_the_request(payload: Any, problem: str) -> None:
    with pytest.raises(TargetError) as caught:
        roles(ok(payload))
    assert str(caught.value) == (
        f"kizen: reading the roles: the answer cannot be read: {problem} [request r-1]; "
        "check that base_url is the CRM's own address; else tell its support the request id"
    )


def test_unknown_fields_are_passed_over() -> None:
    assert roles(page([{**ANA, "colour": "red", "members": [1, 2]}], colour="red"))[0] == (Role("r-ana", "Ana"),)
