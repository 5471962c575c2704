"""The tables. Instants are seconds since 1970 in UTC, so that every database sorts and compares them alike."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    column,
)

from cadence.model.entry import State

__all__ = [
    "APPLICATION_ID", "HEAD", "VERSION_TABLE", "attempts", "bulk_members", "bulk_runs", "changes", "claims", "cursors",
    "enrollments", "entries", "leases", "metadata", "plans", "rates", "targets",
]  # fmt: skip

HEAD = "0006"
VERSION_TABLE = "ledger_schema"
APPLICATION_ID = 0x43444C47  # "CDLG" in the SQLite header: this file is a ledger, not another program's database

_Key = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only what is called INTEGER

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_uq",
        "ck": "%(table_name)s_%(constraint_name)s_ck",
        "ix": "%(table_name)s_%(column_0_name)s_ix",
    }
)

targets = Table(
    "targets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("business_id", Text, nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("planned_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
)

enrollments = Table(
    "enrollments",
    metadata,
    Column("key", Text, primary_key=True),
    Column("target", Text, ForeignKey("targets.id"), nullable=False),
    Column("sequence", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("record_id", Text, nullable=False),
    Column("record_name", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("start_at", BigInteger, nullable=False),
    Column("zone", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("variant", Text),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("entry_count", Integer),
    UniqueConstraint("target", "sequence", "object", "record_id", "number"),
    Index("enrollments_record_ix", "record_id"),
)

entries = Table(
    "entries",
    metadata,
    Column("key", Text, primary_key=True),
    Column("enrollment", Text, ForeignKey("enrollments.key"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("activity", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("marker", Text, nullable=False),
    Column("on_error", Text, nullable=False),
    Column("pending", Text),
    Column("patch", Text, nullable=False),
    Column("activity_id", Text),
    Column("attempts", Integer, nullable=False),
    Column("absent", Integer, nullable=False),
    Column("sent_at", BigInteger),
    Column("unclear_until", BigInteger),
    Column("not_before", BigInteger),
    Column("completed_at", BigInteger),
    Column("moved_to", BigInteger),
    Column("reason", Text),
    Column("body_sum", BigInteger),
    Column("state_sum", BigInteger),
    CheckConstraint(column("state").in_([str(state) for state in State]), name="state"),
    Index("entries_enrollment_ix", "enrollment", "position"),
    Index("entries_state_ix", "state"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=True),
    Column("entry", Text, ForeignKey("entries.key"), nullable=False),
    Column("lease", _Key, ForeignKey("leases.epoch"), nullable=False),
    Column("operation", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("sent_at", BigInteger, nullable=False),
    Column("answered_at", BigInteger, nullable=False),
    Column("detail", Text, nullable=False),
    Index("attempts_entry_ix", "entry"),
)

changes = Table(
    "changes",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("enrollment", Text, ForeignKey("enrollments.key"), nullable=False),
    Column("step", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("why", Text, nullable=False),
    Index("changes_enrollment_ix", "enrollment"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("target", Text, ForeignKey("targets.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("epoch", _Key, primary_key=True, autoincrement=True),
    Column("by", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("host", Text, nullable=False),
    Column("boot", Text, nullable=False),
    Column("started", Text, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("origin", Text),
    Column("ticks", BigInteger),
    sqlite_autoincrement=True,
)

claims = Table(
    "claims",
    metadata,
    Column("enrollment", Text, primary_key=True),
    Column("lease", _Key, ForeignKey("leases.epoch"), nullable=False),
    Index("claims_lease_ix", "lease"),
)

bulk_runs = Table(
    "bulk_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("target", Text, ForeignKey("targets.id"), nullable=False),
    Column("by", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

bulk_members = Table(
    "bulk_members",
    metadata,
    Column("run", Text, ForeignKey("bulk_runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("enrollment", Text, ForeignKey("enrollments.key"), nullable=False),
    UniqueConstraint("run", "enrollment"),
)

rates = Table(  # free_at and lowered_at in microseconds from what `origin` names
    "rates",
    metadata,
    Column("target", Text, ForeignKey("targets.id"), primary_key=True),
    Column("origin", Text, nullable=False),
    Column("free_at", BigInteger, nullable=False),
    Column("ceiling", Float),
    Column("lowered_at", BigInteger),
)
