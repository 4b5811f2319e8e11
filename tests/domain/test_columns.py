"""Headers in three languages are understood; nothing is guessed twice."""

import pytest

from goodwill.domain import columns


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Order No.", "order"),
        ("order_number", "order"),
        ("Номер заказа", "order"),
        ("Rendelésszám", "order"),
        ("E-mail", "email"),
        ("Телефон", "phone"),
        ("Ígért dátum", "promised"),
        ("Дата доставки", "delivered"),
        ("Egységár", "unit_price"),
        ("QTY", "quantity"),
    ],
)
def test_a_header_is_known_in_any_case_accent_and_punctuation(header: str, field: str) -> None:
    assert columns.guess([header]) == {field: header}


def test_the_first_of_two_columns_for_one_field_stands_and_strangers_are_left_out() -> None:
    assert columns.guess(["date", "order date", "colour"]) == {"placed": "date"}


def test_no_header_means_two_things() -> None:
    meanings: dict[str, set[str]] = {}
    for column in columns.COLUMNS:
        for header in (column.name, *column.headers):
            meanings.setdefault(columns.normal(header), set()).add(column.name)
    assert {header: names for header, names in meanings.items() if len(names) > 1} == {}


def test_what_must_be_there_and_is_not_is_named() -> None:
    assert columns.missing({"order": "No.", "customer": "Who"}) == ("placed",)
    assert columns.missing({"order": "No.", "placed": "Date"}) == ("customer",)
    for field in ("customer", "customer_number", "email", "phone", "organisation"):
        assert columns.missing({"order": "No.", "placed": "Date", field: "Who"}) == ()
