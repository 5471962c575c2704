"""Checksums of entries: what decides about a request is known to be what was written, whatever the disk did since.

Neither SQLite nor a PostgreSQL without data checksums notices a bit that flips in the middle of a text. There are two
sums, so that a save which changes only how an entry stands need not look at its body.
"""

from __future__ import annotations

import zlib
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BODY_COLUMNS", "STATE_COLUMNS", "check_sums", "checksum"]

BODY_COLUMNS = (
    "key", "enrollment", "position", "step", "occurrence", "activity", "due_at", "body", "marker", "on_error", "patch",
)  # fmt: skip
STATE_COLUMNS = (
    "key", "state", "pending", "activity_id", "attempts", "absent", "sent_at", "unclear_until", "not_before",
    "completed_at", "moved_to", "reason",
)  # fmt: skip

_body = itemgetter(*BODY_COLUMNS)
_state = itemgetter(*STATE_COLUMNS)


def checksum(values: list[Any]) -> int:
    """Return the CRC-32 of a row's values: plain texts, integers and None, in one order for good."""
    return zlib.crc32(ascii(values).encode())


def check_sums(row: Mapping[str, Any]) -> None:
    """Raise ValueError where the entry of *row* is not the one that was written."""
    if row["body_sum"] != checksum([*_body(row)]) or row["state_sum"] != checksum([*_state(row)]):
        raise ValueError(f"entry '{row['key']}' is not what was written: its checksums do not match")
