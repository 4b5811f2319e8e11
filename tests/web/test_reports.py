"""The promise report's page: its finding, its figures, its files, and who may open it."""

import csv
import json
import re
from copy import copy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodwill.store.customers import Customer
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import Cast

DUE = datetime(2026, 2, 10, 23, tzinfo=UTC)
REPORT = "/reports/promises/"
PAGES = ("promise_report", "promise_report_rows")
FILES = ("promise_report_export", "promise_report_rows_export")


def promise(cast: Cast, outcome: str, month: int = 2, **fields: Any) -> Promise:
    """A delivery promised for the tenth of a month, over by now; nobody in particular owes it."""
    on = date(2026, month, 10) if month < 3 else date(2025, month, 10)
    due = datetime(on.year, on.month, on.day, 23, tzinfo=UTC)
    acted = due + timedelta(days=3 if outcome.startswith("broken") else -3)
    defaults: dict[str, Any] = {
        "kind": "delivery", "what": "", "person": None, "late_rule": "end_of_day", "promised_at": due,
        "promised_on": on, "due_at": due, "acted_at": acted, "acted_on": acted.date(), "settled_at": acted,
        "made_at": due - timedelta(days=20), "outcome": outcome, "wakes_at": None, "standing": "",
    }  # fmt: skip
    return cast.promise(**defaults | fields)


def ask(client: Client, person: Person, url: str = REPORT, **query: str) -> Any:
    """The page as this person sees it."""
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.get(url, query)


def text(response: Any) -> str:
    """The page's words, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def file(client: Client, person: Person, name: str, **query: str) -> list[list[str]]:
    """A downloaded file's rows."""
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(reverse(f"web:{name}"), query)
    assert response.status_code == 200
    whole = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(whole.splitlines()))


@pytest.fixture
def year(cast: Cast) -> Cast:
    """A hundred promises in each of two months: five broken in January, twenty in February."""
    for month, broken in ((1, 5), (2, 20)):
        for outcome, number in (("broken_silent", broken), ("kept", 100 - broken)):
            one = promise(cast, outcome, month)
            copies = [copy(one) for _ in range(number - 1)]
            for other in copies:
                other.pk = None
            Promise.objects.bulk_create(copies)
    return cast


@pytest.mark.django_db
def test_the_finding_is_the_title(client: Client, year: Cast) -> None:
    page = text(ask(client, year.head))
    assert "12.5% of 200 promises were broken (8.6%–17.8%)" in page
    assert "Broken most often: February 2026, 20.0% of 100" in page
    assert "observed" in page


@pytest.mark.django_db
def test_no_group_is_blamed_for_what_may_be_chance(client: Client, year: Cast) -> None:
    promise(year, "kept", site=year.elsewhere, customer=year.outsider)
    page = ask(client, year.head, by="site")
    assert page.context["chart_title"] == "No group lies above the share of all for certain"


@pytest.mark.django_db
def test_the_chart_carries_the_same_numbers_as_its_table(client: Client, year: Cast) -> None:
    page = ask(client, year.head).content.decode()
    block = re.search(r'<script id="promise-shares" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert block
    chart = json.loads(block.group(1))
    assert chart["kind"] == "bars_by_month"
    assert [(row["month"], float(row["value"]), row["n"]) for row in chart["rows"]] == [
        ("2026-01", 0.05, 100),
        ("2026-02", 0.2, 100),
    ]
    assert page.index("<table") > page.index("promise-shares")


@pytest.mark.django_db
def test_a_group_too_small_says_so_and_is_not_drawn(client: Client, year: Cast) -> None:
    promise(year, "broken_silent", 12)
    response = ask(client, year.head)
    assert "not enough data" in text(response)
    assert "2025-12" not in response.context["chart"]["rows"][0]["month"]
    assert len(response.context["chart"]["rows"]) == 2


@pytest.mark.django_db
def test_too_little_in_all_says_how_much_more_would_be_enough(client: Client, cast: Cast) -> None:
    promise(cast, "kept")
    page = text(ask(client, cast.head))
    assert "Not enough data: only 1 promise was kept or broken so far." in page
    assert "About 15 more would be enough." in page


@pytest.mark.django_db
def test_an_empty_house_has_a_page_too(client: Client, cast: Cast) -> None:
    assert "No promise has been kept or broken yet." in text(ask(client, cast.head))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("by", "rule"),
    [(by, "own") for by in ("month", "site", "category", "carrier", "seller", "region", "delay_bucket")]
    + [("month", "end_of_day"), ("delay_bucket", "moment")],
)
def test_every_figure_on_the_page_opens_to_as_many_promises(client: Client, year: Cast, by: str, rule: str) -> None:
    page = ask(client, year.head, by=by, rule=rule).content.decode()
    links = set(re.findall(r'href="(/reports/promises/rows/\?[^"]+)"[^>]*>([\d,]+)<', page))
    assert links
    for address, figure in links:
        behind = client.get(address.replace("&amp;", "&"))
        assert behind.status_code == 200
        assert behind.context["title"].startswith(f"{figure} promise")


