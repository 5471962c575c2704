"""Checksums of entries.

Revision ID: 0004
"""

from __future__ import annotations

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_MANY = 500
_BODY = (
    "key", "enrollment", "position", "step", "occurrence", "activity", "due_at", "body", "marker", "on_error", "patch",
)  # fmt: skip
_STATE = (
    "key", "state", "pending", "activity_id", "attempts", "absent", "sent_at", "unclear_until", "not_before",
    "completed_at", "moved_to", "reason",
)  # fmt: skip


def upgrade() -> None:
    """Add the sums and fill them in: what is there now is taken for what was written."""
    for name in ("body_sum", "state_sum"):
        op.add_column("entries", sa.Column(name, sa.BigInteger(), nullable=True))
    entries = sa.Table("entries", sa.MetaData(), autoload_with=op.get_bind())
    last = ""
    while rows := _after(entries, last):
        op.get_bind().execute(_fill(entries), [_sums(row) for row in rows])
        last = rows[-1]["key"]


def _after(entries: sa.Table, key: str) -> list[sa.RowMapping]:
    chosen = sa.select(entries).where(entries.c.key > key).order_by(entries.c.key).limit(_MANY)
    return list(op.get_bind().execute(chosen).mappings())


def _fill(entries: sa.Table) -> sa.Update:
    this = entries.c.key == sa.bindparam("this")
    return sa.update(entries).where(this).values(body_sum=sa.bindparam("of_body"), state_sum=sa.bindparam("of_state"))


def _sums(row: sa.RowMapping) -> dict[str, str | int]:
    body, state = (zlib.crc32(ascii([row[name] for name in names]).encode()) for names in (_BODY, _STATE))
    return {"this": row["key"], "of_body": body, "of_state": state}
