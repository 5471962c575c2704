"""Which target is used, in a line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence.config import Settings

__all__ = ["target_line"]


def target_line(settings: Settings, name: str | None, *, here: Path) -> str:
    """Return "target: ..." for the target that is used; the embedded one says how to get another.

    Raises ConfigError for a target that cannot be used. Paths are shown as seen from *here*.
    """
    chosen = settings.target(name)
    if not chosen.is_local:
        return f"target: {chosen.name} ({chosen.base_url})"
    store = settings.store_url.removeprefix("sqlite:///")
    way = "" if settings.targets else "; set [targets.kizen] in cadence.toml for a CRM"
    return f"target: local ({_seen_from(here, store)}){way}"


def _seen_from(here: Path, store: str) -> str:
    path = Path(store)
    return str(path.relative_to(here)) if path.is_relative_to(here) else store
