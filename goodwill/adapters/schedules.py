"""Schedules: a calendar's dated versions, with the country's own days added, as the hours that count."""

import json
from datetime import datetime
from functools import lru_cache

from goodwill.adapters.calendars import country_days
from goodwill.domain.clock_cases import read_calendar
from goodwill.domain.hours import Calendar, with_days
from goodwill.domain.schedules import Schedule, schedule_of, versions
from goodwill.domain.versions import HoursVersion

_YEARS_BACK, _YEARS_AHEAD = 10, 3


def of(dated: tuple[HoursVersion, ...], *, zone: str, at: datetime) -> Schedule:
    """The schedule of these versions; without any, every hour of `zone` counts.

    A country's days are known from ten years before `at` to three years after. Raises HoursError for a version that
    cannot be worked with.
    """
    if not dated:
        return _always(zone)
    return _built(dated, at.year)


@lru_cache(maxsize=256)
def _built(dated: tuple[HoursVersion, ...], year: int) -> Schedule:
    return versions([(version.from_on, _calendar(version, year)) for version in dated])


def _calendar(version: HoursVersion, year: int) -> Calendar:
    calendar = read_calendar(
        {
            "zone": version.zone,
            "weekly": json.loads(version.weekly),
            "holidays": list(version.holidays),
            "special": json.loads(version.special),
        }
    )
    if not version.country:
        return calendar
    years = range(year - _YEARS_BACK, year + _YEARS_AHEAD + 1)
    days = country_days(version.country, years, subdivision=version.subdivision or None)
    return with_days(calendar, holidays=days.off, worked=days.worked)


@lru_cache(maxsize=64)
def _always(zone: str) -> Schedule:
    week = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    return schedule_of(read_calendar({"zone": zone, "weekly": week}))
