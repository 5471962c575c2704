"""What is known around a plan when it is drawn."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.model.entry import Entry
    from cadence.model.people import Employee
    from cadence.model.sequence import Sequence

__all__ = ["NOTHING", "Surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Without the plan's sequence nothing is shaded, without a team no leave is marked.

    `entries` are the ledger's, by key: without them nothing is known to be done. `viewer` is the zone of whoever
    looks, None for the record's own.
    """

    sequence: Sequence | None = None
    team: tuple[Employee, ...] = ()
    entries: Mapping[str, Entry] = field(default_factory=dict)
    viewer: str | None = None


NOTHING = Surroundings()
