"""The tables. Instants are microseconds since 1970; ids are UUIDs as text.

What a business names (types, objects, employees, roles) is keyed by business and id, since every business starts with
the same seeded ids.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

__all__ = [
    "HEAD", "METADATA", "OLDER", "activity_types", "api_keys", "attempts", "audit", "businesses", "deliveries",
    "employee_roles", "employees", "endpoints", "entities", "feeds", "inbox", "logged_activities", "object_fields",
    "objects", "records", "roles", "scheduled_activities", "sessions", "totals",
]  # fmt: skip

HEAD = "0006"
"""The revision that these tables are; the last of the migrations."""

OLDER = ("0001", "0002", "0003", "0004", "0005")
"""The revisions before it, which are migrated."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _business() -> Column[str]:
    return Column("business_id", String(36), ForeignKey("businesses.id"), primary_key=True)


def _id() -> Column[str]:
    return Column("id", String(36), primary_key=True)


businesses = Table(
    "businesses",
    METADATA,
    _id(),
    Column("name", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("timezone", Text),
    Column("created_at", BigInteger, nullable=False),
)

api_keys = Table(
    "api_keys",
    METADATA,
    _id(),
    Column("business_id", String(36), ForeignKey("businesses.id"), nullable=False, index=True),
    Column("user_id", String(36), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("prefix", String(20), nullable=False, server_default=""),
    Column("last_used_at", BigInteger),
)

employees = Table(
    "employees",
    METADATA,
    _business(),
    _id(),
    Column("display_name", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("timezone", Text),
    Column("hours", JSON),
    Column("leave", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

roles = Table(
    "roles",
    METADATA,
    _business(),
    _id(),
    Column("name", Text, nullable=False),
    UniqueConstraint("business_id", "name"),
)

employee_roles = Table(
    "employee_roles",
    METADATA,
    _business(),
    Column("employee_id", String(36), primary_key=True),
    Column("role_id", String(36), primary_key=True),
    ForeignKeyConstraint(["business_id", "employee_id"], ["employees.business_id", "employees.id"], ondelete="CASCADE"),
    ForeignKeyConstraint(["business_id", "role_id"], ["roles.business_id", "roles.id"], ondelete="CASCADE"),
)

objects = Table(
    "objects",
    METADATA,
    _business(),
    _id(),
    Column("name", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("business_id", "name"),
)

object_fields = Table(
    "object_fields",
    METADATA,
    _business(),
    _id(),
    Column("object_id", String(36), nullable=False),
    Column("name", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("field_type", Text, nullable=False),
    UniqueConstraint("business_id", "object_id", "name"),
    ForeignKeyConstraint(["business_id", "object_id"], ["objects.business_id", "objects.id"], ondelete="CASCADE"),
)

# `lookup` is the email of a contact and the name of anything else; `words` is what a search reads, case-folded.
records = Table(
    "records",
    METADATA,
    _business(),
    _id(),
    Column("object_id", String(36), nullable=False),
    Column("lookup", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["business_id", "object_id"], ["objects.business_id", "objects.id"]),
    Index(None, "business_id", "object_id", "lookup"),
    Index(None, "business_id", "object_id", "id"),
)

activity_types = Table(
    "activity_types",
    METADATA,
    _business(),
    _id(),
    Column("name", Text, nullable=False),
    Column("api_name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("association_mode", String(30), nullable=False),
    Column("custom_objects", JSON, nullable=False),
    Column("submission_action", String(20)),
    Column("webhook_url", Text),
    Column("redirect_url", Text),
    Column("calendar_sync_duration", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("deleted_at", BigInteger),
    UniqueConstraint("business_id", "api_name"),
)

scheduled_activities = Table(
    "scheduled_activities",
    METADATA,
    _id(),
    Column("business_id", String(36), nullable=False),
    Column("type_id", String(36), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("original_due_at", BigInteger, nullable=False),
    Column("employee_id", String(36)),
    Column("role_id", String(36)),
    Column("note", Text, nullable=False),
    Column("mentions", JSON, nullable=False),
    Column("notify_mentioned", Boolean, nullable=False),
    Column("notifications", JSON, nullable=False),
    Column("completed_at", BigInteger),
    Column("logged_id", String(36)),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(36), nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["business_id", "type_id"], ["activity_types.business_id", "activity_types.id"]),
    Index(None, "business_id", "due_at", "id"),
    Index(None, "business_id", "type_id", "due_at", "id"),
    Index(None, "business_id", "employee_id", "due_at", "id"),
)
_OPEN = scheduled_activities.c.completed_at.is_(None)
# The last column is always empty: without it SQLite would look into the table for each row, to see that it is.
Index(
    "ix_scheduled_activities_open",
    scheduled_activities.c.business_id,
    scheduled_activities.c.due_at,
    scheduled_activities.c.id,
    scheduled_activities.c.completed_at,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
_DONE = scheduled_activities.c.completed_at.is_not(None)
Index(
    "ix_scheduled_activities_done",
    scheduled_activities.c.business_id,
    scheduled_activities.c.completed_at,
    scheduled_activities.c.id,
    sqlite_where=_DONE,
    postgresql_where=_DONE,
)

# The records a scheduled activity belongs to: at most one of each object, which is what the key says.
entities = Table(
    "scheduled_entities",
    METADATA,
    Column("activity_id", String(36), ForeignKey("scheduled_activities.id", ondelete="CASCADE"), primary_key=True),
    Column("object_id", String(36), primary_key=True),
    Column("business_id", String(36), nullable=False),
    Column("record_id", String(36), nullable=False),
    Index(None, "business_id", "record_id"),
)

logged_activities = Table(
    "logged_activities",
    METADATA,
    _id(),
    Column("business_id", String(36), nullable=False),
    Column("type_id", String(36), nullable=False),
    Column("scheduled_id", String(36), unique=True),
    Column("notes", Text, nullable=False),
    Column("related", JSON, nullable=False),
    Column("mentions", JSON, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("logged_at", BigInteger, nullable=False),
    Column("logged_by", String(36), nullable=False),
    ForeignKeyConstraint(["business_id", "type_id"], ["activity_types.business_id", "activity_types.id"]),
    Index(None, "business_id", "type_id", "logged_at", "id"),
)

# How many rows a list has that is not filtered, kept in the transaction that changes it.
totals = Table(
    "totals",
    METADATA,
    Column("business_id", String(36), primary_key=True),
    Column("counted", String(60), primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

# Who wrote what, in the transaction that wrote it. Nothing is ever taken out.
audit = Table(
    "audit",
    METADATA,
    _id(),
    Column("business_id", String(36), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("key_id", String(36), nullable=False),
    Column("user_id", String(36), nullable=False),
    Column("request_id", String(128), nullable=False),
    Column("action", String(100), nullable=False),
    Column("subject_id", String(36), nullable=False),
    Column("fields", JSON, nullable=False),
    Index(None, "business_id", "id"),
    Index(None, "business_id", "subject_id", "id"),
)

# Browsers that are signed in to the pages. A key that is stored nowhere has no `key_id`.
sessions = Table(
    "sessions",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("key_id", String(36), nullable=False),
    Column("business_id", String(36), ForeignKey("businesses.id"), nullable=False),
    Column("user_id", String(36), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("zone", Text, nullable=False),
    Column("begun_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False, index=True),
)

# Where webhooks go. Without a type one gets the events of all; `of_type` marks the one that is a type's `webhook_url`.
# The secret is kept as it is, since each delivery is signed with it.
endpoints = Table(
    "webhook_endpoints",
    METADATA,
    _id(),
    Column("business_id", String(36), ForeignKey("businesses.id"), nullable=False),
    Column("type_id", String(36)),
    Column("of_type", Boolean, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("event", String(30), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_reason", Text),
    Column("created_at", BigInteger, nullable=False),
    ForeignKeyConstraint(["business_id", "type_id"], ["activity_types.business_id", "activity_types.id"]),
    Index(None, "business_id", "type_id"),
)

# The outbox: what is to be told to whom, written with what it tells of. `next_at` is when it is to be sent; while a
# process has it in hand (`holder`), when another may take it. `tries` counts those of the present schedule.
deliveries = Table(
    "webhook_deliveries",
    METADATA,
    _id(),
    Column("business_id", String(36), nullable=False),
    Column("endpoint_id", String(36), ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", String(50), nullable=False),
    Column("event", String(30), nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", BigInteger),
    Column("holder", String(36)),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Index(None, "business_id", "created_at", "id"),
    Index(None, "endpoint_id", "created_at", "id"),
)
_WAITING = deliveries.c.state == text("'waiting'")
Index(
    "ix_webhook_deliveries_waiting",
    deliveries.c.next_at,
    deliveries.c.id,
    sqlite_where=_WAITING,
    postgresql_where=_WAITING,
)
_DELIVERED = deliveries.c.state == text("'delivered'")
Index(
    "ix_webhook_deliveries_delivered",
    deliveries.c.finished_at,
    sqlite_where=_DELIVERED,
    postgresql_where=_DELIVERED,
)

# Each time that a delivery was tried. Without a status there was no answer.
attempts = Table(
    "webhook_attempts",
    METADATA,
    Column("delivery_id", String(36), ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("status", Integer),
    Column("duration_ms", Integer, nullable=False),
    Column("error", Text, nullable=False),
)

# What the CRM told, by the id of its event: a second telling finds the first.
inbox = Table(
    "webhook_inbox",
    METADATA,
    Column("event_id", String(200), primary_key=True),
    Column("event", String(30), nullable=False),
    Column("content", Text, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Index(None, "state", "received_at", "event_id"),
)

# Calendars that anybody reads who knows their address; of the address only the digest of its secret is kept.
feeds = Table(
    "feeds",
    METADATA,
    _id(),
    Column("business_id", String(36), ForeignKey("businesses.id"), nullable=False),
    Column("employee_id", String(36), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_by", String(36), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index(None, "business_id", "employee_id"),
)
