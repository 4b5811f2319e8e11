"""A calendar's open hours as UTC intervals with running totals, so that adding working time is two binary searches.

The definition: an instant is open when its wall-clock reading in the zone falls inside a window of that local day.
So windows are merged on the local clock first, and then cut to each stretch of constant offset. A reading that occurs
twice is found in two stretches and counts twice; one that is skipped is found in none and counts not at all.
Instants are whole microseconds since 1970 UTC: floats would miss "used up exactly at closing" by a hair.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

SECOND = 1_000_000
DAY_SECONDS = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Working time is defined between these years. A target not reached by then is refused, not sought for ever.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_PROBE = 6 * 3600  # no zone has ever changed its offset twice within six hours

Window = tuple[int, int]
"""Opening and closing in seconds after local midnight; a close beyond 86,400 lies on the next day."""


def micros(moment: datetime) -> int:
    """Microseconds from 1970 UTC to an aware moment."""
    since = moment - EPOCH
    return (since.days * DAY_SECONDS + since.seconds) * SECOND + since.microseconds


def moment(instant: int, zone: ZoneInfo) -> datetime:
    """The aware datetime of an instant, read in a zone."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(zone)


def year_start(year: int) -> int:
    """The instant at which a year begins in UTC."""
    return local_midnight(date(year, 1, 1))


def local_midnight(day: date) -> int:
    """Local microseconds (since a local 1970) at which a day begins."""
    return (day.toordinal() - _EPOCH_DAY) * DAY_SECONDS * SECOND


def _offset(zone: ZoneInfo, second: int) -> int:
    read = datetime.fromtimestamp(second, zone).utcoffset()
    assert read is not None  # noqa: S101  a ZoneInfo always knows
    return read.days * DAY_SECONDS + read.seconds


@lru_cache(maxsize=4096)
def stretches(zone: ZoneInfo, year: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches of constant offset in a UTC year: (from second, to second, offset in seconds)."""
    begin, end = year_start(year) // SECOND, year_start(year + 1) // SECOND
    found: list[tuple[int, int, int]] = []
    opened, offset = begin, _offset(zone, begin)
    # the last second, too: some zone's clock was set anew within six hours of a year's end
    for low, high in pairwise((*range(begin, end, _PROBE), end - 1)):
        then = _offset(zone, high)
        if then != offset:
            # the first second of the new offset, by halving
            while high - low > 1:
                middle = (low + high) // 2
                if _offset(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            found.append((opened, high, offset))
            opened, offset = high, then
    found.append((opened, end, offset))
    return tuple(found)


def instant_of(zone: ZoneInfo, local: int, *, last: bool = False) -> int:
    """The instant at which a local clock reads `local` (microseconds since a local 1970).

    Of two such instants the first, or the `last`; where the clock skips the reading, the first instant after the skip.
    """
    reading = datetime(1970, 1, 1, tzinfo=zone) + timedelta(microseconds=local)
    instant = micros(reading.replace(fold=1 if last else 0))
    if _local(zone, instant) == local:
        return instant
    later = micros(reading.replace(fold=0))  # in a skip, fold 0 reads with the old offset and lands after it
    second = later // SECOND
    year = moment(later, zone).astimezone(UTC).year
    return next(begin for begin, end, _ in stretches(zone, year) if begin <= second < end) * SECOND


def _local(zone: ZoneInfo, instant: int) -> int:
    return instant + _offset(zone, instant // SECOND) * SECOND


def merged(intervals: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of half-open intervals, sorted; what overlaps or touches is one."""
    union: list[tuple[int, int]] = []
    for low, high in sorted(intervals):
        if union and low <= union[-1][1]:
            if high > union[-1][1]:
                union[-1] = (union[-1][0], high)
        else:
            union.append((low, high))
    return union


@dataclass(frozen=True)
class Table:
    """Open intervals of whole UTC years `first..last`, ascending, and the open time before each.

    `opens[i]` is an instant; `totals[i]` the open microseconds before it, with one more entry at the end; `starts[i]`
    is `opens[i]` as a local datetime, or None where a clock set back makes the local reading ambiguous inside.
    """

    first: int
    last: int
    opens: list[int]
    totals: list[int]
    starts: list[datetime | None]

    def before(self, instant: int) -> int:
        """Open microseconds from the table's origin to an instant inside its years."""
        at = bisect_right(self.opens, instant) - 1
        if at < 0:
            return self.totals[0]
        return min(self.totals[at] + instant - self.opens[at], self.totals[at + 1])

    def when(self, total: int) -> int:
        """The first instant at which the open time since the origin equals `total`: totals[0] < total <= totals[-1]."""
        at = bisect_left(self.totals, total) - 1
        return self.opens[at] + total - self.totals[at]

    def spans(self, begin: int, end: int) -> list[tuple[int, int]]:
        """The open intervals inside [begin, end); intervals that touch are one."""
        found: list[tuple[int, int]] = []
        for at in range(max(bisect_right(self.opens, begin) - 1, 0), bisect_left(self.opens, end)):
            low = max(self.opens[at], begin)
            high = min(self.opens[at] + self.totals[at + 1] - self.totals[at], end)
            if low < high:
                found.append((low, high))
        return merged(found)


DayWindows = Callable[[date], Sequence[Window]]


def compile_year(zone: ZoneInfo, windows_of: DayWindows, year: int) -> Table:
    """The open intervals of one UTC year."""
    first = date(year, 1, 1).toordinal()
    after = date(year + 1, 1, 1).toordinal()
    local: list[tuple[int, int]] = []
    # three days back and two on: an offset is up to a day, and a window may run on over midnight
    for ordinal in range(first - 3, after + 2):
        midnight = (ordinal - _EPOCH_DAY) * DAY_SECONDS
        local.extend((midnight + low, midnight + high) for low, high in windows_of(date.fromordinal(ordinal)))
    table = Table(year, year, [], [0], [])
    readings = merged(local)
    was: int | None = None
    for begin, end, offset in stretches(zone, year):
        if was is None:
            was = _offset(zone, begin - 1)
        # after a clock is set back, readings repeat for as long as it was set back
        repeats_until = begin + max(was - offset, 0)
        was = offset
        for low, high in readings:
            opens, closes = max(low - offset, begin), min(high - offset, end)
            if opens < closes:
                table.opens.append(opens * SECOND)
                table.totals.append(table.totals[-1] + (closes - opens) * SECOND)
                table.starts.append(None if opens < repeats_until else datetime.fromtimestamp(opens, zone))
    return table


def joined(tables: Sequence[Table]) -> Table:
    """Tables of neighbouring years, in order, as one; the first one's origin stands."""
    whole = Table(tables[0].first, tables[-1].last, [], [0], [])
    for table in tables:
        shift = whole.totals[-1]
        whole.opens.extend(table.opens)
        whole.totals.extend(total + shift for total in table.totals[1:])
        whole.starts.extend(table.starts)
    return whole
