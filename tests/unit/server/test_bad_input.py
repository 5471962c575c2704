"""Requests that are wrong, each answered in the documented shape."""

from __future__ import annotations

import pytest

from tests.unit.server.service import NOBODY, SCHEDULED, Service

WHOLE = {"activity_object_name": "call", "due_datetime": "2026-11-23T15:00:00Z"}


@pytest.mark.parametrize(
    ("content", "status", "detail", "code"),
    [
        (b"{", 400, "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
         "parse_error"),
        (b'{"note": "\xff"}', 400, "The body is not UTF-8.", "parse_error"),
        (b'{"note": NaN}', 400, "JSON parse error - NaN is not JSON", "parse_error"),
        (b'{"note": 1e999}', 400, "JSON parse error - the number 1e999 is too large", "parse_error"),
        (b'{"note": "a\\u0000b"}', 400, "The body holds a character that is not text.", "parse_error"),
        (b'{"note": "\\ud800"}', 400, "The body holds a character that is not text.", "parse_error"),
        (b'{"note": ' + b"[" * 50 + b"]" * 50 + b"}", 400, "The body is nested deeper than 40 levels.", "parse_error"),
        (b"[" * 50_000 + b"]" * 50_000, 400, "The body is nested deeper than 40 levels.", "parse_error"),
        (b'{"note": "' + b"x" * 10_000_000 + b'"}', 413, "The body is larger than 1048576 bytes.", "body_too_large"),
    ],
    ids=["broken", "not utf-8", "nan", "infinite", "nul", "half a pair", "deep", "very deep", "10 MB"],
)  # fmt: skip
def test_a_body_that_cannot_be_read(service: Service, content: bytes, status: int, detail: str, code: str) -> None:
    answered = service.call("POST", SCHEDULED, content=content)
    assert (answered.status, answered.json) == (status, {"detail": detail, "code": code})


@pytest.mark.parametrize("body", [[], "text", 7, None, True])
def test_a_body_that_is_not_an_object(service: Service, body: object) -> None:
    answered = service.call("POST", SCHEDULED, content=b"null" if body is None else None, body=body)
    assert (answered.status, answered.json) == (400, {"non_field_errors": ["The body must be a JSON object."]})


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"due_datetime": ...}, {"due_datetime": ["This field is required."]}),
        ({"colour": "red"}, {"colour": ["This field is not known."]}),
        ({"due_datetime": "tomorrow"},
         {"due_datetime": ["Datetime has wrong format: Invalid isoformat string: 'tomorrow'."]}),
        ({"due_datetime": "2026-11-23T15:00:00"},
         {"due_datetime": ["Datetime has wrong format: a datetime needs an offset or Z, as in 2026-11-23T15:00:00Z."]}),
        ({"due_datetime": "0001-01-01T00:00:00+14:00"},
         {"due_datetime": ["Datetime has wrong format: a datetime must lie between the years 1 and 9999 in UTC."]}),
        ({"due_datetime": 1764000000},
         {"due_datetime": ["Must be a datetime as text, as in 2026-11-23T15:00:00Z."]}),
        ({"employee_id": "bo"}, {"employee_id": ["Must be a valid UUID."]}),
        ({"note": 7}, {"note": ["Input should be a valid string."]}),
        ({"notify_mentioned": "yes"}, {"notify_mentioned": ["Input should be a valid boolean."]}),
        ({"notifications": [{"type": "email", "time_amount": "1", "time_unit": "hours"}]},
         {"notifications": ["0.time_amount: Input should be a valid integer."]}),
        ({"activity_object_name": ...}, {"activity_object_id": ["This field is required, or activity_object_name."]}),
        ({"activity_object_name": "fax"},
         {"activity_object_name": [{"message": "Activity object 'fax' does not exist.", "code": "does_not_exist"}]}),
        ({"employee_id": NOBODY},
         {"employee_id": [{"message": f"Employee '{NOBODY}' does not exist.", "code": "does_not_exist"}]}),
        ({"role_id": NOBODY}, {"role_id": [{"message": f"Role '{NOBODY}' does not exist.", "code": "does_not_exist"}]}),
        ({"mentions": [NOBODY]},
         {"mentions": [{"message": f"Employee '{NOBODY}' does not exist.", "code": "does_not_exist"}]}),
        ({"associated_entities": [{"custom_object": NOBODY, "entity_id": NOBODY}]},
         {"associated_entities": [{"message": f"Custom object '{NOBODY}' does not exist.", "code": "does_not_exist"}]}),
        ({"associated_entities": [{"custom_object": {"name": "client_client"}, "entity_id": NOBODY}]},
         {"associated_entities": [{"message": f"Entity '{NOBODY}' does not exist.", "code": "does_not_exist"}]}),
    ],
)  # fmt: skip
def test_each_field_error_names_its_field(
    service: Service, changes: dict[str, object], errors: dict[str, object]
) -> None:
    body = {name: value for name, value in {**WHOLE, **changes}.items() if value is not ...}
    answered = service.call("POST", SCHEDULED, body)
    assert (answered.status, answered.json) == (400, errors)


