"""Products over the API: what the lines of orders name."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodwill.domain.tokens import Access
from goodwill.store.orders import OrderLine
from goodwill.store.products import Category, Product
from tests.api.programs import Program
from tests.cast import Cast, make_person

Counting = Callable[[int], AbstractContextManager[Any]]


def lamp(**about: Any) -> Product:
    """A product of the shop's own source, unless told otherwise."""
    return Product.objects.create(**({"name": "Owl", "source": "shop", "external_key": "L-1"} | about))


def test_what_a_line_names_is_read_with_its_category(cast: Cast) -> None:
    lamps = Category.objects.create(name="Table lamps", source="shop", external_key="tl")
    sold, order = lamp(category=lamps), cast.order()
    OrderLine.objects.create(order=order, position=1, product=sold, unit_price_micro=1, total_minor=1)
    agent = Program(cast.agent, Access.READ_ORDERS)
    named = agent.get(f"orders/{order.pk}").json()["lines"][0]["product_id"]
    read = agent.get(f"products/{named}")
    assert read.json() == {
        "id": sold.pk,
        "name": "Owl",
        "source": "shop",
        "external_key": "L-1",
        "category": {"id": lamps.pk, "name": "Table lamps"},
    }
    assert agent.get("products").json() == {"items": [read.json()], "next": None}
    assert Program(cast.agent).get(f"products/{lamp(external_key='L-2').pk}").json()["category"] is None


def test_products_are_found_by_what_their_source_calls_them_and_by_category(cast: Cast) -> None:
    lamps = Category.objects.create(name="Lamps")
    first, second = lamp(category=lamps), lamp(source="web", category=lamps)
    third, plain = lamp(external_key="L-11"), lamp(source="", external_key="")
    program = Program(cast.agent)

    def found(**narrowed: Any) -> list[int]:
        return [one["id"] for one in program.get("products", **narrowed).json()["items"]]

    assert found() == [first.pk, second.pk, third.pk, plain.pk]
    assert found(external_key="L-1") == [first.pk, second.pk]
    assert found(external_key="L-1", source="web") == [second.pk]
    assert found(source="shop") == [first.pk, third.pk]
    assert found(source="") == [plain.pk]
    assert found(category_id=lamps.pk) == [first.pk, second.pk]
    assert found(category_id=lamps.pk + 1) == []


def test_products_are_turned_in_the_order_of_their_ids_each_once(cast: Cast) -> None:
    whole = [lamp(external_key=f"L-{n}").pk for n in range(5)]
    program = Program(cast.agent)
    seen: list[int] = []
    query: dict[str, str] = {}
    for _ in range(3):
        page = program.get("products", limit=2, **query).json()
        seen += [one["id"] for one in page["items"]]
        query = {"cursor": page["next"]}
    assert seen == whole
    assert page["next"] is None


def test_who_sees_no_customers_sees_no_products(cast: Cast) -> None:
    sold = lamp()
    roleless = make_person("roleless@vektor.example", "Rosa Roleless")
    for person in (cast.accountant, cast.administrator, roleless):
        assert Program(person).get("products").json()["items"] == [], person
        gone, none = Program(person).get(f"products/{sold.pk}"), Program(person).get("products/999999")
        assert (gone.status_code, gone.content) == (404, none.content), person
    others = [access for access in Access if access is not Access.READ_ORDERS]
    for path in ("products", f"products/{sold.pk}"):
        answer = Program(cast.head, *others).get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"external_key": "x" * 121}, "external_key"),
        ({"source": "a\0"}, "source"),
        ({"category_id": "lamps"}, "category_id"),
        ({"category": "1"}, "category"),
    ],
)
def test_a_filter_that_cannot_be_used_is_named(query: dict[str, str], field: str, cast: Cast) -> None:
    answer = Program(cast.head).get("products", **query)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_products_cost_one_question_however_many_they_are(cast: Cast, django_assert_num_queries: Counting) -> None:
    program = Program(cast.agent)
    program.get("products")
    for n in range(20):
        lamp(external_key=str(n), category=Category.objects.create(name=f"Sort {n}"))
    with django_assert_num_queries(4):  # firm, token, roles with units, rows
        assert len(program.get("products").json()["items"]) == 20


def test_a_product_is_found_by_its_key_through_the_index_of_keys(cast: Cast) -> None:
    lamp()
    program = Program(cast.agent)
    with CaptureQueriesContext(connection) as asked:
        program.get("products", source="shop", external_key="L-1")
    if connection.vendor == "sqlite":  # the other one knows by itself, and reads so short a table whole
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[-1]['sql']}")
            assert "product_external_once" in str(cursor.fetchall())
