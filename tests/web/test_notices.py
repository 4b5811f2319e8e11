"""The bell and the page of notices."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from goodwill.domain.notices import Kind
from goodwill.store.imports import Import
from goodwill.store.journal import JournalEntry
from goodwill.store.notices import Notice, NoticePlan
from goodwill.store.people import Person
from tests.cast import NOW, Cast

HOUR = timedelta(hours=1)


def notice(person: Person, n: int = 1, **fields: Any) -> Notice:
    defaults = {"kind": "promise_broken", "why": "owes", "code": "broken_silent", "hour_at": NOW, "made_at": NOW}
    return Notice.objects.create(person=person, entry_id=n, last_entry_id=n, **defaults | fields)


def about(cast: Cast, **fields: Any) -> dict[str, Any]:
    promise = cast.promise(due_at=timezone.now() - HOUR, standing="late", **fields)
    return {"promise_id": promise.pk, "customer_id": promise.customer_id}


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def shown(client: Client, name: str = "web:notices", **asked: str) -> str:
    return client.get(reverse(name), asked).content.decode()


def test_a_line_says_what_happened_with_whom_why_and_what_next(cast: Cast) -> None:
    notice(cast.agent, **about(cast))
    page = shown(browser(cast.agent))
    for words in (
        "A promise was broken in silence.",
        "Berta Buyer · call back about the jacket",
        "because you owe it",
        "Warn the customer",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("kind", "why", "code", "words"),
    [
        ("promise_at_risk", "chief", "depends", ("what it depends on is late", "you lead the unit")),
        ("promise_changed", "owner", "moved", ("was moved with the customer", "Open the promise")),
        ("promise_broken", "owner", "a_later_word", ("A promise was broken.",)),
    ],
)
def test_each_kind_has_its_sentence_and_its_act(
    cast: Cast, kind: str, why: str, code: str, words: tuple[str, ...]
) -> None:
    notice(cast.agent, kind=kind, why=why, code=code, **about(cast))
    page = shown(browser(cast.agent))
    for word in words:
        assert word in page


def test_notices_about_customers_orders_and_imports_lead_to_them(cast: Cast) -> None:
    order = cast.order()
    run = Import.objects.create(preset="orders", as_of=NOW, created_at=NOW, person=cast.head)
    buyer = {"customer_id": cast.buyer.pk}
    rows = {
        reverse("web:customer", args=[cast.buyer.pk]): notice(
            cast.head, 1, kind="customer_heard", why="owner", code="phone", **buyer
        ),
        reverse("web:order", args=[order.pk]): notice(
            cast.head, 2, kind="rated_low", why="owner", code="low", order_id=order.pk, **buyer
        ),
        reverse("web:import", args=[run.pk]): notice(
            cast.head, 3, kind="import_ended", why="started", code="bad_rows", import_id=run.pk
        ),
        reverse("web:promises") + "?state=broken&owes=me": notice(cast.head, 4, count=9),
        reverse("web:customers") + "?owner=me&sort=heard": notice(cast.head, 5, kind="customer_given", why="", count=9),
        reverse("web:imports"): notice(cast.head, 6, kind="import_ended", why="started", count=4),
    }
    client = browser(cast.head)
    page = shown(client)
    for word in ("Open the customer", "Open the order", "Mend the rows", "Show the list", "9 promises were broken"):
        assert word in page
    for url, row in rows.items():
        assert client.get(reverse("web:notice", args=[row.pk]))["Location"] == url
        row.refresh_from_db()
        assert row.seen_at is not None


def test_the_next_act_of_a_broken_promise_is_to_warn_and_opening_reads_it(cast: Cast) -> None:
    row = notice(cast.agent, **about(cast))
    answer = browser(cast.agent).get(reverse("web:notice", args=[row.pk]))
    assert answer["Location"] == reverse("web:promise", args=[row.promise_id]) + "?act=warn#warn"
    row.refresh_from_db()
    assert row.seen_at is not None


def test_nobody_reads_or_marks_anothers_notice(cast: Cast) -> None:
    row = notice(cast.agent, **about(cast))
    client = browser(cast.stranger)
    assert "Berta" not in shown(client) + shown(client, "web:notices_bell")
    answer = client.get(reverse("web:notice", args=[row.pk]), follow=True)
    assert answer.redirect_chain == [(reverse("web:notices"), 302)] and "This notice is gone" in answer.content.decode()
    client.post(reverse("web:notice_mark", args=[row.pk]))
    client.post(reverse("web:notices_mark_all"))
    row.refresh_from_db()
    assert row.seen_at is None


def test_who_lost_sight_reads_nothing_of_it(cast: Cast) -> None:
    row = notice(cast.agent, **about(cast, person=None))
    notice(cast.agent, 2, kind="customer_heard", why="owner", code="phone", customer_id=cast.buyer.pk)
    notice(cast.agent, 3, kind="import_ended", why="started", code="failed", import_id=1)
    cast.agent.assignments.all().delete()
    assert not cast.viewer(cast.agent).roles
    client = browser(cast.agent)
    for name in ("web:notices", "web:notices_bell"):
        page = shown(client, name)
        assert page.count("This is gone, or not yours to see any more.") == 3
        assert not [word for word in ("Berta", "jacket", "silence", "you owe", "import failed") if word in page]
    assert client.get(reverse("web:notice", args=[row.pk]))["Location"] == reverse("web:notices")


def test_of_a_promise_that_is_gone_nothing_is_shown_though_its_customer_is_seen_beside_it(cast: Cast) -> None:
    notice(cast.agent, 1, promise_id=10**9, customer_id=cast.buyer.pk)
    notice(cast.agent, 2, kind="customer_heard", why="owner", code="phone", customer_id=cast.buyer.pk)
    page = shown(browser(cast.agent))
    assert page.count("This is gone, or not yours to see any more.") == 1
    assert page.count("Berta Buyer") == 1 and "silence" not in page


def test_marking_one_and_all_can_be_undone(cast: Cast) -> None:
    client = browser(cast.agent)
    rows = [notice(cast.agent, n, **about(cast)) for n in range(1, 4)]
    answer = client.post(reverse("web:notice_mark", args=[rows[0].pk]), {"next": "?kind=promise_broken"}, follow=True)
    page = answer.content.decode()
    assert "1 notice was marked as read." in page and page.count("data-row>") == 2
    assert answer.redirect_chain[0][0].startswith("/notices/?kind=promise_broken&marked=")
    client.post(reverse("web:notices_mark_all"), {"newest": str(rows[1].pk), "kind": "promise_broken"})
    assert set(Notice.objects.filter(seen_at=None)) == {rows[2]}
    answer = client.post(reverse("web:notices_mark_all"), follow=True)
    stamp = answer.context["marked"]
    assert Notice.objects.filter(seen_at=None).count() == 0
    said = client.post(reverse("web:notices_undo"), {"marked": stamp}, follow=True).content.decode()
    assert "1 notice is unread again." in said and set(Notice.objects.filter(seen_at=None)) == {rows[2]}
    assert "Undo" not in shown(client, marked=stamp)


@pytest.mark.parametrize("next_", ["https://elsewhere.example", "//elsewhere.example", "/people/", "?", "?which=all"])
def test_one_goes_back_to_ones_own_list_and_nowhere_else(cast: Cast, next_: str) -> None:
    answer = browser(cast.agent).post(reverse("web:notices_mark_all"), {"next": next_})
    wanted = "/notices/?which=all&marked=" if next_ == "?which=all" else "/notices/?marked="
    assert answer["Location"].startswith(wanted)


@pytest.mark.parametrize("stamp", ["", "x", "-1", "9" * 18, "²"])
def test_a_mark_that_never_was_is_undone_by_nobody(cast: Cast, stamp: str) -> None:
    client = browser(cast.agent)
    assert client.post(reverse("web:notices_undo"), {"marked": stamp})["Location"] == reverse("web:notices")
    assert client.get(reverse("web:notices"), {"marked": stamp}).status_code == 200


def test_the_list_narrows_to_kinds_and_to_the_unread_and_turns_pages(cast: Cast) -> None:
    client = browser(cast.agent)
    for n in range(1, 31):
        notice(cast.agent, n, seen_at=NOW if n % 2 else None, **about(cast))
    notice(cast.agent, 99, kind="customer_given", why="owner", code="owner", customer_id=cast.buyer.pk)
    assert shown(client).count("data-row>") == 16
    page = shown(client, which="all")
    assert page.count("data-row>") == 25 and 'rel="next"' in page
    assert shown(client, kind="customer_given").count("data-row>") == 1
    assert shown(client, kind="rated_low").count("data-row>") == 0
    assert shown(client, kind="nonsense", which="nonsense").count("data-row>") == 16


def test_an_empty_list_says_what_would_show_here(cast: Cast) -> None:
    client = browser(cast.agent)
    assert "What concerns you shows here" in shown(client)
    assert "forgotten" in shown(client, which="all")
    assert "Nothing new." in shown(client, "web:notices_bell")


def test_what_was_settled_unread_says_so_and_is_not_counted(cast: Cast) -> None:
    client = browser(cast.agent)
    notice(cast.agent, done_at=NOW, **about(cast))
    assert "bell-number" not in shown(client, "web:today")
    assert "settled since" in shown(client, which="all")


# ---------------------------------------------------------------- the bell


def test_every_page_has_the_bell_with_the_number(cast: Cast) -> None:
    client = browser(cast.agent)
    assert "bell-number" not in shown(client, "web:today")
    notice(cast.agent)
    page = shown(client, "web:today")
    assert '<span class="bell-number" aria-hidden="true">1</span>' in page and "1 unread notice" in page
    assert f'href="{reverse("web:notices")}" data-go="b"' in page


def test_the_bell_counts_to_99_and_answers_nothing_where_nothing_changed(cast: Cast) -> None:
    client = browser(cast.agent)
    for n in range(99):
        notice(cast.agent, n)
    assert ">99<" in shown(client, "web:notices_count")
    notice(cast.agent, 99)
    page = shown(client, "web:notices_count", shown="99")
    assert ">99+<" in page and "more than 99 unread notices" in page and "shown=100" in page
    assert client.get(reverse("web:notices_count"), {"shown": "100"}).status_code == 204


def test_a_page_asks_the_database_once_for_the_bell_however_many_notices_there_are(cast: Cast) -> None:
    client = browser(cast.agent)

    def asked(name: str, **asked: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(name), asked)
        return len([query for query in captured if "notice" in query["sql"]])

    def in_all(name: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(name))
        return len(captured)

    client.get(reverse("web:today"))
    today = in_all("web:today")
    assert asked("web:today") == 1
    notice(cast.agent, 0, **about(cast))
    few = in_all("web:notices")
    before = in_all("web:today")
    for n in range(1, 40):
        notice(cast.agent, n, **about(cast))
    assert asked("web:today") == 1 and in_all("web:today") <= before
    assert in_all("web:notices") == few < today + 8
    assert in_all("web:notices_bell") < 12


def test_asking_for_the_number_takes_the_index_of_the_unread(cast: Cast) -> None:
    unread = Notice.objects.filter(person=cast.agent).unread().order_by()[:100]
    if connection.vendor == "sqlite":
        assert "notice_unread" in unread.explain()


# ---------------------------------------------------------------- preferences


def test_wishes_are_asked_and_kept(cast: Cast) -> None:
    client = browser(cast.agent)
    page = shown(client, "web:notice_preferences")
    assert 'value="08:00"' in page and "This house sends no letters" in page
    said = {kind.value: "digest" for kind in Kind} | {
        "digest_at": "09:30",
        "quiet_from": "21:00",
        "quiet_until": "6:30",
    }
    answer = client.post(reverse("web:notice_preferences"), said | {"rated_low": "at_once"})
    assert answer["Location"] == reverse("web:notice_preferences")
    plan = NoticePlan.objects.get(person=cast.agent)
    assert plan.ways == {"rated_low": "at_once", "import_ended": "digest"}
    assert (plan.digest_minute, plan.quiet_from_minute, plan.quiet_until_minute) == (570, 1260, 390)
    assert not plan.rests_on_days_off
    assert JournalEntry.objects.get(kind="person_changed").facts["field"] == "notices"
    assert 'value="09:30"' in shown(client, "web:notice_preferences")


def test_a_wrong_wish_is_said_beside_its_field(cast: Cast) -> None:
    said = {kind.value: "shout" for kind in Kind} | {"digest_at": "soon", "quiet_from": "", "quiet_until": "7:00"}
    answer = browser(cast.agent).post(reverse("web:notice_preferences"), said)
    page = answer.content.decode()
    assert answer.status_code == 422 and "This is not a time of day. Write it like 08:00." in page
    assert not NoticePlan.objects.exists()


@pytest.mark.parametrize("language", ["en", "ru", "hu"])
def test_the_pages_answer_in_three_languages(cast: Cast, language: str) -> None:
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(language=language)
    for kind in Kind:
        for count in (1, 2, 5):
            notice(cast.agent, count, kind=kind.value, count=count, **about(cast))
    client = browser(Person.objects.get(pk=cast.agent.pk))
    for name in ("web:notices", "web:notices_bell", "web:notice_preferences"):
        assert client.get(reverse(name)).status_code == 200
