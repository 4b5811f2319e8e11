"""Every fact that a deed writes has its words, or is known to say nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from goodwill.domain.entries import Entry
from goodwill.store import journal
from goodwill.web.wording_facts import NAMED, SILENT, WORDS, told
from tests.cast import NOW, Cast

PACKAGE = Path(__file__).resolve().parents[2] / "goodwill"
WRITERS = {"write", "entry", "note", "_note", "facts", "_withdraw", "_tag", "at_risk_entry"}
ABOUT = {"by", "at", "recorded_at", "customer_id", "order_id", "promise_id", "import_id", "policy_id", "facts"}
PARAMETERS = {"is_broken_already"}


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def written() -> Iterator[str]:
    """The names of all facts in the calls that write entries, and in facts that stand as JSON text already."""
    for floor in ("actions", "web", "cli", "api", "worker"):
        for path in (PACKAGE / floor).rglob("*.py"):
            text = path.read_text()
            for node in ast.walk(ast.parse(text)):
                if not isinstance(node, ast.Call) or called(node) not in WRITERS:
                    continue
                about_entry = any("Entry." in ast.unparse(argument) for argument in node.args)
                if about_entry or called(node) in {"facts", "_withdraw"}:
                    yield from (word.arg for word in node.keywords if word.arg)
            if "Entry." in text and floor == "actions":
                yield from re.findall(r'(?<=[{ ])"(\w+)": ["{]', text) if "f'{{" in text else ()


def test_every_fact_that_a_deed_writes_has_words_or_says_nothing() -> None:
    names = set(written()) - ABOUT - PARAMETERS
    assert {"is_mailing", "due_at", "product_score", "lead_seconds", "expected_at", "kinds", "interaction_id"} <= names
    assert not names - set(WORDS) - set(NAMED) - SILENT


def test_no_fact_is_worded_twice() -> None:
    assert not (set(WORDS) & set(NAMED)) | (set(WORDS) & SILENT) | (set(NAMED) & SILENT)


@pytest.mark.parametrize(
    ("kind", "facts", "words"),
    [
        (Entry.INTERACTION_RECORDED, {"channel": "phone", "direction": "to_customer", "is_mailing": False},
         ["channel: Telephone"]),
        (Entry.PERSON_CHANGED, {"field": "is_active", "is_active": 0}, ["changed: whether in use", "account open: no"]),
        (Entry.PROMISE_BROKEN, {"outcome": "broken_warned", "lead_seconds": 7200},
         ["warned: 2 hours before it was due"]),
        (Entry.PROMISE_BROKEN, {"outcome": "broken_silent", "lead_seconds": None}, []),
        (Entry.PROMISE_CORRECTED, {"before": "broken_silent", "after": "kept", "why": "kept_in_time"},
         ["before: Broken in silence", "now: Kept", "why: it had been kept in time"]),
        (Entry.ROLES_CHANGED, {"given": [["agent", 3], ["agent", 4]], "taken": []}, ["given: Agent"]),
        (Entry.SITE_CHANGED, {"fields": "name,zone"}, ["changed: name, time zone"]),
        (Entry.OWNER_CHANGED, {"owner_id": None, "deputy_id": 2, "owner_was": 1, "deputy_was": 2},
         ["owner: nobody", "owner before: Anna"]),
        (Entry.PROMISE_MADE, {"money": {"amount": "12.50", "currency": "EUR"}}, ["money waiting: €12.50"]),
        (Entry.WEBHOOK_CHANGED, {"act": "paused", "why": "by_hand", "kinds": "all"}, ["what it is told: everything"]),
        (Entry.EXPORTED, {"what": "promises-kept"}, ["what: promises"]),
    ],
)  # fmt: skip
def test_facts_are_said_in_words(kind: Entry, facts: dict[str, Any], words: list[str]) -> None:
    with translation.override("en"):
        assert told(kind.value, facts, {"owner_was": "Anna"}) == words


@pytest.mark.parametrize("value", ["moon", 7, None, {}, [], ["moon"], [[]], {"amount": "x", "currency": "EUR"}])
@pytest.mark.parametrize("name", sorted(WORDS))
def test_what_another_version_wrote_never_fails(name: str, value: Any) -> None:
    assert all(isinstance(said, str) for said in told("moon_landed", {name: value, "moons": 1}, {}))


@pytest.mark.django_db
def test_the_page_names_who_and_where_and_shows_no_key(client: Client, cast: Cast) -> None:
    by = cast.viewer(cast.head)
    journal.write(Entry.OWNER_CHANGED, by=by, at=NOW, customer_id=cast.buyer.pk, owner_id=cast.mate.pk, owner_was=None)
    journal.write(Entry.SITE_CHANGED, by=by, at=NOW, site_id=cast.shop.pk, mode="store", added=1)
    client.force_login(cast.head, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/journal/").content.decode()
    assert f"owner: {cast.mate.name}" in page
    assert f"site: {cast.shop.name}" in page
    assert " = " not in page.split("<tbody", 1)[1].split("</tbody>")[0].replace('="', "")
    assert "site_id" not in page


@pytest.mark.django_db
def test_names_cost_no_query_for_each_row(client: Client, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for _ in range(40):
        journal.write(
            Entry.TOUCHPOINT_CHANGED, by=cast.viewer(cast.head), at=NOW, owner_id=cast.mate.pk, site_id=cast.shop.pk
        )
    client.force_login(cast.head, backend="allauth.account.auth_backends.AuthenticationBackend")
    with django_assert_max_num_queries(15):
        client.get("/journal/")
