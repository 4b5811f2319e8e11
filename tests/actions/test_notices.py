"""The journal is followed: whoever something concerns is told once, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodwill.actions import customers, erasures, imports, imports_runs, interactions, notice_marks, notices, settling
from goodwill.actions.interactions import Contact
from goodwill.domain.entries import Entry
from goodwill.domain.interactions import Channel, Direction
from goodwill.domain.notices import USUAL, Kind, Way, Wishes
from goodwill.domain.quiet_hours import DIGEST_AT, QUIET_FROM, QUIET_UNTIL
from goodwill.domain.records import Withdrawal
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.targets import Moment
from goodwill.domain.viewers import Viewer
from goodwill.reads import notices as read
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.imports import Import
from goodwill.store.notices import Notice, NoticeBookmark, NoticePlan
from goodwill.store.people import Person
from goodwill.worker import clock
from tests.cast import NOW, Cast, make_cast

HOUR = timedelta(hours=1)
LATER = NOW + 3 * HOUR

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast in a house whose journal has been read to its end. Entries settle only when a transaction ends."""
    made = make_cast()
    notices.follow(at=NOW)
    return made


def follow() -> int:
    """Read the journal to its end; how many things people were told of."""
    told = 0
    while (done := notices.follow(at=LATER)).entries:
        told += done.told
    return told


def told(person: Person) -> list[tuple[str, str, str, int]]:
    rows = Notice.objects.filter(person=person).order_by("id")
    return list(rows.values_list("kind", "why", "code", "count"))


def wishes(**ways: Way) -> Wishes:
    chosen = {kind: ways.get(kind.value, USUAL[kind]) for kind in Kind}
    return Wishes(chosen, DIGEST_AT, QUIET_FROM, QUIET_UNTIL, True)


def heard(cast: Cast, by: Person, **more: Any) -> Any:
    contact = Contact(Channel.PHONE, Direction.FROM_CUSTOMER, "where is my jacket", **more)
    return interactions.record(cast.buyer.pk, contact, by=cast.viewer(by), at=NOW)


def test_a_fresh_house_tells_nobody_of_what_was_before(transactional_db: None) -> None:
    cast = make_cast()
    cast.promise()
    clock.tick(LATER)
    assert follow() == 0
    assert NoticeBookmark.objects.get().last_id > 0
    assert follow() == 0 and not Notice.objects.exists()


def test_a_promise_broken_in_silence_is_told_to_who_owes_it_and_who_answers_for_the_customer(cast: Cast) -> None:
    cast.buyer.deputy = cast.mate
    cast.buyer.save()
    cast.promise()
    clock.tick(LATER)
    assert follow() == 3
    kind, code = "promise_broken", "broken_silent"
    assert told(cast.agent) == [(kind, "owes", code, 1)]
    assert told(cast.manager) == [(kind, "owner", code, 1)]
    assert told(cast.mate) == [(kind, "deputy", code, 1)]
    assert told(cast.stranger) == told(cast.head) == told(cast.administrator) == []


def test_what_a_unit_owes_is_told_to_its_chief_who_may_see_it(cast: Cast) -> None:
    cast.back_unit.chief = cast.accountant
    cast.back_unit.save()
    cast.promise(person=None, unit=cast.back_unit)
    cast.other_unit.chief = cast.administrator  # sees no promise
    cast.other_unit.save()
    cast.promise(person=None, unit=cast.other_unit)
    clock.tick(LATER)
    follow()
    assert told(cast.accountant) == [("promise_broken", "chief", "broken_silent", 1)]
    assert told(cast.administrator) == []


def test_nobody_is_told_of_what_they_did_themselves_and_others_are(cast: Cast) -> None:
    one, two = cast.promise(), cast.promise()
    settling.withdraw(one.pk, Withdrawal.CANCELLED, by=cast.viewer(cast.manager), at=NOW)
    assert follow() == 1
    assert told(cast.agent) == [("promise_changed", "owes", "withdrawn", 1)]
    settling.withdraw(two.pk, Withdrawal.CANCELLED, by=cast.viewer(cast.agent), at=NOW)
    follow()
    assert told(cast.manager) == [("promise_changed", "owner", "withdrawn", 1)]
    assert len(told(cast.agent)) == 1


def test_a_move_is_told_once_and_the_words_that_agreed_to_it_not_again(cast: Cast) -> None:
    promise = cast.promise()
    consent = settling.Consent("tomorrow is fine")
    settling.move(promise.pk, Moment(NOW + 30 * HOUR), consent, by=cast.viewer(cast.agent), at=NOW)
    follow()
    assert told(cast.manager) == [("promise_changed", "owner", "moved", 1)]


def test_a_customer_who_calls_somebody_else_is_told_to_the_owner(cast: Cast) -> None:
    heard(cast, cast.agent)
    heard(cast, cast.manager)
    heard(cast, cast.agent, is_mailing=True)
    follow()
    assert told(cast.manager) == [("customer_heard", "owner", "phone", 1)]


