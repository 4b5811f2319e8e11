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


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("491701234567", "DE", "+491701234567"),
        ("49 170 1234567", "DE", "+491701234567"),
        ("0491 701234567", "DE", "+49491701234567"),
        ("436641234567", "AT", "+436641234567"),
        ("36301234567", "HU", "+36301234567"),
        ("74951234567", "RU", "+74951234567"),
        ("491234", "DE", "+49491234"),
        ("2125550123", "US", "+12125550123"),
    ],
)
def test_a_plus_that_a_spreadsheet_took_away_is_put_back(text: str, country: str, number: str) -> None:
    assert phones.e164(text, country) == number
