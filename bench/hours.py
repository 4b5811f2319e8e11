"""Additions of working time, ours against businesstimedelta and pandas' CustomBusinessHour, in one run.

Monday to Friday 09:00-12:00 and 13:00-17:00 in Berlin, ten fixed holidays a year, starts spread over five years, from
10 minutes to 40 hours, spread by their logarithm. Each peer gets its best case: pandas adds whole hours only, without a
zone, from offsets built beforehand; businesstimedelta gets its rules built beforehand. Ours add scalars one by one, and
whole arrays.
"""

import random
import tracemalloc
import warnings
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from math import exp, log
from zoneinfo import ZoneInfo

import businesstimedelta
import numpy as np
import pandas
import pytz  # type: ignore[import-untyped]

from bench.figures import Figure, per_second
from goodwill.analytics.hours import WorkingTime
from goodwill.domain import hours
from goodwill.domain.hours import Calendar
from goodwill.domain.windows import micros

ZONE = ZoneInfo("Europe/Berlin")
YEARS = range(2022, 2027)
HOLIDAYS = [
    date(year, month, day)
    for year in [*YEARS, 2027]
    for month, day in [(1, 1), (1, 6), (3, 8), (5, 1), (8, 15), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26)]
]
BAR = 20.0
ARRAY_BAR = 100.0
LINEAR_BAR = 1 / 1.25  # of the speed, or of the moments a byte holds, at a tenth of the size
FEW, MANY = "goodwill, arrays of 1,000,000", "goodwill, arrays of 10,000,000"
OURS, OUR_UTC, BTD, CBH = "goodwill", "goodwill, starts in UTC", "businesstimedelta", "pandas CustomBusinessHour"


def questions(number: int) -> list[tuple[datetime, int]]:
    """Starts in local time and seconds to add; the same every time."""
    rng = random.Random(20260306)
    first = datetime(YEARS[0], 1, 1, tzinfo=ZoneInfo("UTC"))
    span = len(YEARS) * 365 * 86_400
    low, high = log(600), log(40 * 3600)
    return [
        ((first + timedelta(seconds=rng.randrange(span))).astimezone(ZONE), round(exp(rng.uniform(low, high))))
        for _ in range(number)
    ]


def ours() -> Calendar:
    """The desk, in our words."""
    windows = ((9 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    return Calendar(ZONE, (windows,) * 5 + ((), ()), frozenset(HOLIDAYS))


def our_run(asked: list[tuple[datetime, int]]) -> Callable[[], None]:
    """Ours, start by start."""
    calendar, add = ours(), hours.add

    def run() -> None:
        for start, seconds in asked:
            add(calendar, start, seconds)

    return run


def businesstimedelta_run(asked: list[tuple[datetime, int]]) -> Callable[[], None]:
    """Theirs; its zones must be pytz's."""
    zone, week = pytz.timezone(ZONE.key), [0, 1, 2, 3, 4]
    rules = businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(time(9), time(17), week, tz=zone),
            businesstimedelta.LunchTimeRule(time(12), time(13), week, tz=zone),
            businesstimedelta.HolidayRule(dict.fromkeys(HOLIDAYS, "off"), tz=zone),
        ]
    )
    prepared = [(start, businesstimedelta.BusinessTimeDelta(rules, seconds=seconds)) for start, seconds in asked]

    def run() -> None:
        for start, delta in prepared:
            start + delta

    return run


def pandas_run(asked: list[tuple[datetime, int]]) -> Callable[[], None]:
    """Theirs; whole hours, no zone."""
    offsets = {
        number: pandas.offsets.CustomBusinessHour(
            n=number, start=["09:00", "13:00"], end=["12:00", "17:00"], holidays=HOLIDAYS
        )
        for number in range(1, 41)
    }
    prepared = [
        (pandas.Timestamp(start.replace(tzinfo=None)), offsets[max(1, seconds // 3600)]) for start, seconds in asked
    ]

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for start, offset in prepared:
                start + offset

    return run


def array_run(asked: list[tuple[datetime, int]], number: int) -> Callable[[], None]:
    """Ours, in one array: the questions over and over, a second apart, compiled years built beforehand."""
    time, again = WorkingTime(ours()), np.arange(number, dtype=np.int64)
    starts = np.resize(np.array([micros(start) for start, _ in asked]), number) + again // len(asked) * 1_000_000
    seconds = np.resize(np.array([seconds for _, seconds in asked]), number)

    def run() -> None:
        time.add(starts, seconds)

    return run


def moments_a_mebibyte(run: Callable[[], None], number: int) -> float:
    """How many moments are added for each MiB that the run takes at its peak."""
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return number / (peak / 2**20)


def arrays(asked: list[tuple[datetime, int]]) -> list[Figure]:
    """Additions per CPU second in arrays, a hundred times businesstimedelta; no slower, no larger at ten times that."""
    sizes = {FEW: 1_000_000, MANY: 10_000_000}
    found, rooms = [], []
    for name, number in sizes.items():
        run = array_run(asked, number)
        speed = per_second(run, number)
        found.append(Figure(name, speed, "additions/s", BTD, ARRAY_BAR))
        rooms.append(Figure(f"{name}: room", moments_a_mebibyte(run, number), "moments/MiB"))
    few, many = found
    small, large = rooms
    return [
        *found,
        Figure("ten times as many: speed", many.value, many.unit, few.name, LINEAR_BAR),
        small,
        Figure(large.name, large.value, large.unit, small.name, LINEAR_BAR),
    ]


def measure() -> list[Figure]:
    """Additions per CPU second on one core; ours must be twenty times the faster peer, in arrays a hundred times."""
    many, some, few = questions(50_000), questions(2_000), questions(200)
    in_utc = [(start.astimezone(ZoneInfo("UTC")), seconds) for start, seconds in many]
    unit = "additions/s"
    theirs = {
        BTD: per_second(businesstimedelta_run(few), len(few)),
        CBH: per_second(pandas_run(some), len(some)),
    }
    faster = max(theirs, key=lambda name: theirs[name])
    return [
        *(Figure(name, value, unit) for name, value in theirs.items()),
        Figure(OURS, per_second(our_run(many), len(many)), unit, faster, BAR),
        Figure(OUR_UTC, per_second(our_run(in_utc), len(many)), unit, faster, BAR),
        *arrays(many),
    ]
