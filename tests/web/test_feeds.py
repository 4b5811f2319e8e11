"""The pages of daily files: set one up, see what it saw, pause it, remove it; and its secret is nowhere."""

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from goodwill.actions import feeds
from goodwill.store.feeds import AllowedHost, Feed
from goodwill.store.people import Person
from tests.actions.importing import FIRMLESS, bring
from tests.cast import NOW, Cast
from tests.feeding import TEXT, Watched, allow, root, run_jobs  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(person: Person) -> Client:
    """The browser of this person."""
    client = Client()
    client.force_login(person)
    return client


def text(client: Client, name: str, *ids: int) -> str:
    """A page that is there."""
    answer = client.get(reverse(f"web:{name}", args=ids))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_folder_is_set_up_as_an_earlier_import_was_read(cast: Cast, root: Path) -> None:  # noqa: F811
    by_hand = Watched(root)
    by_hand.write_old()
    by_hand.settle()
    (root / "other").mkdir()
    client = signed_in(cast.administrator)
    page = text(client, "feed_new_folder")
    assert str(root) in page
    number = by_hand.feed.files.get().run_id
    assert f'<option value="{number}">orders.csv' in page
    said = {"name": "Other", "place": str(root / "other"), "every": "15", "like": str(number), "moves_files": "on"}
    answer = client.post(reverse("web:feed_new_folder"), said)
    row = Feed.objects.get(name="Other")
    assert answer["Location"] == reverse("web:feed", args=[row.pk])
    assert (row.every_minutes, row.moves_files, row.person) == (15, True, cast.administrator)
    assert (row.options["site"], row.options["currency"], row.options["columns"]["order"]) == ("Shop", "EUR", "order")
    assert "Not looked at yet." in text(client, "feed", row.pk)


@pytest.mark.parametrize(("sheet", "taken_over"), [("March", "March"), ("Orders", ""), ("", "")])
def test_a_sheet_that_was_chosen_and_not_found_is_taken_over(
    sheet: str,
    taken_over: str,
    cast: Cast,
    root: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    for place, name in enumerate(("Orders", "March")):
        rows = book.create_sheet(name, place)
        rows.append(["order", "customer", "placed"])
        rows.append([f"{name}-1", "Anna", "2026-03-02"])
    book.save(tmp_path / "book.xlsx")
    row = bring(tmp_path / "book.xlsx", options=replace(FIRMLESS, sheet=sheet))
    client = signed_in(cast.administrator)
    said = {"name": "Books", "place": str(root), "every": "15", "like": str(row.pk)}
    assert client.post(reverse("web:feed_new_folder"), said).status_code == 302
    assert feeds.options_of(Feed.objects.get(name="Books")).sheet == taken_over


def test_a_refused_folder_is_said_beside_its_field(cast: Cast, root: Path) -> None:  # noqa: F811
    client = signed_in(cast.head)
    for said, word in (
        ({"name": "Shop", "place": str(root.parent), "every": "10"}, "may not be watched"),
        ({"name": "Shop", "place": str(root), "every": "10", "columns": "order: x"}, "is not understood"),
        ({"name": "Shop", "place": str(root), "every": "10", "zone": "Mars"}, "not a time zone"),
    ):
        answer = client.post(reverse("web:feed_new_folder"), said)
        assert answer.status_code == 422
        assert word in answer.content.decode()
    assert not Feed.objects.exists()


def test_files_are_shown_with_what_became_of_them(cast: Cast, root: Path) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.head))
    watched.write_old()
    watched.write_old("copy.csv", hours=1)
    watched.write_old("damaged.csv", b"\x00" * 500)
    watched.write_old("wrong.csv", "a,b\n1,2\n")
    watched.write_old("bad.csv", TEXT.partition("\n")[0] + "\nB-1,1,,Zoe,,,yesterday,,,,,,,,,\n", hours=1)
    watched.settle()
    client = signed_in(cast.head)
    page = text(client, "feed", watched.id)
    for word in (
        "The same content as orders.csv",
        "This file is damaged",
        "Say which columns hold:",
        "no row could enter",
        "look after it",
    ):
        assert word in page, word
    imports = text(client, "imports")
    assert "Daily files to look after" in imports
    assert reverse("web:feed", args=[watched.id]) in imports
    number = watched.feed.files.get(name="bad.csv").run_id
    assert number is not None
    assert ">Shop</a>" in text(client, "import", number)
    assert "look after it" in text(client, "feeds")


