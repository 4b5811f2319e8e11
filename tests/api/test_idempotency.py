"""A write that is repeated under one key is done once and answered the same."""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from goodwill.actions import addresses, erasures, idempotency
from goodwill.domain.refusals import Refusal
from goodwill.store.idempotency import IdemKey
from goodwill.store.journal import JournalEntry
from goodwill.store.promises import Promise
from tests.actions.test_at_once import at_once
from tests.api.programs import Program
from tests.cast import Cast, make_cast


def body(cast: Cast, **change: object) -> dict[str, object]:
    return {"customer_id": cast.buyer.pk, "kind": "call", "what": "call", "due": {"seconds": 3600}} | change


def test_a_write_without_a_key_is_refused_and_not_done(cast: Cast) -> None:
    answer = Program(cast.agent).post("promises", body(cast), key=None)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")
    assert "Idempotency-Key" in answer.json()["detail"]
    assert not Promise.objects.exists()


@pytest.mark.parametrize("key", ["a" * 101, "two words", "ключ".encode().decode("latin-1")])
def test_a_key_that_cannot_be_one_is_refused(cast: Cast, key: str) -> None:
    answer = Program(cast.agent).post("promises", body(cast), key=key)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")


def test_a_repetition_gets_the_first_answer_letter_by_letter(cast: Cast) -> None:
    agent = Program(cast.agent)
    first = agent.post("promises", body(cast), key="k1")
    Promise.objects.update(what="changed meanwhile")
    respaced = json.loads(json.dumps(body(cast)))
    again = agent.post("promises", dict(reversed(respaced.items())), key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert Promise.objects.count() == 1
    assert JournalEntry.objects.filter(kind="promise_made").count() == 1


def test_another_body_or_address_under_a_spent_key_is_refused(cast: Cast) -> None:
    agent = Program(cast.agent)
    made = agent.post("promises", body(cast), key="k1")
    other = agent.post("promises", body(cast, what="something else"), key="k1")
    elsewhere = agent.post(f"promises/{made.json()['id']}/keep", {}, key="k1")
    for answer in (other, elsewhere):
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_spent")
    assert Promise.objects.filter(outcome="open").count() == 1


def test_one_key_of_two_tokens_is_two_keys(cast: Cast) -> None:
    for _ in range(2):
        assert Program(cast.agent).post("promises", body(cast), key="k1").status_code == 201
    assert Promise.objects.count() == 2


def test_a_refused_write_spends_no_key(cast: Cast) -> None:
    agent = Program(cast.agent)
    assert agent.post("promises", body(cast, what=" "), key="k1").status_code == 422
    assert not IdemKey.objects.exists()
    assert agent.post("promises", body(cast), key="k1").status_code == 201


def test_old_keys_are_forgotten_and_fresh_ones_kept(cast: Cast) -> None:
    at = timezone.now()
    for name, days in (("old", 40), ("fresh", 1)):
        IdemKey.objects.create(scope="s", key=name, fingerprint="f", used_at=at - timedelta(days=days))
    assert idempotency.forget(at - timedelta(days=30)) == 1
    assert IdemKey.objects.get().key == "fresh"


@pytest.mark.django_db(transaction=True)
def test_equal_writes_at_once_make_one_row_and_equal_answers() -> None:
    cast = make_cast()
    agent = Program(cast.agent)
    for round_ in range(5):
        key = f"round-{round_}"
        answers = at_once(*[partial(agent.post, "promises", body(cast), key=key)] * 8)
        said = {(answer.status_code, answer.content) for answer in answers}  # type: ignore[attr-defined]
        assert len(said) == 1, said
        assert next(iter(said))[0] == 201
        assert Promise.objects.count() == round_ + 1
    assert JournalEntry.objects.filter(kind="promise_made").count() == 5


@pytest.mark.django_db(transaction=True)
def test_touchpoints_of_one_name_at_once_are_one_and_nobody_gets_a_fault() -> None:
    cast = make_cast()
    head = Program(cast.head)
    answers = at_once(*(lambda: head.post("touchpoints", {"name": "Till", "channel": "phone"}) for _ in range(6)))
    statuses = sorted(answer.status_code for answer in answers)  # type: ignore[attr-defined]
    assert statuses == [201] + [409] * 5


def test_after_erasing_no_answer_that_a_program_was_given_says_the_name(cast: Cast) -> None:
    head, secret = Program(cast.head), "Xantippe"
    made = head.post("customers", {"kind": "person", "name": secret, "site_id": cast.shop.pk}, key="k1").json()
    path, about = f"customers/{made['id']}", {"customer_id": made["id"]}
    reached = head.post(f"{path}/addresses", {"kind": "email", "value": f"{secret}@firm.example"}, key="k2").json()
    head.post("promises", body(cast, **about, what=f"call {secret}"), key="k3")
    said = {"channel": "phone", "direction": "from_customer", "words": f"I am {secret}"}
    head.post("interactions", said | about, key="k4")
    others = head.post("promises", body(cast), key="k5").content
    assert IdemKey.objects.exclude(body="").count() == 5
    by = cast.viewer(cast.head)
    assert not isinstance(addresses.remove(reached["id"], by=by, at=timezone.now()), Refusal)
    assert not isinstance(erasures.erase(made["id"], by=by, at=timezone.now()), Refusal)
    assert [row.key for row in IdemKey.objects.exclude(body="")] == ["k5"]
    again = head.post("interactions", said | about, key="k4")
    assert (again.status_code, again.json()["code"]) == (409, "erased")
    assert secret.encode() not in again.content
    assert head.post("promises", body(cast), key="k5").content == others
