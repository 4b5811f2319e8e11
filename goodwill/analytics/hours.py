"""Working time for whole arrays: the promise engine's arithmetic, to the microsecond, at the speed of two searches.

A schedule's calendars are compiled to open intervals in UTC with the open time before each, once; adding time and
measuring it are then binary searches. Moments are int64 microseconds since 1970 UTC (or datetime64, read as UTC), the
answers are int64 microseconds; shapes broadcast as NumPy's do.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from goodwill.analytics.wall_clocks import Micros, as_instants, instants_of, readings_of
from goodwill.domain.hours import Calendar, HoursError
from goodwill.domain.schedules import Schedule, schedule_of
from goodwill.domain.windows import (
    DAY_SECONDS,
    FIRST_YEAR,
    LAST_YEAR,
    SECOND,
    instant_of,
    local_midnight,
    year_start,
)

_CHUNK = 1 << 16  # moments worked on at once: what they need between two searches stays in the cache
_LONGEST = (LAST_YEAR + 1 - FIRST_YEAR) * 366 * DAY_SECONDS
_DAY = DAY_SECONDS * SECOND
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class _Compiled:
    """Open intervals of whole UTC years: `opens[i]` an instant, `totals[i]` the open time before it, one more at last.

    Where nothing is open there is one interval of no length.
    """

    first: int
    last: int
    opens: Micros
    totals: Micros

    def before(self, instants: Micros) -> Micros:
        """Open microseconds from the first interval to each instant."""
        at = np.searchsorted(self.opens, instants, side="right") - 1
        np.maximum(at, 0, out=at)
        since = self.totals[at] + instants - self.opens[at]
        np.maximum(since, 0, out=since)
        found: Micros = np.minimum(since, self.totals[at + 1], out=since)
        return found

    def when(self, totals: Micros) -> Micros:
        """The first instant at which so much is used up: at closing, not at the next opening."""
        at = np.searchsorted(self.totals, totals, side="left") - 1
        np.maximum(at, 0, out=at)
        found: Micros = self.opens[at] + totals - self.totals[at]
        return found


class WorkingTime:
    """The arithmetic of one calendar or schedule, whose compiled years are kept from question to question."""

    def __init__(self, hours: Calendar | Schedule) -> None:
        self.schedule = schedule_of(hours) if isinstance(hours, Calendar) else hours
        self._compiled: _Compiled | None = None

    def add(self, starts: object, seconds: object) -> Micros:
        """The first instant at which `seconds` of open time have passed since each start; the start itself for none.

        Raises HoursError for NaT, negative or missing seconds, and where the calendar closes for good too soon.
        """
        begun, spend = np.broadcast_arrays(as_instants(starts, "starts"), _micros(seconds))
        due = np.empty(begun.shape, dtype=np.int64)
        if not due.size:
            return due
        flat, spent, ends = begun.reshape(-1), spend.reshape(-1), due.reshape(-1)
        table = self._table(int(flat.min()), int(flat.max()))
        for low in range(0, flat.size, _CHUNK):
            part = slice(low, low + _CHUNK)
            wanted = table.before(flat[part]) + spent[part]
            none = spent[part] == 0
            most = int(np.max(wanted, where=~none, initial=0))
            if most > int(table.totals[-1]):
                # a longer table begins where this one does, so that what is wanted stands
                table = self._reaching(table, most)
            ends[part] = np.where(none, flat[part], table.when(wanted))
        return due

    def between(self, begins: object, ends: object) -> Micros:
        """Open microseconds from each begin to its end; negative where the end is the earlier. Raises HoursError."""
        low, high = np.broadcast_arrays(as_instants(begins, "begins"), as_instants(ends, "ends"))
        spent = np.empty(low.shape, dtype=np.int64)
        if not spent.size:
            return spent
        table = self._table(int(min(low.min(), high.min())), int(max(low.max(), high.max())))
        flat, to, found = low.reshape(-1), high.reshape(-1), spent.reshape(-1)
        for begin in range(0, flat.size, _CHUNK):
            part = slice(begin, begin + _CHUNK)
            found[part] = table.before(to[part]) - table.before(flat[part])
        return spent

    def after_business_days(self, starts: object, days: object) -> Micros:
        """The same local time on the n-th later working day; where closed then, the end of that day's last window.

        Raises HoursError for NaT, for numbers of days below one, and where the calendar runs out of working days.
        """
        counts = np.asarray(days)
        if counts.size and (counts.dtype.kind not in "iu" or counts.min() < 1):
            raise HoursError("days", "are whole numbers from 1")
        begun, wanted = np.broadcast_arrays(as_instants(starts, "starts"), counts.astype(np.int64))
        due = np.empty(begun.shape, dtype=np.int64)
        flat, many, ends = begun.reshape(-1), wanted.reshape(-1), due.reshape(-1)
        later = np.array([piece.starts for piece in self.schedule.pieces[1:]], dtype=np.int64)
        ours = np.searchsorted(later, flat, side="right")
        for place in np.unique(ours):
            chosen = ours == place
            ends[chosen] = self._after(self.schedule.pieces[place].calendar, flat[chosen], many[chosen])
        return due

    def _after(self, calendar: Calendar, starts: Micros, days: Micros) -> Micros:
        """Starts under one calendar, whose zone says what day and time it is."""
        readings = readings_of(calendar.zone, starts)
        today, clocks = np.divmod(readings, _DAY)
        worked, closes, calendars = self._worked_days(calendar, today, days)
        place = np.searchsorted(worked, today, side="right") + days - 1
        due = np.empty(starts.shape, dtype=np.int64)
        which = np.array([calendars.index(one) for one in calendars], dtype=np.int64)[place]
        for index in np.unique(which):
            own, chosen = calendars[index], which == index
            at = instants_of(own.zone, worked[place[chosen]] * _DAY + clocks[chosen])
            is_open = WorkingTime(own).between(at, at + 1) > 0
            due[chosen] = np.where(is_open, at, closes[place[chosen]])
        return due

    def _worked_days(self, calendar: Calendar, today: Micros, days: Micros) -> tuple[Micros, Micros, list[Calendar]]:
        """The working days after the first start's, enough for all: days since 1970, last closings, calendars."""
        worked: list[int] = []
        closes: list[int] = []
        calendars: list[Calendar] = []
        day, last = int(today.min()), int(today.max())
        needed: int | None = None
        while needed is None or len(worked) < needed:
            day += 1
            if needed is None and day > last:
                needed = int((np.searchsorted(worked, today, side="right") + days).max())
            if day >= year_start(LAST_YEAR + 1) // _DAY:
                raise HoursError("target.business_days", "the calendar has too few working days")
            on = date.fromordinal(_EPOCH_DAY + day)
            own = self.schedule.calendar_at(instant_of(calendar.zone, local_midnight(on)))
            hours = own.hours_on(on)
            if hours is not None:
                worked.append(day)
                closes.append(hours[1])
                calendars.append(own)
        return np.array(worked, dtype=np.int64), np.array(closes, dtype=np.int64), calendars

    def _table(self, first: int, last: int) -> _Compiled:
        low, high = _year(first), _year(last)
        known = self._compiled
        if known is None or low < known.first or high > known.last:
            low, high = (low, high) if known is None else (min(low, known.first), max(high, known.last))
            known = self._compiled = self._compile(low, high)
        return known

    def _reaching(self, table: _Compiled, most: int) -> _Compiled:
        """The table with as many more years as it takes to hold so much open time."""
        calendar = self.schedule.pieces[-1].calendar
        ends = LAST_YEAR
        if not any(calendar.weekly):
            ends = max(max(day for day, _ in calendar.special).year, _year(self.schedule.pieces[-1].starts) - 1)
        ahead = 1
        while most > int(table.totals[-1]):
            if table.last > ends:
                raise HoursError("calendar", "closes for good before the target is used up")
            if table.last == LAST_YEAR:
                raise HoursError("target", f"is not used up before the year {LAST_YEAR + 1}")
            table = self._compiled = self._compile(table.first, min(table.last + ahead, LAST_YEAR))
            ahead *= 2
        return table

    def _compile(self, first: int, last: int) -> _Compiled:
        """Each piece's open intervals, cut to the time in which it is in force."""
        begin, end = year_start(first), year_start(last + 1)
        pieces = self.schedule.pieces
        starts = [begin, *(min(max(piece.starts, begin), end) for piece in pieces[1:]), end]
        opens: list[Micros] = [np.empty(0, dtype=np.int64)]
        closes: list[Micros] = [np.empty(0, dtype=np.int64)]
        for piece, low, high in zip(pieces, starts, starts[1:], strict=False):
            if low < high:
                table = piece.calendar.table(low, high - 1)
                own = np.array(table.opens, dtype=np.int64)
                totals = np.array(table.totals, dtype=np.int64)
                ends = own + totals[1:] - totals[:-1]
                own, ends = np.maximum(own, low), np.minimum(ends, high)
                opens.append(own[own < ends])
                closes.append(ends[own < ends])
        opened, closed = np.concatenate(opens), np.concatenate(closes)
        if not opened.size:
            opened = closed = np.array([begin], dtype=np.int64)
        return _Compiled(first, last, opened, np.append(0, np.cumsum(closed - opened)))


