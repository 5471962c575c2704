"""Where a ledger is."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from cadence.errors import LedgerError
from cadence.frozen import dataclass

__all__ = ["Location", "PostgresSchema", "SqliteFile", "locate"]

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql", "postgresql+psycopg")
_SCHEMA = "cadence_ledger"


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A SQLite file."""

    path: Path

    def is_there(self) -> bool:
        """Return whether there is a file with something in it."""
        return self.path.is_file() and self.path.stat().st_size > 0

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class PostgresSchema:
    """A schema of a PostgreSQL database. `url` may hold a password; the text of a location never does."""

    url: str = field(repr=False)
    name: str
    schema: str = _SCHEMA

    def __str__(self) -> str:
        return self.name


Location = SqliteFile | PostgresSchema


def locate(url: str) -> Location:
    """Return the location that *url* names.

    That is `sqlite:///relative`, `sqlite:////absolute`, a path, or `postgresql://user@host/database`, where `?schema=`
    names another schema than `cadence_ledger`. Raises LedgerError, which never repeats what may hold a password.
    """
    if url.startswith(_SQLITE) and len(url) > len(_SQLITE):
        return SqliteFile(Path(url.removeprefix(_SQLITE)))
    scheme, separator, _ = url.partition(":")
    if scheme in _POSTGRES and separator:
        return _postgres(url)
    if url and (not separator or len(scheme) == 1):
        return SqliteFile(Path(url))
    raise LedgerError(
        f"ledger url of scheme '{scheme}', expected a SQLite file or PostgreSQL",
        hint="write sqlite:///.cadence/ledger.db, a path, or postgresql://user@host/database",
    )


def _postgres(url: str) -> PostgresSchema:
    try:
        parts = urlsplit(url)
        name = _shown(parts)
    except ValueError:
        parts, name = SplitResult("", "", "", "", ""), ""
    is_torn = "@" in parts.path or parts.fragment or parts.netloc.count("@") > 1  # by a /, # or @ in a password
    if is_torn or not parts.path.strip("/"):
        raise LedgerError(
            "ledger url of PostgreSQL that cannot be read",
            hint="write postgresql://user@host:5432/database; in a password, write / as %2F, # as %23 and @ as %40",
        )
    query = dict(parse_qsl(parts.query))
    schema = query.pop("schema", _SCHEMA)
    authority = url.partition(":")[2].partition("?")[0]
    whole = f"postgresql+psycopg:{authority}?{urlencode(query)}"
    return PostgresSchema(whole, name if schema == _SCHEMA else f"{name}?schema={schema}", schema)


def _shown(parts: SplitResult) -> str:
    """Return the URL without its password, and without a query, which may hold one too."""
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{user}{parts.hostname or ''}{port}{parts.path}"
