"""Calendars: opening hours and holidays, changed by a new version from a date on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction

from goodwill.adapters.calendars import country_days
from goodwill.domain import hours
from goodwill.domain.clock_cases import read_calendar
from goodwill.domain.entries import Entry
from goodwill.domain.hours import HoursError
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.calendars import Calendar, CalendarVersion

BEGINNING = date(1970, 1, 1)
"""The first version of a calendar reaches back to here: it is the only witness of the time before it."""
NAME_LENGTH = 120
_A_YEAR = timedelta(days=366)

Windows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Hours:
    """What a calendar says; the shapes are those of CalendarVersion."""

    zone: str
    weekly: Mapping[str, Windows]
    country: str = ""
    subdivision: str = ""
    holidays: list[str] = field(default_factory=list)
    special: Mapping[str, Windows] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """As the row holds them."""
        return {
            "zone": self.zone,
            "weekly": dict(self.weekly),
            "country": self.country,
            "subdivision": self.subdivision,
            "holidays": self.holidays,
            "special": dict(self.special),
        }


def judge(said: Hours, *, on: date) -> Refusal | None:
    """Why these hours cannot be kept: an unknown zone or country, or no opening within a year of a day."""
    if said.zone not in available_timezones():
        return Refusal(Reason.NOT_A_ZONE, "zone")
    if said.country:
        try:
            country_days(said.country, [on.year], subdivision=said.subdivision or None)
        except HoursError:
            return Refusal(Reason.NOT_A_CHOICE, "subdivision" if said.subdivision else "country")
    try:
        calendar = read_calendar(
            {"zone": said.zone, "weekly": said.weekly, "holidays": said.holidays, "special": said.special}
        )
        morning = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(said.zone))
        is_reached = hours.next_opening(calendar, morning) <= morning + _A_YEAR
    except HoursError:
        is_reached = False
    return None if is_reached else Refusal(Reason.UNREACHABLE_CALENDAR, "weekly")


def has_holidays(country: str) -> bool:
    """Whether a country's holidays are on record (a few small ones' are not)."""
    try:
        country_days(country, [2026])
    except HoursError:
        return False
    return True


@transaction.atomic
def add(name: str, said: Hours, *, by: Viewer, at: datetime) -> Calendar | Refusal:
    """A new calendar with its first version, which reaches back to the beginning."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if (refusal := _judge_name(name)) is not None:
        return refusal
    if (refusal := judge(said, on=at.date())) is not None:
        return refusal
    calendar = Calendar.objects.create(name=name.strip())
    version = CalendarVersion.objects.create(calendar=calendar, from_on=BEGINNING, **said.columns())
    _note(version, by=by, at=at)
    return calendar


@transaction.atomic
def change(calendar_id: int, said: Hours, *, from_on: date, by: Viewer, at: datetime) -> CalendarVersion | Refusal:
    """What the calendar says from a day on, today at the earliest; days before keep what they were judged by."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    calendar = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        return Refusal(Reason.NOT_FOUND)
    if (refusal := judge(said, on=from_on)) is not None:
        return refusal
    if from_on < _today(said, at):
        return Refusal(Reason.IN_THE_PAST, "from_on")
    version, _ = CalendarVersion.objects.update_or_create(calendar=calendar, from_on=from_on, defaults=said.columns())
    _note(version, by=by, at=at)
    return version


@transaction.atomic
def take_back(version_id: int, *, by: Viewer, at: datetime) -> Calendar | Refusal:
    """Remove a version that has not come into force yet."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    version = CalendarVersion.objects.select_for_update().select_related("calendar").filter(pk=version_id).first()
    if version is None:
        return Refusal(Reason.NOT_FOUND)
    if version.from_on <= at.astimezone(ZoneInfo(version.zone)).date():
        return Refusal(Reason.ALREADY_SETTLED)
    calendar, from_on = version.calendar, version.from_on
    version.delete()
    journal.write(
        Entry.CALENDAR_CHANGED, by=by, at=at, calendar_id=calendar.pk, from_on=from_on.isoformat(), taken_back=1
    )
    return calendar


@transaction.atomic
def rename(calendar_id: int, name: str, *, by: Viewer, at: datetime) -> Calendar | Refusal:
    """Call a calendar by another name."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    calendar = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        return Refusal(Reason.NOT_FOUND)
    if (refusal := _judge_name(name, but=calendar_id)) is not None:
        return refusal
    if calendar.name != name.strip():
        calendar.name = name.strip()
        calendar.save(update_fields=["name"])
        journal.write(Entry.CALENDAR_CHANGED, by=by, at=at, calendar_id=calendar.pk, field="name")
    return calendar


def _judge_name(name: str, *, but: int | None = None) -> Refusal | None:
    name = name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if Calendar.objects.filter(name=name).exclude(pk=but or 0).exists():
        return Refusal(Reason.ALREADY_USED, "name")
    return None


def _today(said: Hours, at: datetime) -> date:
    return at.astimezone(ZoneInfo(said.zone)).date()


def _note(version: CalendarVersion, *, by: Viewer, at: datetime) -> None:
    journal.write(
        Entry.CALENDAR_CHANGED,
        by=by,
        at=at,
        calendar_id=version.calendar_id,
        version_id=version.pk,
        from_on=version.from_on.isoformat(),
    )
