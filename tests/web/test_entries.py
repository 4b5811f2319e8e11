"""Quick entry: a contact, a promise and a new customer in one form, said back before it is saved, never lost."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodwill.actions.customers import index_words
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from goodwill.store.touchpoints import Touchpoint
from tests.cast import Cast

HX = {"HTTP_HX_REQUEST": "true"}


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def typed(cast: Cast, **fields: object) -> dict[str, object]:
    return {
        "customer": cast.buyer.pk, "customer_text": "Berta Buyer", "where": "c:phone", "direction": "from_customer",
        "words": "Where is my jacket?",
    } | fields  # fmt: skip


def send(client: Client, fields: dict[str, Any], **headers: str) -> Any:
    return client.post(reverse("web:quick_entry"), fields, **headers)  # type: ignore[arg-type]


def test_a_contact_is_noted_with_one_form(cast: Cast) -> None:
    answer = send(client_of(cast.agent), typed(cast))
    assert answer.status_code == 302
    noted = Interaction.objects.get()
    assert (noted.customer, noted.person, noted.words, noted.channel) == (
        cast.buyer, cast.agent, "Where is my jacket?", "phone",
    )  # fmt: skip
    cast.buyer.refresh_from_db()
    assert cast.buyer.last_heard_at is not None


def test_a_typed_time_is_said_back_before_it_is_saved(cast: Cast) -> None:
    client, fields = client_of(cast.agent), typed(cast, what="call back", by_when="in 2 business days")
    asked = send(client, fields)
    page = asked.content.decode()
    assert asked.status_code == 200 and "2 business days: by" in page and "Is this the time you mean?" in page
    assert 'name="understood" value="in 2 business days"' in page and not Interaction.objects.exists()
    assert send(client, fields | {"understood": "in 2 business days"}).status_code == 302
    made = Promise.objects.get()
    assert (made.what, made.target_kind, made.interaction) == ("call back", "business_days", Interaction.objects.get())
    assert [entry.kind for entry in JournalEntry.objects.order_by("id")] == ["interaction_recorded", "promise_made"]


def test_a_time_changed_after_it_was_said_back_is_said_back_again(cast: Cast) -> None:
    fields = typed(cast, what="call back", by_when="in 3 h", understood="in 2 h")
    assert send(client_of(cast.agent), fields).status_code == 200
    assert not Promise.objects.exists()


def test_the_time_is_understood_while_it_is_typed(cast: Cast) -> None:
    client = client_of(cast.agent)
    address = reverse("web:due_words")
    assert "By the end of" in client.get(address, {"by_when": "in 3 days"}).content.decode()
    assert "Write it like" in client.get(address, {"by_when": "whenever"}).content.decode()
    assert "has passed" in client.get(address, {"by_when": "2020-01-01"}).content.decode()


def test_what_cannot_be_saved_comes_back_as_it_was_typed(cast: Cast) -> None:
    client = client_of(cast.agent)
    wrong = typed(cast, words="", what="call back", by_when="soonish", where="c:pigeon", direction="sideways")
    answer = send(client, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and "soonish" in page and "call back" in page
    assert page.count('aria-invalid="true"') >= 3
    for missing in ({"what": "call back"}, {"by_when": "in 2 h"}, {"customer": "", "customer_text": ""}):
        assert send(client, typed(cast, **missing)).status_code == 422
    assert send(client, typed(cast, where="t:999999")).status_code == 422
    assert not Interaction.objects.exists() and not Promise.objects.exists()


def test_a_name_typed_whole_needs_no_choosing(cast: Cast) -> None:
    index_words([cast.buyer.pk])
    assert send(client_of(cast.agent), typed(cast, customer="", customer_text="berta buyer")).status_code == 302
    assert Interaction.objects.get().customer == cast.buyer


def test_a_name_that_may_mean_several_asks_which(cast: Cast) -> None:
    twin = Customer.objects.create(
        kind="person", name="Berta Baker", site=cast.shop, created_at=timezone.now() - timedelta(days=1)
    )
    index_words([cast.buyer.pk, twin.pk])
    client, fields = client_of(cast.agent), typed(cast, customer="", customer_text="berta")
    page = send(client, fields).content.decode()
    assert "Whom do you mean?" in page and "Berta Baker" in page and "Add berta as a new customer" in page
    assert send(client, fields | {"pick": str(twin.pk)}).status_code == 302
    assert Interaction.objects.get().customer == twin


def test_an_unknown_customer_is_added_with_whoever_noted_it_as_owner(cast: Cast) -> None:
    client, fields = client_of(cast.agent), typed(cast, customer="", customer_text="Nora New")
    page = send(client, fields).content.decode()
    assert "Nobody of this name is known" in page and not Interaction.objects.exists()
    assert send(client, fields | {"pick": "new"}).status_code == 302
    added = Customer.objects.get(name="Nora New")
    assert (added.owner, added.kind, added.site) == (cast.agent, "person", cast.shop)


def test_where_a_promise_is_refused_nothing_at_all_is_written(cast: Cast) -> None:
    fields = typed(cast, customer="", customer_text="Nora New", pick="new", what="x" * 501, by_when="in 2 h")
    assert send(client_of(cast.agent), fields | {"understood": "in 2 h"}).status_code == 422
    assert not Customer.objects.filter(name="Nora New").exists()
    assert not Interaction.objects.exists() and not JournalEntry.objects.exists()


def test_the_touchpoint_is_chosen_and_remembered(cast: Cast) -> None:
    desk = Touchpoint.objects.create(name="Front desk", channel="in_person", site=cast.shop)
    client = client_of(cast.agent)
    send(client, typed(cast, where=f"t:{desk.pk}"))
    assert Interaction.objects.get().touchpoint == desk
    assert f'value="t:{desk.pk}" selected' in client.get(reverse("web:quick_entry")).content.decode()


def test_the_dialog_gets_the_form_alone_and_closes_when_it_is_done(cast: Cast) -> None:
    client = client_of(cast.agent)
    form = client.get(reverse("web:quick_entry"), {"customer": cast.buyer.pk}, **HX).content.decode()  # type: ignore[arg-type]
    assert "<html" not in form and "hx-post" in form and "Berta Buyer" in form
    wrong = send(client, typed(cast, words=""), **HX)
    assert wrong.status_code == 200 and "is-invalid" in wrong.content.decode()
    done = send(client, typed(cast), **HX)
    told = json.loads(done["HX-Trigger"])
    assert done.status_code == 204 and told["close-dialog"] and told["toast"]["text"] == "The contact was noted."


def test_the_stranger_notes_nothing_about_a_customer_he_does_not_see(cast: Cast) -> None:
    client = client_of(cast.stranger)
    form = client.get(reverse("web:quick_entry"), {"customer": cast.buyer.pk}).content.decode()
    assert "Berta Buyer" not in form
    assert send(client, typed(cast)).status_code == 422
    assert not Interaction.objects.exists()


def test_the_driver_notes_contacts_with_those_to_whom_he_owes_something(cast: Cast) -> None:
    cast.promise(person=cast.accountant)
    client = client_of(cast.accountant)
    form = client.get(reverse("web:quick_entry")).content.decode()
    assert "Berta Buyer" in form and "Otto Outside" not in form
    assert send(client, typed(cast)).status_code == 302
    assert send(client, typed(cast, customer=cast.outsider.pk)).status_code == 422
    assert send(client, typed(cast, customer="", customer_text="Berta Buyer")).status_code == 422


@pytest.mark.parametrize("person", ["administrator"])
def test_whoever_records_nothing_gets_no_form(cast: Cast, person: str) -> None:
    client = client_of(getattr(cast, person))
    assert client.get(reverse("web:quick_entry")).status_code == 403
    assert send(client, typed(cast)).status_code == 403
