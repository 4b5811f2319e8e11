"""The sweep: each promise is broken once, in silence or warned, and told to wake when its reading changes next."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from goodwill.actions import promises, sweeps
from goodwill.actions.promises import Draft
from goodwill.adapters import schedules
from goodwill.domain.promises import read_clock
from goodwill.domain.records import PromiseKind
from goodwill.domain.targets import BusinessDays, Day, Moment, Policy, Seconds, Target
from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def sweep(at: datetime) -> sweeps.Swept:
    ids = list(Promise.objects.waking(at).values_list("pk", flat=True))
    return sweeps.check(ids, at=at)


def entries(kind: str) -> int:
    return JournalEntry.objects.filter(kind=kind).count()


def test_a_promise_is_broken_after_its_due_moment_and_not_at_it(cast: Cast) -> None:
    promise = cast.promise()
    sweep(promise.due_at)
    promise.refresh_from_db()
    assert (promise.outcome, promise.standing, promise.wakes_at) == ("open", "at_risk", promise.due_at + TICK)
    sweep(promise.due_at + TICK)
    promise.refresh_from_db()
    assert (promise.outcome, promise.standing, promise.wakes_at) == ("broken_silent", "late", None)
    assert (promise.broken_at, promise.settled_at) == (promise.due_at, None)


def test_a_break_happened_when_it_was_due_however_late_it_was_noticed(cast: Cast) -> None:
    promise = cast.promise()
    sweep(NOW + 90 * HOUR)
    entry = JournalEntry.objects.get(kind="promise_broken")
    assert (entry.at, entry.recorded_at) == (promise.due_at, NOW + 90 * HOUR)


def test_a_warned_promise_breaks_as_warned_with_its_lead(cast: Cast) -> None:
    promise = cast.promise(warned_at=NOW)
    sweep(NOW + 3 * HOUR)
    promise.refresh_from_db()
    assert promise.outcome == "broken_warned"
    assert JournalEntry.objects.get(kind="promise_broken").facts["lead_seconds"] == 7200


def test_a_second_look_finds_nothing_to_do(cast: Cast) -> None:
    promise = cast.promise()
    first = sweeps.check([promise.pk], at=NOW + 3 * HOUR)
    second = sweeps.check([promise.pk], at=NOW + 4 * HOUR)
    assert (first.broken, second.broken, second.seen) == (1, 0, 0)
    assert entries("promise_broken") == 1


def test_a_promise_kept_meanwhile_is_left_alone(cast: Cast) -> None:
    promise = cast.promise()
    Promise.objects.update(outcome="kept", settled_at=NOW)
    assert sweeps.check([promise.pk], at=NOW + 3 * HOUR).seen == 0
    assert not JournalEntry.objects.exists()


def test_history_nobody_watched_is_never_broken_by_the_clock(cast: Cast) -> None:
    promise = cast.promise(is_history=True, wakes_at=None, due_at=NOW - 100 * HOUR)
    assert sweeps.check([promise.pk], at=NOW).seen == 0
    promise.refresh_from_db()
    assert promise.outcome == "open"


def test_time_running_out_is_told_once(cast: Cast) -> None:
    promise = promises.make(
        cast.buyer.pk,
        Draft(PromiseKind.ANSWER, "answer", Moment(NOW + 100 * HOUR)),
        by=cast.viewer(cast.agent),
        at=NOW,
    )
    assert isinstance(promise, Promise)
    assert (promise.standing, promise.wakes_at) == ("on_time", NOW + 75 * HOUR)
    assert sweep(NOW + 75 * HOUR).at_risk == 1
    promise.refresh_from_db()
    assert (promise.standing, promise.wakes_at) == ("at_risk", promise.due_at + TICK)
    assert sweeps.check([promise.pk], at=NOW + 80 * HOUR).at_risk == 0
    assert JournalEntry.objects.get(kind="promise_at_risk").facts["because"] == "time"


def test_what_depends_on_a_late_one_is_at_risk_however_far_down(cast: Cast) -> None:
    truck = cast.promise()
    far = NOW + 500 * HOUR
    direct = cast.promise(depends_on=truck, due_at=far)
    indirect = cast.promise(depends_on=direct, due_at=far)
    free = cast.promise(due_at=far)
    assert sweep(NOW + 3 * HOUR).at_risk == 2
    standings = dict(Promise.objects.values_list("pk", "standing"))
    assert [standings[p.pk] for p in (direct, indirect, free)] == ["at_risk", "at_risk", "on_time"]
    Promise.objects.filter(pk=direct.pk).update(wakes_at=NOW)
    sweeps.check([direct.pk], at=NOW + 4 * HOUR)
    direct.refresh_from_db()
    assert direct.standing == "at_risk"


def test_a_ring_of_dependence_ends(cast: Cast) -> None:
    first = cast.promise()
    second = cast.promise(depends_on=first, due_at=NOW + 500 * HOUR, wakes_at=NOW)
    Promise.objects.filter(pk=first.pk).update(depends_on=second)
    sweep(NOW + 3 * HOUR)
    second.refresh_from_db()
    assert second.standing == "at_risk"


def test_danger_that_is_over_is_over(cast: Cast) -> None:
    from goodwill.actions import settling

    truck = cast.promise()
    below = cast.promise(depends_on=truck, due_at=NOW + 500 * HOUR)
    sweep(NOW + 3 * HOUR)
    settling.keep(truck.pk, by=cast.viewer(cast.head), at=NOW + 4 * HOUR)
    sweep(NOW + 4 * HOUR)
    below.refresh_from_db()
    assert (below.standing, below.outcome) == ("on_time", "open")


def test_more_than_one_transaction_s_worth_is_swept_whole(cast: Cast) -> None:
    mould = cast.promise()
    Promise.objects.bulk_create([_copy(mould) for _ in range(2_300)])
    assert sweep(NOW + 3 * HOUR).broken == 2_301
    assert entries("promise_broken") == 2_301
    assert not Promise.objects.filter(wakes_at__isnull=False).exists()


def _copy(promise: Promise) -> Promise:
    fields = {f.attname: getattr(promise, f.attname) for f in Promise._meta.concrete_fields if f.attname != "id"}
    return Promise(**fields)


@pytest.mark.parametrize("seed", range(12))
def test_swept_at_any_moments_the_row_says_what_its_clock_says(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    start = datetime(2026, 3, 26, 8, 0, tzinfo=UTC)
    targets: list[Target] = [
        Seconds(chance.randrange(1, 200) * 900),
        BusinessDays(chance.randrange(1, 6)),
        Moment(start + timedelta(minutes=chance.randrange(1, 9_000))),
        Day(date(2026, 3, 26) + timedelta(days=chance.randrange(0, 6)), ZoneInfo("Europe/Berlin")),
    ]
    made = [
        promises.make(cast.buyer.pk, Draft(PromiseKind.OTHER, "x", target), by=cast.viewer(cast.agent), at=start)
        for target in targets
    ]
    at = start
    for _ in range(25):
        at += timedelta(seconds=chance.randrange(1, 40_000))
        sweep(at)
        for promise in made:
            assert isinstance(promise, Promise)
            promise.refresh_from_db()
            record = promise.record()
            schedule = schedules.of(cast.calendar.facts(), zone=promise.zone, at=at)
            read = read_clock(record.terms(schedule, Policy()), record.events(), at=at)
            assert (promise.outcome, promise.standing) == (read.outcome, read.standing), (promise.target_kind, at)
            assert promise.due_at == read.due_at
