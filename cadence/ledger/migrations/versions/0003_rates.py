"""How fast each target is sent to, by all runs together.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of rates."""
    op.create_table(
        "rates",
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.Float(), nullable=True),
        sa.Column("lowered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["target"], ["targets.id"], name=op.f("rates_target_fk")),
        sa.PrimaryKeyConstraint("target", name=op.f("rates_pk")),
    )
