"""Wall clocks: how long something took by the clock on a zone's wall, exactly, and a million times in half a second.

From 20:00 to 08:00 is half a day to a customer on any night of the year. Instants are whole microseconds since 1970
UTC, days are counted from 1970.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

from goodwill.domain.windows import DAY_SECONDS, FIRST_YEAR, LAST_YEAR, SECOND, moment, stretches, year_start

HOUR, DAY = 3_600 * SECOND, DAY_SECONDS * SECOND
_MICRO = timedelta(microseconds=1)


class WallClock:
    """The clock of one zone. What it learns of a year, it keeps.

    `skipped_midnights` are the midnights that the clock skips, of the years it has read: by the instant that means one,
    its day and by how many microseconds the clock reads more then.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._begins: list[int] = []  # of the stretches of constant offset, and the end of the last of them
        self._offsets: list[int] = []
        self.skipped_midnights: dict[int, tuple[int, int]] = {}

    def between(self, begin: int, end: int) -> int:
        """Microseconds between the readings at two instants; negative where the second reads earlier."""
        begins = self._begins
        at = bisect_right(begins, begin)
        # nearly always no clock change lies between the two
        if at < len(begins) and begins[at - 1] <= end < begins[at]:
            return end - begin
        return end - begin + self._offset(end) - self._offset(begin)

    def until(self, begin: int, end: int, day: int) -> int:
        """The same up to what was promised for a day, at the instant `end`.

        Midnight does not exist on a day whose clocks spring forward at midnight: what was promised for it reads 01:00
        when it comes back, and means 00:00.
        """
        read = self.between(begin, end)
        if end in self.skipped_midnights:
            skipped_on, more = self.skipped_midnights[end]
            return read - more if skipped_on == day else read
        return read

    def _offset(self, instant: int) -> int:
        if not self._begins or not self._begins[0] <= instant < self._begins[-1]:
            year = moment(instant, self._zone).astimezone(UTC).year
            if not FIRST_YEAR <= year <= LAST_YEAR:
                offset = moment(instant, self._zone).utcoffset()
                assert offset is not None  # noqa: S101  a ZoneInfo always knows
                return offset // _MICRO
            self._learn(year)
        return self._offsets[bisect_right(self._begins, instant) - 1]

    def _learn(self, year: int) -> None:
        """This year, and those between it and the ones that are known."""
        first, last = year, year
        if self._begins:
            first = min(year, moment(self._begins[0], self._zone).astimezone(UTC).year)
            last = max(year, moment(self._begins[-1] - 1, self._zone).astimezone(UTC).year)
        pieces = [piece for each in range(first, last + 1) for piece in stretches(self._zone, each)]
        self._begins = [begin * SECOND for begin, _, _ in pieces] + [year_start(last + 1)]
        self._offsets = [offset * SECOND for _, _, offset in pieces]
        for (_, changed, before), (_, _, after) in pairwise(pieces):
            local, more = (changed + before) * SECOND, (after - before) * SECOND
            midnight = -(-local // DAY) * DAY
            if local <= midnight < local + more:
                self.skipped_midnights[midnight - before * SECOND] = midnight // DAY, more


class WallClocks(dict[str, WallClock]):
    """Clocks by the names of their zones, each made when it is first asked for."""

    def __missing__(self, name: str) -> WallClock:
        clock = self[name] = WallClock(ZoneInfo(name))
        return clock


def median_of(lengths: Sequence[int], unit: int) -> float | None:
    """The median of whole numbers, in so large a unit; None of none."""
    if not lengths:
        return None
    middle = len(lengths) // 2
    both = sorted(lengths)[middle - 1 + len(lengths) % 2 : middle + 1]
    return median(length / unit for length in both)
