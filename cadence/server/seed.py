"""What every business starts with: contacts, and the types call, email, meeting and task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from cadence.model.people import stable_id
from cadence.server.instant import micros
from cadence.server.store.account import is_business
from cadence.server.store.schema import activity_types, businesses, object_fields, objects

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from cadence.server.store.store import Store

__all__ = ["CONTACTS", "LOCAL_BUSINESS", "LOCAL_USER", "add_business", "seed"]

CONTACTS = "client_client"
LOCAL_BUSINESS = stable_id("business", "local")
LOCAL_USER = stable_id("user", "local")

_TYPES = ("call", "email", "meeting", "task")
_CONTACT_FIELDS = (
    ("first_name", "First name", "text"),
    ("last_name", "Last name", "text"),
    ("email", "Email", "email"),
    ("timezone", "Timezone", "timezone"),
)


def seed(store: Store, *, now: datetime) -> None:
    """Make the local business where it is missing; seeding again changes nothing."""
    if store.read_now(lambda connection: is_business(connection, LOCAL_BUSINESS)):
        return
    store.write_now(lambda connection: add_business(connection, LOCAL_BUSINESS, name="Local", now=now))


def add_business(connection: Connection, business_id: str, *, name: str, now: datetime) -> bool:
    """Add a business with what it starts with, and return whether it was missing."""
    if is_business(connection, business_id):
        return False
    stamp = micros(now)
    connection.execute(
        insert(businesses).values(id=business_id, name=name, country="", timezone=None, created_at=stamp)
    )
    contacts = stable_id("object", CONTACTS)
    connection.execute(
        insert(objects).values(
            business_id=business_id, id=contacts, name=CONTACTS, display_name="Contacts", created_at=stamp
        )
    )
    connection.execute(insert(object_fields), [_field(business_id, contacts, *field) for field in _CONTACT_FIELDS])
    connection.execute(insert(activity_types), [_type(business_id, name, stamp) for name in _TYPES])
    return True


def _field(business_id: str, object_id: str, name: str, display_name: str, field_type: str) -> dict[str, Any]:
    return {
        "business_id": business_id,
        "id": stable_id(f"field:{CONTACTS}", name),
        "object_id": object_id,
        "name": name,
        "display_name": display_name,
        "field_type": field_type,
    }


def _type(business_id: str, api_name: str, stamp: int) -> dict[str, Any]:
    return {
        "business_id": business_id,
        "id": stable_id("activity", api_name),
        "name": api_name.capitalize(),
        "api_name": api_name,
        "description": "",
        "association_mode": "all_objects_associated",
        "custom_objects": [],
        "created_at": stamp,
    }
