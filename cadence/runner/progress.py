"""What a run tells while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["ProgressEvent"]


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """`done` of `total` activities are settled; `text` says what is going on, `waiting_until` when that ends.

    `waiting` is whether nothing goes on before somebody else does something.
    """

    done: int
    total: int
    text: str = ""
    waiting_until: datetime | None = None
    waiting: bool = False
