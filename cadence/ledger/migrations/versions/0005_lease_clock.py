"""The clock that never steps, as it was when a lease was taken.

Revision ID: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of leases from before nothing is known."""
    op.add_column("leases", sa.Column("origin", sa.Text(), nullable=True))
    op.add_column("leases", sa.Column("ticks", sa.BigInteger(), nullable=True))
