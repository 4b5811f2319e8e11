"""Days off and worked days from outside: a country's own, iCalendar files, and a firm's own list.

Everything comes back as plain days, for `hours.with_days` or a calendar's `special` windows; nothing is decided here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import icalendar
import recurring_ical_events

from goodwill.domain.fields import as_day, as_windows
from goodwill.domain.hours import HoursError, Window


@dataclass(frozen=True)
class CountryDays:
    """A country's days of some years: days off by name, and weekend days that are worked for moved ones."""

    off: dict[date, str]
    worked: frozenset[date]


@dataclass(frozen=True)
class FeedDay:
    """A day off in an iCalendar feed; an observance (St. Martin's) is marked, for it closes no shop."""

    on: date
    name: str
    is_observance: bool


@dataclass(frozen=True)
class OwnDays:
    """A firm's own days: closed ones, and those with hours of their own."""

    off: frozenset[date]
    special: dict[date, tuple[Window, ...]]


def country_days(
    country: str, years: Iterable[int], *, subdivision: str | None = None, language: str | None = None
) -> CountryDays:
    """Days off and worked weekend days of a country (ISO 3166 code), moved days included.

    Asks `is_working_day`, not membership: governments move days off onto weekdays and make Saturdays worked ones.
    Moves are known only once decreed, so future years may lack some. Raises HoursError for an unknown place.
    """
    wanted = sorted(set(years))
    try:
        known = holidays.country_holidays(country, subdiv=subdivision, years=wanted, language=language)
    except NotImplementedError:
        raise HoursError("country", "has no holidays on record for that code") from None
    off: dict[date, str] = {}
    worked: set[date] = set()
    for year in wanted:
        day = date(year, 1, 1)
        while day.year == year:
            if known.is_working_day(day):
                if known.is_weekend(day) or day.weekday() in known.weekend:
                    worked.add(day)
            elif day in known or day.weekday() not in known.weekend:
                off[day] = str(known.get(day) or "")
            day += timedelta(days=1)
    return CountryDays(off, frozenset(worked))


def feed_days(data: bytes, first: date, last: date, *, zone: ZoneInfo) -> list[FeedDay]:
    """The days off of an iCalendar file from `first` to `last`, both included, in order.

    Every day of a longer event counts, and every occurrence of a recurring one (exceptions heeded). A timed event
    counts for the local days it covers whole: a meeting closes nothing. Cancelled events are left out.
    Raises HoursError for data that cannot be read.
    """
    try:
        feed = icalendar.Calendar.from_ical(data)
        events = recurring_ical_events.of(feed).between(first, last + timedelta(days=1))
    except (ValueError, KeyError, IndexError) as problem:
        raise HoursError("file", f"is not a readable iCalendar file ({problem})") from None
    found: dict[tuple[date, str], FeedDay] = {}
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        name = str(event.get("SUMMARY", ""))
        # Google marks them so in its feeds of public holidays
        is_observance = str(event.get("DESCRIPTION", "")).startswith("Observance")
        for day in _covered(event, zone):
            if first <= day <= last:
                found[day, name] = FeedDay(day, name, is_observance)
    return sorted(found.values(), key=lambda day: (day.on, day.name))


def _covered(event: icalendar.Event, zone: ZoneInfo) -> Iterator[date]:
    """The local days an event covers from their first minute to their last."""
    begin, end = event.start, event.end
    if isinstance(begin, datetime) and isinstance(end, datetime):
        opens, closes = _local(begin, zone), _local(end, zone)
        day = opens.date() + timedelta(days=opens.time() != datetime.min.time())
        after = closes.date()
    else:
        # an end that is no later than its beginning means one day
        day, after = begin, max(end, begin + timedelta(days=1))
    while day < after:
        yield day
        day += timedelta(days=1)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return at if at.tzinfo is None else at.astimezone(zone)


def own_days(text: str) -> OwnDays:
    """A firm's own list, a day a line: `2026-12-31` is closed, `2026-12-24 09:00-12:00 13:00-15:00` has those hours.

    Blank lines and what follows a # are left out. Raises HoursError naming the line.
    """
    off: set[date] = set()
    special: dict[date, tuple[Window, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#")[0].split()
        if not words:
            continue
        here = f"line {number}"
        day = as_day(words[0], here)
        if len(words) == 1:
            off.add(day)
        else:
            special[day] = as_windows([word.split("-") for word in words[1:]], here)
    return OwnDays(frozenset(off), special)
