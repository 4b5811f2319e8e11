"""The journal as it is read: who may, what is sought, and whose names are shown."""

from datetime import date, timedelta

import pytest

from goodwill.domain.entries import Entry
from goodwill.reads import journal
from goodwill.reads.journal import Sought
from goodwill.store import journal as store
from tests.cast import NOW, Cast


@pytest.mark.django_db
def test_only_those_with_the_right_see_any_entry(cast: Cast) -> None:
    store.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)
    for person in (cast.head, cast.administrator):
        assert len(journal.page(cast.viewer(person), Sought()).lines) == 1
        assert journal.people(cast.viewer(person))
    for viewer in (
        cast.viewer(cast.agent),
        cast.viewer(cast.mate),
        cast.viewer(cast.stranger),
        cast.viewer(cast.accountant),
        cast.customer,
    ):
        assert journal.page(viewer, Sought()).lines == ()
        assert list(journal.every(viewer, Sought())) == []
        assert journal.people(viewer) == []


@pytest.mark.django_db
def test_a_customers_name_is_shown_to_those_only_who_see_the_customer(cast: Cast) -> None:
    store.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)
    (shown,) = journal.page(cast.viewer(cast.head), Sought()).lines
    assert (shown.customer, shown.actor) == ("Berta Buyer", "Anna Agent")
    (hidden,) = journal.page(cast.viewer(cast.administrator), Sought()).lines
    assert (hidden.customer, hidden.customer_id, hidden.actor) == ("", cast.buyer.pk, "Anna Agent")


@pytest.mark.django_db
def test_what_the_house_does_itself_has_no_actor(cast: Cast) -> None:
    store.write(Entry.PROMISE_BROKEN, by=cast.operator, at=NOW, promise_id=7)
    (line,) = journal.page(cast.viewer(cast.head), Sought()).lines
    assert (line.actor_id, line.actor, line.customer, line.promise_id) == (None, "", "", 7)


@pytest.mark.django_db
def test_entries_are_sought_by_kind_person_customer_and_day(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    agent = cast.viewer(cast.agent)
    store.write(Entry.CUSTOMER_ADDED, by=agent, at=NOW, customer_id=cast.buyer.pk)
    store.write(Entry.ORDER_PLACED, by=head, at=NOW - timedelta(days=400), recorded_at=NOW)
    # 23:30 UTC is already the next day in Berlin.
    store.write(Entry.EXPORTED, by=head, at=NOW.replace(hour=23, minute=30))

    def kinds(sought: Sought) -> list[str]:
        return [line.kind for line in journal.page(head, sought).lines]

    assert kinds(Sought()) == ["exported", "order_placed", "customer_added"]
    assert kinds(Sought(kind="order_placed")) == ["order_placed"]
    assert kinds(Sought(actor_id=cast.agent.pk)) == ["customer_added"]
    assert kinds(Sought(customer_id=cast.buyer.pk)) == ["customer_added"]
    assert kinds(Sought(on=date(2026, 3, 4))) == ["order_placed", "customer_added"]
    assert kinds(Sought(on=date(2026, 3, 5))) == ["exported"]
    assert kinds(Sought(kind="exported", on=date(2026, 3, 4))) == []


@pytest.mark.django_db
def test_pages_follow_each_other_there_and_back_without_loss(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PAGE", 3)
    head = cast.viewer(cast.head)
    for number in range(8):
        store.write(Entry.EXPORTED, by=head, at=NOW, number=number)
    page = journal.page(head, Sought())
    assert page.before is None
    there = [line.id for line in page.lines]
    while page.after:
        page = journal.page(head, Sought(), after=page.after)
        there += [line.id for line in page.lines]
    assert there == sorted(there, reverse=True)
    assert len(there) == 8
    back = [line.id for line in page.lines]
    while page.before:
        page = journal.page(head, Sought(), before=page.before)
        back = [line.id for line in page.lines] + back
    assert back == there
    assert [entry["id"] for entry in journal.every(head, Sought())] == there[::-1]


@pytest.mark.django_db
def test_the_export_holds_no_name(cast: Cast) -> None:
    store.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)
    (entry,) = journal.every(cast.viewer(cast.head), Sought())
    assert entry["customer_id"] == cast.buyer.pk
    assert "Berta" not in str(entry)
    assert "Anna" not in str(entry)
