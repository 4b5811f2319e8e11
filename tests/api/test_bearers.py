"""Who comes in: tokens that are good, and nobody else."""

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from goodwill.actions import tokens
from goodwill.api import limits
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.tokens import Access, narrowed, read_scopes
from goodwill.domain.viewers import OPERATOR
from goodwill.reads import tokens as read
from goodwill.store.journal import JournalEntry
from goodwill.store.people import Person
from goodwill.store.tokens import ApiToken
from tests.api.programs import Program, secret_of
from tests.cast import Cast


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """No test spends another's requests."""
    limits._shares.clear()


def asked(secret: str, path: str = "promises", scheme: str = "Bearer") -> Any:
    client = Client(raise_request_exception=False)
    return client.get(f"/api/v1/{path}", headers={"Authorization": f"{scheme} {secret}"} if secret else {})


def test_only_a_digest_of_the_secret_is_stored(cast: Cast) -> None:
    secret = secret_of(cast.agent)
    row = ApiToken.objects.get()
    word = secret.removeprefix(f"gw_{row.handle}_")
    assert len(word) >= 43
    assert row.digest == hashlib.sha256(word.encode()).hexdigest()
    assert all(word not in str(value) for value in ApiToken.objects.values().get().values())
    assert all(word not in str(entry.facts) for entry in JournalEntry.objects.all())


def test_a_good_token_comes_in_by_any_spelling_of_the_scheme(cast: Cast) -> None:
    secret = secret_of(cast.agent)
    assert asked(secret).status_code == 200
    assert asked(secret, scheme="bearer").status_code == 200
    assert asked(secret, scheme="Basic").status_code == 401


@pytest.mark.parametrize("spoil", [lambda s: "", lambda s: s[:-1], lambda s: s + "x", lambda s: s.replace("gw_", "gx_"),
                                   lambda s: "gw_", lambda s: "gw_ж_x", lambda s: "gw_" + "0" * 12 + "_x",
                                   lambda s: "gw_a\0_x"])  # fmt: skip
def test_anything_else_is_told_how_to_come_in(cast: Cast, spoil: Any) -> None:
    answer = asked(spoil(secret_of(cast.agent)).encode().decode("latin-1"))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_revoked_an_expired_and_a_closed_persons_token_stay_outside(cast: Cast) -> None:
    secret = secret_of(cast.agent)
    ApiToken.objects.update(expires_at=timezone.now())
    assert asked(secret).status_code == 401
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(days=1))
    assert asked(secret).status_code == 200
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(is_active=False)
    assert asked(secret).status_code == 401
    Person.objects.get_queryset().filter(pk=cast.agent.pk).update(is_active=True)
    tokens.revoke(ApiToken.objects.get().pk, by=cast.viewer(cast.agent), at=timezone.now())
    assert asked(secret).status_code == 401


def test_a_cookie_opens_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.head, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/promises").status_code == 401


def test_a_form_token_is_not_asked_of_programs(cast: Cast) -> None:
    program = Program(cast.agent)
    program.client = Client(enforce_csrf_checks=True)
    body = {"customer_id": cast.buyer.pk, "channel": "phone", "direction": "from_customer", "words": "hello"}
    assert program.post("interactions", body).status_code == 201


def test_of_a_tokens_use_only_the_day_is_kept(cast: Cast, unlimited: None) -> None:
    secret = secret_of(cast.agent)
    assert ApiToken.objects.get().last_used_on is None
    asked(secret)
    assert ApiToken.objects.get().last_used_on == timezone.now().date()
    with CaptureQueriesContext(connection) as queries:
        asked(secret)
    assert [query["sql"] for query in queries if not query["sql"].startswith("SELECT")] == []


def test_before_set_up_programs_are_told_to_wait(db: None) -> None:
    for secret in ("", "gw_abc_def"):
        answer = asked(secret)
        assert (answer.status_code, answer.json()["code"]) == (503, "not_set_up")
        assert int(answer["Retry-After"]) > 0


