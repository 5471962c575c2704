"""Where a ledger is."""

from __future__ import annotations

from pathlib import Path

from cadence.errors import LedgerError
from cadence.frozen import dataclass

__all__ = ["Location"]

_PREFIX = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Location:
    """A SQLite file."""

    path: Path

    @classmethod
    def parse(cls, url: str) -> Location:
        """Return the location that *url* names: `sqlite:///relative`, `sqlite:////absolute`, or a path.

        Raises LedgerError for any other scheme, without repeating what may hold a password.
        """
        if url.startswith(_PREFIX) and len(url) > len(_PREFIX):
            return cls(Path(url.removeprefix(_PREFIX)))
        scheme, separator, _ = url.partition(":")
        if url and (not separator or len(scheme) == 1):
            return cls(Path(url))
        raise LedgerError(
            f"ledger url of scheme '{scheme}', expected a SQLite file",
            hint="write sqlite:///.cadence/ledger.db, or a path",
        )

    def __str__(self) -> str:
        return str(self.path)
