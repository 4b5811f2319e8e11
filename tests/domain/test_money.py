"""Money is exact, knows its currency, and never becomes a float."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain.money import Money, exponent

CURRENCIES = ("EUR", "RUB", "HUF", "JPY", "KWD", "CLF")
sums = st.builds(Money, st.integers(-(10**15), 10**15), st.sampled_from(CURRENCIES))


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("HUF", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_minor_units_are_those_of_iso_4217(currency: str, places: int) -> None:
    assert exponent(currency) == places


@given(sums)
def test_an_amount_read_back_is_the_same_sum(money: Money) -> None:
    assert Money.of(money.amount, money.currency) == money
    assert Money.of(str(money.amount), money.currency) == money


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.sampled_from(CURRENCIES))
def test_adding_in_any_order_gives_the_same_sum(minors: list[int], currency: str) -> None:
    total = Money(0, currency)
    for minor in minors:
        total = total + Money(minor, currency)
    assert total == Money(sum(minors), currency)
    assert total - Money(minors[0], currency) == Money(sum(minors[1:]), currency)


def test_the_wire_shape_has_all_decimal_places() -> None:
    assert Money.of("1187.9", "BRL").as_json() == {"amount": "1187.90", "currency": "BRL"}
    assert Money(5, "JPY").as_json() == {"amount": "5", "currency": "JPY"}


@pytest.mark.parametrize("amount", ["0.001", Decimal("1.005")])
def test_an_amount_finer_than_the_smallest_coin_is_refused(amount: str | Decimal) -> None:
    with pytest.raises(ValueError, match="finer than the smallest EUR unit"):
        Money.of(amount, "EUR")


@pytest.mark.parametrize("amount", ["ten", "", "NaN", "Infinity"])
def test_what_is_no_number_is_no_money(amount: str) -> None:
    with pytest.raises(ValueError, match="is not an amount of money"):
        Money.of(amount, "EUR")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="cannot add USD to EUR"):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.parametrize(("amount", "minor"), [("0.005", 1), ("-0.005", -1), ("0.0049", 0), ("2.675", 268)])
def test_halves_are_rounded_away_from_zero(amount: str, minor: int) -> None:
    assert Money.rounded(Decimal(amount), "EUR").minor == minor