def test_a_customer_given_to_me_is_told_to_me(cast: Cast) -> None:
    customers.hand_over(
        cast.buyer.pk, owner_id=cast.mate.pk, deputy_id=cast.manager.pk, by=cast.viewer(cast.head), at=NOW
    )
    follow()
    assert told(cast.mate) == [("customer_given", "owner", "owner", 1)]
    assert told(cast.manager) == [("customer_given", "deputy", "deputy", 1)]


def test_a_low_rating_is_told_to_who_answers_and_an_old_one_of_an_import_is_not(cast: Cast) -> None:
    order = cast.order()
    about: dict[str, Any] = {"customer_id": cast.buyer.pk, "order_id": order.pk, "by": cast.operator}
    journal.write(Entry.PURCHASE_RATED, at=NOW, overall=1, scale=5, **about)
    journal.write(Entry.PURCHASE_RATED, at=NOW, overall=4, scale=5, **about)
    long_ago = NOW - timedelta(days=300)
    Person.objects.get_queryset().update(joined_at=long_ago - HOUR)
    journal.write(Entry.PURCHASE_RATED, at=long_ago, recorded_at=NOW, import_id=1, overall=1, scale=5, **about)
    follow()
    assert told(cast.manager) == [("rated_low", "owner", "low", 1)]
    assert Notice.objects.get().order_id == order.pk


