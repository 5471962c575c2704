"""Every stable code of a finding: what it means, an example, the way out. The page of the reference is made of it."""

from __future__ import annotations

from cadence.diagnostics.catalogue.entry import Entry
from cadence.diagnostics.catalogue.files import FILES
from cadence.diagnostics.catalogue.meaning import MEANING
from cadence.diagnostics.catalogue.page import page
from cadence.diagnostics.catalogue.planning import PLANNING
from cadence.diagnostics.catalogue.shape import SHAPE

__all__ = ["CATALOGUE", "SECTIONS", "Entry", "page"]

SECTIONS = {
    "Files": FILES,
    "Keys and values": SHAPE,
    "What a sequence says": MEANING,
    "Planning, records and settings": PLANNING,
}
CATALOGUE: dict[str, Entry] = {code: entry for entries in SECTIONS.values() for code, entry in entries.items()}
