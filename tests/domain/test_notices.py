"""Who is told of what, and how many alike become one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain import notices
from goodwill.domain.entries import Entry
from goodwill.domain.notices import ALONE, STALE, Around, Happened, Kind, Pile, Telling, Why

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWES, CHIEF, OWNER, DEPUTY, BEGAN, OTHER = 1, 2, 3, 4, 5, 6
ALL = Around(owner_id=OWNER, deputy_id=DEPUTY, owes_id=OWES, chief_id=CHIEF, began_id=BEGAN)
OF_PROMISES = (Entry.PROMISE_AT_RISK, Entry.PROMISE_BROKEN, Entry.PROMISE_WITHDRAWN, Entry.PROMISE_CORRECTED)


def happened(kind: Entry, *, actor: int | None = None, promise: int | None = None, **facts: Any) -> Happened:
    promise = 7 if kind in OF_PROMISES else promise
    return Happened(1, kind.value, NOW, NOW, actor, customer_id=9, promise_id=promise, import_id=8, facts=facts)


def told(entry: Happened, around: Around = ALL) -> dict[int, Telling]:
    return {telling.person_id: telling for telling in notices.tell(entry, around)}


@pytest.mark.parametrize("kind", OF_PROMISES)
def test_of_a_promise_are_told_who_owes_it_the_units_chief_and_who_answers_for_the_customer(kind: Entry) -> None:
    reasons = {person: telling.why for person, telling in told(happened(kind)).items()}
    assert reasons == {OWES: Why.OWES, CHIEF: Why.CHIEF, OWNER: Why.OWNER, DEPUTY: Why.DEPUTY}


@pytest.mark.parametrize(
    ("entry", "kind", "code"),
    [
        (happened(Entry.PROMISE_AT_RISK, because="depends"), Kind.PROMISE_AT_RISK, "depends"),
        (happened(Entry.PROMISE_AT_RISK), Kind.PROMISE_AT_RISK, "time"),
        (happened(Entry.PROMISE_BROKEN, outcome="broken_silent"), Kind.PROMISE_BROKEN, "broken_silent"),
        (happened(Entry.PROMISE_BROKEN), Kind.PROMISE_BROKEN, "broken_unrecorded"),
        (happened(Entry.PROMISE_WITHDRAWN, reason="changed_by_agreement"), Kind.PROMISE_CHANGED, "moved"),
        (happened(Entry.PROMISE_WITHDRAWN, reason="cancelled"), Kind.PROMISE_CHANGED, "withdrawn"),
        (happened(Entry.PROMISE_CORRECTED), Kind.PROMISE_CHANGED, "corrected"),
        (happened(Entry.OWNER_CHANGED, owner_id=OWNER, owner_was=OTHER), Kind.CUSTOMER_GIVEN, "owner"),
        (happened(Entry.OWNER_CHANGED, was=OTHER, now=OWNER, handed_over=1), Kind.CUSTOMER_GIVEN, "owner"),
        (happened(Entry.CUSTOMER_ADDED, owner_id=OWNER), Kind.CUSTOMER_GIVEN, "owner"),
        (
            happened(Entry.INTERACTION_RECORDED, direction="from_customer", channel="phone"),
            Kind.CUSTOMER_HEARD,
            "phone",
        ),
        (happened(Entry.INTERACTION_RECORDED, direction="from_customer"), Kind.CUSTOMER_HEARD, "other"),
        (happened(Entry.PURCHASE_RATED, overall=2, scale=5), Kind.RATED_LOW, "low"),
        (happened(Entry.PURCHASE_RATED, product_score=9, service_score=4, scale=10), Kind.RATED_LOW, "low"),
    ],
)
def test_the_owner_is_told_what_happened_in_one_finer_word(entry: Happened, kind: Kind, code: str) -> None:
    telling = told(entry)[OWNER]
    assert (telling.kind, telling.code) == (kind, code)


@pytest.mark.parametrize(
    "entry",
    [
        happened(Entry.INTERACTION_RECORDED, direction="to_customer"),
        happened(Entry.INTERACTION_RECORDED, direction="from_customer", is_mailing=True),
        happened(Entry.PURCHASE_RATED, overall=3, scale=5),
        happened(Entry.PURCHASE_RATED, overall=None, scale=5),
        happened(Entry.PURCHASE_RATED, overall=1),
        happened(Entry.PROMISE_MADE),
        happened(Entry.PROMISE_KEPT),
        happened(Entry.SIGNED_IN),
        Happened(1, "a_kind_of_a_later_version", NOW, NOW, customer_id=9),
    ],
)
def test_what_is_no_news_is_told_to_nobody(entry: Happened) -> None:
    assert told(entry) == {}


def test_only_the_new_owner_and_the_new_deputy_are_told_that_a_customer_is_theirs() -> None:
    entry = happened(Entry.OWNER_CHANGED, owner_id=OWNER, owner_was=OWNER, deputy_id=OTHER, deputy_was=DEPUTY)
    assert [(t.person_id, t.why, t.code) for t in notices.tell(entry, ALL)] == [(OTHER, Why.DEPUTY, "deputy")]
    assert told(happened(Entry.OWNER_CHANGED, owner_id=None, owner_was=OWNER)) == {}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (happened(Entry.IMPORT_FINISHED, actor=BEGAN, good=5, bad=0, held=0), "finished"),
        (happened(Entry.IMPORT_FINISHED, actor=BEGAN, good=5, bad=0, held=1), "bad_rows"),
        (happened(Entry.IMPORT_FAILED, actor=BEGAN), "failed"),
    ],
)
def test_whoever_began_an_import_is_told_how_it_ended(entry: Happened, code: str) -> None:
    assert told(entry) == {BEGAN: Telling(BEGAN, Kind.IMPORT_ENDED, Why.STARTED, code)}
    assert told(entry, Around()) == {}


def test_of_history_of_the_customers_own_promises_and_of_the_erased_nobody_is_told() -> None:
    entry = happened(Entry.PROMISE_BROKEN, outcome="broken_silent")
    for around in (
        Around(owner_id=OWNER, is_history=True),
        Around(owner_id=OWNER, is_ours=False),
        Around(owner_id=OWNER, is_erased=True),
    ):
        assert told(entry, around) == {}
    rated = happened(Entry.PURCHASE_RATED, overall=1, scale=5)
    assert told(rated, Around(owner_id=OWNER, is_history=True))  # a promise's history is not the rating's


people = st.none() | st.integers(1, 6)
entries = st.sampled_from(
    [
        happened(kind, direction="from_customer", overall=1, scale=5, owner_id=OWNER, deputy_id=DEPUTY)
        for kind in Entry
        if kind not in (Entry.IMPORT_FINISHED, Entry.IMPORT_FAILED)
    ]
)


@given(entries, st.builds(Around, people, people, people, people, people), st.integers(1, 6))
def test_nobody_is_told_of_own_acts_and_nobody_twice(entry: Happened, around: Around, actor: int) -> None:
    mine = Happened(1, entry.kind, NOW, NOW, actor, 9, entry.promise_id, 8, entry.facts)
    reached = [telling.person_id for telling in notices.tell(mine, around)]
    assert actor not in reached
    assert len(set(reached)) == len(reached)
    assert set(reached) <= {around.owner_id, around.deputy_id, around.owes_id, around.chief_id, OWNER, DEPUTY}


def test_who_is_told_for_several_reasons_hears_the_strongest() -> None:
    entry = happened(Entry.PROMISE_BROKEN)
    assert told(entry, Around(owner_id=1, deputy_id=1, owes_id=1, chief_id=1))[1].why is Why.OWES
    assert told(entry, Around(owner_id=1, deputy_id=1))[1].why is Why.OWNER


# ---------------------------------------------------------------- news


def entry_at(
    at: datetime, recorded_at: datetime, kind: Entry = Entry.PURCHASE_RATED, run: int | None = None
) -> Happened:
    return Happened(1, kind.value, at, recorded_at, import_id=run, facts={"overall": 1, "scale": 5})


def test_nothing_from_before_somebody_joined_is_news_to_them() -> None:
    joined = NOW - HOUR
    assert notices.is_news(entry_at(NOW, NOW), joined, at=NOW)
    assert not notices.is_news(entry_at(joined - HOUR, NOW), joined, at=NOW)
    assert not notices.is_news(entry_at(NOW, joined - HOUR), joined, at=NOW)
    assert not notices.is_news(entry_at(NOW, NOW), None, at=NOW)


def test_what_an_import_brings_of_the_past_is_no_news_but_a_break_the_clock_found_late_is() -> None:
    joined, old = NOW - 100 * STALE, NOW - STALE - HOUR
    assert not notices.is_news(entry_at(old, NOW), joined, at=NOW)
    assert not notices.is_news(entry_at(old, NOW, Entry.PROMISE_BROKEN, run=3), joined, at=NOW)
    assert notices.is_news(entry_at(old, NOW, Entry.PROMISE_BROKEN), joined, at=NOW)
    assert not notices.is_news(entry_at(old, old, Entry.PROMISE_BROKEN), joined, at=NOW)


def test_what_is_told_to_nobody_is_not_worth_looking_into() -> None:
    assert not notices.is_worth_telling(entry_at(NOW, NOW, Entry.SIGNED_IN), at=NOW)
    assert notices.is_worth_telling(entry_at(NOW, NOW), at=NOW)


def test_the_contact_in_which_a_move_was_agreed_is_told_by_the_move() -> None:
    moved = happened(Entry.PROMISE_WITHDRAWN, reason="changed_by_agreement", interaction_id=5)
    cancelled = happened(Entry.PROMISE_WITHDRAWN, reason="cancelled")
    other = happened(Entry.INTERACTION_RECORDED, interaction_id=6)
    assert notices.spoken_in_moves([moved, cancelled, other]) == {5}


# ---------------------------------------------------------------- many alike

batches = st.lists(st.lists(st.integers(1, 60), max_size=12), max_size=8)


@given(st.sets(st.integers(1, 200), max_size=60), st.data())
def test_gathering_loses_no_count_however_the_entries_are_dealt(ids: set[int], data: st.DataObject) -> None:
    waiting = sorted(ids)
    pile = Pile()
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        pile = notices.add(pile, waiting[:size])
        waiting = waiting[size:]
    assert pile.count == len(ids)
    assert (len(pile.alone) if len(ids) <= ALONE else pile.gathered) == len(ids)
    assert notices.add(pile, ids) == pile


@given(batches)
def test_what_was_told_once_is_not_counted_again(dealt: list[list[int]]) -> None:
    pile = Pile()
    for batch in dealt:
        after = notices.add(pile, batch)
        assert after.count == pile.count + len({one for one in batch if one > pile.last_entry_id})
        assert notices.add(after, batch) == after
        pile = after


def test_three_stand_alone_and_the_fourth_makes_one_of_all() -> None:
    pile = notices.add(Pile(), [1, 2, 3])
    assert pile == Pile((1, 2, 3), 0, 3)
    assert notices.add(pile, [4]) == Pile((), 4, 4)
    assert notices.add(Pile((), 4, 4), [9]) == Pile((), 5, 9)


def test_a_pile_is_of_the_hour_in_which_things_were_written_down() -> None:
    assert notices.hour_of(NOW + timedelta(minutes=59, seconds=59)) == NOW
    assert notices.hour_of(NOW + HOUR) == NOW + HOUR
