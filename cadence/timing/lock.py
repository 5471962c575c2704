"""The holiday lock: holidays frozen into a file, so that a plan does not change with a package."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from cadence.errors import CalendarError
from cadence.frozen import dataclass
from cadence.timing.civil import date_of, day_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["HolidayLock", "LockChange", "lock_holidays"]

_HINT = "run `cadence calendar lock` to write it again"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class LockChange:
    """One holiday that differs: `was` None means added, `now` None removed, both renamed."""

    region: str
    on: date
    was: str | None
    now: str | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `renamed`."""
        return "added" if self.was is None else "removed" if self.now is None else "renamed"

    def __str__(self) -> str:
        names = f"{self.was} -> {self.now}" if self.kind == "renamed" else self.was or self.now
        return f"{self.kind} {self.region} {self.on} {names}"


@dataclass(frozen=True, slots=True)
class HolidayLock:
    """The holidays of `regions` in all years from `first_year` to `last_year`, by region and date.

    `package` is the version of the `holidays` package they were taken from.
    """

    package: str
    first_year: int
    last_year: int
    regions: Mapping[str, Mapping[date, str]]

    def covers(self, region: str, year: int) -> bool:
        """Whether the holidays of *region* in *year* are all here."""
        return region in self.regions and self.first_year <= year <= self.last_year

    def names_in(self, region: str, year: int) -> dict[int, str]:
        """Return the holidays of *region* in *year* by day; empty where it is not covered."""
        return {day_of(on): name for on, name in self.regions.get(region, {}).items() if on.year == year}

    def diff(self, newer: HolidayLock) -> tuple[LockChange, ...]:
        """Return what *newer* says otherwise of the regions and years that both cover, by region and date."""
        first, last = max(self.first_year, newer.first_year), min(self.last_year, newer.last_year)
        shared = sorted(self.regions.keys() & newer.regions.keys())
        return tuple(
            change
            for region in shared
            for change in _changes(region, self.regions[region], newer.regions[region])
            if first <= change.on.year <= last
        )

    def to_json(self) -> str:
        """Return the file's text: sorted, indented, with a final newline."""
        import json  # noqa: PLC0415 - only when a lock is written

        regions = {
            region: {str(on): names[on] for on in sorted(names)} for region, names in sorted(self.regions.items())
        }
        years = [self.first_year, self.last_year]
        content = {"version": _VERSION, "package": self.package, "years": years, "regions": regions}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str) -> HolidayLock:
        """Return the lock that *text* holds. Raises CalendarError for anything else."""
        import json  # noqa: PLC0415 - only when a lock is read

        try:
            content = json.loads(text)
        except ValueError as error:
            raise CalendarError(f"the holiday lock is not JSON: {error}", hint=_HINT) from error
        except RecursionError as error:
            raise CalendarError("the holiday lock is nested too deeply to be one", hint=_HINT) from error
        return _from_content(content)


def _from_content(content: Any) -> HolidayLock:
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        version = content.get("version") if isinstance(content, dict) else None
        raise CalendarError(f"the holiday lock has version '{version}', expected '{_VERSION}'", hint=_HINT)
    try:
        first, last = map(int, content["years"])
        regions = {
            str(region): {date.fromisoformat(on): str(name) for on, name in names.items()}
            for region, names in content["regions"].items()
        }
        return HolidayLock(str(content["package"]), first, last, regions)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalendarError(f"the holiday lock is damaged: {error!r}", hint=_HINT) from error


def _changes(region: str, old: Mapping[date, str], new: Mapping[date, str]) -> Iterable[LockChange]:
    for on in sorted(old.keys() | new.keys()):
        was, now = old.get(on), new.get(on)
        if was != now:
            yield LockChange(region, on, was, now)


def lock_holidays(regions: Iterable[str], first_year: int, last_year: int) -> HolidayLock:
    """Return the lock of *regions* as the installed `holidays` package knows them. Raises CalendarError."""
    from cadence.timing.holidays import holidays_version, region_holidays  # noqa: PLC0415 - imports the package

    found = {
        region: {date_of(day): name for day, name in region_holidays(region, first_year, last_year).items()}
        for region in sorted(set(regions))
    }
    return HolidayLock(holidays_version(), first_year, last_year, found)
