"""Calendars as the settings show them: their versions, and the days to come with what each is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from goodwill.adapters.calendars import country_days, feed_days
from goodwill.domain.hours import HoursError
from goodwill.domain.opening_hours import DAYS, write_windows
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.firms import Firm

AHEAD = 30
"""How many days the preview shows."""
_FEED_AHEAD = timedelta(days=3 * 366)
_MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class DayAhead:
    """A day of the preview: its windows as written (blank: closed) and why it differs from its weekday."""

    on: date
    windows: str
    holiday: str
    """The holiday's name; blank where none."""
    is_own: bool
    """A holiday or special hours of the firm's own."""
    is_worked: bool
    """A weekend day that the country works."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version: from when, and what it says."""

    id: int
    from_on: date
    zone: str
    weekly: dict[str, list[list[str]]]
    country: str
    subdivision: str
    holidays: list[str]
    special: dict[str, list[list[str]]]
    is_in_force: bool
    is_ahead: bool
    is_first: bool


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar in the list."""

    id: int
    name: str
    zone: str
    runs: tuple[tuple[str, str, str], ...]
    """Its opening hours in short: (first day, last day, hours) of days that are alike and follow each other."""
    site_names: tuple[str, ...]
    is_firms: bool


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """A calendar with its versions, newest first, and the days ahead."""

    id: int
    name: str
    versions: tuple[VersionRow, ...]
    ahead: tuple[DayAhead, ...]
    site_names: tuple[str, ...]
    is_firms: bool

    @property
    def in_force(self) -> VersionRow:
        """What the calendar says today."""
        return next(version for version in self.versions if version.is_in_force)


def listed(viewer: Viewer, *, at: datetime) -> list[CalendarRow]:
    """Every calendar by name, with what it says today."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return []
    firm = Firm.the()
    found = []
    for calendar in Calendar.objects.prefetch_related("versions", "sites").order_by("name", "pk"):
        version = _in_force(list(calendar.versions.all()), at)
        if version is None:
            continue
        found.append(
            CalendarRow(
                id=calendar.pk,
                name=calendar.name,
                zone=version.zone,
                runs=_runs(version.weekly),
                site_names=tuple(sorted(site.name for site in calendar.sites.all())),
                is_firms=firm is not None and firm.calendar_id == calendar.pk,
            )
        )
    return found


def shown(viewer: Viewer, calendar_id: int, *, at: datetime, language: str = "en") -> CalendarPage | None:
    """One calendar; None as if absent. Holidays are named in the language, where their country names them so."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return None
    calendar = Calendar.objects.prefetch_related("versions", "sites").filter(pk=calendar_id).first()
    if calendar is None:
        return None
    versions = sorted(calendar.versions.all(), key=lambda version: version.from_on, reverse=True)
    in_force = _in_force(versions, at)
    if in_force is None:
        return None
    firm = Firm.the()
    today = at.astimezone(ZoneInfo(in_force.zone)).date()
    return CalendarPage(
        id=calendar.pk,
        name=calendar.name,
        versions=tuple(
            VersionRow(
                id=version.pk,
                from_on=version.from_on,
                zone=version.zone,
                weekly=version.weekly,
                country=version.country,
                subdivision=version.subdivision,
                holidays=version.holidays,
                special=version.special,
                is_in_force=version is in_force,
                is_ahead=version.from_on > today,
                is_first=version is versions[-1],
            )
            for version in versions
        ),
        ahead=tuple(_ahead(versions, today, language)),
        site_names=tuple(sorted(site.name for site in calendar.sites.all())),
        is_firms=firm is not None and firm.calendar_id == calendar.pk,
    )


def days_in_file(viewer: Viewer, data: bytes, *, zone: str, at: datetime) -> list[tuple[str, str]] | Refusal:
    """The days off of an iCalendar file from today on for three years, as (ISO date, name); observances left out."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if len(data) > _MOST_BYTES:
        return Refusal(Reason.NOT_A_CALENDAR_FILE, "file")
    place = ZoneInfo(zone)
    today = at.astimezone(place).date()
    try:
        days = feed_days(data, today, today + _FEED_AHEAD, zone=place)
    except HoursError:
        return Refusal(Reason.NOT_A_CALENDAR_FILE, "file")
    return [(day.on.isoformat(), day.name) for day in days if not day.is_observance]


def _in_force(versions: list[CalendarVersion], at: datetime) -> CalendarVersion | None:
    """The newest version begun by now; the oldest where none has, for it reaches back."""
    newest_first = sorted(versions, key=lambda version: version.from_on, reverse=True)
    begun = (v for v in newest_first if v.from_on <= at.astimezone(ZoneInfo(v.zone)).date())
    return next(begun, newest_first[-1] if newest_first else None)


def _ahead(versions: list[CalendarVersion], today: date, language: str) -> list[DayAhead]:
    found = []
    known: dict[tuple[str, str], tuple[dict[date, str], frozenset[date]]] = {}
    for day in (today + timedelta(days=n) for n in range(AHEAD)):
        version = next((v for v in versions if v.from_on <= day), versions[-1])
        place = (version.country, version.subdivision)
        if place not in known:
            known[place] = _country(place, today, language)
        found.append(_day(version, day, *known[place]))
    return found


def _country(place: tuple[str, str], today: date, language: str) -> tuple[dict[date, str], frozenset[date]]:
    country, subdivision = place
    if not country:
        return {}, frozenset()
    years = {today.year, (today + timedelta(days=AHEAD)).year}
    days = country_days(country, years, subdivision=subdivision or None, language=language)
    return days.off, days.worked


def _day(version: CalendarVersion, day: date, off: dict[date, str], worked: frozenset[date]) -> DayAhead:
    iso = day.isoformat()
    ordinary = version.weekly.get(DAYS[day.weekday()], [])
    if iso in version.special:
        return DayAhead(day, write_windows(version.special[iso]), off.get(day, ""), True, False)
    if iso in version.holidays:
        return DayAhead(day, "", off.get(day, ""), True, False)
    if day in off:
        return DayAhead(day, "", off[day], False, False)
    if day in worked and not ordinary:
        first: list[list[str]] = next((version.weekly[name] for name in DAYS if version.weekly.get(name)), [])
        return DayAhead(day, write_windows(first), "", False, True)
    return DayAhead(day, write_windows(ordinary), "", False, False)


def _runs(weekly: dict[str, list[list[str]]]) -> tuple[tuple[str, str, str], ...]:
    """Days that are alike and follow each other: (first day, last day, hours); closed ones are left out."""
    runs: list[tuple[str, str, str]] = []
    for day in DAYS:
        hours = write_windows(weekly.get(day, []))
        if runs and runs[-1][2] == hours and DAYS.index(runs[-1][1]) == DAYS.index(day) - 1:
            runs[-1] = (runs[-1][0], day, hours)
        elif hours:
            runs.append((day, day, hours))
    return tuple(runs)
