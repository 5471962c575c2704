"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "businesses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_businesses")),
    )
    op.create_table(
        "activity_types",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("api_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("association_mode", sa.String(length=30), nullable=False),
        sa.Column("custom_objects", sa.JSON(), nullable=False),
        sa.Column("submission_action", sa.String(length=20), nullable=True),
        sa.Column("webhook_url", sa.Text(), nullable=True),
        sa.Column("redirect_url", sa.Text(), nullable=True),
        sa.Column("calendar_sync_duration", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_activity_types_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_activity_types")),
        sa.UniqueConstraint("business_id", "api_name", name=op.f("uq_activity_types_business_id_api_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_api_keys_business_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index(op.f("ix_api_keys_business_id"), "api_keys", ["business_id"], unique=False)
    op.create_table(
        "employees",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=True),
        sa.Column("leave", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_employees_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_employees")),
    )
    op.create_table(
        "objects",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_objects_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_objects")),
        sa.UniqueConstraint("business_id", "name", name=op.f("uq_objects_business_id_name")),
    )
    op.create_table(
        "roles",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_roles_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_roles")),
        sa.UniqueConstraint("business_id", "name", name=op.f("uq_roles_business_id_name")),
    )
    op.create_table(
        "employee_roles",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("employee_id", sa.String(length=36), nullable=False),
        sa.Column("role_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "employee_id"],
            ["employees.business_id", "employees.id"],
            name=op.f("fk_employee_roles_business_id_employee_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["business_id", "role_id"],
            ["roles.business_id", "roles.id"],
            name=op.f("fk_employee_roles_business_id_role_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_employee_roles_business_id")),
        sa.PrimaryKeyConstraint("business_id", "employee_id", "role_id", name=op.f("pk_employee_roles")),
    )
    op.create_table(
        "logged_activities",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("type_id", sa.String(length=36), nullable=False),
        sa.Column("scheduled_id", sa.String(length=36), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("related", sa.JSON(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("logged_at", sa.BigInteger(), nullable=False),
        sa.Column("logged_by", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "type_id"],
            ["activity_types.business_id", "activity_types.id"],
            name=op.f("fk_logged_activities_business_id_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logged_activities")),
        sa.UniqueConstraint("scheduled_id", name=op.f("uq_logged_activities_scheduled_id")),
    )
    op.create_index(
        op.f("ix_logged_activities_business_id_type_id_logged_at_id"),
        "logged_activities",
        ["business_id", "type_id", "logged_at", "id"],
        unique=False,
    )
    op.create_table(
        "object_fields",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("field_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "object_id"],
            ["objects.business_id", "objects.id"],
            name=op.f("fk_object_fields_business_id_object_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_object_fields_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_object_fields")),
        sa.UniqueConstraint(
            "business_id", "object_id", "name", name=op.f("uq_object_fields_business_id_object_id_name")
        ),
    )
    op.create_table(
        "records",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("lookup", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "object_id"],
            ["objects.business_id", "objects.id"],
            name=op.f("fk_records_business_id_object_id"),
        ),
        sa.ForeignKeyConstraint(["business_id"], ["businesses.id"], name=op.f("fk_records_business_id")),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_records")),
    )
    op.create_index(
        op.f("ix_records_business_id_object_id_id"), "records", ["business_id", "object_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_records_business_id_object_id_lookup"), "records", ["business_id", "object_id", "lookup"], unique=False
    )
    op.create_table(
        "scheduled_activities",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("type_id", sa.String(length=36), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("original_due_at", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.String(length=36), nullable=True),
        sa.Column("role_id", sa.String(length=36), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("notify_mentioned", sa.Boolean(), nullable=False),
        sa.Column("notifications", sa.JSON(), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("logged_id", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["business_id", "type_id"],
            ["activity_types.business_id", "activity_types.id"],
            name=op.f("fk_scheduled_activities_business_id_type_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_activities")),
    )
    op.create_index(
        op.f("ix_scheduled_activities_business_id_due_at_id"),
        "scheduled_activities",
        ["business_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_scheduled_activities_business_id_employee_id_due_at_id"),
        "scheduled_activities",
        ["business_id", "employee_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_scheduled_activities_business_id_type_id_due_at_id"),
        "scheduled_activities",
        ["business_id", "type_id", "due_at", "id"],
        unique=False,
    )
    op.create_table(
        "scheduled_entities",
        sa.Column("activity_id", sa.String(length=36), nullable=False),
        sa.Column("object_id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["scheduled_activities.id"],
            name=op.f("fk_scheduled_entities_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", "object_id", name=op.f("pk_scheduled_entities")),
    )
    op.create_index(
        op.f("ix_scheduled_entities_business_id_record_id"),
        "scheduled_entities",
        ["business_id", "record_id"],
        unique=False,
    )
