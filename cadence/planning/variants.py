"""Which variant a record gets."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from cadence.planning.identity import stable_number

if TYPE_CHECKING:
    from cadence.model.sequence import Sequence

__all__ = ["variant_of"]


def variant_of(sequence: Sequence, entity_id: str) -> str | None:
    """Return the record's variant by a stable hash of sequence and record, each by its weight; None without."""
    weights = [variant.weight for variant in sequence.variants]
    total = sum(weights)
    if not total:
        return None
    chosen = stable_number("variant", sequence.name, entity_id) % total
    return next(v.name for v, end in zip(sequence.variants, accumulate(weights), strict=True) if chosen < end)
