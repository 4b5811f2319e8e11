"""Pages of orders, search, own fields and touchpoints."""

import pytest
from django.urls import reverse

from goodwill.actions import customers
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer
from goodwill.store.orders import OrderLine, Payment, Shipment
from goodwill.store.ratings import Rating
from goodwill.store.tags import OwnField
from goodwill.store.touchpoints import Touchpoint
from tests.cast import NOW, Cast
from tests.web.test_customers import as_person, page

pytestmark = pytest.mark.django_db


def test_an_order_is_shown_to_its_site_and_absent_for_the_stranger(cast: Cast) -> None:
    order = cast.order(number="A-4711")
    for name in ("order", "order_user"):
        assert page(cast.agent, name, order.pk)[0] == 200
        assert page(cast.stranger, name, order.pk)[0] == 404
        assert page(cast.accountant, name, order.pk)[0] in (403, 404)
    assert "A-4711" in page(cast.agent, "orders")[1]
    assert "A-4711" not in page(cast.stranger, "orders")[1]


def test_the_order_page_shows_what_differs_in_words_and_money(cast: Cast) -> None:
    order = cast.order(items_minor=10_000)
    OrderLine.objects.create(order=order, position=1, unit_price_micro=100_000_000, total_minor=10_000)
    Payment.objects.create(order=order, position=1, kind="voucher", amount_minor=9_000)
    Shipment.objects.create(order=order, carrier="Bote", delivered_at=NOW)
    Rating.objects.create(order=order, customer=cast.buyer, overall=2, scale=5, words="Too late for the feast")
    cast.promise(order=order)
    shown = page(cast.agent, "order", order.pk)[1]
    for words in ("No: the sums differ", "Paid too little", "-€10.00", "voucher", "Bote", "Too late for the feast"):
        assert words in shown
    assert "call back about the jacket" in shown
    assert "2 of 5" in shown


def test_where_an_order_goes_is_written_like_the_customer_s_address(cast: Cast) -> None:
    street = Address.objects.create(
        customer=cast.buyer, kind="postal", value="Lindenstraße 5", postcode="10969", city="Berlin", country="DE"
    )
    order = cast.order(address=street)
    for name, key in (("order", order.pk), ("customer", cast.buyer.pk)):
        assert "Lindenstraße 5, 10969 Berlin, DE" in page(cast.agent, name, key)[1]


def test_the_user_of_a_purchase_is_named_on_the_page(cast: Cast) -> None:
    order = cast.order()
    user = Customer.objects.create(kind="person", name="Ulla User", site=cast.shop, created_at=NOW)
    customers.index_words([user.pk])
    client = as_person(cast.agent)
    url = reverse("web:order_user", args=[order.pk])
    assert "no such record" in client.post(url, {"user_text": "nobody of that name"}).content.decode()
    client.post(url, {"user_text": "ulla"})
    order.refresh_from_db()
    assert order.user == user
    assert "Ulla User" in page(cast.agent, "order", order.pk)[1]
    assert as_person(cast.stranger).post(url, {"user": user.pk}).status_code == 404


def test_own_fields_of_an_order_are_filled_in(cast: Cast) -> None:
    order = cast.order()
    assert page(cast.agent, "order_own", order.pk)[0] == 404
    OwnField.objects.create(noun="order", key="gift", label="Gift wrapped", kind="yes_no")
    client = as_person(cast.agent)
    client.post(reverse("web:order_own", args=[order.pk]), {"own_gift": "yes"})
    order.refresh_from_db()
    assert order.own == {"gift": True}
    assert "Gift wrapped" in page(cast.agent, "order", order.pk)[1]


def test_the_export_of_orders_holds_the_list_as_narrowed(cast: Cast) -> None:
    cast.order(number="A-1", status="shipped")
    cast.order(number="A-2")
    response = as_person(cast.head).get(reverse("web:orders_export"), {"status": "shipped"})
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert ",A-1," in lines[1]
    assert "120.00" in lines[1]


def test_the_type_ahead_answers_with_options_that_open(cast: Cast) -> None:
    order = cast.order(number="BERT-1")
    customers.index_words([cast.buyer.pk])
    client = as_person(cast.agent)
    shown = client.get(reverse("web:search"), {"q": "bert"}, headers={"HX-Request": "true"}).content.decode()
    assert f'data-url="{reverse("web:customer", args=[cast.buyer.pk])}"' in shown
    assert f'data-url="{reverse("web:order", args=[order.pk])}"' in shown
    assert "<html" not in shown
    whole = client.get(reverse("web:search"), {"q": "bert"}).content.decode()
    assert "Berta Buyer" in whole
    assert "BERT-1" in whole
    assert "Nothing found" in client.get(reverse("web:search"), {"q": "zzz"}).content.decode()
    options = client.get(reverse("web:customer_options"), {"q": "bert"}).content.decode()
    assert f'data-value="{cast.buyer.pk}"' in options
    assert "data-url" not in options
    as_json = client.get(reverse("web:customer_options"), {"q": "bert"}, headers={"Accept": "application/json"})
    assert as_json.json() == [{"value": cast.buyer.pk, "text": "Berta Buyer", "hint": "K-1"}]
    for name in ("search", "customer_options"):
        hidden = as_person(cast.stranger).get(reverse(f"web:{name}"), {"q": "bert"}, headers={"HX-Request": "true"})
        assert "Berta" not in hidden.content.decode()
        assert "BERT-1" not in hidden.content.decode()


def test_only_who_changes_settings_defines_own_fields(cast: Cast) -> None:
    for name in ("own_fields", "own_field_new", "touchpoint_new"):
        assert page(cast.agent, name)[0] == 403
        assert page(cast.head, name)[0] == 200
    client = as_person(cast.head)
    typed = {"label": "Contract", "noun": "customer", "kind": "choice", "choices": "one"}
    assert "Please fill this in" in client.post(reverse("web:own_field_new"), typed).content.decode()
    client.post(reverse("web:own_field_new"), typed | {"choices": "yearly\nmonthly"})
    field = OwnField.objects.get()
    assert field.choices == ["yearly", "monthly"]
    client.post(reverse("web:own_field_edit", args=[field.pk]), {"label": "Term", "choices": "yearly\nweekly"})
    field.refresh_from_db()
    assert (field.key, field.label, field.choices) == ("contract", "Term", ["yearly", "weekly"])
    assert as_person(cast.agent).post(reverse("web:own_field_remove", args=[field.pk])).status_code == 403
    client.post(reverse("web:own_field_remove", args=[field.pk]))
    assert not OwnField.objects.exists()


def test_touchpoints_are_kept_and_the_unowned_one_is_pointed_at(cast: Cast) -> None:
    client = as_person(cast.head)
    typed = {"name": "Counter", "channel": "in_person", "tangible": "desk\n\nreceipt", "is_active": "on"}
    client.post(reverse("web:touchpoint_new"), typed)
    touchpoint = Touchpoint.objects.get()
    assert touchpoint.tangible == ["desk", "receipt"]
    assert "in use already" in client.post(reverse("web:touchpoint_new"), typed | {"name": "counter"}).content.decode()
    shown = page(cast.agent, "touchpoints")[1]
    assert "1 touchpoint has no owner" in shown
    assert "desk, receipt" in shown
    client.post(reverse("web:touchpoint_edit", args=[touchpoint.pk]), typed | {"owner": cast.agent.pk})
    assert "no owner" not in page(cast.agent, "touchpoints")[1]
