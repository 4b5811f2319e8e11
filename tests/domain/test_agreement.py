"""The engine agrees with a walker that asks the wall clock at every step, in twelve zones and across their changes."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.histories import Event, Kind
from goodwill.domain.hours import Calendar
from goodwill.domain.promises import read_clock
from goodwill.domain.schedules import schedule_of
from goodwill.domain.targets import Seconds, Terms
from tests.domain.walker import Found, Rota, Walk, change_of_clock, flags, walk

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "America/St_Johns", "Australia/Lord_Howe",
    "Australia/Sydney", "Pacific/Auckland", "America/Santiago", "America/Havana", "Atlantic/Azores",
    "Asia/Jerusalem", "Africa/Cairo",
)  # fmt: skip
SEASONS = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 8, 20, tzinfo=UTC))
BY_MINUTE, BY_SECOND = 9_500, 500


def changes(zone: str) -> list[datetime]:
    """The moments at which the zone's clock moves in 2026, one way and the other."""
    found = [change_of_clock(zone, season, 80) for season in SEASONS]
    return [change for change in found if change is not None]


def a_rota(zone: str, rng: random.Random, begin: datetime, grain: int) -> Rota:
    """Hours of any shape: several windows, overlapping ones, over midnight, half days, holidays."""

    def a_window() -> tuple[int, int]:
        low = rng.randrange(0, 86_400, grain)
        length = rng.choice([rng.randrange(grain, 86_400, grain), rng.randrange(grain, 6 * 3600, grain * 5)])
        return low, low + length if low + length <= 86_400 else low + min(length, 86_400)

    weekly = [[a_window() for _ in range(rng.choice([0, 1, 1, 2, 3]))] for _ in range(7)]
    weekly[rng.randrange(7)].append((0, 86_400))
    days = [begin.date() + timedelta(days=day) for day in range(-1, 33)]
    closed = set(rng.sample(days, 3))
    special: dict[date, list[tuple[int, int]]] = {rng.choice(days): [a_window()] for _ in range(2)}
    return Rota(zone, weekly, closed, special)


def as_calendar(rota: Rota) -> Calendar:
    """The same hours for the engine: a close beyond midnight is written as one at or before its opening."""

    def written(windows: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        return tuple((low, high if high <= 86_400 else high - 86_400) for low, high in windows)

    return Calendar(
        ZoneInfo(rota.zone),
        tuple(written(windows) for windows in rota.weekly),
        frozenset(rota.closed),
        tuple(sorted((day, written(windows)) for day, windows in rota.special.items())),
    )


def a_history(rng: random.Random, steps: int) -> Walk:
    start = rng.randrange(steps // 2)
    at = start + rng.randrange(steps // 3)

    def stretch() -> tuple[int, int | None]:
        begin = start + rng.randrange(steps // 4)
        return begin, None if rng.random() < 0.1 else begin + rng.randrange(steps // 8)

    pauses = [stretch() for _ in range(rng.choice([0, 0, 1, 2, 4]))]
    stops: list[tuple[int, int | None]] = []
    moment = start
    for _ in range(rng.choice([0, 0, 1, 1, 2])):
        moment += 1 + rng.randrange(steps // 8)
        reopened = moment + 1 + rng.randrange(steps // 10)
        stops.append((moment, reopened))
        moment = reopened
    if stops and rng.random() < 0.7:
        stops[-1] = (stops[-1][0], None)
    return Walk(start, 1 + rng.randrange(max(steps // 12, 1)), pauses, stops, at)


def as_events(history: Walk, begin: datetime, step: int, rng: random.Random) -> list[Event]:
    def moment(steps: int) -> datetime:
        return begin + timedelta(seconds=steps * step)

    events = [Event(moment(history.start), Kind.START)]
    for pairs, opens, closes in ((history.pauses, Kind.PAUSE, Kind.RESUME), (history.stops, Kind.STOP, Kind.REOPEN)):
        for low, high in pairs:
            events.append(Event(moment(low), opens))
            if high is not None:
                events.append(Event(moment(high), closes))
    rng.shuffle(events)
    return events


def compare(calendar: Calendar, open_steps: bytes, begin: datetime, step: int, rng: random.Random) -> bool:
    """One random history, engine against walker; False where the walk ends before its due moment."""
    history = a_history(rng, len(open_steps))
    found: Found = walk(open_steps, history)
    reading = read_clock(
        Terms(Seconds(history.target * step), schedule_of(calendar)),
        as_events(history, begin, step, rng),
        at=begin + timedelta(seconds=history.at * step),
    )
    told = f"{calendar.zone.key} {history} {found}"
    assert reading.used_seconds == found.used * step, told
    assert reading.outcome == found.outcome, told
    if found.due_is_comparable and found.due is not None:
        # in UTC, for Python holds moments of two zones unequal inside a repeated hour
        assert reading.due_at is not None
        assert reading.due_at.astimezone(UTC) == begin + timedelta(seconds=found.due * step), told
        return True
    return False


@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_agrees_with_the_walker_by_the_minute(zone: str) -> None:
    rng = random.Random(f"minute {zone}")
    compared = 0
    for change in changes(zone):
        begin = (change - timedelta(days=12)).replace(hour=0)
        for _ in range(2):
            rota = a_rota(zone, rng, begin, 60)
            calendar, open_steps = as_calendar(rota), flags(rota, begin, 28 * 1440, 60)
            compared += sum(
                compare(calendar, open_steps, begin, 60, rng) for _ in range(BY_MINUTE // len(ZONES) // 4 + 1)
            )
    assert compared > BY_MINUTE // len(ZONES) // 2


@pytest.mark.parametrize("zone", ZONES)
def test_the_engine_agrees_with_the_walker_by_the_second_across_a_change_of_clock(zone: str) -> None:
    rng = random.Random(f"second {zone}")
    for change in changes(zone):
        begin = change - timedelta(hours=18)
        rota = a_rota(zone, rng, begin, 1)
        calendar, open_steps = as_calendar(rota), flags(rota, begin, 2 * 86_400, 1)
        for _ in range(BY_SECOND // len(ZONES) // 2 + 1):
            compare(calendar, open_steps, begin, 1, rng)


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_changes_its_clock_both_ways_in_the_walk(zone: str) -> None:
    assert len(changes(zone)) == 2
