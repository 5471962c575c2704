"""The client against the embedded service: one suite, in process and over HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cadence.crm.directory import read_directory
from cadence.delivery.answer import Accepted, Refused
from cadence.errors import TargetError
from cadence.model.people import (
    ActivityType,
    Business,
    CrmObject,
    Employee,
    Leave,
    Record,
    Role,
    TargetIdentity,
    stable_id,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence.crm.client import CrmClient
    from cadence.crm.scheduled import ScheduledActivity
    from tests.contracts.crm.running import Reached

DUE = datetime(2026, 11, 23, 15, tzinfo=UTC)
CONTACTS = stable_id("object", "client_client")
NINE_TO_FIVE = (*(((32400, 61200),),) * 5, (), ())


def running(service: Reached, work: Callable[[CrmClient], Awaitable[Any]], **changes: str) -> Any:
    async def run() -> Any:
        async with service.client(**changes) as client:
            return await work(client)

    return asyncio.run(run())


def body(note: str = "", *, due: datetime = DUE, kind: str = "call", **fields: Any) -> dict[str, Any]:
    return {"activity_object_name": kind, "due_datetime": due.isoformat(), "note": note, **fields}


async def make(client: CrmClient, *args: Any, **fields: Any) -> str:
    created = await client.create_activity(body(*args, **fields))
    assert isinstance(created, Accepted), created
    assert created.activity_id is not None
    return created.activity_id


def test_an_activity_is_created_read_moved_completed_and_deleted(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        record = await client.add_record("client_client", {"email": "ana@example.com"})
        entities = [{"custom_object": CONTACTS, "entity_id": record}]
        made = await make(client, "Hello\n[cadence 7f3k9a2b1c4d]", associated_entities=entities)
        found = await client.get_activity(made)
        assert found is not None
        assert (found.id, found.note, found.activity, found.due_at) == (
            made,
            "Hello\n[cadence 7f3k9a2b1c4d]",
            "call",
            DUE,
        )
        assert found.entities == ((CONTACTS, record),)
        later = DUE + timedelta(days=1)
        assert await client.patch_activity(made, {"due_datetime": later.isoformat()}) == Accepted(made)
        moved = await client.get_activity(made)
        assert moved == replace(found, due_at=later)
        logged = await client.log_activity("call", scheduled_activity_id=made, entities=found.entities, notes="done")
        assert isinstance(logged, Accepted)
        done = await client.get_activity(made)
        assert done is not None
        assert (done.completed_at, done.logged_activity_id) == (
            datetime(2026, 11, 20, 15, tzinfo=UTC),
            logged.activity_id,
        )
        assert await client.delete_activity(made) == Accepted()
        assert await client.delete_activity(made) == Accepted()
        assert await client.get_activity(made) is None
        assert await client.patch_activity(made, {"note": "x"}) == Refused(404, "Not found.", "not_found", ANY_ID)

    running(service, work)


class _AnyId:
    """Equal to every request id, which differs from call to call but is always there."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and len(other) == 32

    __hash__ = None  # type: ignore[assignment]


ANY_ID: Any = _AnyId()


@pytest.mark.parametrize(
    ("changes", "reason", "code"),
    [
        ({"due_datetime": "soon"}, "due_datetime: Datetime has wrong format: Invalid isoformat string: 'soon'.", None),
        (
            {"activity_object_name": "fax"},
            "activity_object_name: Activity object 'fax' does not exist.",
            "does_not_exist",
        ),
        ({"colour": 1, "note": 2}, "note: Input should be a valid string.; colour: This field is not known.", None),
    ],
)
def test_a_refused_create_says_which_field_and_creates_nothing(
    service: Reached, changes: dict[str, Any], reason: str, code: str | None
) -> None:
    async def work(client: CrmClient) -> None:
        assert await client.create_activity(body() | changes) == Refused(400, reason, code, ANY_ID)
        assert [found async for found in client.find_activities()] == []

    running(service, work)


