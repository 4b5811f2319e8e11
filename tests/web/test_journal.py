"""The journal's page and files."""

import csv
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from goodwill.domain.entries import Entry
from goodwill.store import journal
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from tests.cast import NOW, Cast

PAGES = ("journal", "journal_csv", "journal_lines")


def enter(client: Client, person: Person) -> None:
    """Sign in."""
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")


@pytest.mark.django_db
def test_entries_stand_as_sentences_with_who_and_about_whom(client: Client, cast: Cast) -> None:
    journal.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)
    enter(client, cast.head)
    page = client.get("/journal/").content.decode()
    for words in ("The customer was added.", "Anna Agent", "Berta Buyer"):
        assert words in page


@pytest.mark.django_db
def test_an_administrator_reads_the_journal_without_customers_names(client: Client, cast: Cast) -> None:
    journal.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk)
    enter(client, cast.administrator)
    page = client.get("/journal/").content.decode()
    assert f"Customer {cast.buyer.pk}" in page
    assert "Berta" not in page


@pytest.mark.django_db
def test_filters_narrow_and_a_wrong_day_is_named(client: Client, cast: Cast) -> None:
    journal.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW)
    journal.write(Entry.EXPORTED, by=cast.viewer(cast.head), at=NOW + timedelta(days=1))
    enter(client, cast.head)

    def kinds(**query: str) -> list[str]:
        return [line.kind for line, _, _ in client.get("/journal/", query).context["lines"]]

    assert kinds() == ["exported", "customer_added"]
    assert kinds(kind="exported") == ["exported"]
    assert kinds(person=str(cast.agent.pk)) == ["customer_added"]
    assert kinds(on="2026-03-05") == ["exported"]
    assert kinds(kind="order_placed") == []
    assert kinds(kind="moon", person="moon", after="moon") == ["exported", "customer_added"]
    assert "Write a day like" in client.get("/journal/", {"on": "soon"}).content.decode()


@pytest.mark.django_db
def test_pages_are_linked_to_each_other(client: Client, cast: Cast) -> None:
    for _ in range(60):
        journal.write(Entry.EXPORTED, by=cast.viewer(cast.head), at=NOW)
    enter(client, cast.head)
    first = client.get("/journal/", {"kind": "exported"})
    second = client.get(first.context["next_url"])
    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 10)
    assert client.get(second.context["previous_url"]).context["lines"] == first.context["lines"]


@pytest.mark.django_db
def test_it_is_taken_away_as_csv_and_as_json_lines_without_names(client: Client, cast: Cast) -> None:
    journal.write(Entry.CUSTOMER_ADDED, by=cast.viewer(cast.agent), at=NOW, customer_id=cast.buyer.pk, site_id=1)
    enter(client, cast.head)
    lines = b"".join(client.get("/journal/journal.jsonl?kind=customer_added").streaming_content)  # type: ignore[attr-defined]
    (entry,) = (json.loads(line) for line in lines.splitlines())
    assert (entry["kind"], entry["actor_id"], entry["facts"]) == ("customer_added", cast.agent.pk, {"site_id": 1})
    sheet = b"".join(client.get("/journal/journal.csv?kind=customer_added").streaming_content)  # type: ignore[attr-defined]
    header, row = csv.reader(sheet.decode("utf-8-sig").splitlines())
    assert dict(zip(header, row, strict=True))["facts"] == '{"site_id": 1}'
    assert b"Berta" not in lines + sheet
    assert JournalEntry.objects.filter(kind="exported", actor_id=cast.head.pk).count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_those_without_the_right_are_turned_away(client: Client, cast: Cast, name: str) -> None:
    assert client.get(reverse(f"web:{name}")).status_code == 302
    for person in (cast.agent, cast.mate, cast.stranger, cast.accountant, cast.manager):
        enter(client, person)
        assert client.get(reverse(f"web:{name}")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES[1:])
def test_who_may_not_export_may_not_take_it_away(client: Client, cast: Cast, name: str) -> None:
    enter(client, cast.administrator)
    assert client.get(reverse(f"web:{name}")).status_code == 403
    assert not JournalEntry.objects.exists()
