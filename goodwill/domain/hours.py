"""Working time: when a calendar is open, how much open time lies between two moments, and when some is used up."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from goodwill.domain.windows import (
    DAY_SECONDS,
    EPOCH,
    FIRST_YEAR,
    LAST_YEAR,
    SECOND,
    Table,
    Window,
    compile_year,
    instant_of,
    joined,
    local_midnight,
    micros,
    moment,
    year_start,
)

__all__ = ["Calendar", "HoursError", "Window", "add", "between", "is_open", "next_opening", "with_days"]

_WEEK = 7


class HoursError(ValueError):
    """A calendar or moment that cannot be worked with; `field` names the culprit, `message` says why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@dataclass(frozen=True)
class Calendar:
    """The hours in which time counts, on the local clock of one zone.

    `weekly` has seven entries, Monday first; a window is (open, close) in seconds after midnight, close up to 86,400; a
    close at or before its open runs over midnight and belongs to the day it opens. `special` windows replace a date's
    ordinary ones, be it a holiday or not: none at all means closed. Windows may overlap and count once.
    Raises HoursError for a malformed window and for a calendar that never opens.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Window, ...], ...]
    holidays: frozenset[date] = frozenset()
    special: tuple[tuple[date, tuple[Window, ...]], ...] = ()
    name: str = ""
    _compiled: list[Table] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.weekly) != _WEEK:
            raise HoursError("weekly", "has seven days, Monday first")
        for windows in self.weekly:
            _check(windows, "weekly")
        for _, windows in self.special:
            _check(windows, "special")
        if any(self.weekly):
            return
        # Nothing ordinary: the special days must hold open time, which a clock change can swallow.
        if not any(self.hours_on(day) for day, _ in self.special):
            raise HoursError("calendar", "no window ever opens")

    @cached_property
    def _own(self) -> dict[date, tuple[Window, ...]]:
        own: dict[date, tuple[Window, ...]] = dict.fromkeys(self.holidays, ())
        own.update((day, _over_midnight(windows)) for day, windows in self.special)
        return own

    @cached_property
    def _ordinary(self) -> tuple[tuple[Window, ...], ...]:
        return tuple(_over_midnight(windows) for windows in self.weekly)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that open on a local day; a close beyond 86,400 lies on the next day."""
        own = self._own.get(day)
        return self._ordinary[day.weekday()] if own is None else own

    def hours_on(self, day: date) -> tuple[int, int] | None:
        """First opening and last closing of a day as instants; None where it holds no open time at all."""
        windows = self.windows_on(day)
        if not windows:
            return None
        midnight = local_midnight(day)
        opens = instant_of(self.zone, midnight + min(low for low, _ in windows) * SECOND)
        closes = instant_of(self.zone, midnight + max(high for _, high in windows) * SECOND, last=True)
        return (opens, closes) if opens < closes else None

    def table(self, first: int, last: int) -> Table:
        """The compiled years covering instants `first` and `last`; compiled once and kept.

        Raises HoursError outside the years for which working time is defined.
        """
        low, high = _year_of(first), _year_of(last)
        known = self._compiled[0] if self._compiled else self._year(low)
        if known.first <= low and high <= known.last:
            table = known
        else:
            earlier = [self._year(year) for year in range(low, known.first)]
            later = [self._year(year) for year in range(known.last + 1, high + 1)]
            table = joined([*earlier, known, *later])
        # One assignment of a finished table: threads may compile the same year twice, but never see half of one.
        self._compiled[:] = [table]
        return table

    def _year(self, year: int) -> Table:
        return compile_year(self.zone, self.windows_on, year)

    def reach(self, start: int, spend: int) -> int:
        """The first instant at which `spend` open microseconds have passed since `start`; start itself for none."""
        if spend == 0:
            return start
        table = self.table(start, start)
        while (wanted := table.before(start) + spend) > table.totals[-1]:
            if not any(self.weekly) and table.last > max(day for day, _ in self.special).year:
                raise HoursError("calendar", "closes for good before the target is used up")
            if table.last == LAST_YEAR:
                raise HoursError("target", f"is not used up before the year {LAST_YEAR + 1}")
            table = self.table(start, year_start(table.last + 1))
        return table.when(wanted)

    def spent(self, begin: int, end: int) -> int:
        """Open microseconds between two instants; negative when `end` lies before `begin`."""
        table = self.table(min(begin, end), max(begin, end))
        return table.before(end) - table.before(begin)

    def spans(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The open intervals between two instants, ascending; touching ones are one."""
        return self.table(begin, max(begin, end)).spans(begin, end)


def add(calendar: Calendar, start: datetime, seconds: float) -> datetime:
    """The first instant at which `seconds` of open time have passed since `start`, in the calendar's zone.

    Time used up exactly at closing ends at closing, not next morning; no seconds at all end at `start`.
    Raises HoursError for a naive start, negative seconds, or a calendar that closes for good too soon.
    """
    # This is the hot path of back-tests: the same arithmetic as Table.before and Table.when, without the calls.
    try:
        since = start - EPOCH
    except TypeError:
        raise HoursError("start", "needs an offset from UTC") from None
    instant = (since.days * DAY_SECONDS + since.seconds) * SECOND + since.microseconds
    spend = round(seconds * SECOND)
    if spend > 0 and calendar._compiled:
        table = calendar._compiled[0]
        opens, totals = table.opens, table.totals
        at = bisect_right(opens, instant) - 1
        if at >= 0:
            wanted = totals[at] + instant - opens[at]
            wanted = (wanted if wanted < totals[at + 1] else totals[at + 1]) + spend
            if wanted <= totals[-1]:
                at = bisect_left(totals, wanted, at) - 1
                opened = table.starts[at]
                if opened is not None:
                    return opened + timedelta(0, 0, wanted - totals[at])
    if spend < 0:
        raise HoursError("seconds", "cannot be negative")
    return moment(calendar.reach(instant, spend), calendar.zone)


def between(calendar: Calendar, begin: datetime, end: datetime) -> float:
    """Open seconds between two moments; negative when `end` is the earlier. Raises HoursError for naive moments."""
    return seconds_of(calendar.spent(_aware(begin, "begin"), _aware(end, "end")))


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the calendar is open at a moment; at a closing it is closed."""
    instant = _aware(at, "at")
    return calendar.spent(instant, instant + 1) > 0


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """The first open moment at or after `at`. Raises HoursError where the calendar has closed for good."""
    return moment(calendar.reach(_aware(at, "at"), 1) - 1, calendar.zone)


def with_days(
    calendar: Calendar, *, holidays: Iterable[date] = (), worked: Iterable[date] = (), like: int | None = None
) -> Calendar:
    """The calendar with further holidays, and with `worked` days (a moved working Saturday) given ordinary hours.

    `like` is the weekday (0 = Monday) whose hours a worked day keeps; by default the first weekday that has any.
    Special hours already set for a date stand.
    """
    if like is None:
        like = next((day for day, windows in enumerate(calendar.weekly) if windows), 0)
    special = dict.fromkeys(worked, calendar.weekly[like]) | dict(calendar.special)
    return replace(calendar, holidays=calendar.holidays | frozenset(holidays), special=tuple(sorted(special.items())))


def seconds_of(spent: int) -> float:
    """Microseconds as seconds: an int where they are whole."""
    whole, rest = divmod(spent, SECOND)
    return spent / SECOND if rest else whole


def _aware(at: datetime, name: str) -> int:
    if at.utcoffset() is None:
        raise HoursError(name, "needs an offset from UTC")
    return micros(at)


def _check(windows: Iterable[Window], name: str) -> None:
    for opens, closes in windows:
        if not (0 <= opens < DAY_SECONDS and 0 <= closes <= DAY_SECONDS):
            raise HoursError(name, "a window opens from 00:00 to 23:59:59 and closes by 24:00")


def _over_midnight(windows: Iterable[Window]) -> tuple[Window, ...]:
    return tuple((low, high if high > low else high + DAY_SECONDS) for low, high in windows)


def _year_of(instant: int) -> int:
    if not year_start(FIRST_YEAR) <= instant < year_start(LAST_YEAR + 1):
        raise HoursError("at", f"working time is defined from {FIRST_YEAR} to {LAST_YEAR}")
    return (EPOCH + timedelta(microseconds=instant)).year
