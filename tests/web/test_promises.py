"""The pages of promises: who sees them, what they say, and that nothing typed is lost when somebody was quicker."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.promises import Promise
from tests.cast import PASSWORD, Cast

HOUR = timedelta(hours=1)


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def owed(cast: Cast, **fields: Any) -> Promise:
    now = timezone.now()
    return cast.promise(**{"due_at": now + 24 * HOUR, "made_at": now - HOUR, "promised_on": now.date()} | fields)


def post(client: Client, promise: Promise, deed: str, **fields: object) -> tuple[int, str]:
    data = {"version": promise.version, **fields}
    answer = client.post(reverse(f"web:promise_{deed}", args=[promise.pk]), data, follow=True)
    return answer.status_code, answer.content.decode()


def test_what_is_wrong_with_the_moment_of_the_act_stands_at_its_field(cast: Cast) -> None:
    status, page = post(client_of(cast.agent), owed(cast), "keep", acted_at="yesterday")
    assert status == 422
    field, said, button = (
        page.index('id="keep_acted_at"'),
        page.index('id="keep_acted_at_error"'),
        page.index("Mark kept"),
    )
    assert field < said < button
    told = re.search(r"<input[^>]*keep_acted_at[^>]*>", page)
    assert told and 'aria-describedby="keep_acted_at_error"' in told.group()


def test_everyone_who_may_sees_the_page_and_its_arithmetic(cast: Cast) -> None:
    promise = owed(cast)
    for person in (cast.agent, cast.mate, cast.manager, cast.head):
        page = client_of(person).get(reverse("web:promise", args=[promise.pk]))
        assert page.status_code == 200
        assert b"call back about the jacket" in page.content and b"Why?" in page.content
        assert b"whatever the calendar says" in page.content


def test_the_stranger_finds_nothing_at_any_address(cast: Cast) -> None:
    promise = owed(cast)
    client = client_of(cast.stranger)
    assert client.get(reverse("web:promise", args=[promise.pk])).status_code == 404
    for deed, fields in (
        ("keep", {}),
        ("warn", {"when": "tomorrow 12", "cause": "stock", "words": "It is late", "channel": "phone"}),
        ("move", {"when": "tomorrow 12", "words": "fine", "channel": "phone"}),
        ("withdraw", {"reason": "cancelled"}),
        ("correct", {"correct-how": "mistaken", "correct-version": "0"}),
    ):
        assert post(client, promise, deed, **fields)[0] == 404
    assert cast.buyer.name.encode() not in client.get(reverse("web:promises")).content
    assert cast.buyer.name.encode() not in client.get(reverse("web:today")).content
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("name", ["today", "promises", "promises_export", "quick_entry", "due_words"])
def test_whoever_is_not_signed_in_is_sent_to_the_door(cast: Cast, name: str) -> None:
    answer = Client().get(reverse(f"web:{name}"))
    assert answer.status_code == 302 and reverse("account_login") in answer["Location"]


def test_the_administrator_has_no_promises_to_see(cast: Cast) -> None:
    client = client_of(cast.administrator)
    assert client.get(reverse("web:promises")).status_code == 403
    assert client.get(reverse("web:promises_export")).status_code == 403
    assert client.get(reverse("web:quick_entry")).status_code == 403


def test_only_whoever_may_export_exports(cast: Cast) -> None:
    owed(cast)
    assert client_of(cast.agent).get(reverse("web:promises_export")).status_code == 403
    answer = client_of(cast.head).get(reverse("web:promises_export"), {"state": "owed"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2 and lines[0].startswith("id,side,customer_id") and "Berta Buyer" in lines[1]
    assert JournalEntry.objects.get(kind="exported").actor_id == cast.head.pk


def test_marked_kept_from_today_one_is_back_on_today(cast: Cast) -> None:
    promise = owed(cast)
    status, page = post(client_of(cast.agent), promise, "keep", next="/?whose=mine")
    promise.refresh_from_db()
    assert (status, promise.outcome) == (200, "kept")
    assert "Marked as kept." in page and "Customers we owe something" in page


def test_nobody_is_sent_to_another_site(cast: Cast) -> None:
    promise = owed(cast)
    answer = client_of(cast.agent).post(
        reverse("web:promise_keep", args=[promise.pk]), {"version": 0, "next": "https://evil.example/"}
    )
    assert answer["Location"] == reverse("web:promise", args=[promise.pk])


def test_a_warning_is_typed_in_ones_own_words(cast: Cast) -> None:
    promise = owed(cast)
    status, page = post(
        client_of(cast.agent),
        promise,
        "warn",
        when="in 3 days",
        cause="carrier",
        words="The truck broke",
        channel="phone",
    )
    promise.refresh_from_db()
    assert status == 200 and promise.warned_at is not None
    assert "The truck broke" in page and "before it was due" in page


def test_a_time_that_cannot_be_read_is_shown_again_with_all_that_was_typed(cast: Cast) -> None:
    promise = owed(cast)
    status, page = post(
        client_of(cast.agent),
        promise,
        "warn",
        when="soonish",
        cause="carrier",
        words="The truck broke",
        channel="phone",
    )
    assert status == 422
    assert "soonish" in page and "The truck broke" in page and "could not be read as a time" in page
    assert not Interaction.objects.exists()


def test_a_promise_moves_only_with_consent(cast: Cast) -> None:
    promise, client = owed(cast), client_of(cast.agent)
    status, page = post(client, promise, "move", when="in 3 days", channel="phone", words="")
    assert status == 422 and "only with the customer" in page
    status, page = post(client, promise, "move", when="in 3 days", channel="phone", words="Friday suits me better")
    promise.refresh_from_db()
    assert status == 200 and promise.replaced_by is not None
    assert "this is the new promise" in page and "Friday suits me better" in page


def test_when_somebody_was_quicker_the_page_shows_both_and_loses_nothing(cast: Cast) -> None:
    promise = owed(cast)
    Promise.objects.update(version=5, standing="at_risk")
    fields = {"when": "in 3 days", "cause": "stock", "words": "Not here yet", "channel": "email"}
    status, page = post(client_of(cast.agent), promise, "warn", **fields)
    assert status == 409
    assert "Somebody else changed this" in page and "Not here yet" in page and "at risk" in page
    assert 'name="version" value="5"' in page
    promise.version = 5
    assert post(client_of(cast.agent), promise, "warn", **fields)[0] == 200


def test_a_deed_done_twice_is_said_to_be_done(cast: Cast) -> None:
    promise, client = owed(cast), client_of(cast.agent)
    post(client, promise, "keep")
    promise.version = 1
    status, page = post(client, promise, "keep")
    assert status == 409 and JournalEntry.objects.filter(kind="promise_kept").count() == 1
    assert "kept" in page


def test_a_mistake_is_corrected_by_a_further_entry(cast: Cast) -> None:
    promise, client = owed(cast), client_of(cast.agent)
    post(client, promise, "keep")
    fields = {"correct-how": "not_settled", "correct-version": "1"}
    status, page = post(client, promise, "correct", **fields)
    promise.refresh_from_db()
    assert (status, promise.outcome) == (200, "open")
    assert "A promise was kept." in page and "The record of a promise was corrected." in page


def test_a_deed_needs_a_post_and_a_form_of_ours(cast: Cast) -> None:
    promise = owed(cast)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.agent)
    for deed in ("keep", "warn", "move", "withdraw", "correct"):
        address = reverse(f"web:promise_{deed}", args=[promise.pk])
        assert strict.get(address).status_code == 405
        assert strict.post(address, {"version": 0}).status_code == 403
    assert PASSWORD and not JournalEntry.objects.exists()


def test_the_list_narrows_by_every_filter(cast: Cast) -> None:
    kept = owed(cast, what="kept one", outcome="kept", settled_at=timezone.now(), standing="")
    owed(cast, what="owed one", unit=cast.back_unit, person=None)
    owed(cast, what="theirs one", side="theirs", person=None)
    client = client_of(cast.head)

    def shown(**asked: str) -> set[str]:
        page = client.get(reverse("web:promises"), asked).content.decode()
        return {name for name in ("kept one", "owed one", "theirs one") if f'title="{name}"' in page}

    day = kept.promised_on.isoformat()
    assert shown() == {"owed one"}
    assert shown(state="kept") == {"kept one"} == shown(state="all", owes=f"person:{cast.agent.pk}")
    assert shown(state="all") == {"kept one", "owed one"} == shown(state="all", **{"from": day, "to": day})
    assert shown(side="theirs") == {"theirs one"}
    assert shown(owes=f"unit:{cast.back_unit.pk}") == {"owed one"}
    assert shown(state="broken") == shown(standing="late") == shown(site=str(cast.elsewhere.pk)) == set()
    assert shown(state="all", **{"from": "2031-01-01"}) == set() == shown(state="kept", to="1999-02-31", owes="me")


def test_a_promise_of_an_import_has_no_outcome_read_into_its_silence(cast: Cast) -> None:
    promise = owed(cast, is_history=True, due_at=timezone.now() - HOUR, wakes_at=None, standing="late")
    page = client_of(cast.head).get(reverse("web:promise", args=[promise.pk])).content.decode()
    assert "was broken" not in page and "came with an import" in page


def test_the_reasons_to_withdraw_are_round_ticks_before_and_after_a_refusal(cast: Cast) -> None:
    promise = owed(cast)
    client = client_of(cast.agent)
    seen = client.get(reverse("web:promise", args=[promise.pk])).content.decode()
    _, refused = post(client, promise, "withdraw")
    for page in (seen, refused):
        ticks = re.findall(r'<input type="radio" name="reason"[^>]*>', page)
        assert ticks and all("form-check-input" in tick and "form-control" not in tick for tick in ticks)


@pytest.mark.parametrize(
    ("language", "choose", "fill_in"),
    [
        ("en", "Choose one.", "Please fill this in."),
        ("ru", "Выберите один из вариантов.", "Заполните это поле."),
        ("hu", "Válasszon egyet.", "Kérjük, töltse ki."),
    ],
)
def test_a_choice_left_open_asks_for_a_choice_and_an_empty_line_for_words(
    cast: Cast, language: str, choose: str, fill_in: str
) -> None:
    promise = owed(cast)
    client = client_of(cast.agent)
    client.cookies["goodwill_language"] = language
    _, withdrawn = post(client, promise, "withdraw")
    assert choose in withdrawn and fill_in not in withdrawn
    _, warned = post(client, promise, "warn", when="tomorrow 10:00")
    assert choose in warned and fill_in in warned, "a list to choose the cause from, a line for the words"
