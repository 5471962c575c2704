"""Whatever is sent, the answer is JSON in a documented shape and never a 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cadence.server.bodies.account import CreateEmployee, CreateType, PatchBusiness
from cadence.server.bodies.logged import LogActivity
from cadence.server.bodies.records import AddRecord, SearchRecords, UpsertRecord
from cadence.server.bodies.scheduled import CreateScheduled, SearchScheduled
from tests.unit.server.service import CALL, CONTACTS, SCHEDULED, Answered, Service

if TYPE_CHECKING:
    from pydantic import BaseModel

TARGETS: list[tuple[str, str, type[BaseModel]]] = [
    ("POST", SCHEDULED, CreateScheduled),
    ("POST", f"{SCHEDULED}/search", SearchScheduled),
    ("POST", "/api/activities", CreateType),
    ("POST", "/api/activities/call/log-activity", LogActivity),
    ("POST", "/api/records/client_client/add", AddRecord),
    ("POST", "/api/records/client_client/upsert", UpsertRecord),
    ("POST", "/api/records/client_client/search", SearchRecords),
    ("POST", "/api/team", CreateEmployee),
    ("PATCH", "/api/business/mine", PatchBusiness),
]

plausible = st.sampled_from(
    [CALL, CONTACTS, "call", "client_client", "email", "2026-11-23T15:00:00Z", "9999-12-31T23:59:59-23:59", "-due_datetime",
     "Europe/Paris", "../../etc/passwd", "'; DROP TABLE records --", "\ud800", "\x00", "%_\\", "", -1, 0, 10**30, 1e308, True, None]
)  # fmt: skip
anything = st.recursive(
    plausible | st.text(max_size=8) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "value", "entity_id", "custom_object", "field"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def assert_documented(answered: Answered) -> None:
    assert answered.status < 500, answered.content
    if answered.status >= 400:
        errors = answered.json
        assert isinstance(errors, dict)
        one_detail = set(errors) == {"detail", "code"}
        assert one_detail or all(isinstance(messages, list) and messages for messages in errors.values())


@pytest.mark.parametrize(("method", "path", "model"), TARGETS, ids=lambda value: getattr(value, "__name__", None))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)
@given(data=st.data())
def test_no_body_makes_the_service_fail(
    service: Service, method: str, path: str, model: type[BaseModel], data: st.DataObject
) -> None:
    names = [field.alias or name for name, field in model.model_fields.items()]
    body: Any = data.draw(st.dictionaries(st.sampled_from(names), anything, max_size=6) | anything)
    assert_documented(service.call(method, path, content=json.dumps(body).encode()))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)
@given(raw=st.binary(max_size=60))
def test_no_bytes_make_the_service_fail(service: Service, raw: bytes) -> None:
    assert_documented(service.call("POST", SCHEDULED, content=raw))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=60
)
@given(
    path=st.sampled_from([SCHEDULED, "/api/activities", "/api/team", "/api/role", "/api/custom-objects",
                          "/api/records/client_client/lookup", "/api/team/typeahead"]),
    query=st.dictionaries(
        st.sampled_from([*SearchScheduled.model_fields, "identifier", "custom_object_id", "field_names"]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | plausible.map(str).filter(lambda text: text != "\ud800"),
        max_size=4,
    ),
)  # fmt: skip
def test_no_query_makes_the_service_fail(service: Service, path: str, query: dict[str, str]) -> None:
    assert_documented(service.call("GET", path, query=query))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=60
)
@given(
    part=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/?#"), min_size=1, max_size=12),
    shape=st.sampled_from(["/api/activities/{}", f"{SCHEDULED}/{{}}", "/api/records/{}/lookup", "/api/team/{}",
                           "/api/activities/{}/fields", "/api/records/client_client/{}", "/api/custom-objects/{}"]),
)  # fmt: skip
def test_no_path_makes_the_service_fail(service: Service, shape: str, part: str) -> None:
    assert_documented(service.call("GET", shape.format(quote(part, safe=""))))
