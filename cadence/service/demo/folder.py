"""The project of the demo: a folder of its own, with sequences from the package, that goes when the demo ends."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cadence.config import Settings, TargetSettings
from cadence.config.settings import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

__all__ = ["demo_project"]

_SEQUENCES = "sequences"
_TASKS_A_DAY = 5


@contextmanager
def demo_project(settings: Settings, *, db: str | None) -> Iterator[Settings]:
    """Yield the settings of a new folder, with how to serve from *settings*: no ledger, target or file of theirs.

    The store is there too, unless *db* says where.
    """
    with TemporaryDirectory(prefix="cadence-demo-") as name:
        folder = Path(name).resolve()
        _copy(files("cadence.service.demo").joinpath(_SEQUENCES), folder / _SEQUENCES)
        yield Settings(
            root=folder,
            ledger_url=f"sqlite:///{folder / '.cadence' / 'ledger.db'}",
            sequences=folder / _SEQUENCES,
            calendars=folder / _SEQUENCES / "calendars",
            targets={LOCAL: TargetSettings(LOCAL, url=db)} if db else {},
            service=replace(settings.service, tasks_a_day=_TASKS_A_DAY),
        )


def _copy(source: Traversable, place: Path) -> None:
    if not source.is_dir():
        place.write_bytes(source.read_bytes())
        return
    place.mkdir()
    for each in source.iterdir():
        _copy(each, place / each.name)
