"""Changes over the API: PATCH leaves alone what it does not name, PUT names everything, and so nothing gets lost."""

from typing import Any

import pytest

from goodwill.actions import customers
from goodwill.domain.tokens import Access
from goodwill.store.customers import Customer
from goodwill.store.journal import JournalEntry
from tests.actions.test_at_once import at_once
from tests.api.programs import Program
from tests.cast import Cast, make_cast

WHOLE: dict[str, Any] = {"kind": "organisation", "name": "Nord Ltd", "number": "K-7", "language": "de"}


def made(cast: Cast) -> Any:
    """A customer of whom everything is known."""
    answer = Program(cast.head).post("customers", WHOLE | {"site_id": cast.shop.pk, "owner_id": cast.agent.pk})
    assert answer.status_code == 201, answer.content
    return answer.json()


def without(said: Any, *names: str) -> dict[str, Any]:
    """The same less these names."""
    return {name: value for name, value in said.items() if name not in names}


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ({"name": "Süd Ltd"}, {"name": "Süd Ltd"}),
        ({"number": "K-8"}, {"number": "K-8"}),
        ({"number": None}, {"number": ""}),
        ({"number": ""}, {"number": ""}),
        ({"language": None, "site_id": None}, {"language": "", "site_id": None}),
        ({"kind": "person", "language": "hu"}, {"kind": "person", "language": "hu"}),
        ({}, {}),
    ],
)
def test_a_patch_changes_what_it_names_and_nothing_else(
    body: dict[str, Any], after: dict[str, Any], cast: Cast
) -> None:
    before = made(cast)
    answer = Program(cast.head).patch(f"customers/{before['id']}", body)
    assert answer.status_code == 200, answer.content
    assert without(answer.json(), "stamp") == without(before, "stamp") | after
    read = Program(cast.head).get(f"customers/{before['id']}").json()
    assert without(read, "addresses") == answer.json()
    entries = JournalEntry.objects.filter(kind="customer_changed", customer_id=before["id"])
    assert [entry.facts for entry in entries] == ([{"fields": sorted(body)}] if body else [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"kind": None}, "kind"),
        ({"kind": "unit"}, "kind"),
        ({"owner_id": 1}, "owner_id"),
        ({"site_id": 2**62}, "site_id"),
        ({"site_id": "1"}, "site_id"),
        ({"stamp": None}, "stamp"),
        ([], ""),
    ],
)
def test_a_patch_that_cannot_be_done_names_the_field_and_does_nothing(body: Any, field: str, cast: Cast) -> None:
    before = made(cast)
    answer = Program(cast.head).patch(f"customers/{before['id']}", body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.content
    assert Program(cast.head).get(f"customers/{before['id']}").json() == before | {"addresses": []}


def test_a_patch_is_not_refused_for_what_it_does_not_name(cast: Cast) -> None:
    # As imports bring them: without a name, and at home nowhere; the agent sees whoever bought at the own site.
    nameless = Customer.objects.create(kind="person", created_at=cast.buyer.created_at)
    cast.order(nameless)
    answer = Program(cast.agent).patch(f"customers/{nameless.pk}", {"number": "K-9"})
    assert (answer.status_code, answer.json()["number"], answer.json()["name"]) == (200, "K-9", ""), answer.content
    homeless = Program(cast.agent).patch(f"customers/{nameless.pk}", {"site_id": None})
    assert (homeless.status_code, homeless.json()["field"]) == (422, "site_id")


def test_a_patch_with_a_stamp_is_done_only_on_what_was_seen(cast: Cast) -> None:
    before, head = made(cast), Program(cast.head)
    path = f"customers/{before['id']}"
    assert head.patch(path, {"number": "K-8", "stamp": before["stamp"]}).status_code == 200
    late = head.patch(path, {"number": "K-9", "stamp": before["stamp"]})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    assert head.patch(path, {"number": "K-9"}).json()["number"] == "K-9"


def test_a_patch_is_a_write_under_a_key_and_a_scope_and_nothing_for_the_stranger(cast: Cast) -> None:
    before, head = made(cast), Program(cast.head)
    path, body = f"customers/{before['id']}", {"number": "K-8"}
    assert head.patch(path, body, key=None).json()["field"] == "Idempotency-Key"
    first = head.patch(path, body, key="k1")
    assert head.patch(path, body, key="k1").content == first.content
    assert head.patch(path, {"number": "K-9"}, key="k1").json()["code"] == "idempotency_key_spent"
    assert head.put(path, WHOLE | {"site_id": None}, key="k1").json()["code"] == "idempotency_key_spent"
    others = [access for access in Access if access is not Access.WRITE_CUSTOMERS]
    assert Program(cast.head, *others).patch(path, body).json()["code"] == "scope_missing"
    assert Program(cast.stranger).patch(path, body).status_code == 404
    assert JournalEntry.objects.filter(kind="customer_changed", customer_id=before["id"]).count() == 1


@pytest.mark.parametrize("name", ["kind", "name", "number", "language", "site_id"])
def test_a_put_loses_nothing_by_leaving_it_out(name: str, cast: Cast) -> None:
    before = made(cast)
    answer = Program(cast.head).put(
        f"customers/{before['id']}", without(WHOLE | {"site_id": cast.shop.pk, "name": "Süd Ltd"}, name)
    )
    assert (answer.status_code, answer.json()["field"]) == (422, name)
    assert answer.json()["detail"] == "This is missing. Send it."
    assert Program(cast.head).get(f"customers/{before['id']}").json() == before | {"addresses": []}


def test_nor_do_an_owner_or_a_touchpoint(cast: Cast) -> None:
    head = Program(cast.head)
    given = head.put(f"customers/{cast.buyer.pk}/owner", {"owner_id": cast.agent.pk})
    assert (given.status_code, given.json()["field"]) == (422, "deputy_id")
    till = head.post("touchpoints", {"name": "Till", "channel": "phone", "is_active": False}).json()
    for name in set(till) - {"id"}:
        answer = head.put(f"touchpoints/{till['id']}", without(till, "id", name))
        assert (answer.status_code, answer.json()["field"]) == (422, name)


@pytest.mark.django_db(transaction=True)
def test_patches_of_two_fields_at_once_both_stay() -> None:
    cast = make_cast()
    before, head = made(cast), Program(cast.head)
    path = f"customers/{before['id']}"
    for n in range(5):
        bodies = ({"number": f"K-{n}"}, {"name": f"Nord {n} Ltd"}, {"language": "hu" if n % 2 else "en"})
        answers = at_once(*(lambda body=body: head.patch(path, body) for body in bodies))
        assert {answer.status_code for answer in answers} == {200}  # type: ignore[attr-defined]
        row = Customer.objects.get(pk=before["id"])
        assert (row.number, row.name, row.language) == (f"K-{n}", f"Nord {n} Ltd", "hu" if n % 2 else "en")


def test_every_fact_may_be_named() -> None:
    assert {"kind", "name", "number", "language", "site_id"} == customers.EVERY_FACT
