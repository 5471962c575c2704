"""What the CRM writes down of each create, before it does anything about it: the judge reads nothing else of it."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Book", "Line", "read_book"]


@dataclass(frozen=True, slots=True)
class Line:
    """`at` is in seconds of the clock that never steps, the same for all processes of the machine.

    `asked`: a create was read whole, by the user `user`; `fault` is what it will meet, `intent` where the ledger said
    at that moment that the entry stood (None where it could not be asked). `applied`: it is in the CRM, as `id`.
    """

    what: Literal["asked", "applied"]
    at: float
    marker: str
    user: str = ""
    fault: str = ""
    intent: str | None = None
    id: str = ""


class Book:
    """Appends lines to a file; what was written outlives the process that wrote it."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("ab", buffering=0)

    def asked(self, marker: str, *, user: str, fault: str, intent: str | None) -> None:
        self._write(Line("asked", time.monotonic(), marker, user, fault, intent))

    def applied(self, marker: str, activity_id: str) -> None:
        self._write(Line("applied", time.monotonic(), marker, id=activity_id))

    def _write(self, line: Line) -> None:
        self._file.write(json.dumps(asdict(line)).encode() + b"\n")


def read_book(path: Path) -> list[Line]:
    """Return the lines, none where nothing was ever sent."""
    if not path.exists():
        return []
    return [Line(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
