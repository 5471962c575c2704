"""A folder of calendars, one a file, with the lock of their holidays beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cadence.diagnostics import Finding, Place
from cadence.errors import CalendarError
from cadence.files.reading import read, try_read
from cadence.sequence.parse import parse_calendar
from cadence.timing.calendar import BusinessCalendar

if TYPE_CHECKING:
    from cadence.timing.lock import HolidayLock

__all__ = [
    "LOCK",
    "SUFFIXES",
    "CalendarFolder",
    "calendars_beside",
    "load_calendar",
    "load_calendars",
    "read_lock",
    "write_lock",
]

LOCK = "holidays.lock.json"
SUFFIXES = (".yaml", ".yml")


class CalendarFolder(Mapping[str, BusinessCalendar]):
    """The calendars of a folder by name, which is the file's name; each is read when it is first asked for.

    So a calendar with an error stops only those who use it. Getting one raises CalendarError with its findings.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths = {path.stem: path for path in _yaml_files(folder)}
        self._loaded: dict[str, BusinessCalendar] = {}

    def __getitem__(self, name: str) -> BusinessCalendar:
        if name not in self._loaded:
            self._loaded[name] = load_calendar(self._paths[name], lock=self.lock)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def lock(self) -> HolidayLock | None:
        """The lock of their holidays; None where there is none."""
        if not hasattr(self, "_lock"):
            self._lock = read_lock(self.folder)
        return self._lock


def _yaml_files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES and not path.name.startswith("."))
    except OSError:
        return []  # no folder: no calendars, and a sequence that names one says so


def calendars_beside(path: Path, otherwise: Path | None = None) -> CalendarFolder:
    """Return the calendars that a sequence at *path* may name.

    They are in the folder `calendars` beside it, or one level up, or in *otherwise*: the first of these that is there.
    """
    folders = [path.parent / "calendars", path.parent.parent / "calendars", *([otherwise] if otherwise else [])]
    return CalendarFolder(next((folder for folder in folders if folder.is_dir()), folders[0]))


def load_calendars(folder: Path | str) -> Mapping[str, BusinessCalendar]:
    """Return the calendars of *folder* by name, reading each when it is first used.

    The holidays of regions and years that `holidays.lock.json` in the folder covers are taken from it. Raises
    CalendarError where the folder is not there; getting a calendar from the result raises it for the calendar's errors.
    """
    root = Path(folder)
    if not root.is_dir():
        what = "is not a folder" if root.exists() else "is not there"
        raise CalendarError(
            f"the calendars folder {root} {what}", hint="name the folder that holds the calendars' files"
        )
    return CalendarFolder(root)


def load_calendar(path: Path | str, *, lock: HolidayLock | None = None) -> BusinessCalendar:
    """Return the calendar of one file. Raises CalendarError with all findings."""
    file = Path(path)
    calendar = parse_calendar(read(file), path=str(file), lock=lock)
    wrong = wrong_name(calendar, file)
    if wrong is not None:
        raise CalendarError(wrong.message, hint=wrong.hint, findings=[wrong])
    return calendar


def wrong_name(calendar: BusinessCalendar, path: Path) -> Finding | None:
    """Return the finding for a calendar that is named otherwise than its file: sequences refer to it by that."""
    if calendar.name == path.stem:
        return None
    message = f"calendar '{calendar.name}' is in a file named '{path.name}'"
    return Finding("calendar-file-name", message, Place(str(path), 1, 1), f"name the file '{calendar.name}.yaml'")


def read_lock(folder: Path) -> HolidayLock | None:
    """Return the holiday lock of *folder*, or None where there is none. Raises CalendarError for a damaged one."""
    from cadence.timing.lock import HolidayLock  # noqa: PLC0415 - only where calendars have regions

    path = folder / LOCK
    content = try_read(path)
    if isinstance(content, Finding):
        if content.code == "no-such-file":
            return None
        raise CalendarError(f"{path} {content.message}", hint=content.hint, findings=[content])
    try:
        return HolidayLock.from_json(content.decode())
    except UnicodeDecodeError as error:
        raise CalendarError(f"{path} is not UTF-8", hint="run `cadence calendar lock` to write it again") from error
    except CalendarError as error:
        raise CalendarError(f"{path}: {error.message}", hint=error.hint) from error


def write_lock(folder: Path, lock: HolidayLock) -> Path:
    """Write the holiday lock into *folder* and return its path. Raises ConfigError where it cannot be written."""
    from cadence.files.writing import write_text  # noqa: PLC0415 - plans write nothing

    path = folder / LOCK
    write_text(path, lock.to_json())
    return path
