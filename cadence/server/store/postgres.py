"""A store in a schema of a PostgreSQL database. Writers take turns, as SQLite makes them, from whatever process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from cadence.errors import TargetError

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection

__all__ = ["SCHEMA", "make_schema", "postgres_engine", "postgres_refusal", "schema_of", "snapshots"]

SCHEMA = "cadence_service"
_CONNECTION = {
    "connect_timeout": 10,
    "application_name": "cadence",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_SESSION = (
    "SET lock_timeout = '10s'",
    # A process that was stopped within a transaction must not hold up the others.
    "SET idle_in_transaction_session_timeout = '10s'",
    # `off` acknowledges commits that a crash of the server loses.
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
)
_REASONS = {
    "42501": "the role may not do this; grant CREATE on the database for the first run",
    "25006": "the server is read-only; name the primary, not a replica",
}


def postgres_engine(address: URL) -> Engine:
    """Return an engine whose transactions with the option `writes` wait for one another.

    Raises TargetError without the driver.
    """
    schema = schema_of(address)
    query = {name: value for name, value in address.query.items() if name != "schema"}
    defaults = {name: value for name, value in _CONNECTION.items() if name not in query}
    try:
        # Parameters hold notes and digests of keys; an error's text, which is logged, must not.
        engine = create_engine(
            address.set(drivername="postgresql+psycopg", query=query),
            connect_args=defaults,
            hide_parameters=True,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError:
        raise TargetError(
            "a store on PostgreSQL needs the package psycopg", hint="pip install 'cadence-engine[postgres]'"
        ) from None
    settings = "; ".join((*_SESSION, f"SET search_path = {_quoted(schema)}"))
    lock = text(f"SELECT pg_advisory_xact_lock({_lock_key(schema)})")

    @event.listens_for(engine, "connect", insert=True)
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        connection.execute(settings)
        connection.commit()

    @event.listens_for(engine, "begin")
    def take_turns(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.execute(lock)

    return engine


def snapshots(engine: Engine) -> Engine:
    """Return the same engine for transactions that only read, each from one snapshot."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def schema_of(address: URL) -> str:
    """Return the schema that `?schema=` names, `cadence_service` by default."""
    named = address.query.get("schema", SCHEMA)
    return named if isinstance(named, str) else named[0]


def make_schema(connection: Connection, schema: str) -> None:
    """Make the schema where it is missing. IF NOT EXISTS alone would ask for the right to make it."""
    present = text("SELECT 1 FROM pg_namespace WHERE nspname = :schema")
    if connection.execute(present, {"schema": schema}).first() is None:
        connection.exec_driver_sql(f"CREATE SCHEMA {_quoted(schema)}")


def postgres_refusal(error: BaseException | None, shown: str) -> TargetError:
    """Return what PostgreSQL's complaint, or that of the way to it, means for those who open the store *shown*."""
    reason = _REASONS.get(getattr(error, "sqlstate", None) or "") or _first_line(error)
    return TargetError(f"store '{shown}' cannot be opened ({reason})", hint="start its server, or correct the url")


def _first_line(error: BaseException | None) -> str:
    """Return what is said; a connection that was never made has no code, only the server's words."""
    return str(error).strip().partition("\n")[0].rpartition("failed: ")[2].removeprefix("FATAL:").strip()


def _lock_key(schema: str) -> int:
    digest = hashlib.sha256(f"cadence service {schema}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
