"""The first schema.

Revision ID: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _leases()
    _plans()
    _targets()
    _claims()
    _cursors()
    _enrollments()
    _changes()
    _entries()
    _attempts()


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("epoch", _KEY, autoincrement=True, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("boot", sa.Text(), nullable=False),
        sa.Column("started", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("epoch", name=op.f("leases_pk")),
        sqlite_autoincrement=True,
    )


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("plans_pk")),
    )


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("targets_pk")),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        sa.Column("enrollment", sa.Text(), nullable=False),
        sa.Column("lease", _KEY, nullable=False),
        sa.ForeignKeyConstraint(["lease"], ["leases.epoch"], name=op.f("claims_lease_fk")),
        sa.PrimaryKeyConstraint("enrollment", name=op.f("claims_pk")),
    )
    op.create_index("claims_lease_ix", "claims", ["lease"])


def _cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["target"], ["targets.id"], name=op.f("cursors_target_fk")),
        sa.PrimaryKeyConstraint("target", "name", name=op.f("cursors_pk")),
    )


def _enrollments() -> None:
    op.create_table(
        "enrollments",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("record_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.BigInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["target"], ["targets.id"], name=op.f("enrollments_target_fk")),
        sa.PrimaryKeyConstraint("key", name=op.f("enrollments_pk")),
        sa.UniqueConstraint("target", "sequence", "object", "record_id", "number", name=op.f("enrollments_target_uq")),
    )
    op.create_index("enrollments_record_ix", "enrollments", ["record_id"])


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("enrollment", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment"], ["enrollments.key"], name=op.f("changes_enrollment_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("changes_pk")),
    )
    op.create_index("changes_enrollment_ix", "changes", ["enrollment"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("enrollment", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("on_error", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=True),
        sa.Column("patch", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("unclear_until", sa.BigInteger(), nullable=True),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("moved_to", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'sending', 'scheduled', 'in_doubt', 'rejected', 'parked', 'cancelled', 'completed')",
            name=op.f("entries_state_ck"),
        ),
        sa.ForeignKeyConstraint(["enrollment"], ["enrollments.key"], name=op.f("entries_enrollment_fk")),
        sa.PrimaryKeyConstraint("key", name=op.f("entries_pk")),
    )
    op.create_index("entries_enrollment_ix", "entries", ["enrollment", "position"])
    op.create_index("entries_state_ix", "entries", ["state"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", _KEY, autoincrement=True, nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("lease", _KEY, nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["entries.key"], name=op.f("attempts_entry_fk")),
        sa.ForeignKeyConstraint(["lease"], ["leases.epoch"], name=op.f("attempts_lease_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("attempts_pk")),
    )
    op.create_index("attempts_entry_ix", "attempts", ["entry"])
