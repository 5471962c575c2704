"""Where things are, as seen from the working directory: files, and the target that is used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.config import Settings

__all__ = ["seen_from", "target_line", "with_short_paths", "without_password"]

_SQLITE = "sqlite:///"


def seen_from(here: Path, path: Path) -> Path:
    """Return *path* relative to *here* where it lies below it, so that findings can be clicked and annotated."""
    return path.relative_to(here) if path.is_relative_to(here) else path


def with_short_paths(settings: Settings, here: Path) -> Settings:
    """Return the settings with the folders of sequences and calendars as seen from *here*."""
    return replace(
        settings, sequences=seen_from(here, settings.sequences), calendars=seen_from(here, settings.calendars)
    )


def target_line(settings: Settings, name: str | None, *, here: Path) -> str:
    """Return "target: ..." for the target that is used; the embedded one says how to get another.

    Raises ConfigError for a target that cannot be used.
    """
    chosen = settings.target(name)
    if not chosen.is_local:
        return f"target: {chosen.name} ({_without_secrets(chosen.base_url)})"
    way = "" if settings.targets else "; set [targets.kizen] in cadence.toml for a CRM"
    return f"target: local ({_store(settings.store_url, here)}){way}"


def _store(url: str, here: Path) -> str:
    path = url.removeprefix(_SQLITE)
    return without_password(url) if path == url else str(seen_from(here, here / path))


def _without_secrets(url: str) -> str:
    """Return an address with host and path alone: what else somebody wrote into it may be a key."""
    scheme, separator, rest = url.partition("?")[0].partition("#")[0].rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def without_password(url: str) -> str:
    """Return the URL of a database without the password, and without a query, which may hold one too."""
    scheme, separator, rest = url.partition("://")
    place, at, host = rest.partition("?")[0].rpartition("@")
    return f"{scheme}{separator}{place.partition(':')[0]}{at}{host}"
