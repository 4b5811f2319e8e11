"""Versions of opening hours by date, as facts: what a calendar says from a day on."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class HoursVersion:
    """What a calendar says from `from_on`; `weekly` and `special` are JSON text, so that equal versions are equal.

    `weekly` is {"mon": [["09:00", "17:00"]], ...}, `special` {"2026-12-24": [["09:00", "12:00"]]}; `holidays` are ISO
    days; `country` (ISO 3166) and `subdivision` add the country's own days, moved and worked ones included.
    """

    from_on: date
    zone: str
    weekly: str
    country: str = ""
    subdivision: str = ""
    holidays: tuple[str, ...] = ()
    special: str = "{}"
