"""Lists, pages and timelines, as each viewer sees them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from goodwill.domain.entries import Entry
from goodwill.domain.money import Money
from goodwill.reads import choices, customer_pages, customers, labels, orders, sight, tags, timelines, touchpoints
from goodwill.store import journal
from goodwill.store.customers import Customer
from goodwill.store.interactions import Interaction
from goodwill.store.orders import OrderLine, Payment
from goodwill.store.tags import Tag
from goodwill.store.touchpoints import Touchpoint
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def crowd(cast: Cast, count: int, **fields: object) -> list[Customer]:
    defaults = {"kind": "person", "site": cast.shop, "created_at": NOW}
    return Customer.objects.bulk_create(
        Customer(
            name=f"Name {n % 7}",
            last_heard_at=None if n % 3 == 0 else NOW - timedelta(hours=n % 5),
            **(defaults | fields),
        )
        for n in range(count)
    )


@pytest.mark.parametrize("sort", customers.SORTS)
def test_turning_the_pages_shows_everyone_once_there_and_back(cast: Cast, sort: str) -> None:
    crowd(cast, 120)
    viewer, filters = cast.viewer(cast.head), customers.Filters(sort=sort)
    seen: list[int] = []
    page = customers.page(viewer, filters)
    assert page.previous == ""
    first = page
    while True:
        seen += [row.id for row in page.rows]
        if not page.next:
            break
        before = page
        page = customers.page(viewer, filters, after=page.next)
        assert customers.page(viewer, filters, before=page.previous).rows == before.rows
    assert len(seen) == len(set(seen)) == Customer.objects.count()
    assert len(first.rows) == customers.PAGE


def test_the_sorts_are_what_they_say(cast: Cast) -> None:
    Customer.objects.filter(kind="person").delete()
    for name, hours in (("Zoltán", 3), ("Ágnes", 1), ("béla", None)):
        Customer.objects.create(
            kind="person",
            name=name,
            site=cast.shop,
            created_at=NOW,
            last_heard_at=None if hours is None else NOW - timedelta(hours=hours),
        )
    viewer = cast.viewer(cast.agent)

    def listed(sort: str) -> list[str]:
        rows = customers.page(viewer, customers.Filters(sort=sort, kind="person")).rows
        return [row.label for row in rows]

    assert listed("name") == ["Ágnes", "béla", "Zoltán"]
    assert listed("heard") == ["Ágnes", "Zoltán", "béla"]
    assert listed("quiet") == ["béla", "Zoltán", "Ágnes"]
    assert listed("new") == ["béla", "Ágnes", "Zoltán"]


def test_a_mangled_cursor_shows_the_first_page(cast: Cast) -> None:
    viewer = cast.viewer(cast.head)
    first = customers.page(viewer, customers.Filters())
    for cursor in ("x", "!!!", "W10", "WzksbnVsbCwxXQ", "é"):
        assert customers.page(viewer, customers.Filters(), after=cursor) == first
        assert customers.page(viewer, customers.Filters(), before=cursor) == first


def test_the_list_is_narrowed_by_kind_site_owner_and_tag(cast: Cast) -> None:
    viewer = cast.viewer(cast.head)
    cast.buyer.tags.add(Tag.objects.create(name="wedding"))
    tag = Tag.objects.get()

    def listed(**asked: object) -> set[str]:
        return {row.label for row in customers.page(viewer, customers.Filters(**asked)).rows}  # type: ignore[arg-type]

    assert listed(kind="person") == {"Berta Buyer", "Otto Outside"}
    assert listed(kind="nonsense") == listed()
    assert listed(site_id=cast.shop.pk) == {"Berta Buyer"}
    assert listed(owner=str(cast.manager.pk)) == {"Berta Buyer"}
    assert listed(owner="none", kind="person") == {"Otto Outside"}
    assert listed(owner="me") == set()
    assert listed(tag_id=tag.pk) == {"Berta Buyer"}


def test_the_list_says_how_much_is_owed(cast: Cast) -> None:
    cast.promise()
    cast.promise(outcome="kept", settled_at=NOW)
    rows = customers.page(cast.viewer(cast.agent), customers.Filters(kind="person")).rows
    assert [(row.label, row.owed) for row in rows] == [("Berta Buyer", 1)]


def test_the_stranger_sees_no_page_no_promises_no_timeline(cast: Cast) -> None:
    cast.promise()
    journal.write(Entry.CUSTOMER_ADDED, by=cast.operator, at=NOW, customer_id=cast.buyer.pk)
    for viewer in (cast.viewer(cast.stranger), cast.viewer(cast.accountant), cast.customer):
        assert customer_pages.page(viewer, cast.buyer.pk) is None
        assert customer_pages.promises(viewer, cast.buyer.pk) is None
        assert timelines.of_customer(viewer, cast.buyer.pk) is None
        assert customers.form(viewer, cast.buyer.pk) is None
        assert list(customers.export(viewer, customers.Filters())) == []
    for person in (cast.agent, cast.mate, cast.manager, cast.head):
        assert customer_pages.page(cast.viewer(person), cast.buyer.pk) is not None
        assert timelines.of_customer(cast.viewer(person), cast.buyer.pk) is not None


def test_money_so_far_is_kept_apart_by_currency(cast: Cast) -> None:
    cast.order(items_minor=10_000, freight_minor=550, paid_minor=10_550)
    cast.order(items_minor=20_000, paid_minor=19_000)
    cast.order(currency="HUF", items_minor=100_000_000, paid_minor=100_000_000)
    page = customer_pages.page(cast.viewer(cast.agent), cast.buyer.pk)
    assert page is not None
    assert [(one.ordered, one.paid, one.n) for one in page.sums] == [
        (Money(30_550, "EUR"), Money(29_550, "EUR"), 2),
        (Money(100_000_000, "HUF"), Money(100_000_000, "HUF"), 1),
    ]
    assert page.sums[0].difference == Money(-1_000, "EUR")


def test_the_page_counts_only_what_its_viewer_sees_and_says_so(cast: Cast) -> None:
    cast.order()
    cast.order(site=cast.elsewhere, number="E-1")
    cast.promise(site=cast.elsewhere, person=cast.stranger)
    agent = customer_pages.page(cast.viewer(cast.agent), cast.buyer.pk)
    head = customer_pages.page(cast.viewer(cast.head), cast.buyer.pk)
    assert agent is not None
    assert head is not None
    assert (agent.sums[0].n, agent.owed_n, agent.is_partial) == (1, 0, True)
    assert (head.sums[0].n, head.owed_n, head.is_partial) == (2, 1, False)
    # Having bought there, Berta is now the stranger's customer, too: for that order only.
    stranger = customer_pages.page(cast.viewer(cast.stranger), cast.buyer.pk)
    assert stranger is not None
    assert [order.number for order in stranger.orders] == ["E-1"]


def test_past_promises_are_counted_by_their_end_with_n(cast: Cast) -> None:
    for outcome in ("kept", "kept", "broken_silent", "broken_unrecorded", "withdrawn"):
        cast.promise(outcome=outcome, settled_at=NOW)
    page = customer_pages.page(cast.viewer(cast.agent), cast.buyer.pk)
    assert page is not None
    assert dict(page.ends) == {
        "kept": 2,
        "broken_warned": 0,
        "broken_silent": 1,
        "broken_unrecorded": 1,
        "withdrawn": 1,
    }
    assert page.judged_n == 4
    listed = customer_pages.promises(cast.viewer(cast.agent), cast.buyer.pk, outcome="kept")
    assert listed is not None
    assert len(listed.rows) == 2


def test_product_and_service_are_never_one_figure(cast: Cast) -> None:
    order = cast.order()
    for product, service in ((9, 4), (10, 5), (8, None)):
        order.ratings.create(customer=cast.buyer, product_score=product, service_score=service)
    order.ratings.create(customer=cast.buyer, overall=3, scale=5)
    page = customer_pages.page(cast.viewer(cast.agent), cast.buyer.pk)
    assert page is not None
    assert [(one.part, one.mean, one.n, one.scale) for one in page.satisfaction] == [
        ("product", Decimal(9), 3, 10),
        ("service", Decimal("4.5"), 2, 10),
        ("overall", Decimal(3), 1, 5),
    ]


def test_the_timeline_joins_words_and_leaves_out_what_is_not_to_be_seen(cast: Cast) -> None:
    said = Interaction.objects.create(customer=cast.buyer, channel="phone", at=NOW, words="Where is it?")
    order = cast.order(site=cast.elsewhere)
    promise = cast.promise(site=cast.elsewhere, person=cast.stranger)
    about: dict[str, Any] = {"by": cast.operator, "customer_id": cast.buyer.pk}
    journal.write(Entry.INTERACTION_RECORDED, at=NOW, interaction_id=said.pk, **about)
    journal.write(Entry.ORDER_PLACED, at=NOW, order_id=order.pk, **about)
    journal.write(Entry.PROMISE_MADE, at=NOW, promise_id=promise.pk, **about)

    def kinds(viewer: object) -> list[str]:
        timeline = timelines.of_customer(viewer, cast.buyer.pk)  # type: ignore[arg-type]
        assert timeline is not None
        return [moment.entry.kind for moment in timeline.moments]

    assert kinds(cast.viewer(cast.head)) == ["promise_made", "order_placed", "interaction_recorded"]
    assert kinds(cast.viewer(cast.agent)) == ["interaction_recorded"]
    timeline = timelines.of_customer(cast.viewer(cast.agent), cast.buyer.pk)
    assert timeline is not None
    assert timeline.moments[0].words == "Where is it?"


def test_the_timeline_is_turned_without_losing_an_entry(cast: Cast) -> None:
    hidden = cast.order(site=cast.elsewhere)
    for n in range(150):
        order_id = hidden.pk if n % 2 else None
        about = {"customer_id": cast.buyer.pk, "order_id": order_id, "n": n}
        journal.write(Entry.CUSTOMER_CHANGED, by=cast.operator, at=NOW + timedelta(hours=n // 4), **about)
    viewer = cast.viewer(cast.agent)
    found: list[int] = []
    after = ""
    while True:
        timeline = timelines.of_customer(viewer, cast.buyer.pk, after=after)
        assert timeline is not None
        found += [moment.entry.facts["n"] for moment in timeline.moments]
        if not timeline.older:
            break
        newest = timeline.moments
        after = timeline.older
        turned = timelines.of_customer(viewer, cast.buyer.pk, after=after)
        assert turned is not None
        back = timelines.of_customer(viewer, cast.buyer.pk, before=turned.newer)
        assert back is not None
        assert {m.entry.pk for m in newest} <= {m.entry.pk for m in back.moments}
    assert sorted(found) == list(range(0, 150, 2))


def test_an_order_whose_sums_differ_says_by_how_much(cast: Cast) -> None:
    order = cast.order(items_minor=10_000, freight_minor=500)
    OrderLine.objects.create(
        order=order,
        position=1,
        unit_price_micro=99_000_000,
        total_minor=9_900,
        freight_minor=500,
        quantity_micro=1_500_000,
    )
    Payment.objects.create(order=order, position=1, kind="card", amount_minor=10_700)
    page = orders.one(cast.viewer(cast.agent), order.pk)
    assert page is not None
    assert page.lines[0].quantity == Decimal("1.5")
    assert page.sums.lines_less_stated == Money(-100, "EUR")
    assert page.sums.paid_less_stated == Money(200, "EUR")
    assert not page.sums.agrees
    assert orders.one(cast.viewer(cast.stranger), order.pk) is None
    assert orders.one(cast.customer, order.pk) is None


def test_an_order_of_which_nothing_is_known_does_not_disagree(cast: Cast) -> None:
    page = orders.one(cast.viewer(cast.agent), cast.order().pk)
    assert page is not None
    assert page.sums.agrees


def test_orders_are_narrowed_by_site_status_day_tag_and_customer(cast: Cast) -> None:
    viewer = cast.viewer(cast.head)
    late = cast.order(number="LATE", placed_at=NOW.replace(hour=23, minute=30), status="shipped")
    there = cast.order(cast.outsider, number="THERE", site=cast.elsewhere)
    late.tags.add(Tag.objects.create(name="gift"))

    def listed(**asked: object) -> list[str]:
        return [row.number for row in orders.page(viewer, orders.Filters(**asked)).rows]  # type: ignore[arg-type]

    assert listed() == ["LATE", "THERE"]
    assert listed(site_id=cast.elsewhere.pk) == ["THERE"]
    assert listed(status="shipped") == ["LATE"]
    # 23:30 UTC is the next day in Berlin, where the viewer is.
    assert listed(since=date(2026, 3, 5)) == ["LATE"]
    assert listed(until=date(2026, 3, 4)) == ["THERE"]
    assert listed(until=date.max) == ["LATE", "THERE"]
    assert listed(tag_id=Tag.objects.get().pk) == ["LATE"]
    assert listed(customer_id=cast.outsider.pk) == ["THERE"]
    assert [row.number for row in orders.page(cast.viewer(cast.stranger), orders.Filters()).rows] == ["THERE"]
    assert there.customer == cast.outsider
    assert orders.statuses(viewer) == ["placed", "shipped"]
    assert orders.statuses(cast.customer) == []


def test_tags_are_counted_over_what_the_viewer_sees(cast: Cast) -> None:
    tag = Tag.objects.create(name="gift")
    cast.buyer.tags.add(tag)
    cast.outsider.tags.add(tag)
    cast.order().tags.add(tag)
    Tag.objects.create(name="unused")
    assert [(row.name, row.customers, row.orders) for row in tags.page(cast.viewer(cast.head))] == [("gift", 2, 1)]
    assert [(row.customers, row.orders) for row in tags.page(cast.viewer(cast.stranger))] == [(1, 0)]
    assert tags.page(cast.viewer(cast.administrator)) == ()
    assert choices.tags(cast.customer) == []


def test_a_touchpoint_without_an_owner_stands_first_and_keeps_its_last_contact(cast: Cast) -> None:
    Touchpoint.objects.create(name="Counter", channel="in_person", owner=cast.agent, site=cast.shop)
    orphan = Touchpoint.objects.create(name="Hotline", channel="phone", site=cast.elsewhere)
    Interaction.objects.create(customer=cast.outsider, touchpoint=orphan, channel="phone", at=NOW)
    rows = touchpoints.page(cast.viewer(cast.head))
    assert [(row.touchpoint.name, row.owner, row.last_at) for row in rows] == [
        ("Hotline", "", NOW),
        ("Counter", "Anna Agent", None),
    ]
    assert touchpoints.page(cast.viewer(cast.agent))[0].last_at is None
    assert touchpoints.page(cast.customer) == ()


def test_everyone_has_a_name_to_be_shown_by(cast: Cast) -> None:
    key = "7c396fd4830fd04220f754e42b4e5bff"
    nameless = Customer(kind="person", external_key=key, created_at=NOW)
    assert labels.label(cast.buyer) == "Berta Buyer"
    assert labels.label(nameless) == "Customer 7c396fd4…"
    assert labels.label(Customer(pk=7, kind="person", created_at=NOW)) == "Customer 7"
    assert labels.label(Customer(pk=7, kind="person", name="", created_at=NOW, erased_at=NOW)) == "Erased person"


def test_a_shop_of_few_customers_and_many_orders_is_a_shop_of_few_customers(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = cast.viewer(cast.agent)
    for number in range(7):
        cast.order(number=f"A-{number}")
    guest = Customer.objects.create(kind="person", name="Guest", created_at=NOW)
    cast.order(guest, number="B-1")
    whole = sight.customers(viewer, most=100)
    assert {cast.buyer.pk, guest.pk} <= set(whole)
    assert sight.few_customers(viewer) == whole
    monkeypatch.setattr(sight, "_ORDERS_EACH", 1)
    # the first orders are all of one customer: then every order is asked
    assert guest.pk in sight.customers(viewer, most=2)
