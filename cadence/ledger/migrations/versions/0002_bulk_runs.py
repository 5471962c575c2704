"""Which enrollments a bulk run is about.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of bulk runs."""
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["target"], ["targets.id"], name=op.f("bulk_runs_target_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("bulk_runs_pk")),
    )
    op.create_table(
        "bulk_members",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enrollment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["bulk_runs.id"], name=op.f("bulk_members_run_fk")),
        sa.ForeignKeyConstraint(["enrollment"], ["enrollments.key"], name=op.f("bulk_members_enrollment_fk")),
        sa.PrimaryKeyConstraint("run", "position", name=op.f("bulk_members_pk")),
        sa.UniqueConstraint("run", "enrollment", name=op.f("bulk_members_run_uq")),
    )
