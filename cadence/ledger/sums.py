"""Checksums of entries: what decides about a request is known to be what was written, whatever the disk did since.

Neither SQLite nor a PostgreSQL without data checksums notices a bit that flips in the middle of a text. There are two
sums, so that a save which changes only how an entry stands need not look at its body.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BODY_COLUMNS", "STATE_COLUMNS", "check_sums", "checksum"]

BODY_COLUMNS = (
    "key", "enrollment", "position", "step", "occurrence", "activity", "due_at", "body", "marker", "on_error", "patch",
)  # fmt: skip
STATE_COLUMNS = (
    "key", "state", "pending", "activity_id", "attempts", "absent", "sent_at", "unclear_until", "not_before",
    "completed_at", "moved_to", "reason",
)  # fmt: skip

_BODY = len(BODY_COLUMNS)


def checksum(values: list[Any]) -> int:
    """Return the CRC-32 of a row's values: plain texts, integers and None, in one order for good."""
    return zlib.crc32(ascii(values).encode())


def check_sums(values: Sequence[Any]) -> None:
    """Raise ValueError where the entry of a row is not the one that was written.

    The values are those of BODY_COLUMNS and their sum, and of STATE_COLUMNS without the key and theirs.
    """
    body, (body_sum, *state, state_sum) = values[:_BODY], values[_BODY:]
    if body_sum != checksum([*body]) or state_sum != checksum([body[0], *state]):
        raise ValueError(f"entry '{body[0]}' is not what was written: its checksums do not match")
