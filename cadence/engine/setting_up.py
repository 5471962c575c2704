"""Set up a folder for Cadence; what is already there is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence import files
from cadence.config import load_settings
from cadence.engine import starter
from cadence.engine.results import InitResult
from cadence.engine.running import run
from cadence.engine.targets import open_target
from cadence.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from cadence.clock import Clock
    from cadence.config import Settings

__all__ = ["set_up"]


def set_up(folder: Path, *, clock: Clock) -> InitResult:
    """Make settings, a first sequence with its calendar, the embedded store with its types, and the ledger.

    The example is left out where there are sequences already. Raises ConfigError, TargetError, LedgerError.
    """
    folder = folder.resolve()
    created: list[str] = []
    kept: list[str] = []
    for path, text in _files(folder):
        if path.exists():
            kept.append(_shown(path, folder))
        else:
            _make_folder(path.parent)
            files.write_text(path, text)
            created.append(_shown(path, folder))
    settings = load_settings(folder)
    for path in (settings.state / "activities.db", settings.state / "ledger.db"):
        (kept if path.exists() else created).append(_shown(path, folder))
    _open_all(settings, clock)
    return InitResult(tuple(created), tuple(kept))


def _files(folder: Path) -> list[tuple[Path, str]]:
    sequences = folder / "sequences"
    wanted = [(folder / "cadence.toml", starter.SETTINGS), (folder / ".cadence" / ".gitignore", starter.IGNORE)]
    if sequences.is_dir() and any(sequences.glob("*.y*ml")) and not (sequences / "welcome.yaml").exists():
        return wanted
    return [
        *wanted,
        (sequences / "welcome.yaml", starter.SEQUENCE),
        (sequences / "calendars" / "office.yaml", starter.CALENDAR),
    ]


def _open_all(settings: Settings, clock: Clock) -> None:
    from cadence.config import LOCAL, TargetSettings
    from cadence.ledger import open_ledger

    async def open_once() -> None:
        async with open_target(settings, TargetSettings(LOCAL), clock):
            pass

    run(open_once())
    open_ledger(settings.ledger_url).close()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be made: {error.strerror}", hint="check the path and its permissions"
        ) from None


def _shown(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder))