def test_pause_resume_look_change_and_remove(cast: Cast, root: Path) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.head))
    client = signed_in(cast.administrator)
    for name in ("feed_pause", "feed_resume", "feed_look"):
        assert client.post(reverse(f"web:{name}", args=[watched.id])).status_code == 302
    assert watched.feed.person == cast.administrator
    page = text(client, "feed_edit", watched.id)
    assert 'value="Shop"' in page
    said = {"name": "Till", "place": watched.facts.place, "every": "20", "columns": "order = Bestellung\n"}
    assert client.post(reverse("web:feed_edit", args=[watched.id]), said).status_code == 302
    assert (watched.feed.name, watched.feed.options["columns"]) == ("Till", {"order": "Bestellung"})
    assert "order = Bestellung" in text(client, "feed_edit", watched.id)
    assert "Remove Till?" in text(client, "feed_remove", watched.id)
    assert client.post(reverse("web:feed_remove", args=[watched.id])).status_code == 302
    assert not Feed.objects.exists()
    assert client.get(reverse("web:feed", args=[watched.id])).status_code == 404


def test_what_the_form_does_not_ask_for_stays_when_a_feed_is_renamed(cast: Cast, root: Path) -> None:  # noqa: F811
    options = replace(FIRMLESS, promise_days=5, promise_unit="working", sheet="Orders")
    watched = Watched(root, by=cast.viewer(cast.head), options=options)
    client = signed_in(cast.head)
    said = {"name": "Till", "place": watched.facts.place, "every": "10", "site": "Shop", "currency": "EUR"}
    assert client.post(reverse("web:feed_edit", args=[watched.id]), said).status_code == 302
    kept = feeds.options_of(watched.feed)
    assert (watched.feed.name, kept.promise_days, kept.promise_unit, kept.sheet) == ("Till", 5, "working", "Orders")


def test_an_address_is_set_up_and_its_secret_is_nowhere_to_be_seen(cast: Cast) -> None:
    client = signed_in(cast.administrator)
    said = {
        "name": "Online",
        "place": "https://shop.example/orders.csv?sig=key-of-the-shop",
        "every": "daily",
        "daily_at": "05:30",
        "access": "basic",
        "access_user": "joe",
        "secret": "open sesame",
    }
    answer = client.post(reverse("web:feed_new_url"), said)
    assert answer.status_code == 422
    assert "not on the list of allowed hosts" in answer.content.decode()
    assert "open sesame" not in answer.content.decode()
    assert client.post(reverse("web:hosts"), {"host": "shop.example"}).status_code == 302
    assert client.post(reverse("web:hosts"), {"host": "no host"}).status_code == 422
    assert client.post(reverse("web:feed_new_url"), said).status_code == 302
    row = Feed.objects.get()
    assert (row.daily_at, row.secret) == ("05:30", "open sesame")
    for page in (text(client, "feed", row.pk), text(client, "feed_edit", row.pk), text(client, "feeds")):
        assert "sesame" not in page
        assert "key-of-the-shop" not in page
    kept = said | {"secret": "", "place": "https://shop.example/orders.csv?…", "every": "120", "daily_at": ""}
    assert client.post(reverse("web:feed_edit", args=[row.pk]), kept).status_code == 302
    row.refresh_from_db()
    assert (row.secret, row.query, row.every_minutes) == ("open sesame", "sig=key-of-the-shop", 120)
    assert "every 2 hours" in text(client, "feed", row.pk)
    missing = client.post(reverse("web:feed_edit", args=[row.pk]), said | {"daily_at": ""})
    assert missing.status_code == 422
    host = AllowedHost.objects.get()
    assert "Online" in text(client, "hosts")
    assert client.post(reverse("web:host_remove", args=[host.pk])).status_code == 302
    assert not AllowedHost.objects.exists()


def test_who_may_not_import_sees_nothing_and_who_may_not_change_settings_no_hosts(cast: Cast, root: Path) -> None:  # noqa: F811
    watched = Watched(root, by=cast.viewer(cast.head))
    allow("shop.example")
    client = signed_in(cast.stranger)
    for name in ("feeds", "feed_new_folder", "feed_new_url", "hosts"):
        assert client.get(reverse(f"web:{name}")).status_code == 403
    for name in ("feed", "feed_edit", "feed_remove"):
        assert client.get(reverse(f"web:{name}", args=[watched.id])).status_code == 403
    for name in ("feed_pause", "feed_resume", "feed_look", "feed_remove"):
        assert client.post(reverse(f"web:{name}", args=[watched.id])).status_code == 403
    assert watched.feed.wakes_at == NOW


def test_what_is_not_imported_any_more_says_why(cast: Cast, root: Path) -> None:  # noqa: F811
    from goodwill.actions import people

    watched = Watched(root, by=cast.viewer(cast.administrator))
    watched.write_old()
    watched.look()
    people.close(cast.administrator.pk, by=cast.viewer(cast.head), at=NOW)
    run_jobs()
    client = signed_in(cast.head)
    number = watched.feed.files.get().run_id
    assert number is not None
    assert "has left or may import no more" in text(client, "import", number)
    watched.look(1)
    assert "has left" in text(client, "imports")
