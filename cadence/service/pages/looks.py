"""Templates, and what all of them can say."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cadence.server.instant import from_micros
from cadence.service.pages.assets import asset_names, read_asset
from cadence.timeline.markup import Markup, el
from cadence.wording.dates import spoken_in, spoken_within

if TYPE_CHECKING:
    from cadence.service.pages.visit import Visit

__all__ = ["Looks"]

_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Looks:
    """Fills templates. Everything that is not marked as HTML is escaped."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("cadence.service.pages"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["csrf"] = _proof
        self._templates.globals["asset"] = _addresses().__getitem__
        self._templates.filters["spoken"] = lambda instant, zone: spoken_in(zone, instant)
        self._templates.filters["spoken_within"] = spoken_within
        self._templates.filters["ids"] = _ID.findall
        self._templates.filters["instant"] = from_micros

    def fill(self, template: str, **values: Any) -> str:
        """Return the template filled with *values*."""
        return self._templates.get_template(template).render(**values)


def _proof(visit: Visit) -> Markup:
    """Return the hidden field that every form must have."""
    return el("input", type="hidden", name="csrf", value=visit.viewer.session.proof)


def _addresses() -> dict[str, str]:
    """Return the address of each asset, another one whenever its content changes."""
    return {name: f"/assets/{name}?v={sha256(read_asset(name)).hexdigest()[:12]}" for name in asset_names()}