def test_beyond_its_limit_a_token_waits_for_the_next_minute(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.API_PER_MINUTE = 3
    at = datetime(2026, 3, 4, 9, 0, 20, tzinfo=UTC)
    token_id, other_id = 10**6, 10**6 + 1
    assert [limits.take(token_id, at=at) for _ in range(5)] == [None, None, None, 40, 40]
    assert limits.take(other_id, at=at) is None
    limits._shares.clear()  # another process counts together with this one
    assert limits.take(token_id, at=at) == 40
    assert limits.take(token_id, at=at + timedelta(seconds=40)) is None
    monkeypatch.setattr(limits, "take", lambda token_id, at: 17)
    answer = asked(secret_of(cast.agent))
    assert (answer.status_code, answer["Retry-After"]) == (429, "17")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_thousand_requests_touch_the_shared_count_few_times(
    cast: Cast, settings: Any, django_assert_max_num_queries: Any
) -> None:
    settings.API_PER_MINUTE = 100_000
    at = timezone.now()
    with django_assert_max_num_queries(12):
        assert {limits.take(7, at=at) for _ in range(1000)} == {None}


def test_nothing_of_a_token_is_logged(cast: Cast, caplog: pytest.LogCaptureFixture, settings: Any) -> None:
    settings.DEBUG = True
    caplog.set_level(logging.DEBUG)
    secret = secret_of(cast.agent)
    asked(secret)
    asked(secret, scheme="Basic")
    asked(secret[:-1])
    said = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert all(secret[:-1] not in record.getMessage() for record in said)


def test_a_token_is_ones_own(cast: Cast) -> None:
    at = timezone.now()
    agent, mate, head = (cast.viewer(person) for person in (cast.agent, cast.mate, cast.head))
    until = at + timedelta(days=30)
    made = tokens.make(cast.agent.pk, "till", [Access.READ_ORDERS], expires_at=until, by=agent, at=at)
    assert isinstance(made, tokens.Made)
    assert made.secret not in repr(made)
    for other in (mate, head):
        assert tokens.make(cast.agent.pk, "x", [Access.READ_ORDERS], expires_at=until, by=other, at=at) == Refusal(
            Reason.NOT_FOUND
        )
        assert tokens.revoke(made.id, by=other, at=at) == Refusal(Reason.NOT_FOUND)
        assert read.own(other, at=at) == []
        assert read.of_person(other, cast.agent.pk, at=at) == []
    assert [line.name for line in read.own(agent, at=at)] == ["till"]
    for _ in range(2):
        assert isinstance(tokens.revoke(made.id, by=OPERATOR, at=at), ApiToken)
    assert not read.own(agent, at=at)[0].is_good
    assert JournalEntry.objects.filter(kind="token_revoked").count() == 1


@pytest.mark.parametrize(
    ("name", "scopes", "days", "reason"),
    [
        (" ", [Access.READ_ORDERS], 1, Reason.REQUIRED),
        ("x" * 81, [Access.READ_ORDERS], 1, Reason.TOO_LONG),
        ("x", [], 1, Reason.REQUIRED),
        ("x", [Access.READ_ORDERS], 0, Reason.IN_THE_PAST),
        ("x", [Access.READ_ORDERS], 367, Reason.NOT_A_CHOICE),
    ],
)
def test_a_token_needs_a_name_a_scope_and_an_end(
    cast: Cast, name: str, scopes: list[Access], days: int, reason: Reason
) -> None:
    at = timezone.now()
    done = tokens.make(
        cast.agent.pk, name, scopes, expires_at=at + timedelta(days=days), by=cast.viewer(cast.agent), at=at
    )
    assert isinstance(done, Refusal)
    assert done.reason is reason
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("access", list(Access))
def test_no_scope_gives_a_right_that_the_person_lacks(cast: Cast, access: Access) -> None:
    for person in (cast.agent, cast.accountant, cast.administrator, cast.head):
        whole = cast.viewer(person)
        narrow = narrowed(whole, access)
        assert {right for right in May if narrow.may(right)} <= {right for right in May if whole.may(right)}
        assert not any(narrow.may(right) for right in (May.ERASE, May.EXPORT, May.IMPORT, May.MANAGE_PEOPLE))


def test_a_scope_of_a_later_version_grants_nothing() -> None:
    assert read_scopes(["read:moon", "read:orders"]) == {Access.READ_ORDERS}


def test_addresses_and_methods_that_do_not_exist_are_problems_too(cast: Cast) -> None:
    program = Program(cast.head)
    for path in ("", "moon", "promises/1/eat", "promises/"):
        for answer in (program.get(path), program.post(path, {})):
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json"), path
            assert answer.json()["code"] == "no_such_address"
    root = program.client.get("/api/v1")
    assert (root.status_code, root["Content-Type"]) == (404, "application/problem+json")
    answer = program.ask("delete", "promises")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_a_body_too_large_is_a_problem_too(cast: Cast) -> None:
    answer = Program(cast.head).post("customers", {"kind": "person", "name": "x" * 3_000_000})
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert "2621440 bytes" in answer.json()["detail"]


def test_a_body_in_chunks_is_not_taken_for_none(cast: Cast) -> None:
    program = Program(cast.head)
    headers = {"Authorization": f"Bearer {program.secret}", "Idempotency-Key": "k1", "Transfer-Encoding": "chunked"}
    answer = program.client.generic("POST", "/api/v1/customers", content_type="application/json", headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (411, "application/problem+json")
    assert "Content-Length" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("fault", "status", "code"), [(OperationalError, 503, "database_away"), (RuntimeError, 500, "fault")]
)
def test_a_fault_of_ours_is_a_problem_that_tells_nothing(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: type[Exception],
    status: int,
    code: str,
) -> None:
    def fail(*_: Any) -> None:
        raise fault("secret words")

    monkeypatch.setattr("goodwill.reads.listings.touchpoints", fail)
    answer = Program(cast.head).get("touchpoints")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert b"secret words" not in answer.content
    assert answer["X-Request-Id"]
    assert answer.has_header("Retry-After") == (status == 503)
    assert [record.levelname for record in caplog.records if record.name == "django.request"] == ["ERROR"]


def test_a_misspelt_filter_does_not_pass_for_all_of_them(cast: Cast) -> None:
    answer = Program(cast.head).get("promises", custmer_id="1")
    assert (answer.status_code, answer.json()["field"]) == (422, "custmer_id")
    assert "customer_id" in answer.json()["detail"]


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "WyJpZCIsbnVsbCwiMSJd", "ж", "W10", "WyJkdWVfYXQiLCJ4IiwxXQ"])
def test_a_cursor_that_is_none_is_not_found(cast: Cast, cursor: str) -> None:
    program = Program(cast.head)
    for path in ("customers", "orders", "products", "interactions", "promises", "touchpoints", "journal"):
        answer = program.get(path, cursor=cursor)
        assert (answer.status_code, answer.json()["code"]) == (404, "bad_cursor"), path


def test_a_cursor_of_one_list_is_none_of_another(cast: Cast) -> None:
    program = Program(cast.head)
    cursor = program.get("customers", limit=1).json()["next"]
    assert program.get("customers", cursor=cursor).status_code == 200
    assert program.get("promises", cursor=cursor).status_code == 404


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "9" * 30])
def test_a_limit_out_of_bounds_is_named(cast: Cast, limit: str) -> None:
    answer = Program(cast.head).get("customers", limit=limit)
    assert (answer.status_code, answer.json()["field"]) == (422, "limit")


def test_nothing_that_programs_are_told_is_kept_by_a_cache(cast: Cast) -> None:
    program = Program(cast.head)
    for answer in (program.get("customers"), program.get("moon"), asked("")):
        assert answer["Cache-Control"] == "no-store"