def test_a_window_includes_both_its_ends_and_its_type_only(service: Reached) -> None:
    async def work(client: CrmClient) -> tuple[list[str], list[str], list[str]]:
        names = {}
        for minutes in (-61, -60, 0, 60, 61):
            names[await make(client, due=DUE + timedelta(minutes=minutes))] = str(minutes)
        await make(client, kind="task")
        window: dict[str, Any] = {"due_from": DUE - timedelta(hours=1), "due_to": DUE + timedelta(hours=1)}
        by_name = [found.id async for found in client.find_activities(activity="call", **window)]
        by_id = [found.id async for found in client.find_activities(activity=stable_id("activity", "call"), **window)]
        return [names[one] for one in by_name], by_name, by_id

    named, by_name, by_id = running(service, work)
    assert named == ["-60", "0", "60"]
    assert by_name == by_id


def test_all_pages_of_a_list_are_read(service: Reached, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence.crm.link._PAGE_SIZE", 3)

    async def work(client: CrmClient) -> tuple[set[str], list[ScheduledActivity]]:
        made = {await make(client, str(number)) for number in range(10)}
        return made, [found async for found in client.find_activities(activity="call")]

    made, found = running(service, work)
    assert len(found) == 10
    assert {one.id for one in found} == made


def test_an_unknown_type_cannot_be_listed(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        _ = [found async for found in client.find_activities(activity="fax")]

    with pytest.raises(TargetError) as caught:
        running(service, work)
    assert str(caught.value).partition(" [request ")[0] == (
        "local: listing scheduled activities: the CRM refused it (status 400 does_not_exist): "
        "activity_name: Activity object 'fax' does not exist."
    )


def test_filters_by_employee_completion_and_text(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        bo = await client.save_employee(Employee(stable_id("employee", "bo"), "Bo", "bo@example.com"), is_new=True)
        hers, other = await make(client, "mine", employee_id=bo.id), await make(client, "other")
        await client.log_activity("call", scheduled_activity_id=other)
        assert [found.id async for found in client.find_activities(employees=[bo.id])] == [hers]
        assert [found.id async for found in client.find_activities(completed=True)] == [other]
        assert [found.id async for found in client.find_activities(search="MINE")] == [hers]

    running(service, work)


def test_the_directory_is_read_whole(service: Reached) -> None:
    role = Role(stable_id("role", "CSM"), "CSM")
    bo = Employee(
        id=stable_id("employee", "bo@example.com"),
        name="Bo Berg",
        email="bo@example.com",
        timezone="Europe/Stockholm",
        roles=(role.id,),
        hours=NINE_TO_FIVE,
        leave=(Leave(date(2026, 12, 24), date(2027, 1, 2), "holiday"),),
    )
    target = TargetIdentity("local", "http://localhost", service.key.business_id)

    async def work(client: CrmClient) -> Any:
        assert await client.save_role(role) == role
        assert await client.save_employee(bo, is_new=True) == bo
        await client.save_business(Business("ignored", "Acme", "US", "America/New_York"))
        return await read_directory(client, target)

    directory = running(service, work)
    assert directory.target == target
    assert directory.business == Business(service.key.business_id, "Acme", "US", "America/New_York")
    assert directory.team == (bo,)
    assert directory.roles == (role,)
    assert directory.objects == (CrmObject(CONTACTS, "client_client"),)
    assert directory.activity_types == tuple(
        ActivityType(stable_id("activity", name), name.capitalize(), name)
        for name in ("call", "email", "meeting", "task")
    )


def test_an_employee_saved_again_is_replaced(service: Reached) -> None:
    bo = Employee(stable_id("employee", "bo"), "Bo", "bo@example.com", "Europe/Stockholm", hours=NINE_TO_FIVE)

    async def work(client: CrmClient) -> Any:
        await client.save_employee(bo, is_new=True)
        await client.save_employee(replace(bo, name="Bo Berg", hours=None, timezone=None), is_new=False)
        return await client.team()

    assert running(service, work) == (replace(bo, name="Bo Berg", hours=None, timezone=None),)


def test_an_activity_type_is_read_by_name_and_by_id(service: Reached) -> None:
    async def work(client: CrmClient) -> Any:
        return (
            await client.activity_type("call"),
            await client.activity_type(stable_id("activity", "call")),
            await client.activity_type("fax"),
        )

    by_name, by_id, missing = running(service, work)
    assert by_name == by_id == ActivityType(stable_id("activity", "call"), "Call", "call")
    assert missing is None


def test_a_record_is_found_by_id_email_and_name(service: Reached) -> None:
    fields = {"email": "ana@example.com", "first_name": "Ana", "last_name": "Souza", "seats": 25, "vip": True}

    async def work(client: CrmClient) -> tuple[str, list[Record | None]]:
        made, is_new = await client.upsert_record("client_client", "ana@example.com", fields)
        assert is_new
        references = (made, "ana@example.com", "ANA@example.com", "ana souza")
        return made, [await client.record("client_client", reference) for reference in references]

    made, found = running(service, work)
    assert found == [Record(made, fields, "client_client", "Ana Souza")] * 4


def test_a_record_that_is_not_there_is_none(service: Reached) -> None:
    async def work(client: CrmClient) -> list[Record | None]:
        await client.add_record("client_client", {"email": "ana@example.com"})
        references = ("ana@example", "nobody", "0199aaaa-0000-7000-8000-00000000dead", "%", "a/b?c#d")
        return [await client.record("client_client", reference) for reference in references]

    assert running(service, work) == [None] * 5


def test_a_reference_that_two_records_answer_to_lists_them(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        for number in (1, 2):
            record_id = f"0199aaaa-0000-7000-8000-00000000000{number}"
            fields = {"email": f"ana{number}@example.com", "first_name": "Ana", "last_name": "Souza"}
            await client.add_record("client_client", fields, record_id=record_id)
        await client.record("client_client", "Ana Souza")

    with pytest.raises(TargetError) as caught:
        running(service, work)
    assert str(caught.value) == (
        "local: record 'Ana Souza' matches 2 records of client_client: "
        "Ana Souza (ana1@example.com, id 0199aaaa-0000-7000-8000-000000000001), "
        "Ana Souza (ana2@example.com, id 0199aaaa-0000-7000-8000-000000000002); "
        "use the id or the email of the one you mean"
    )


def test_two_records_with_one_email_are_listed_too(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        for _ in range(2):
            await client.add_record("client_client", {"email": "ana@example.com"})
        await client.record("client_client", "ana@example.com")

    with pytest.raises(TargetError, match=r"record 'ana@example\.com' matches 2 records of client_client"):
        running(service, work)


def test_an_id_of_somebody_s_own_is_kept_and_found(service: Reached) -> None:
    async def work(client: CrmClient) -> Record | None:
        await client.add_record("client_client", {"email": "ana@example.com"}, record_id="C-001")
        return await client.record("client_client", "c-001")

    record = running(service, work)
    assert record.id == Record("C-001").entity_id
    assert record.fields == {"email": "ana@example.com", "id": "C-001"}


def test_records_are_searched_with_a_limit(service: Reached) -> None:
    async def work(client: CrmClient) -> list[list[str]]:
        for name in ("ana", "bo", "cem"):
            await client.add_record("client_client", {"email": f"{name}@example.com"})
        return [
            [record.label async for record in client.search_records("client_client", search=search, limit=limit)]
            for search, limit in (("", None), ("bo@", None), ("example", 2))
        ]

    assert running(service, work) == [
        ["ana@example.com", "bo@example.com", "cem@example.com"],
        ["bo@example.com"],
        ["ana@example.com", "bo@example.com"],
    ]


def test_an_upsert_updates_what_is_there(service: Reached) -> None:
    async def work(client: CrmClient) -> None:
        first = await client.upsert_record("client_client", "ana@example.com", {"email": "ana@example.com", "seats": 1})
        second = await client.upsert_record("client_client", "ana@example.com", {"seats": 2})
        assert second == (first[0], False)
        record = await client.record("client_client", first[0])
        assert record is not None
        assert record.fields["seats"] == 2

    running(service, work)


def test_wrong_credentials_are_said_whole(service: Reached) -> None:
    with pytest.raises(TargetError) as caught:
        running(service, lambda client: client.team(), api_key="wrong")
    error = caught.value
    assert str(error) == (
        "local: reading the team: the credentials were not accepted (status 401 not_authenticated): "
        f"The API key, business or user is not valid. [request {error.request_id}]; "
        "check api_key, business_id and user_id of [targets.local]"
    )
    assert (error.status, error.code) == (401, "not_authenticated")


def test_an_object_that_is_not_there_is_said_whole(service: Reached) -> None:
    with pytest.raises(TargetError) as caught:
        running(service, lambda client: client.upsert_record("order", "x", {"name": "x"}))
    error = caught.value
    assert str(error) == (
        f"local: importing 'x': not found (status 404 not_found): Not found. [request {error.request_id}]; "
        "it is absent, or not visible to this key"
    )
