"""Who gets at what: risks 1, 2, 3 and 5 of the OWASP API Security Top Ten of 2023.

What is tried at every call is taken from the description of the running service, so that a new call cannot be forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.service.described import NOBODY, filled
from tests.acceptance.service.listening import until
from tests.acceptance.service.owasp.house import states
from tests.acceptance.service.running import SCHEDULED, Key, cadence

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.acceptance.service.described import Operation, Schema
    from tests.acceptance.service.owasp.house import House

pytestmark = pytest.mark.slow
NOT_FOUND = {"detail": "Not found.", "code": "not_found"}
SCOPES = ("read", "write", "admin")


class TestApi1BrokenObjectLevelAuthorization:
    """Ids of another business are ids of nothing, wherever they stand."""

    def test_every_address_of_something_is_tried_with_what_is_there(self, house: House) -> None:
        with house.served.client(house.ours.admin) as client:
            for operation in one_for_each_path(house):
                answers = {
                    house.send(client, operation, path).status_code for path in house.ours.addresses(operation.path)
                }
                assert answers & {200, 201}, f"{operation}: nothing in the house has such an id"
            until(lambda: states(client) == {"delivered"})  # for some of it was sent

    def test_in_an_address_they_are_not_found_and_nothing_is_written(self, house: House) -> None:
        before = house.rows()
        with house.served.client(house.theirs.admin) as client:
            for operation in house.description.calls():
                for path in house.ours.own(operation.path):
                    answered = house.send(client, operation, path)
                    assert (answered.status_code, answered.json()) == (404, NOT_FOUND), f"{operation.method} {path}"
        assert house.rows() == before

    def test_in_a_body_they_name_nothing(self, house: House) -> None:
        before = house.rows(house.ours)
        with house.served.client(house.theirs.admin) as client:
            for operation, path, name, schema in fields_with_ids(house):
                for identity in house.ours.things.values():
                    value = house.description.sample(schema, identity=identity, is_full=True)
                    answered = house.send(client, operation, path, {**whole(house, operation, name), name: value})
                    where = f"{operation} {name}: {answered.text}"
                    assert house.ours.word not in answered.text, where
                    if answered.status_code == 200:  # a filter that nothing passes
                        assert answered.json()["count"] == 0, where
                    else:
                        assert (answered.status_code, "does_not_exist" in answered.text) == (400, True), where
        assert house.rows(house.ours) == before

    def test_names_in_a_body_name_nothing(self, house: House) -> None:
        word, before = house.ours.word, house.rows()
        task = {"activity_object_name": "call", "due_datetime": "2026-12-01T10:00:00Z"}
        entity = {"custom_object": {"name": word}, "entity": {"name": word}}
        contacts = {"custom_object": {"name": "client_client"}}
        records = [{**contacts, "entity_id": house.ours.things[kind]} for kind in ("contact", "deal")]
        tries: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", SCHEDULED, {**task, "activity_object_name": word}),
            ("POST", SCHEDULED, {**task, "associated_entities": [entity]}),
            *(("POST", SCHEDULED, {**task, "associated_entities": [foreign]}) for foreign in records),
            ("POST", f"{SCHEDULED}/search", {"activity_name": word}),
            ("POST", "/api/activities/call/log-activity", {"related_objects": [entity]}),
            ("POST", "/api/webhooks", {"url": "https://hooks.invalid/", "activity_object_name": word}),
            ("POST", "/api/team", {"display_name": "x", "roles": [word]}),
            ("POST", "/api/team", {"display_name": "x", "roles": [house.ours.things["role"]]}),
        ]
        with house.served.client(house.theirs.admin) as client:
            for method, path, body in tries:
                answered = client.request(method, path, json=body)
                assert (answered.status_code, "does_not_exist" in answered.text) == (400, True), answered.text
        assert house.rows() == before

    def test_who_chooses_the_id_of_something_of_ours_for_something_new_learns_and_changes_nothing(
        self, house: House
    ) -> None:
        newcomer, before = house.key(business="new"), house.rows(house.ours)
        with house.served.client(newcomer) as client:
            for operation in house.description.calls():
                if operation.body is None or "id" not in house.description.resolved(operation.body)["properties"]:
                    continue
                path = next(filled(operation.path, [], objects=["client_client"]))
                for identity in house.ours.things.values():
                    body = {**house.description.least(operation), "id": identity}
                    unique = {name: identity for name in ("name", "display_name") if name in body}
                    answered = house.send(client, operation, path, {**body, **unique})
                    assert (answered.status_code, house.ours.word in answered.text) == (201, False), answered.text
        assert house.rows(house.ours) == before

    def test_as_filters_they_let_nothing_of_ours_pass(self, house: House) -> None:
        with house.served.client(house.theirs.admin) as client:
            for operation in house.description.calls():
                names = [name for name, schema in operation.query.items() if house.description.names_an_id(schema)]
                for name, identity in ((name, identity) for name in names for identity in house.ours.names):
                    answered = client.request(operation.method, operation.path, params={name: identity})
                    assert answered.status_code in (200, 400), answered.text
                    assert house.ours.word not in answered.text.replace(f"'{house.ours.word}'", "")

    def test_no_list_holds_them(self, house: House) -> None:
        with house.served.client(house.theirs.admin) as client:
            for operation in house.description.calls():
                if operation.method == "GET" and "{" not in operation.path:
                    answered = client.get(operation.path, params={"page_size": "1000", "search": "", "identifier": "x"})
                    for hidden in (house.ours.word, *house.ours.things.values()):
                        assert hidden not in answered.text, operation


def one_for_each_path(house: House) -> Iterator[Operation]:
    """Yield a call of each path that has a place for an id: the one that only reads, where there is one."""
    calls = [operation for operation in house.description.calls() if "{" in operation.path]
    for path in {operation.path for operation in calls}:
        here = {operation.method: operation for operation in calls if operation.path == path}
        yield here.get("GET") or next(iter(here.values()))


def fields_with_ids(house: House) -> Iterator[tuple[Operation, str, str, Schema]]:
    """Yield each field of a body that names something, with its call and an address of something of theirs."""
    with house.served.client(house.theirs.admin) as client:
        for operation in house.description.calls():
            if operation.body is not None:
                properties = house.description.resolved(operation.body)["properties"]
                named = [(name, each) for name, each in properties.items() if house.description.names_an_id(each)]
                found = [(name, each) for name, each in named if name != "id"]
                path = address_of_theirs(house, client, operation) if found else ""
                yield from ((operation, path, name, schema) for name, schema in found)


def whole(house: House, operation: Operation, name: str) -> Any:
    """Return the smallest body, with the type that a schema cannot demand where *name* does not give it."""
    properties = house.description.resolved(operation.body or {}).get("properties", {})
    is_made = operation.method == "POST" and "activity_object_name" in properties and name != "activity_object_id"
    kind = {"activity_object_name": "call"} if is_made else {}
    return {**house.description.least(operation), **kind}


def address_of_theirs(house: House, client: httpx.Client, operation: Operation) -> str:
    """Return the path with something of theirs in its places, which is asked for where it can be."""
    paths = house.theirs.addresses(operation.path)
    calls = {(each.method, each.path) for each in house.description.calls()}
    if ("GET", operation.path) not in calls:
        return next(filled(operation.path, ["call"], objects=["client_client"]))
    return next(path for path in paths if client.get(path).status_code == 200)


class TestApi2BrokenAuthentication:
    """A call is made by who holds a living key of that business and user, and by nobody else."""

    def test_whatever_is_not_the_three_headers_opens_nothing(self, house: House) -> None:
        before = house.rows()
        for headers in credentials_that_are_none(house):
            with house.served.client() as client:
                client.headers.update(headers)
                for operation in house.description.calls():
                    path = next(filled(operation.path, [NOBODY], objects=["client_client"]))
                    answered = house.send(client, operation, path)
                    assert (answered.status_code, answered.json()["code"]) == (401, "not_authenticated"), headers
        assert house.rows() == before

    def test_a_key_is_taken_from_its_header_alone(self, house: House) -> None:
        key = house.ours.admin
        with house.served.client() as client:
            tries = [
                client.get(SCHEDULED, params=key.headers),
                client.get(SCHEDULED, params={"api_key": key.api_key}),
                client.get(SCHEDULED, headers={"Authorization": f"Bearer {key.api_key}"}),
                client.get(SCHEDULED, headers={"Cookie": f"X-API-KEY={key.api_key}; cadence_session={key.api_key}"}),
                client.post(f"{SCHEDULED}/search", json=key.headers),
            ]
        assert {answered.status_code for answered in tries} == {401}

    def test_a_revoked_key_that_the_process_knows_opens_nothing_from_then_on(self, house: House) -> None:
        key = house.key()
        with house.served.client(key) as client:
            assert client.get(SCHEDULED).status_code == 200
            done = cadence(house.folder, "keys", "revoke", key.api_key[:10], "--db", house.db)
            assert done.returncode == 0, done.stderr
            before = house.rows()
            for operation in house.description.calls():
                path = next(filled(operation.path, ["call"], objects=["client_client"]))
                answered = house.send(client, operation, path)
                assert (answered.status_code, answered.json()["code"]) == (401, "not_authenticated"), operation
        assert house.rows() == before

    def test_no_answer_and_no_line_of_the_log_holds_a_key(self, house: House) -> None:
        secrets = [key.api_key for household in (house.ours, house.theirs) for key in household.keys.values()]
        with house.served.client(house.ours.admin) as client:
            for operation in house.description.calls():
                if operation.method == "GET" and "{" not in operation.path:
                    assert not any(secret in client.get(operation.path).text for secret in secrets)
        assert not any(secret in house.served.log.read_text() for secret in secrets)
        assert not any(secret in repr(house.rows()) for secret in secrets)


def credentials_that_are_none(house: House) -> Iterator[dict[str, str]]:
    ours, theirs = house.ours.admin, house.theirs.admin
    yield {}
    for name in ours.headers:
        yield {other: value for other, value in ours.headers.items() if other != name}
        yield {**ours.headers, name: ""}
        yield {**ours.headers, name: theirs.headers[name]}
    yield {**theirs.headers, "X-API-KEY": ours.api_key}
    for wrong in (
        ours.api_key[:-1],
        f"{ours.api_key}x",
        f"x{ours.api_key[1:]}",
        ours.api_key.upper(),
        "cad_",
        "' OR 1=1 --",
    ):
        yield {**ours.headers, "X-API-KEY": wrong}


class TestApi3BrokenObjectPropertyLevelAuthorization:
    """A body sets what its call says it sets, and an answer shows what its shape says."""

    def test_what_an_answer_shows_cannot_be_set_where_the_body_does_not_have_it(self, house: House) -> None:
        shown = {name for part in shapes(house) for name in part.get("properties", {})} | {
            "business_id",
            "scope",
            "key",
        }
        before = house.rows()
        with house.served.client(house.ours.admin) as client:
            for operation in house.description.calls():
                if operation.body is None:
                    continue
                foreign = shown - set(house.description.resolved(operation.body)["properties"])
                path = next(filled(operation.path, ["call"], objects=["client_client"]))
                answered = house.send(
                    client, operation, path, {**house.description.least(operation), **dict.fromkeys(foreign, "x")}
                )
                assert answered.status_code == 400, operation
                said = [answered.json().get(name) for name in foreign]
                assert said == [["This field is not known."]] * len(foreign), operation
        assert house.rows() == before

    def test_no_part_of_a_body_takes_more_than_it_says(self, house: House) -> None:
        bodies = [operation.body for operation in house.description.calls() if operation.body is not None]
        parts = [part for body in bodies for part in house.description.parts(body) if part.get("type") == "object"]
        assert parts
        assert [part.get("title") for part in parts if part.get("additionalProperties") is not False] == []

    def test_only_an_administrator_chooses_ids(self, house: House) -> None:
        with house.served.client(house.key("write")) as client:
            answered = client.post("/api/records/client_client/add", json={"id": NOBODY, "fields": []})
        assert (answered.status_code, answered.json()["id"][0]["code"]) == (400, "permission_required")

    def test_a_secret_is_shown_when_it_is_made_and_to_who_asks_for_it_as_administrator(self, house: House) -> None:
        path = f"/api/webhooks/{house.ours.things['webhook']}"
        with house.served.client(house.ours.admin) as client:
            secret = client.get(f"{path}/secret").json()["secret"]
            assert secret.startswith("whsec_")
            shown = [client.get(path), client.get("/api/webhooks"), client.patch(path, json={"enabled": True})]
            assert not any(secret in answered.text for answered in shown)
        assert secret not in house.served.log.read_text()


def shapes(house: House) -> Iterator[Schema]:
    """Yield what answers are made of."""
    for methods in house.description.document["paths"].values():
        for described in methods.values():
            for answered in described.get("responses", {}).values() if isinstance(described, dict) else ():
                for content in answered.get("content", {}).values():
                    yield from house.description.parts(content["schema"])


class TestApi5BrokenFunctionLevelAuthorization:
    """A key does what its scope includes, at every call."""

    def test_a_smaller_scope_is_refused_and_nothing_is_written(self, house: House) -> None:
        before = house.rows()
        for held in ("read", "write"):
            with house.served.client(house.ours.keys[held]) as client:
                for operation in house.description.calls():
                    if SCOPES.index(operation.scope) > SCOPES.index(held):
                        for path in house.ours.addresses(operation.path)[:3]:
                            answered = house.send(client, operation, path)
                            assert (answered.status_code, answered.json()["code"]) == (403, "permission_required")
                            assert f"'{operation.scope}'" in answered.json()["detail"]
        assert house.rows() == before

    def test_the_scope_and_those_that_include_it_are_enough(self, house: House) -> None:
        for held in SCOPES:
            with house.served.client(house.key(held)) as client:
                for operation in house.description.calls():
                    if SCOPES.index(operation.scope) <= SCOPES.index(held):
                        path = next(filled(operation.path, [NOBODY], objects=[NOBODY]))
                        assert house.send(client, operation, path).status_code not in (401, 403), operation

    def test_what_only_reads_is_for_readers_and_what_configures_is_for_administrators(self, house: House) -> None:
        for operation in house.description.calls():
            if operation.path.startswith(("/api/webhooks", "/api/audit")):
                assert operation.scope == "admin", operation
            elif operation.method == "GET" or operation.path.endswith(("/search", "/responses")):
                assert operation.scope == "read", operation
            else:
                assert operation.scope in ("write", "admin"), operation

    @pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
    def test_no_header_and_no_parameter_makes_another_method_of_one(self, house: House, name: str) -> None:
        path = f"{SCHEDULED}/{house.ours.things['scheduled']}"
        with house.served.client(house.ours.keys["read"]) as client:
            assert client.get(path, headers={name: "DELETE"}, params={name: "DELETE"}).status_code == 200
            assert client.get(path).status_code == 200


def test_a_key_is_for_the_user_that_it_names(house: House) -> None:
    """Two people of one business do not pass for each other."""
    ours, colleague = house.ours.admin, house.key("read")
    with house.served.client(Key(colleague.api_key, ours.business_id, ours.user_id)) as client:
        assert client.get(SCHEDULED).status_code == 401