@pytest.mark.django_db
def test_filters_narrow_the_page_and_stay_in_its_links(client: Client, year: Cast) -> None:
    promise(year, "kept", 2, site=year.elsewhere, customer=year.outsider)
    query = {"site": str(year.shop.pk), "from": "2026-02-01", "to": "2026-02-28", "by": "site"}
    page = ask(client, year.head, **query).content.decode()
    assert "20.0% of 100 promises were broken" in page
    (address,) = set(re.findall(r'href="(/reports/promises/rows/\?[^"]+figure=broken)"', page))
    for part in ("from=2026-02-01", "to=2026-02-28", f"site={year.shop.pk}"):
        assert part in address


@pytest.mark.django_db
def test_a_day_in_the_past_is_read_as_it_stood_at_its_end(client: Client, year: Cast) -> None:
    response = ask(client, year.head, as_of="2026-02-01")
    assert "5.0% of 100 promises were broken" in text(response)
    assert "as_of=2026-02-01" in response.content.decode()
    # A day still to come is read as now.
    assert "12.5% of 200 promises" in text(ask(client, year.head, as_of="2999-01-01"))


@pytest.mark.django_db
def test_what_cannot_be_read_is_named_and_left_out(client: Client, year: Cast) -> None:
    response = ask(client, year.head, **{"from": "soon", "rule": "moon", "by": "moon"})
    assert response.status_code == 200
    assert "Write a day like" in text(response)
    assert "of 200 promises were broken" in text(response)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("promise_report", {"seller": "x"}),
        ("promise_report", {"month": "2026-13"}),
        ("promise_report_rows", {"delay_bucket": "soon"}),
        ("promise_report_rows", {"figure": "moon"}),
        ("promise_report_rows", {"after": "moon"}),
    ],
)
def test_an_address_that_cannot_be_is_not_found(client: Client, year: Cast, name: str, query: dict[str, str]) -> None:
    assert ask(client, year.head, reverse(f"web:{name}"), **query).status_code == 404


@pytest.mark.django_db
def test_rows_are_paged_and_name_their_customers(client: Client, year: Cast) -> None:
    rows = reverse("web:promise_report_rows")
    first = ask(client, year.head, rows, figure="kept")
    assert first.context["title"] == "175 promises kept"
    assert len(first.context["rows"]) == 50
    second = client.get(first.context["next_url"])
    assert len(second.context["rows"]) == 50
    assert client.get(second.context["previous_url"]).context["rows"] == first.context["rows"]
    assert "Berta Buyer" in text(first)
    assert "3 days early" in text(first)


@pytest.mark.django_db
def test_the_report_is_taken_away_as_a_file_and_the_journal_knows(client: Client, year: Cast) -> None:
    rows = file(client, year.manager, "promise_report_export", by="month")
    assert rows[0][:4] == ["month", "n", "kept", "broken"]
    assert [row[:4] for row in rows[1:]] == [
        ["2026-01", "100", "95", "5"],
        ["2026-02", "100", "80", "20"],
        ["all", "200", "175", "25"],
    ]
    entry = JournalEntry.objects.get(kind="exported")
    assert (entry.actor_id, entry.facts["what"]) == (year.manager.pk, "promise-report")


@pytest.mark.django_db
def test_a_file_of_rows_cannot_run_a_formula(client: Client, cast: Cast) -> None:
    trick = Customer.objects.create(kind="person", name="=1+1", site=cast.shop, created_at=DUE)
    promise(cast, "kept", customer=trick)
    rows = file(client, cast.head, "promise_report_rows_export", figure="kept")
    assert rows[1][8] == "'=1+1"
    assert rows[1][2:5] == ["kept", "2026-02-07", "-3"]


@pytest.mark.django_db
def test_each_sees_own_sites_only(client: Client, year: Cast) -> None:
    promise(year, "broken_silent", site=year.elsewhere, customer=year.outsider)
    assert "of 200 promises were broken" in text(ask(client, year.agent))
    assert "of 200 promises were broken" in text(ask(client, year.mate))
    stranger = text(ask(client, year.stranger))
    assert "only 1 promise was kept or broken" in stranger
    assert "Shop" not in stranger
    behind = ask(client, year.stranger, reverse("web:promise_report_rows"), site=str(year.shop.pk))
    assert behind.context["rows"] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, *FILES])
def test_back_office_administrators_and_strangers_to_the_house_are_turned_away(
    client: Client, cast: Cast, name: str
) -> None:
    assert client.get(reverse(f"web:{name}")).status_code == 302
    for person in (cast.accountant, cast.administrator):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(reverse(f"web:{name}")).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_an_agent_may_look_but_not_take_away(client: Client, cast: Cast, name: str) -> None:
    client.force_login(cast.agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(reverse(f"web:{name}")).status_code == 403
    assert ".csv" not in ask(client, cast.agent).content.decode()
    assert not JournalEntry.objects.filter(kind="exported").exists()
