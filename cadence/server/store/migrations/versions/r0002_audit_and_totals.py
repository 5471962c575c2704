"""An audit of every write, totals of lists, what is shown of a key, and indexes of what is open and done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COUNT = """
INSERT INTO totals (business_id, counted, amount)
SELECT business_id, 'scheduled', count(*) FROM scheduled_activities GROUP BY business_id
UNION ALL SELECT business_id, 'logged:' || type_id, count(*) FROM logged_activities GROUP BY business_id, type_id
UNION ALL SELECT business_id, 'records:' || object_id, count(*) FROM records GROUP BY business_id, object_id
"""


def upgrade() -> None:
    """Add two tables, two columns and two indexes, and count what is there."""
    op.add_column("api_keys", sa.Column("prefix", sa.String(length=20), nullable=False, server_default=""))
    op.add_column("api_keys", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "totals",
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("counted", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "counted", name=op.f("pk_totals")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("business_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("request_id", sa.String(length=128), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_business_id_id"), "audit", ["business_id", "id"])
    op.create_index(op.f("ix_audit_business_id_subject_id_id"), "audit", ["business_id", "subject_id", "id"])
    _partial_index("open", "due_at", "completed_at IS NULL")
    _partial_index("done", "completed_at", "completed_at IS NOT NULL")
    op.execute(_COUNT)


def _partial_index(name: str, column: str, condition: str) -> None:
    op.create_index(
        f"ix_scheduled_activities_{name}",
        "scheduled_activities",
        ["business_id", column, "id"],
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
