"""The first screen."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodwill.domain.roles import Role
from goodwill.store.people import Person
from tests.cast import Cast, make_person

HOUR = timedelta(hours=1)


def page(person: Person, client: Client | None = None, **asked: str) -> str:
    client = client or Client()
    client.force_login(person)
    return client.get(reverse("web:today"), asked).content.decode()


def test_a_row_says_who_what_when_how_who_owes_how_much_and_what_next(cast: Cast) -> None:
    now = timezone.now()
    cast.promise(due_at=now - HOUR, standing="late", money_waiting_minor=118_799, currency="EUR")
    cast.promise(due_at=now + HOUR)
    shown = page(cast.agent)
    for words in ("Berta Buyer", "call back about the jacket", "+ 1 more", "late", "Anna Agent", "€1,187.99"):
        assert words in shown
    assert "Warn the customer" in shown and "Mark kept" not in shown


def test_one_who_owes_nothing_is_asked_who_has_not_heard_from_us(cast: Cast) -> None:
    shown = page(cast.agent)
    assert "Nothing owed." in shown and "Who has not heard from us for a while?" in shown
    assert "Berta Buyer" in shown and "Otto Outside" not in shown


def test_the_choice_of_whose_is_remembered_and_a_wrong_one_shows_everyone(cast: Cast) -> None:
    client = Client()
    cast.promise(person=cast.mate, due_at=timezone.now() + HOUR)
    assert "Berta Buyer" in page(cast.agent, client)
    client.get(reverse("web:today"), {"whose": "mine"})
    assert "Nothing owed." in client.get(reverse("web:today")).content.decode()
    assert "Berta Buyer" in client.get(reverse("web:today"), {"whose": "nobody", "kind": "odd"}).content.decode()


def test_the_logistician_sees_what_he_owes_and_no_way_to_the_customer(cast: Cast) -> None:
    cast.promise(person=cast.accountant, due_at=timezone.now() + HOUR)
    shown = page(cast.accountant)
    assert "Berta Buyer" in shown and reverse("web:customer", args=[cast.buyer.pk]) not in shown


def test_nobody_is_shown_a_way_to_what_their_role_may_not_open(cast: Cast) -> None:
    finding, noting = reverse("web:search"), reverse("web:quick_entry")
    keeper = make_person("keeper@vektor.example", "Kati Keeper", (Role.ADMINISTRATOR, None))
    shown = page(keeper)
    assert finding not in shown and noting not in shown
    assert "No promise is yours to see" in shown and "not heard from us" not in shown
    assert "whose=mine" not in shown and "kind=external" not in shown
    client = Client()
    client.force_login(keeper)
    assert reverse("web:tags") not in client.get(reverse("web:settings")).content.decode()
    shown = page(cast.accountant)
    assert finding not in shown and noting in shown
    assert "Nothing owed." in shown and "Who has not heard from us for a while?" not in shown
    shown = page(cast.agent)
    assert finding in shown and noting in shown
    assert "whose=mine" in shown and "kind=external" in shown


def test_the_page_answers_in_three_languages(cast: Cast) -> None:
    for language in ("en", "ru", "hu"):
        cast.agent.language = language
        cast.agent.save()
        assert f'<html lang="{language}"' in page(cast.agent)
