"""What a run tells while it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from datetime import datetime, timedelta

__all__ = ["ProgressEvent"]


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """`done` of `total` activities are settled; `text` says what is going on, `waiting_until` when that ends.

    `waiting` is whether nothing goes on before somebody else does something. In a run over many records `unit` is
    "records", of which `total` is an estimate until the end, `rate` how many a second, and `left` how long that will
    take.
    """

    done: int
    total: int
    text: str = ""
    waiting_until: datetime | None = None
    waiting: bool = False
    unit: str = "activities"
    rate: float | None = None
    left: timedelta | None = None
