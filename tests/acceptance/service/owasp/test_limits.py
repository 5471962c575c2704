"""How much one caller gets: risks 4 and 6 of the OWASP API Security Top Ten of 2023."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.service.described import NOBODY
from tests.acceptance.service.running import SCHEDULED, Key, make_key, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx

    from tests.acceptance.service.owasp.house import House

pytestmark = pytest.mark.slow
MEGABYTE = 1 << 20
AT_ONCE = 12


def chunks(count: int) -> Iterator[bytes]:
    yield b'{"note": "'
    for _ in range(count):
        yield b"x" * MEGABYTE
    yield b'"}'


class TestApi4UnrestrictedResourceConsumption:
    """Everything that a request may make the service read, keep or answer has a bound."""

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b'{"note": "' + b"x" * 10 * MEGABYTE + b'"}', 413, "body_too_large"),
            (chunks, 413, "body_too_large"),
            (b'{"note": "\xff"}', 400, "parse_error"),
            (b"[" * 100_000, 400, "parse_error"),
            (b'{"a":' * 100_000, 400, "parse_error"),
            (b'{"note": "a\\u0000b"}', 400, "parse_error"),
            (b'{"note": "\\ud800"}', 400, "parse_error"),
            (b'{"note": 1' + b"0" * 10_000 + b"}", 400, "parse_error"),
            (b"", 400, "parse_error"),
        ],
        ids=[
            "10 MB",
            "10 MB in chunks",
            "not utf-8",
            "deep",
            "deep objects",
            "nul",
            "half a pair",
            "huge number",
            "none",
        ],
    )
    def test_a_body_is_refused_and_the_refusal_arrives(
        self, house: House, content: Any, status: int, code: str
    ) -> None:
        with house.served.client(house.ours.admin) as client:
            answered = client.post(SCHEDULED, content=chunks(10) if content is chunks else content)
            assert (answered.status_code, answered.json()["code"]) == (status, code)
            assert answered.headers["Content-Type"] == "application/json"
            assert client.get("/api/team").status_code == 200

    def test_a_body_that_is_packed_is_not_unpacked(self, house: House) -> None:
        with house.served.client(house.ours.admin) as client:
            answered = client.post(SCHEDULED, content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
            assert (answered.status_code, answered.json()["code"]) == (400, "parse_error")

    def test_a_stranger_s_big_body_is_refused_too(self, house: House) -> None:
        with house.served.client() as client:
            answered = client.post(SCHEDULED, content=b"x" * 10 * MEGABYTE)
            assert (answered.status_code, answered.json()["code"]) == (401, "not_authenticated")

    def test_every_list_and_text_of_a_body_says_its_bound(self, house: House) -> None:
        unbounded = []
        for operation in house.description.calls():
            for part in house.description.parts(operation.body or {}):
                is_text = part.get("type") == "string" and not part.keys() & {"format", "enum", "pattern", "const"}
                if (is_text and "maxLength" not in part) or (part.get("type") == "array" and "maxItems" not in part):
                    unbounded.append(f"{operation}: {part}")
        assert unbounded == []

    def test_no_page_is_larger_than_a_thousand_and_none_is_too_far(self, house: House) -> None:
        paged = [operation for operation in house.description.calls() if "page_size" in operation.query]
        assert len(paged) > 10
        with house.served.client(house.ours.admin) as client:
            for operation in paged:
                path = operation.path.format(reference="call", object="client_client")
                for wrong in ("1001", "0", "-1", "9" * 30, "1e3", "all"):
                    answered = client.request(operation.method, path, params={"page_size": wrong})
                    assert (answered.status_code, list(answered.json())) == (400, ["page_size"]), operation
                last = client.request(operation.method, path, params={"page_size": "1000", "page": "10000000"}).json()
                assert (last["results"], last["next"]) == ([], None), operation

    def test_a_key_that_asks_too_often_is_told_when_to_come_again(self, tmp_path: Path) -> None:
        key, other = make_key(tmp_path), make_key(tmp_path)
        with serve(tmp_path, environ={"CADENCE_SERVICE__RATE": "5"}) as served:
            with served.client(key) as client:
                answers = [client.get("/api/activities") for _ in range(30)]
            refused = [answer for answer in answers if answer.status_code == 429]
            assert answers[0].status_code == 200
            assert refused[0].json() == {
                "detail": "Request was throttled. Expected available in 1 second.",
                "code": "throttled",
            }
            assert refused[0].headers["retry-after"] == "1"
            assert len(refused) >= 10
            with served.client(other) as client:
                assert client.get("/api/activities").status_code == 200

    def test_keys_that_are_made_up_are_no_way_around_it(self, tmp_path: Path) -> None:
        key = make_key(tmp_path)
        with serve(tmp_path, environ={"CADENCE_SERVICE__RATE": "5"}) as served:
            with served.client(key) as client:
                assert client.get("/api/activities").status_code == 200
            with served.client() as client:
                made_up = [Key(f"cad_{number}", key.business_id, key.user_id) for number in range(30)]
                statuses = [client.get("/api/activities", headers=each.headers).status_code for each in made_up]
            assert set(statuses) == {401, 429}
            assert statuses.count(429) >= 10
            with served.client(key) as client:
                assert client.get("/api/activities").status_code == 200


class TestApi6UnrestrictedAccessToSensitiveBusinessFlows:
    """What is to happen once happens once, however often and however fast it is asked for."""

    def test_an_activity_is_completed_once_by_however_many_at_once(self, house: House) -> None:
        with house.served.client(house.ours.admin) as client:
            task = client.post(SCHEDULED, json={"activity_object_name": "call", "due_datetime": "2026-12-01T10:00:00Z"})
            body = {"related_objects": [], "scheduled_activity_id": task.json()["id"]}
            before = client.get("/api/activities/call").json()["n_submissions"]
            answers = at_once(lambda: client.post("/api/activities/call/log-activity", json=body))
            assert sorted(each.status_code for each in answers) == [201] + [400] * (AT_ONCE - 1)
            refused = [each.json() for each in answers if each.status_code == 400]
            assert {each["scheduled_activity_id"][0]["code"] for each in refused} == {"already_completed"}
            assert client.get("/api/activities/call").json()["n_submissions"] == before + 1

    def test_an_upsert_makes_one_record_for_however_many_at_once(self, house: House) -> None:
        body = {"lookup_value": "once@example.com", "fields": [{"name": "first_name", "value": "Once"}]}
        with house.served.client(house.ours.admin) as client:
            answers = at_once(lambda: client.post("/api/records/client_client/upsert", json=body))
            assert sorted(each.status_code for each in answers) == [200] * (AT_ONCE - 1) + [201]
            assert len({each.json()["id"] for each in answers}) == 1

    def test_a_name_and_an_email_are_taken_once_by_however_many_at_once(self, house: House) -> None:
        tries = [("/api/role", {"name": "Once"}), ("/api/team", {"display_name": "x", "email": "one@example.com"})]
        with house.served.client(house.ours.admin) as client:
            for path, body in tries:
                answers = at_once(partial(client.post, path, json=body))
                assert sorted(each.status_code for each in answers) == [201] + [400] * (AT_ONCE - 1)

    def test_an_id_that_is_chosen_makes_one_thing(self, house: House) -> None:
        body = {"id": NOBODY, "fields": []}
        with house.served.client(house.ours.admin) as client:
            answers = at_once(lambda: client.post("/api/records/client_client/add", json=body))
        assert sorted(each.status_code for each in answers) == [201] + [400] * (AT_ONCE - 1)


def at_once(ask: Callable[[], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(ask) for _ in range(AT_ONCE)]]
