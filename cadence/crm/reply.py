"""An HTTP answer as a Reply, the same for every transport, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.crm.retry_after import retry_after
from cadence.crm.transport import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["to_reply", "too_long"]

_LONGEST_ID = 80


def to_reply(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
    secret: str = "",
    broken: str | None = None,
) -> Reply:
    """Return the answer. *headers* are looked up in lower case; *secret* is for whoever quotes the body."""
    return Reply(
        status=status,
        body=body,
        content_type=headers.get("content-type", "").partition(";")[0].strip().lower(),
        request_id=_printable(headers.get("x-request-id")),
        retry_after=retry_after(headers.get("retry-after"), now, answered=headers.get("date")),
        broken="an encoding that was not asked for" if _is_encoded(headers) else broken,
        secret=secret,
    )


def too_long(limit: int) -> str:
    """Return why the body of an answer longer than *limit* was not read whole."""
    return f"an answer of more than {limit} bytes"


def _is_encoded(headers: Mapping[str, str]) -> bool:
    return headers.get("content-encoding", "identity") != "identity"


def _printable(value: str | None) -> str | None:
    return None if value is None else "".join(c for c in value if c.isascii() and c.isprintable())[:_LONGEST_ID] or None
