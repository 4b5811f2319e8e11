"""Telephone numbers as people write them."""

import pytest

from goodwill.adapters import phones


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("06 30 123 4567", "HU", "+36301234567"),
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("+36 30/123-45-67", "", "+36301234567"),
        ("0151 23456789", "DE", "+4915123456789"),
        ("1", "DE", None),
        ("next door", "DE", None),
        ("0301234567", "", None),
    ],
)
def test_a_number_is_read_as_dialled_from_the_firms_country(typed: str, country: str, number: str | None) -> None:
    assert phones.e164(typed, country) == number


def test_a_number_is_shown_with_spaces_and_anything_else_as_it_stands() -> None:
    assert phones.readable("+36301234567") == "+36 30 123 4567"
    assert phones.readable("ring twice") == "ring twice"
    assert phones.readable("+") == "+"


@pytest.mark.parametrize(
    ("country", "dialled"), [("HU", "06"), ("ru", "8"), ("DE", "0"), ("DK", ""), ("", ""), ("XX", "")]
)
def test_each_country_dials_its_own_before_a_number(country: str, dialled: str) -> None:
    assert phones.trunk_prefix(country) == dialled


def test_the_national_part_leaves_out_the_country() -> None:
    assert phones.national("+36301234567", "DE") == "301234567"
    assert phones.national("x", "DE") is None
