from __future__ import annotations

import pytest

from cadence.engine.fields import ad_hoc_record, nested, overridden, record_of
from cadence.errors import PlanError
from cadence.model.people import Record


def test_dotted_names_nest() -> None:
    assert nested({"owner.email": "a@b.test", "owner.name": "Ada", "seats": 3}) == {
        "owner": {"email": "a@b.test", "name": "Ada"},
        "seats": 3,
    }


@pytest.mark.parametrize("fields", [{"owner": "ada", "owner.email": "x"}, {"owner.email": "x", "owner": "ada"}])
def test_a_name_is_a_value_or_a_group_but_not_both(fields: dict[str, str]) -> None:
    with pytest.raises(PlanError) as caught:
        nested(fields)
    assert str(caught.value).endswith("'owner' is given both a value and fields of its own; keep one of the two")


def test_fields_lie_over_those_of_the_record() -> None:
    record = Record("r", {"stage": "Trial", "owner": {"name": "Ada", "email": "a@b.test"}})
    assert overridden(record, {"owner.name": "Bob", "seats": 3}).fields == {
        "stage": "Trial",
        "owner": {"name": "Bob", "email": "a@b.test"},
        "seats": 3,
    }
    assert overridden(record, {}) is record


def test_an_ad_hoc_record_named_by_email_has_that_email() -> None:
    record = ad_hoc_record("ada@acme.test", {"first_name": "Ada", "last_name": "Bell"}, object_name="client_client")
    assert record.fields["email"] == "ada@acme.test"
    assert (record.id, record.name) == ("ada@acme.test", "Ada Bell")


def test_a_mapping_has_its_fields_beside_its_id_or_below_fields() -> None:
    flat = record_of({"id": 7, "email": "a@b.test"}, object_name="leads")
    deep = record_of({"id": "7", "object": "leads", "fields": {"email": "a@b.test"}}, object_name="client_client")
    assert flat == deep == Record("7", {"email": "a@b.test"}, "leads")
    assert record_of(flat, object_name="client_client") is flat


def test_a_mapping_without_an_id_is_refused() -> None:
    with pytest.raises(PlanError) as caught:
        record_of({"email": "a@b.test"}, object_name="client_client")
    assert str(caught.value) == "the record has no 'id'; give the CRM's record id: {'id': ..., 'email': ...}"
