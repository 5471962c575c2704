"""How many entries each enrollment has.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count and fill it in: what is there now is taken for what was written."""
    op.add_column("enrollments", sa.Column("entry_count", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE enrollments SET entry_count = (SELECT count(*) FROM entries WHERE entries.enrollment = enrollments.key)"
    )
