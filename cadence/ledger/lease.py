"""A lease: the right of one run to send for certain enrollments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.errors import LedgerError
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from cadence.ledger.holder import Holder

__all__ = ["Held", "Lease", "LeaseLost", "Lessee"]


@dataclass(frozen=True, slots=True)
class Lease:
    """`epoch` grows with every lease, so that a stale one is known by its number; `length` is how long it lasts."""

    epoch: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Lessee:
    """Who holds a lease, and since when; it ends at `expires_at` unless it is renewed.

    `ticks` is the time it was taken at in microseconds by a clock that never steps, counted from `origin`.
    """

    epoch: int
    holder: Holder
    by: str
    taken_at: datetime
    expires_at: datetime
    origin: str | None = None
    ticks: int | None = None

    def __str__(self) -> str:
        return f"{self.holder}, begun by {self.by} at {self.taken_at:%Y-%m-%d %H:%M:%S} UTC"


class Held(LedgerError):  # noqa: N818 - reads as the condition it names
    """Raised where another run that lives holds what is asked for; `lessees` names them."""

    def __init__(self, lessees: Iterable[Lessee]) -> None:
        self.lessees = tuple(lessees)
        names = "; ".join(str(lessee) for lessee in self.lessees)
        super().__init__(f"another run is sending for the same records: {names}", hint="wait for it to end, or stop it")


class LeaseLost(LedgerError):  # noqa: N818 - reads as the condition it names
    """Raised where another run has taken over what this one held: it must not send any more."""

    def __init__(self, epoch: int) -> None:
        self.epoch = epoch
        super().__init__(
            f"lease {epoch} was taken over by another run because it was not renewed in time",
            hint="nothing was lost; run the same command again to go on",
        )
