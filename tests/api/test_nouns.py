"""Customers, orders, contacts, touchpoints, the report and the journal over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from goodwill.store.addresses import Address
from goodwill.store.orders import OrderLine, Payment, Shipment
from tests.api.programs import Program
from tests.cast import NOW, Cast


def test_a_customer_is_added_reached_changed_and_handed_over(cast: Cast) -> None:
    head = Program(cast.head)
    added = head.post("customers", {"kind": "person", "name": "Nina New", "site_id": cast.shop.pk})
    assert added.status_code == 201, added.content
    path = f"customers/{added.json()['id']}"
    reached = head.post(f"{path}/addresses", {"kind": "email", "value": "NINA@new.example"})
    assert (reached.status_code, reached.json()["value"]) == (201, "nina@new.example")
    nobody = head.post(f"{path}/addresses", {"kind": "phone", "value": "soon"})
    assert (nobody.status_code, nobody.json()["field"]) == (422, "value")
    assert "+49 30 1234567" in nobody.json()["detail"]
    seen = head.get(path).json()
    assert [one["value"] for one in seen["addresses"]] == ["nina@new.example"]
    changed = {"kind": "person", "name": "Nina Newer", "number": "", "language": "", "site_id": cast.shop.pk}
    changed["stamp"] = seen["stamp"]
    assert head.put(path, changed).json()["name"] == "Nina Newer"
    late = head.put(path, changed | {"name": "Nina Newest"})
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    given = head.put(f"{path}/owner", {"owner_id": cast.agent.pk, "deputy_id": None})
    assert given.json()["owner_id"] == cast.agent.pk
    assert [one["id"] for one in head.get("customers", q="nin newer").json()["items"]] == [added.json()["id"]]
    assert head.get("customers", q="nobody").json() == {"items": [], "next": None}


def test_a_write_shows_no_address_that_its_scope_does_not_read(cast: Cast) -> None:
    Address.objects.create(customer=cast.buyer, kind="email", value="berta@buyer.example")
    answer = Program(cast.head).put(f"customers/{cast.buyer.pk}/owner", {"owner_id": None, "deputy_id": None})
    assert answer.status_code == 200
    assert "addresses" not in answer.json()


def test_customers_are_listed_each_once_and_narrowed(cast: Cast) -> None:
    head = Program(cast.head)
    seen: list[int] = []
    query: dict[str, str] = {}
    while True:
        page = head.get("customers", limit=2, **query).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert seen == sorted(set(seen))
    assert {cast.buyer.pk, cast.outsider.pk} <= set(seen)
    people = head.get("customers", kind="person", site_id=cast.shop.pk).json()["items"]
    assert [one["id"] for one in people] == [cast.buyer.pk]
    agents = Program(cast.agent).get("customers", kind="person").json()["items"]
    assert [one["id"] for one in agents] == [cast.buyer.pk]


def test_a_search_is_narrowed_like_the_list(cast: Cast) -> None:
    head = Program(cast.head)
    for kind, name, site in (("person", "Nina Nord", cast.shop), ("organisation", "Nord Ltd", cast.elsewhere)):
        head.post("customers", {"kind": kind, "name": name, "site_id": site.pk, "owner_id": cast.agent.pk})

    def found(**narrowed: object) -> list[str]:
        return [one["name"] for one in head.get("customers", q="nord", **narrowed).json()["items"]]

    assert sorted(found()) == ["Nina Nord", "Nord Ltd"]
    assert found(kind="organisation") == ["Nord Ltd"]
    assert found(site_id=cast.shop.pk) == ["Nina Nord"]
    assert found(owner_id=cast.mate.pk) == []
    assert len(found(owner_id=cast.agent.pk, limit=1)) == 1
    for person, names in ((cast.mate, ["Nina Nord"]), (cast.stranger, ["Nord Ltd"]), (cast.accountant, [])):
        items = Program(person).get("customers", q="nord", owner_id=cast.agent.pk).json()["items"]
        assert [one["name"] for one in items] == names, person
    cursor = head.get("customers", limit=1).json()["next"]
    turned = head.get("customers", q="nord", cursor=cursor)
    assert (turned.status_code, turned.json()["code"]) == (404, "bad_cursor")


def test_an_order_is_shown_with_its_sums_and_its_user_is_named(cast: Cast) -> None:
    order = cast.order(freight_minor=599)
    OrderLine.objects.create(
        order=order, position=1, unit_price_micro=60_005_000, quantity_micro=2_500_000, total_minor=12_000
    )
    Shipment.objects.create(order=order, promised_at=NOW)
    Payment.objects.create(order=order, position=1, kind="card", amount_minor=12_599)
    head = Program(cast.head)
    shown = head.get(f"orders/{order.pk}").json()
    assert shown["total"] == {"amount": "125.99", "currency": "EUR"}
    assert shown["lines"][0]["unit_price"] == {"amount": "60.005", "currency": "EUR"}
    assert shown["lines"][0]["quantity"] == "2.5"
    assert shown["shipments"][0]["promised_at"] == "2026-03-04T09:00:00+00:00"
    assert shown["payments"][0]["amount"] == {"amount": "125.99", "currency": "EUR"}
    named = head.put(f"orders/{order.pk}/user", {"user_id": cast.outsider.pk})
    assert named.json()["user_id"] == cast.outsider.pk
    assert head.put(f"orders/{order.pk}/user", {}).json()["field"] == "user_id"


def test_orders_come_newest_first_and_between_two_moments(cast: Cast) -> None:
    days = (3, 1, 2, 1)
    rows = [cast.order(placed_at=NOW - timedelta(days=n)) for n in days]
    head = Program(cast.head)
    first = head.get("orders", limit=3).json()
    rest = head.get("orders", limit=3, cursor=first["next"]).json()
    found = [one["id"] for one in first["items"] + rest["items"]]
    assert found == [rows[n].pk for n in (3, 1, 2, 0)]
    since = (NOW - timedelta(days=2)).isoformat()
    assert len(head.get("orders", placed_from=since).json()["items"]) == 3
    assert len(head.get("orders", placed_before=since, customer_id=cast.buyer.pk).json()["items"]) == 1


def test_an_order_is_found_by_the_number_the_shop_knows(cast: Cast) -> None:
    mine, theirs = cast.order(number="R-7"), cast.order(cast.outsider, number="R-7", site=cast.elsewhere)
    cast.order(number="R-71")

    def found(program: Program) -> set[int]:
        return {one["id"] for one in program.get("orders", number="R-7").json()["items"]}

    assert found(Program(cast.head)) == {mine.pk, theirs.pk}
    assert found(Program(cast.agent)) == {mine.pk}
    assert found(Program(cast.stranger)) == {theirs.pk}


def test_a_contact_is_written_down_in_the_customers_words(cast: Cast) -> None:
    agent = Program(cast.agent)
    body = {"customer_id": cast.buyer.pk, "channel": "phone", "direction": "from_customer", "words": "Где заказ?"}
    made = agent.post("interactions", body)
    assert made.status_code == 201
    assert made.json()["words"] == "Где заказ?"
    assert agent.get(f"interactions/{made.json()['id']}").json() == made.json()
    assert agent.get("interactions", customer_id=cast.buyer.pk).json()["items"] == [made.json()]
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    future = agent.post("interactions", body | {"at": later})
    assert (future.status_code, future.json()["field"], future.json()["code"]) == (422, "at", "in_the_future")


def test_a_touchpoint_is_added_and_changed_by_whoever_changes_settings(cast: Cast) -> None:
    head, agent = Program(cast.head), Program(cast.agent)
    body = {"name": "Till", "channel": "in_person", "tangible": ["counter", "receipt"]}
    assert agent.post("touchpoints", body).status_code == 403
    made = head.post("touchpoints", body)
    assert (made.status_code, made.json()["tangible"]) == (201, ["counter", "receipt"])
    taken = head.post("touchpoints", body)
    assert (taken.status_code, taken.json()["field"]) == (409, "name")
    whole = {name: value for name, value in made.json().items() if name != "id"}
    off = head.put(f"touchpoints/{made.json()['id']}", whole | {"is_active": False})
    assert off.json()["is_active"] is False
    assert agent.get("touchpoints").json()["items"] == [off.json()]


def test_the_report_counts_what_the_person_sees(cast: Cast) -> None:
    for outcome in ("kept", "kept", "broken_silent"):
        cast.promise(outcome=outcome, settled_at=NOW, acted_at=NOW, acted_on=NOW.date(), standing="", wakes_at=None)
    report = Program(cast.agent).get("reports/promises", by="site").json()
    assert (report["n"], report["kept"], report["broken_silent"]) == (3, 2, 1)
    assert [line["key"] for line in report["by"]] == ["Shop"]
    assert Program(cast.stranger).get("reports/promises").json()["n"] == 0
    assert Program(cast.accountant).get("reports/promises").status_code == 403
    assert Program(cast.agent).get("reports/promises", month="2026-13").status_code == 422
    assert Program(cast.agent).get("reports/promises", month="2026-03").json()["n"] == 3


def test_the_journal_names_what_a_program_did_and_who_answers_for_it(cast: Cast) -> None:
    body = {"customer_id": cast.buyer.pk, "channel": "phone", "direction": "from_customer", "words": "hello"}
    made = Program(cast.agent).post("interactions", body).json()
    head = Program(cast.head)
    entry = head.get("journal", kind="interaction_recorded").json()["items"][0]
    assert (entry["actor_id"], entry["customer_id"]) == (cast.agent.pk, cast.buyer.pk)
    assert entry["facts"]["interaction_id"] == made["id"]
    assert "hello" not in str(entry)
    assert Program(cast.agent).get("journal").json()["items"] == []


@pytest.mark.parametrize(
    ("address", "stretch", "field"),
    [
        ("orders", {"placed_from": "2026-03-06T10:00:00Z", "placed_before": "2026-03-05T10:00:00Z"}, "placed_before"),
        (
            "journal",
            {"recorded_from": "2026-03-06T10:00:00Z", "recorded_before": "2026-03-05T10:00:00Z"},
            "recorded_before",
        ),
        ("reports/promises", {"due_from": "2026-03-06", "due_to": "2026-03-05"}, "due_to"),
    ],
)
def test_a_stretch_that_ends_before_it_begins_is_refused(
    cast: Cast, address: str, stretch: dict[str, str], field: str
) -> None:
    answer = Program(cast.head).get(address, **stretch)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "ends_before_it_begins", field)
