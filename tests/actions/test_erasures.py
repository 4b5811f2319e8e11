"""Erasing a person: what says who it was goes; the anonymous history stays."""

import json
from datetime import timedelta

import pytest
from django.apps import apps

from goodwill.actions import addresses, customers, erasures, tags
from goodwill.actions.addresses import AddressFacts
from goodwill.domain.customers import AddressKind
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.reads import search
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.imports import Import, ImportChange
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.ratings import Rating
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db
SECRET = "Xantippe"


def known(cast: Cast) -> Customer:
    """A person about whom everything is known."""
    person = cast.buyer
    person.name, person.number, person.own = f"{SECRET} Buyer", f"{SECRET}-1", {"taste": SECRET}
    person.source, person.external_key = "orders", f"o:{SECRET}"
    person.save()
    by = cast.viewer(cast.head)
    addresses.add(person.pk, AddressFacts(AddressKind.EMAIL, f"{SECRET}@example.org"), by=by, at=NOW)
    addresses.add(person.pk, AddressFacts(AddressKind.PHONE, "+49301234567"), by=by, at=NOW)
    home = addresses.add(
        person.pk,
        AddressFacts(AddressKind.POSTAL, f"{SECRET} Street 1", f"{SECRET}burg", "SP", "1", "BR"),
        by=by,
        at=NOW,
    )
    assert isinstance(home, Address)
    addresses.add(person.pk, AddressFacts(AddressKind.POSTAL, f"{SECRET} Lane"), by=by, at=NOW)
    tags.put_on_customer(person.pk, f"{SECRET} tag", by=by, at=NOW)
    order = cast.order(address=home, own={"note": SECRET})
    cast.promise(what=f"call {SECRET}", order=order)
    Rating.objects.create(order=order, customer=person, overall=2, scale=5, title=SECRET, words=SECRET)
    Interaction.objects.create(customer=person, channel="phone", at=NOW, words=f"I am {SECRET}")
    firm = Customer.objects.create(kind="organisation", name="Firm", created_at=NOW)
    ContactPerson.objects.create(organisation=firm, person=person, position=f"{SECRET} in chief")
    Interaction.objects.create(customer=firm, contact=person, channel="phone", at=NOW, words=f"{SECRET} calls")
    run = Import.objects.create(preset="orders", as_of=NOW, created_at=NOW)
    ImportChange.objects.create(run=run, noun="customer", row_id=person.pk, before={"name": SECRET})
    ImportChange.objects.create(run=run, noun="address", row_id=home.pk, before={"city": SECRET})
    ImportChange.objects.create(run=run, noun="customer", row_id=person.pk, before={})
    return person


def rows_that_say(word: str) -> list[str]:
    """Every table of the house with a row in which the word stands."""
    found = []
    for model in apps.get_app_config("store").get_models():
        for row in model._default_manager.values():
            if word.casefold() in json.dumps(row, default=str, ensure_ascii=False).casefold():
                found.append(model.__name__)
    return sorted(set(found))


def test_after_erasing_no_row_of_any_table_says_the_name(cast: Cast) -> None:
    person = known(cast)
    assert len(rows_that_say(SECRET)) >= 10
    done = erasures.erase(person.pk, by=cast.viewer(cast.head), at=NOW)
    assert isinstance(done, Customer)
    assert rows_that_say(SECRET) == []
    assert rows_that_say("301234567") == []


def test_the_anonymous_history_stays(cast: Cast) -> None:
    person = known(cast)
    entries = JournalEntry.objects.filter(customer_id=person.pk).count()
    erasures.erase(person.pk, by=cast.viewer(cast.head), at=NOW)
    assert person.orders.get().paid_minor == 12_000
    assert person.promises.get().outcome == "open"
    assert person.ratings.get().overall == 2
    assert person.interactions.count() == 1
    place = person.orders.get().address
    assert place is not None
    assert (place.region, place.country, place.city) == ("SP", "BR", "")
    assert person.addresses.count() == 1
    assert JournalEntry.objects.filter(customer_id=person.pk).count() == entries + 1
    # Taking the import back must still find the row it made.
    assert ImportChange.objects.filter(noun="customer", before={}).count() == 1


def test_an_erased_person_is_found_by_nothing(cast: Cast) -> None:
    person = known(cast)
    head = cast.viewer(cast.head)
    assert search.find_customers(head, SECRET)
    erasures.erase(person.pk, by=head, at=NOW)
    for text in (SECRET, "+49 30 1234567", "1234567"):
        assert search.find_customers(head, text) == []
    customers.index_words([person.pk])
    assert not SearchWord.objects.filter(customer=person).exists()


def test_erasing_twice_is_erasing_once(cast: Cast) -> None:
    person, head = known(cast), cast.viewer(cast.head)
    erasures.erase(person.pk, by=head, at=NOW)
    erasures.erase(person.pk, by=head, at=NOW + timedelta(days=1))
    person.refresh_from_db()
    assert person.erased_at == NOW
    entry = JournalEntry.objects.get(kind=Entry.PERSON_ERASED.value)
    assert (entry.customer_id, entry.facts) == (person.pk, {})


def test_nothing_more_is_written_about_an_erased_person(cast: Cast) -> None:
    head = cast.viewer(cast.head)
    erasures.erase(cast.buyer.pk, by=head, at=NOW)
    done = addresses.add(cast.buyer.pk, AddressFacts(AddressKind.EMAIL, "a@example.org"), by=head, at=NOW)
    assert isinstance(done, Refusal)
    assert done.reason is Reason.ERASED


def test_only_who_may_erase_does_and_only_persons_are_erased(cast: Cast) -> None:
    for person in (cast.agent, cast.stranger, cast.manager, cast.administrator):
        done = erasures.erase(cast.buyer.pk, by=cast.viewer(person), at=NOW)
        assert isinstance(done, Refusal)
        assert done.reason is Reason.NOT_ALLOWED
    head = cast.viewer(cast.head)
    assert erasures.erase(cast.shop_unit.customer_id, by=head, at=NOW) == Refusal(Reason.NOT_A_PERSON)
    assert erasures.erase(987_654, by=head, at=NOW) == Refusal(Reason.NOT_FOUND)
    cast.buyer.refresh_from_db()
    assert cast.buyer.erased_at is None


def test_erasures_are_replayed_after_an_older_backup_came_back(cast: Cast) -> None:
    person = known(cast)
    # The backup knows the person; the journal of later days said that they were erased.
    assert erasures.replay([person.pk, person.pk, 987_654], by=cast.operator, at=NOW) == 1
    assert erasures.replay([person.pk], by=cast.operator, at=NOW) == 0
    assert rows_that_say(SECRET) == []
    assert JournalEntry.objects.get(kind=Entry.PERSON_ERASED.value).facts == {"replayed": True}
