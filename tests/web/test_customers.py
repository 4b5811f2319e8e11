"""Pages of customers: what each viewer gets, and what the forms say."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodwill.actions import addresses, customers, tags
from goodwill.actions.addresses import AddressFacts
from goodwill.domain.customers import AddressKind
from goodwill.domain.entries import Entry
from goodwill.store.customers import Customer
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.tags import OwnField
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def as_person(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


def page(person: Person, name: str, *args: Any, **query: str) -> tuple[int, str]:
    response = as_person(person).get(reverse(f"web:{name}", args=args), query)
    return response.status_code, "" if response.streaming else response.content.decode()


def test_the_list_shows_a_customer_to_the_agent_and_hides_it_from_the_stranger(cast: Cast) -> None:
    assert "Berta Buyer" in page(cast.agent, "customers")[1]
    assert "Berta Buyer" not in page(cast.stranger, "customers")[1]
    assert "Berta Buyer" in page(cast.head, "customers")[1]
    assert "Berta Buyer" in page(cast.manager, "customers")[1]


@pytest.mark.parametrize(
    "name", ["customer", "customer_edit", "customer_hand_over", "customer_promises", "address_new"]
)
def test_a_strangers_customer_is_as_if_absent(cast: Cast, name: str) -> None:
    assert page(cast.agent, name, cast.buyer.pk)[0] == 200
    assert page(cast.mate, name, cast.buyer.pk)[0] == 200
    assert page(cast.stranger, name, cast.buyer.pk)[0] == 404
    assert page(cast.stranger, name, 987_654)[0] == 404


@pytest.mark.parametrize("name", ["customers", "search", "customer_options", "tags", "orders"])
def test_who_may_not_see_customers_is_refused(cast: Cast, name: str) -> None:
    assert page(cast.accountant, name)[0] == 403
    assert page(cast.administrator, name)[0] == 403
    assert Client().get(reverse(f"web:{name}")).status_code == 302


def test_a_customer_is_added_with_telephone_and_mail(cast: Cast) -> None:
    client = as_person(cast.agent)
    typed = {"kind": "person", "name": "Őrségi Ágnes", "email": "Agnes@Example.HU", "phone": "030 1234567"}
    response = client.post(reverse("web:customer_new"), typed | {"site": cast.shop.pk})
    added = Customer.objects.get(name="Őrségi Ágnes")
    assert response["Location"] == reverse("web:customer", args=[added.pk])
    assert set(added.addresses.values_list("kind", "value")) == {
        ("email", "agnes@example.hu"),
        ("phone", "+49301234567"),
    }
    assert "Őrségi Ágnes" in client.get(response["Location"]).content.decode()


def test_a_wrong_mail_address_names_field_and_remedy_and_adds_nobody(cast: Cast) -> None:
    typed = {"kind": "person", "name": "Nina", "email": "nina at home", "site": cast.shop.pk}
    response = as_person(cast.agent).post(reverse("web:customer_new"), typed)
    shown = response.content.decode()
    assert "This is not an e-mail address" in shown
    assert "is-invalid" in shown
    assert not Customer.objects.filter(name="Nina").exists()
    assert not JournalEntry.objects.filter(kind=Entry.CUSTOMER_ADDED.value).exists()


def test_everything_wrong_on_the_form_is_named_at_once(cast: Cast) -> None:
    OwnField.objects.create(noun="customer", key="born", label="Born", kind="date")
    said = {"kind": "person", "name": "", "email": "berta@", "phone": "call me", "own_born": "spring"}
    shown = as_person(cast.head).post(reverse("web:customer_new"), said).content.decode()
    for words in (
        "Please fill this in.",
        "not an e-mail address",
        "not a telephone number",
        "not a day of the calendar",
    ):
        assert words in shown
    shown = as_person(cast.head).post(reverse("web:customer_edit", args=[cast.buyer.pk]), said).content.decode()
    assert "Please fill this in." in shown and "not a day of the calendar" in shown
    assert not Customer.objects.filter(name="").exists()


def test_a_possible_duplicate_is_shown_before_saving(cast: Cast) -> None:
    by = cast.viewer(cast.agent)
    addresses.add(cast.buyer.pk, AddressFacts(AddressKind.EMAIL, "berta@example.org"), by=by, at=NOW)
    client = as_person(cast.agent)
    typed = {"kind": "person", "name": "B. Buyer", "email": "BERTA@example.org", "site": cast.shop.pk}
    shown = client.post(reverse("web:customer_new"), typed).content.decode()
    assert "This may be somebody we know already" in shown
    assert "the same e-mail address" in shown
    assert not Customer.objects.filter(name="B. Buyer").exists()
    addresses.add(cast.buyer.pk, AddressFacts(AddressKind.PHONE, "+49 30 1234567"), by=by, at=NOW)
    called = {"kind": "person", "name": "B. B.", "phone": "030/123 45 67", "site": cast.shop.pk}
    assert "the same telephone number" in client.post(reverse("web:customer_new"), called).content.decode()
    assert client.post(reverse("web:customer_new"), typed | {"anyway": "on"}).status_code == 302
    assert Customer.objects.filter(name="B. Buyer").exists()


def test_a_duplicate_that_the_stranger_may_not_see_is_not_betrayed(cast: Cast) -> None:
    customers.index_words([cast.buyer.pk])
    typed = {"kind": "person", "name": "Berta Buyer", "number": "K-1", "site": cast.elsewhere.pk}
    response = as_person(cast.stranger).post(reverse("web:customer_new"), typed)
    assert response.status_code == 302


def test_an_edit_over_somebody_elses_edit_is_refused(cast: Cast) -> None:
    client = as_person(cast.agent)
    opened = client.get(reverse("web:customer_edit", args=[cast.buyer.pk])).context["form"].initial
    Customer.objects.filter(pk=cast.buyer.pk).update(number="K-2")
    typed = {"kind": "person", "name": "Berta Käufer", "number": "K-1", "site": cast.shop.pk, "seen": opened["seen"]}
    shown = client.post(reverse("web:customer_edit", args=[cast.buyer.pk]), typed).content.decode()
    assert "Somebody else changed this meanwhile" in shown
    cast.buyer.refresh_from_db()
    assert (cast.buyer.name, cast.buyer.number) == ("Berta Buyer", "K-2")


def test_own_fields_are_on_the_form_and_on_the_page(cast: Cast) -> None:
    OwnField.objects.create(noun="customer", key="shoe", label="Shoe size", kind="number")
    client = as_person(cast.agent)
    typed = {"kind": "person", "name": "Berta Buyer", "number": "K-1", "site": cast.shop.pk, "own_shoe": "41,5"}
    assert client.post(reverse("web:customer_edit", args=[cast.buyer.pk]), typed).status_code == 302
    shown = client.get(reverse("web:customer", args=[cast.buyer.pk])).content.decode()
    assert "Shoe size" in shown
    assert "41.5" in shown
    typed["own_shoe"] = "big"
    refused = client.post(reverse("web:customer_edit", args=[cast.buyer.pk]), typed)
    assert "This is not a number" in refused.content.decode()


def test_tags_are_put_on_and_taken_off_from_the_page(cast: Cast) -> None:
    client = as_person(cast.agent)
    url = reverse("web:customer_tags", args=[cast.buyer.pk])
    client.post(url, {"tag": "wedding"})
    tag = cast.buyer.tags.get()
    assert "wedding" in page(cast.agent, "tags")[1]
    assert "wedding" not in page(cast.stranger, "tags")[1]
    assert "Berta Buyer" in page(cast.agent, "customers", tag=str(tag.pk))[1]
    assert as_person(cast.stranger).post(url, {"take": tag.pk}).status_code == 404
    client.post(url, {"take": tag.pk})
    assert not cast.buyer.tags.exists()


def test_an_order_used_by_somebody_else_is_shown_to_both(cast: Cast) -> None:
    user = Customer.objects.create(kind="person", name="Ulla User", site=cast.shop, created_at=NOW)
    order = cast.order(user=user)
    assert "Ulla User" in page(cast.agent, "customer", cast.buyer.pk)[1]
    shown = page(cast.agent, "customer", user.pk)[1]
    assert "Uses what others bought" in shown
    assert order.number in shown


def test_the_page_says_satisfaction_and_never_loyalty(cast: Cast) -> None:
    order = cast.order()
    order.ratings.create(customer=cast.buyer, product_score=9, service_score=4)
    shown = page(cast.agent, "customer", cast.buyer.pk)[1]
    assert "9.00 of 10, n = 1" in shown
    assert "4.00 of 10, n = 1" in shown
    assert "6.5" not in shown
    assert "oyalty" not in shown


def test_the_export_carries_what_the_viewer_sees_and_is_written_down(cast: Cast) -> None:
    Customer.objects.create(kind="person", name="=1+1", site=cast.shop, created_at=NOW)
    response = as_person(cast.head).get(reverse("web:customers_export"))
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert any("Berta Buyer" in line for line in lines)
    assert any("'=1+1" in line for line in lines)
    assert JournalEntry.objects.filter(kind=Entry.EXPORTED.value).count() == 1
    owned = as_person(cast.manager).get(reverse("web:customers_export"))
    text = b"".join(owned.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Berta Buyer" in text
    assert "Otto Outside" not in text
    assert as_person(cast.agent).get(reverse("web:customers_export")).status_code == 403


def test_a_name_is_shown_as_text_and_not_as_markup(cast: Cast) -> None:
    Customer.objects.filter(pk=cast.buyer.pk).update(name="<b>Berta</b>")
    for shown in (page(cast.agent, "customers")[1], page(cast.agent, "customer", cast.buyer.pk)[1]):
        assert "<b>Berta</b>" not in shown
        assert "&lt;b&gt;Berta" in shown


def test_only_a_head_erases_and_must_say_so(cast: Cast) -> None:
    url = reverse("web:customer_erase", args=[cast.buyer.pk])
    assert as_person(cast.agent).post(url, {"sure": "yes"}).status_code == 403
    client = as_person(cast.head)
    client.post(url, {})
    cast.buyer.refresh_from_db()
    assert cast.buyer.erased_at is None
    client.post(url, {"sure": "yes"})
    assert "Erased person" in client.get(reverse("web:customer", args=[cast.buyer.pk])).content.decode()


def test_addresses_and_contact_people_are_kept_from_the_page(cast: Cast) -> None:
    client = as_person(cast.agent)
    firm = Customer.objects.create(kind="organisation", name="Kovács Kft.", site=cast.shop, created_at=NOW)
    customers.index_words([cast.buyer.pk, firm.pk])
    client.post(reverse("web:contact_person_new", args=[firm.pk]), {"other_text": "berta", "position": "Chief"})
    assert firm.contact_people.get().person == cast.buyer
    assert "Chief" in page(cast.agent, "customer", firm.pk)[1]
    assert "Kovács Kft." in page(cast.agent, "customer", cast.buyer.pk)[1]
    client.post(reverse("web:address_new", args=[firm.pk]), {"kind": "postal", "city": "Győr", "country": "HU"})
    address = firm.addresses.get()
    assert as_person(cast.stranger).get(reverse("web:address_edit", args=[address.pk])).status_code == 404
    assert as_person(cast.stranger).post(reverse("web:address_remove", args=[address.pk])).status_code == 404
    client.post(reverse("web:address_edit", args=[address.pk]), {"kind": "postal", "city": "Pécs"})
    address.refresh_from_db()
    assert address.city == "Pécs"
    client.post(reverse("web:address_remove", args=[address.pk]))
    client.post(reverse("web:contact_person_remove", args=[firm.pk, cast.buyer.pk]))
    assert not firm.addresses.exists()
    assert not firm.contact_people.exists()


def test_the_tag_of_a_customer_is_written_down_without_its_word(cast: Cast) -> None:
    tags.put_on_customer(cast.buyer.pk, "pregnant", by=cast.viewer(cast.agent), at=NOW)
    entry = JournalEntry.objects.get(kind=Entry.TAG_CHANGED.value)
    assert "pregnant" not in str(entry.facts)
