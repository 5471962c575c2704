"""Send what one enrollment still needs, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence.delivery.move import holds_up
from cadence.runner.errand import Errand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence.ledger.lines import Transition
    from cadence.model.entry import Entry
    from cadence.runner.run import Run

__all__ = ["run_enrollment"]


async def run_enrollment(run: Run, entries: Sequence[Entry]) -> None:
    """Send what *entries*, in submission order, still need. Takes over a slot of the run and gives it back."""
    unsaved: list[Transition] = []
    try:
        held = False
        for entry in entries:
            left = entry if held else await Errand(run, entry, unsaved).settle()
            held = held or holds_up(left)
            run.tally.left(left, touched=left is not entry)
        await run.journal.write(unsaved)
    finally:
        run.slots.release()
    run.tell("")
