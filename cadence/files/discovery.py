"""Which files under some paths are ours, and what each one is."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from cadence.files.calendars import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Kind", "discover", "kind_of", "yaml_files"]

_KEY = re.compile(rb"^(\xef\xbb\xbf)?(sequence|calendar|team|cases|hours|steps)\s*:", re.MULTILINE)


class Kind(StrEnum):
    """What a file is."""

    SEQUENCE = "sequence"
    CALENDAR = "calendar"
    TEAM = "team"
    GOLDEN = "golden"


def yaml_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files that *paths* name, and the YAML files of the folders they name, sorted, each once.

    Folders are walked without following links, so that a circle of links ends. Hidden ones are passed over.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path) -> list[Path]:
    files: list[Path] = []

    def unreadable(error: OSError) -> None:
        files.append(Path(error.filename))  # reading it says why

    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(root, name) for name in names if name.endswith(SUFFIXES) and not name.startswith(".")]
    return sorted(files)


def kind_of(path: Path, content: bytes) -> Kind | None:
    """Return what a file is: golden by its name, else by the keys at its margin; None where nothing tells."""
    if path.name.endswith((".golden.yaml", ".golden.yml")):
        return Kind.GOLDEN
    keys = {match[2].decode() for match in _KEY.finditer(content)}
    if "team" in keys:
        return Kind.TEAM
    if "cases" in keys and "steps" not in keys:
        return Kind.GOLDEN
    if "sequence" in keys or "steps" in keys:
        return Kind.SEQUENCE
    return Kind.CALENDAR if keys or path.parent.name == "calendars" else None


def discover(paths: Iterable[Path | str]) -> Iterator[tuple[Path, Kind]]:
    """Yield each readable file under *paths* with what it is; files that are none of ours are passed over."""
    from cadence.diagnostics import Finding  # noqa: PLC0415 - as the reading below
    from cadence.files.reading import try_read  # noqa: PLC0415 - the check reads by itself

    for path in yaml_files(map(Path, paths)):
        content = try_read(path)
        kind = None if isinstance(content, Finding) else kind_of(path, content)
        if kind is not None:
            yield path, kind
