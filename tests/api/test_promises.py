"""Promises over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from goodwill.domain.tokens import Access
from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise
from tests.api.operations import DOCUMENT
from tests.api.programs import Program
from tests.cast import Cast


@pytest.fixture
def agent(cast: Cast) -> Program:
    """A program of the agent with every scope."""
    return Program(cast.agent)


def in_days(days: float) -> str:
    return (timezone.now() + timedelta(days=days)).isoformat()


def test_a_promise_is_made_warned_of_moved_and_kept(cast: Cast, agent: Program) -> None:
    made = agent.post(
        "promises",
        {
            "customer_id": cast.buyer.pk,
            "kind": "call",
            "what": "call about the jacket",
            "due": {"moment": in_days(2)},
            "money_waiting": {"amount": "1187.99", "currency": "EUR"},
        },
    )
    assert made.status_code == 201, made.content
    promise = made.json()
    assert promise["person_id"] == cast.agent.pk
    assert promise["outcome"] == "open"
    assert promise["money_waiting"] == {"amount": "1187.99", "currency": "EUR"}
    path = f"promises/{promise['id']}"
    assert agent.get(path).json() == promise
    warned = agent.post(
        f"{path}/warn", {"expected_at": in_days(3), "cause": "stock", "words": "a day later", "version": 0}
    )
    assert (warned.status_code, warned.json()["version"]) == (200, 1)
    moved = agent.post(f"{path}/move", {"due": {"business_days": 3}, "consent_words": "fine with me"})
    assert moved.status_code == 201
    assert moved.json()["target_count"] == 3
    assert agent.get(path).json()["replaced_by_id"] == moved.json()["id"]
    kept = agent.post(f"promises/{moved.json()['id']}/keep", {})
    assert (kept.status_code, kept.json()["outcome"]) == (200, "kept")
    again = agent.post(f"promises/{moved.json()['id']}/keep", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_settled")
    undone = agent.post(f"promises/{moved.json()['id']}/correct", {"how": "not_settled"})
    assert undone.json()["outcome"] == "open"
    gone = agent.post(f"promises/{moved.json()['id']}/withdraw", {"reason": "cancelled"})
    assert gone.json()["outcome"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"due": {"moment": "2020-01-01T00:00:00Z"}}, 422, "due"),
        ({"due": {"moment": "2030-01-01T00:00:00"}}, 422, "due.moment"),
        ({"due": {}}, 422, "due"),
        ({"due": "soon"}, 422, "due"),
        ({"due": None}, 422, "due"),
        ({"due": {"days": 3}}, 422, "due"),
        ({"due": {"day": "2026-13-01"}}, 422, "due.day"),
        ({"due": {"seconds": "5"}}, 422, "due.seconds"),
        ({"due": {"business_days": 0}}, 422, "due.business_days"),
        ({"due": {"day": "2030-01-01", "seconds": 5}}, 422, "due.seconds"),
        ({"what": " "}, 422, "what"),
        ({"what": "a\0b"}, 422, "what"),
        ({"what": "x" * 501}, 422, "what"),
        ({"kind": "dance"}, 422, "kind"),
        ({"customer_id": "1"}, 422, "customer_id"),
        ({"customer_id": 2**63}, 422, "customer_id"),
        ({"customer_id": 2**63 - 1}, 404, "customer_id"),
        ({"person_id": 2**63 - 1}, 404, "person_id"),
        ({"money_waiting": {"amount": "1.001", "currency": "EUR"}}, 422, "money_waiting.amount"),
        ({"money_waiting": {"amount": 1.5, "currency": "EUR"}}, 422, "money_waiting.amount"),
        ({"money_waiting": {"amount": "1", "currency": "ABC"}}, 422, "money_waiting.currency"),
        ({"wat": "typed wrongly"}, 422, "wat"),
        ({"What": "typed wrongly"}, 422, "What"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_done(
    cast: Cast, agent: Program, change: dict[str, object], status: int, field: str
) -> None:
    entries = JournalEntry.objects.count()
    body = {"customer_id": cast.buyer.pk, "kind": "call", "what": "call", "due": {"seconds": 3600}}
    answer = agent.post("promises", body | change)
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["field"]) == (status, status, field), problem
    assert problem["code"] and problem["detail"]
    assert not Promise.objects.exists()
    assert JournalEntry.objects.count() == entries


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"due": {}}, "moment, day, seconds, business_days"),
        ({"due": {"day": "2026-13-01"}}, "This is not a day; write it like 2026-03-06."),
        ({"due": {"day": "2030-01-01", "seconds": 5}}, "There is no such field."),
        ({"what": None}, "This is not text. Send a JSON string, in quotes."),
        ({"what": "a\0b"}, "NUL"),
        ({"what": "\ud800"}, "surrogates"),
        ({"money_waiting": {"amount": "-1", "currency": "EUR"}}, "like 1187.99"),
        ({"money_waiting": {"amount": "1", "currency": "euro"}}, "like EUR"),
        ({"money_waiting": "1 EUR"}, "This is not a JSON object."),
    ],
)
def test_a_problem_says_the_remedy_of_the_one_wrong_field_in_plain_words(
    cast: Cast, agent: Program, change: dict[str, object], remedy: str
) -> None:
    body = {"customer_id": cast.buyer.pk, "kind": "call", "what": "call", "due": {"seconds": 3600}}
    problem = agent.post("promises", body | change).json()
    assert remedy in problem["detail"]
    assert len(problem["errors"]) == 1
    assert not any(jargon in str(problem) for jargon in ("Due", "pattern", "Value error", "instance", "Extra inputs"))


def test_the_document_names_only_choices_that_can_be_made(cast: Cast, agent: Program) -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["Withdrawing"]["properties"]["reason"]["enum"] == ["cancelled", "not_needed"]
    assert schemas["NewCustomer"]["properties"]["kind"]["enum"] == ["person", "organisation"]
    answer = agent.post(f"promises/{cast.promise().pk}/withdraw", {"reason": "mistaken"}).json()
    assert (answer["field"], answer["detail"]) == ("reason", "This should be 'cancelled' or 'not_needed'.")


def test_a_number_that_cannot_be_named_is_not_sought_in_the_documentation(cast: Cast, agent: Program) -> None:
    body = {"customer_id": cast.buyer.pk, "channel": "phone", "direction": "from_customer", "words": "hello"}
    problem = agent.post("interactions", body | {"touchpoint_id": 99}).json()
    assert (problem["field"], "documentation" in problem["detail"]) == ("touchpoint_id", False)


@pytest.mark.parametrize("outcome", ["kept", "withdrawn"])
def test_who_seeks_the_settled_among_the_owed_is_told_so(agent: Program, outcome: str) -> None:
    problem = agent.get("promises", outcome=outcome)
    assert (problem.status_code, problem.json()["field"]) == (422, "owed")
    assert "owed=false" in problem.json()["detail"]
    assert agent.get("promises", outcome=outcome, owed="false").status_code == 200
    assert agent.get("promises", outcome="broken_silent").status_code == 200


def test_a_plus_that_an_address_lost_is_named(agent: Program) -> None:
    problem = agent.get("orders", placed_from="2026-03-06T16:30:00 01:00").json()
    assert (problem["field"], "%2B" in problem["detail"]) == ("placed_from", True)


def test_the_owed_come_first_due_first_and_a_cursor_turns_the_page(cast: Cast, agent: Program) -> None:
    now = timezone.now()
    rows = [cast.promise(due_at=now + timedelta(hours=hours)) for hours in (5, 1, 3, 3, 4)]
    cast.promise(outcome="kept", settled_at=now, acted_at=now)
    expected = [rows[n].pk for n in (1, 2, 3, 4, 0)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = agent.get("promises", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == expected
    assert len(agent.get("promises", owed="false").json()["items"]) == 6
    assert len(agent.get("promises", owed="false", outcome="kept").json()["items"]) == 1


def test_the_stranger_sees_no_promise_and_settles_none(cast: Cast) -> None:
    promise = cast.promise()
    stranger = Program(cast.stranger)
    assert stranger.get("promises").json() == {"items": [], "next": None}
    assert stranger.get(f"promises/{promise.pk}").status_code == 404
    for deed, body in (
        ("keep", {}),
        ("withdraw", {"reason": "cancelled"}),
        ("correct", {"how": "mistaken"}),
        ("warn", {"expected_at": in_days(1), "cause": "stock", "words": "late"}),
        ("move", {"due": {"seconds": 60}, "consent_words": "yes"}),
    ):
        assert stranger.post(f"promises/{promise.pk}/{deed}", body).status_code == 404
    promise.refresh_from_db()
    assert (promise.outcome, promise.version) == ("open", 0)


def test_a_changed_promise_is_not_settled_by_whoever_saw_it_before(cast: Cast, agent: Program) -> None:
    promise = cast.promise(version=4)
    answer = agent.post(f"promises/{promise.pk}/keep", {"version": 3})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")


def test_an_administrators_token_sees_no_customers_promise(cast: Cast) -> None:
    promise = cast.promise()
    admin = Program(cast.administrator)
    assert admin.get(f"promises/{promise.pk}").status_code == 404
    assert admin.post(f"promises/{promise.pk}/keep", {}).status_code == 403


def test_a_list_of_fifty_promises_asks_the_database_four_times(
    cast: Cast, unlimited: None, django_assert_num_queries: object
) -> None:
    due = timezone.now() + timedelta(hours=3)
    for _ in range(60):
        cast.promise(due_at=due)
    agent = Program(cast.agent, Access.READ_PROMISES)
    assert agent.get("promises").status_code == 200  # the first of a day writes down that the token was used
    with django_assert_num_queries(4):  # type: ignore[operator]
        answer = agent.get("promises", limit=50)
    assert len(answer.json()["items"]) == 50
