"""The simulated firm's calendar: two years of days with their demand, told in whole minutes from their beginning."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from goodwill.domain.simulated_firm import SiteFacts
from goodwill.domain.sites import Mode

DAYS = 730
"""Whole days behind the firm; the day of `at` comes after them."""
AHEAD = 60
DAY = 1440
WEEKDAYS: Mapping[Mode, tuple[float, ...]] = {
    Mode.STORE: (0.8, 0.8, 0.9, 1.0, 1.3, 1.7, 0.0),
    Mode.WHOLESALE: (1.3, 1.1, 1.0, 1.0, 0.8, 0.0, 0.0),
    Mode.WEB_SHOP: (1.1, 0.9, 0.9, 0.9, 0.8, 1.0, 1.4),
    Mode.SERVICE: (1.2, 1.0, 1.0, 1.0, 0.9, 0.0, 0.0),
}
MONTHS = (1.05, 0.95, 0.95, 0.9, 0.85, 0.8, 0.75, 0.8, 1.0, 1.15, 1.25, 1.2)
OPEN: Mapping[Mode, tuple[int, int]] = {
    Mode.STORE: (10, 19),
    Mode.WHOLESALE: (8, 17),
    Mode.WEB_SHOP: (7, 24),
    Mode.SERVICE: (8, 17),
}
CHRISTMAS, CHRISTMAS_FACTOR = ((11, 20), (12, 21)), 1.6
"""Days of these dates sell more, in the store and in the web shop."""
QUIET, QUIET_FACTOR = ((12, 24), (12, 26)), 0.15
PEAK, PEAK_FACTOR = ((11, 25), (12, 31)), 1.6
"""Deliveries promised for these dates are late this many times as often, where a carrier from outside brings them."""


def is_within(day: date, dates: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    """Whether a day's month and day lie within these, both ends included."""
    first, last = dates
    return first <= (day.month, day.day) <= last


def demand(mode: Mode, day: date) -> float:
    """How much a day sells beside others, before the mean is made 1."""
    factor = WEEKDAYS[mode][day.weekday()] * MONTHS[day.month - 1]
    if is_within(day, CHRISTMAS) and mode in (Mode.STORE, Mode.WEB_SHOP):
        factor *= CHRISTMAS_FACTOR
    return factor * QUIET_FACTOR if is_within(day, QUIET) else factor


class Almanac:
    """Days from two years before `at`, by their number; moments as whole minutes since `begun`.

    Opening time is a site's time in which every minute sells alike: a mean day of it is one unit, and a customer who
    buys by chance does so evenly in it.
    """

    def __init__(self, at: datetime, sites: Sequence[SiteFacts], home: str) -> None:
        today = at.astimezone(ZoneInfo(home)).date()
        self.dates = [today + timedelta(days=n - DAYS) for n in range(DAYS + AHEAD)]
        self.begun = datetime.combine(self.dates[0], time(), UTC)
        self.now = self.minute(at)
        self.peak = [is_within(day, PEAK) for day in self.dates]
        self.midnights = {zone: [self._local(day, 0, zone) for day in self.dates] for zone in {s.zone for s in sites}}
        # from noon, so that a reading of the clock by day holds on days that have 23 or 25 hours
        self._bases = {zone: [self._local(day, 12, zone) - DAY // 2 for day in self.dates] for zone in self.midnights}
        self._spent: list[list[float]] = []
        self._bounds: list[list[tuple[int, int]]] = []
        for site in sites:
            known = [demand(site.mode, day) for day in self.dates[: DAYS + 1]]
            mean = sum(known) / len(known)
            self._spent.append([0.0, *accumulate(factor / mean for factor in known)])
            opens, closes = OPEN[site.mode]
            self._bounds.append([(base + 60 * opens, 60 * (closes - opens)) for base in self._bases[site.zone]])

    def _local(self, day: date, hour: int, zone: str) -> int:
        return self.minute(datetime.combine(day, time(hour), ZoneInfo(zone)))

    def minute(self, moment: datetime) -> int:
        """The number of the minute of a moment."""
        return int((moment - self.begun).total_seconds() // 60)

    def moment(self, minute: int) -> datetime:
        """A minute as a moment, in UTC."""
        return self.begun + timedelta(minutes=minute)

    def clock(self, zone: str, day: int, minute: int) -> int:
        """The minute at which a clock in `zone` reads this many minutes after midnight on a day."""
        return self._bases[zone][day] + minute

    def day_of(self, minute: int, zone: str) -> int:
        """The number of the local day in which a minute lies."""
        return bisect_right(self.midnights[zone], minute) - 1

    def spent(self, site: int, day: float) -> float:
        """How much opening time a site has behind it at the beginning of a day (or within it)."""
        whole = int(day)
        table = self._spent[site]
        return table[whole] + (day - whole) * (table[whole + 1] - table[whole])

    def place(self, site: int, spent: float) -> tuple[int, int] | None:
        """Day and minute at which this much opening time is over; None where that lies beyond the last day."""
        table = self._spent[site]
        day = bisect_right(table, spent) - 1
        if day > DAYS:
            return None
        opens, long = self._bounds[site][day]
        return day, opens + int((spent - table[day]) / (table[day + 1] - table[day]) * long)