def test_several_field_errors_come_at_once(service: Service) -> None:
    answered = service.call("POST", SCHEDULED, {"note": 7, "colour": "red"})
    assert sorted(answered.json) == ["colour", "due_datetime", "note"]


@pytest.mark.parametrize("path", ["/", "/api", "/api/nothing", "/api/team/", f"{SCHEDULED}/", "/api/activities/logged"])
def test_an_unknown_path_is_404_in_json_and_never_a_redirect(service: Service, path: str) -> None:
    answered = service.call("GET", path)
    assert (answered.status, answered.json) == (404, {"detail": "Not found.", "code": "not_found"})


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS", "BREW"])
def test_a_method_that_is_not_there_names_those_that_are(service: Service, method: str) -> None:
    answered = service.call(method, SCHEDULED)
    assert (answered.status, answered.headers["allow"]) == (405, "GET, HEAD, POST")
    assert answered.json == {"detail": f'Method "{method}" not allowed.', "code": "method_not_allowed"}


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"page": "0"}, {"page": ["Must be a whole number from 1 to 10000000."]}),
        ({"page": "1" * 40}, {"page": ["Must be a whole number from 1 to 10000000."]}),
        ({"page": "٣"}, {"page": ["Must be a whole number from 1 to 10000000."]}),
        ({"page_size": "1001"}, {"page_size": ["Must be a whole number from 1 to 1000."]}),
        ({"completed": "perhaps"}, {"completed": ["Input should be a valid boolean."]}),
        ({"employee_ids": "bo"}, {"employee_ids": ["0: Must be a valid UUID."]}),
        ({"ordering": "colour"},
         {"ordering": ["Input should be 'due_datetime', '-due_datetime', 'completed_at' or '-completed_at'."]}),
        ({"activity_name": "fax"},
         {"activity_name": [{"message": "Activity object 'fax' does not exist.", "code": "does_not_exist"}]}),
        ({"activity_id": NOBODY, "activity_name": "call"},
         {"non_field_errors": ["Give activity_id or activity_name, not both."]}),
    ],
)  # fmt: skip
def test_a_list_refuses_filters_that_make_no_sense(
    service: Service, query: dict[str, str], errors: dict[str, object]
) -> None:
    answered = service.call("GET", SCHEDULED, query=query)
    assert (answered.status, answered.json) == (400, errors)


def test_every_answer_carries_a_request_id_of_its_own(service: Service) -> None:
    ids = {service.call("GET", path).headers["x-request-id"] for path in ("/api/team", "/nowhere", f"{SCHEDULED}/x")}
    assert len(ids) == 3


def test_what_nobody_foresaw_is_a_500_in_json_without_its_reason(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    service.store.write_now(lambda c: c.exec_driver_sql("ALTER TABLE scheduled_activities RENAME TO gone"))
    answered = service.call("POST", SCHEDULED, {**WHOLE, "note": "confidential"})
    assert (answered.status, answered.json) == (500, {"detail": "Internal server error.", "code": "error"})
    assert answered.headers["x-request-id"] in caplog.text
    assert "confidential" not in caplog.text


def test_a_head_request_answers_like_a_get(service: Service) -> None:
    assert service.call("HEAD", "/api/team").status == 200
