"""Public holidays by region, from the `holidays` package, which is imported only when it is asked (it takes 200 ms)."""

from __future__ import annotations

from functools import lru_cache

from cadence.errors import CalendarError
from cadence.timing.civil import day_of

__all__ = ["check_region", "holidays_version", "region_holidays", "region_names"]

# Without a language the package takes the one it was last asked for, so names would depend on what ran before.
_LANGUAGE = "en_US"


def holidays_version() -> str:
    """Return the version of the installed `holidays` package, without importing it."""
    from importlib.metadata import version  # noqa: PLC0415 - not needed by most commands

    return version("holidays")


@lru_cache(maxsize=256)
def region_holidays(region: str, first_year: int, last_year: int) -> dict[int, str]:
    """Return the public holidays of *region* ("US", "US-CA") by day, both years included.

    The neighbouring years are computed too, as an observed day may lie in the year before its holiday (New Year's Day
    2028 is observed on 2027-12-31). Do not change the result: it is cached. Raises CalendarError for an unknown region.
    """
    import holidays  # noqa: PLC0415 - takes 200 ms

    country, subdivision = check_region(region)
    years = range(first_year - 1, last_year + 2)
    known = holidays.country_holidays(country, subdiv=subdivision, years=years, expand=False, language=_LANGUAGE)
    return {day_of(on): name for on, name in sorted(known.items()) if first_year <= on.year <= last_year}


def check_region(region: str) -> tuple[str, str | None]:
    """Return country and subdivision of *region*. Raises CalendarError with what was probably meant."""
    from holidays import list_supported_countries  # noqa: PLC0415 - takes 200 ms

    country, _, subdivision = region.partition("-")
    countries = list_supported_countries()
    if country not in countries or (subdivision and subdivision not in countries[country]):
        raise _unknown(region, country, countries)
    return country, subdivision or None


def region_names() -> tuple[str, ...]:
    """Return all regions that can be named: countries, and countries with a subdivision."""
    from holidays import list_supported_countries  # noqa: PLC0415 - takes 200 ms

    countries = list_supported_countries()
    return tuple(sorted({*countries, *(f"{country}-{part}" for country, parts in countries.items() for part in parts)}))


def _unknown(region: str, country: str, countries: dict[str, list[str]]) -> CalendarError:
    from cadence.diagnostics import did_you_mean, suggest  # noqa: PLC0415 - only when something is wrong

    if country in countries:
        inside = [f"{country}-{part}" for part in countries[country]]
        hint = did_you_mean(region, inside) or f"'{country}' alone has its national holidays"
    else:
        best = suggest(region, (name for name in region_names() if _is_alpha_2(name)))
        hint = f"did you mean '{best}'?" if best else "write an ISO 3166 code, as 'US' or 'US-CA'"
    return CalendarError(f"unknown holiday region '{region}'", hint=hint)


def _is_alpha_2(region: str) -> bool:
    return len(region.partition("-")[0]) == 2  # noqa: PLR2004 - ISO 3166-1 alpha-2, rather than its other forms