def test_an_imports_end_is_told_to_whoever_began_it_also_where_it_failed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Import.objects.create(preset="orders", as_of=NOW, created_at=NOW, person=cast.head, state="running")

    def fall(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disc is full")

    monkeypatch.setattr(imports_runs, "run", fall)
    with pytest.raises(OSError, match="full"):
        imports.run_import.call(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "OSError")
    imports_runs.fail(run.pk, "OSError", by=cast.operator, at=NOW)  # it has ended: said once
    now = timezone.now()  # a task reads the clock itself
    journal.write(Entry.IMPORT_FINISHED, by=cast.viewer(cast.head), at=now, import_id=run.pk, good=1, bad=2, held=0)
    assert notices.follow(at=now).told == 2
    assert told(cast.head) == [
        ("import_ended", "started", "failed", 1),
        ("import_ended", "started", "bad_rows", 1),
    ]
    assert isinstance(imports.start(run.pk, by=cast.viewer(cast.head), at=now), Import)  # it goes on where it stood


def test_an_import_of_history_tells_nobody(cast: Cast) -> None:
    promise = cast.promise(is_history=True)
    about: dict[str, Any] = {
        "customer_id": cast.buyer.pk,
        "promise_id": promise.pk,
        "import_id": 1,
        "by": cast.operator,
    }
    journal.write(Entry.PROMISE_BROKEN, at=NOW, outcome="broken_unrecorded", **about)
    assert follow() == 0


def test_what_happened_before_somebody_joined_is_not_told_to_them(cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(joined_at=LATER)
    Person.objects.get_queryset().filter(pk=cast.manager.pk).update(joined_at=None)
    cast.promise()
    clock.tick(LATER)
    assert follow() == 0


def test_a_person_whose_account_is_closed_is_told_nothing(cast: Cast) -> None:
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(is_active=False)
    cast.promise()
    clock.tick(LATER)
    follow()
    assert told(cast.agent) == [] and told(cast.manager) != []


def test_many_alike_become_one_with_a_count_and_a_few_stay_apart(cast: Cast) -> None:
    for _ in range(3):
        cast.promise()
    clock.tick(LATER)
    assert follow() == 6
    assert [count for *_, count in told(cast.agent)] == [1, 1, 1]
    notice_marks.read_all(by=cast.viewer(cast.agent), at=LATER)
    for _ in range(497):
        cast.promise()
    clock.tick(LATER)
    assert follow() == 994
    assert told(cast.agent) == [("promise_broken", "owes", "broken_silent", 500)]
    assert read.unread(cast.viewer(cast.agent)) == 1
    gathered = Notice.objects.get(person=cast.agent)
    assert (gathered.customer_id, gathered.promise_id) == (None, None)
    cast.promise()
    clock.tick(LATER + HOUR)  # another hour, another pile
    while notices.follow(at=LATER + HOUR).entries:
        pass
    assert [count for *_, count in told(cast.agent)] == [500, 1]


def test_reading_the_same_entries_again_tells_nothing_twice(cast: Cast) -> None:
    for _ in range(5):
        cast.promise()
    heard(cast, cast.agent)
    clock.tick(LATER)
    follow()
    before = list(Notice.objects.order_by("id").values_list("id", "count", "last_entry_id"))
    NoticeBookmark.objects.update(last_id=0)
    assert follow() == 0
    assert list(Notice.objects.order_by("id").values_list("id", "count", "last_entry_id")) == before


def test_a_batch_of_the_journal_costs_the_same_however_many_entries_it_holds(cast: Cast) -> None:
    asked = []
    for size in (10, 300):
        for _ in range(size):
            cast.promise()
        at = LATER + size * HOUR
        clock.tick(at)
        with CaptureQueriesContext(connection) as captured:
            assert notices.follow(at=at).told == 2 * size
        asked.append(len(captured))
    assert asked[1] <= asked[0] < 40  # the first one also makes the two plans


def test_entries_beyond_a_batch_are_read_in_the_next_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "BATCH", 4)
    for _ in range(9):
        cast.promise()
    clock.tick(LATER)
    assert [notices.follow(at=LATER).entries for _ in range(4)] == [4, 4, 1, 0]
    assert [count for *_, count in told(cast.agent)] == [9]


def test_a_promise_kept_in_time_is_at_risk_no_longer_and_a_broken_one_neither(cast: Cast) -> None:
    kept, broken = cast.promise(), cast.promise()
    for promise in (kept, broken):
        about: dict[str, Any] = {"customer_id": cast.buyer.pk, "promise_id": promise.pk}
        journal.write(Entry.PROMISE_AT_RISK, by=cast.operator, at=NOW, because="time", **about)
    follow()
    assert read.unread(cast.viewer(cast.agent)) == 2
    settling.keep(kept.pk, by=cast.viewer(cast.agent), at=NOW)
    clock.tick(LATER)
    follow()
    open_ = Notice.objects.unread().filter(person=cast.agent)
    assert [(row.kind, row.promise_id) for row in open_] == [("promise_broken", broken.pk)]
    settling.keep(broken.pk, by=cast.viewer(cast.agent), at=LATER)
    follow()
    assert read.unread(cast.viewer(cast.agent)) == 0


def test_who_wants_nothing_of_a_kind_is_not_told(cast: Cast) -> None:
    notice_marks.prefer(wishes(promise_broken=Way.NOTHING), by=cast.viewer(cast.agent), at=NOW)
    cast.promise()
    clock.tick(LATER)
    follow()
    assert told(cast.agent) == [] and told(cast.manager) != []


def test_the_erased_vanish_from_notices_and_bring_no_new_ones(cast: Cast) -> None:
    cast.promise()
    clock.tick(LATER)
    follow()
    assert Notice.objects.exists()
    cast.promise()
    clock.tick(LATER)
    assert isinstance(erasures.erase(cast.buyer.pk, by=cast.viewer(cast.head), at=LATER), Customer)
    assert not Notice.objects.exists()
    assert follow() == 0


def test_marks_are_ones_own_once_and_can_be_taken_back(cast: Cast) -> None:
    cast.promise()
    clock.tick(LATER)
    follow()
    mine = Notice.objects.get(person=cast.agent)
    agent, stranger = cast.viewer(cast.agent), cast.viewer(cast.stranger)
    assert not notice_marks.read(mine.pk, by=stranger, at=LATER)
    assert notice_marks.read(mine.pk, by=agent, at=LATER)
    assert not notice_marks.read(mine.pk, by=agent, at=LATER + HOUR)
    assert notice_marks.take_back(LATER, by=stranger) == 0
    assert notice_marks.take_back(LATER, by=agent) == 1
    assert notice_marks.read_all(kind=Kind.IMPORT_ENDED, by=agent, at=LATER) == 0
    assert notice_marks.read_all(newest_id=mine.pk - 1, by=agent, at=LATER) == 0
    assert notice_marks.read_all(kind=Kind.PROMISE_BROKEN, newest_id=mine.pk, by=agent, at=LATER) == 1
    assert notice_marks.read_all(by=Viewer(), at=LATER) == 0
    assert Notice.objects.filter(person=cast.manager, seen_at=None).count() == 1


def test_wishes_are_kept_and_nobody_has_none(cast: Cast) -> None:
    agent = cast.viewer(cast.agent)
    kept = notice_marks.prefer(wishes(rated_low=Way.AT_ONCE, customer_heard=Way.BELL), by=agent, at=NOW)
    assert isinstance(kept, NoticePlan)
    assert kept.ways == {"rated_low": "at_once", "customer_heard": "bell"}
    assert read.wishes(agent).ways[Kind.RATED_LOW] is Way.AT_ONCE
    assert read.wishes(cast.viewer(cast.mate)).ways == USUAL
    refused = notice_marks.prefer(wishes(), by=Viewer(), at=NOW)
    assert isinstance(refused, Refusal) and refused.reason is Reason.NOT_ALLOWED


def test_what_was_read_or_settled_long_ago_is_forgotten_and_the_unread_is_not(cast: Cast) -> None:
    old = {"person": cast.agent, "kind": "rated_low", "hour_at": NOW, "last_entry_id": 1, "made_at": NOW}
    Notice.objects.create(entry_id=1, **old)
    Notice.objects.create(entry_id=2, seen_at=NOW, **old)
    Notice.objects.create(entry_id=3, done_at=NOW, **old)
    Notice.objects.create(entry_id=4, seen_at=LATER, **old)
    assert notices.forget(LATER) == 2
    assert sorted(Notice.objects.values_list("entry_id", flat=True)) == [1, 4]


def test_an_entry_of_a_transaction_that_has_not_ended_waits(cast: Cast) -> None:
    cast.promise()
    with transaction.atomic():
        clock.tick(LATER)
        if connection.vendor == "postgresql":
            assert notices.follow(at=LATER).entries == 0
    assert follow() == 2
