"""The desks whose clocks the tests read: calendars, moments in words, and short ways to ask."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import Calendar
from goodwill.domain.promises import Reading, read_clock
from goodwill.domain.schedules import Schedule, schedule_of
from goodwill.domain.targets import BusinessDays, Metric, Policy, Seconds, Target, Terms

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
UTC = ZoneInfo("UTC")
ALWAYS = ((0, 86_400),)


def window(text: str) -> tuple[int, int]:
    """09:00-17:30 as seconds after midnight."""
    opens, closes = (int(t[:2]) * 3600 + int(t[3:5]) * 60 for t in text.split("-"))
    return opens, closes


def desk(
    *windows: str, zone: ZoneInfo = BERLIN, days: str = "12345", holidays: Sequence[str] = (), **special: Sequence[str]
) -> Calendar:
    """A calendar open in these windows on these weekdays (1 = Monday); special days as `_20261224=["09:00-12:00"]`."""
    daily = tuple(window(text) for text in windows)
    return Calendar(
        zone,
        tuple(daily if str(day) in days else () for day in range(1, 8)),
        frozenset(date.fromisoformat(day) for day in holidays),
        tuple(
            sorted(
                (date(int(d[1:5]), int(d[5:7]), int(d[7:9])), tuple(map(window, texts))) for d, texts in special.items()
            )
        ),
    )


B = desk("09:00-17:00")
EASTER = desk("09:00-17:00", holidays=["2026-04-03", "2026-04-06"])


def on(text: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> datetime:
    """A local moment of 2026: "03-06 16:30" or with seconds; a full year stands as it is."""
    text = text if text[4:5] == "-" else f"2026-{text}"
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def happened(*events: str, zone: ZoneInfo = BERLIN) -> list[Event]:
    """Events in words: "start 03-04 09:00", "pause 03-04 10:00"."""
    found = []
    for text in events:
        kind, moment = text.split(" ", 1)
        found.append(Event(on(moment, zone), Kind(kind)))
    return found


def terms(target: Target | float, calendar: Calendar | Schedule = B, **policy: Any) -> Terms:
    """Terms with a target (a number is minutes), a calendar and fields of the policy; `metric` too."""
    metric = policy.pop("metric", Metric.ANY)
    schedule = calendar if isinstance(calendar, Schedule) else schedule_of(calendar)
    if isinstance(target, int | float):
        target = Seconds(target * 60)
    return Terms(target, schedule, Policy(**policy), metric)


def read(given: Terms, events: Sequence[Event], at: datetime | str) -> Reading:
    """The reading at a moment, Berlin time if in words."""
    return read_clock(given, events, at=on(at) if isinstance(at, str) else at)


def due(minutes: float, calendar: Calendar, start: datetime) -> datetime | None:
    """When a promise of so many minutes, started then and never paused, is due."""
    return read(terms(minutes, calendar), [Event(start, Kind.START)], start).due_at


def due_days(days: int, calendar: Calendar, start: datetime) -> datetime | None:
    """When a promise of so many business days, started then, is due."""
    return read(terms(BusinessDays(days), calendar), [Event(start, Kind.START)], start).due_at
