"""The enrollments of a bulk run, read from the ledger a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from cadence.ledger.ledger import Ledger

__all__ = ["Members"]


class Members(Sequence[str]):
    """The keys at the positions of a bulk run from *first* up to, not including, *end*; a slice is one read.

    However many they are, nothing is held. All methods that read raise LedgerError.
    """

    def __init__(self, ledger: Ledger, run: str, *, first: int, end: int) -> None:
        self._ledger = ledger
        self._run = run
        self._positions = range(first, end)

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[str, ...]: ...

    def __getitem__(self, place: int | slice) -> str | tuple[str, ...]:
        if isinstance(place, int):
            return self._read(range(self._positions[place], self._positions[place] + 1))[0]
        positions = self._positions[place]
        assert positions.step == 1, "keys are read in order"  # noqa: S101 - a fault in the program
        return self._read(positions)

    def _read(self, positions: range) -> tuple[str, ...]:
        return self._ledger.members(self._run, first=positions.start, end=positions.stop)