def add(hours: Calendar | Schedule, starts: object, seconds: object) -> Micros:
    """`WorkingTime(hours).add`, for one question."""
    return WorkingTime(hours).add(starts, seconds)


def between(hours: Calendar | Schedule, begins: object, ends: object) -> Micros:
    """`WorkingTime(hours).between`, for one question."""
    return WorkingTime(hours).between(begins, ends)


def after_business_days(hours: Calendar | Schedule, starts: object, days: object) -> Micros:
    """`WorkingTime(hours).after_business_days`, for one question."""
    return WorkingTime(hours).after_business_days(starts, days)


def _micros(seconds: object) -> Micros:
    given: npt.NDArray[Any] = np.asarray(seconds)
    if given.dtype.kind not in "iuf":
        raise HoursError("seconds", "are not numbers")
    if given.size and not (given.min() >= 0 and given.max() <= _LONGEST):
        raise HoursError("seconds", "cannot be negative, missing, or more than three centuries")
    if given.dtype.kind == "f":
        # as the scalar engine: the nearest microsecond, halves to even
        found: Micros = np.rint(given.astype(np.float64) * SECOND).astype(np.int64)
        return found
    whole: Micros = given.astype(np.int64) * SECOND
    return whole


def _year(instant: int) -> int:
    return int(np.datetime64(instant, "us").astype("datetime64[Y]").astype(np.int64)) + 1970
