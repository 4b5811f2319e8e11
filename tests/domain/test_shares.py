"""Shares and their intervals: published figures, and laws that hold for every share."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from goodwill.domain.shares import WIDEST, Share, enough, share_of


def share(part: int, whole: int) -> Share:
    """A share that exists."""
    found = share_of(part, whole)
    assert found is not None
    return found


@st.composite
def shares(draw: st.DrawFn) -> Share:
    """Any share of up to two million."""
    whole = draw(st.integers(1, 2_000_000))
    return share(draw(st.integers(0, whole)), whole)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score, no continuity correction).
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        # Worked by hand from the formula with z² = 3.841459: (k + z²/2 ± z·√(k(n-k)/n + z²/4)) / (n + z²).
        (5, 10, "0.2366", "0.7634"),
    ],
)
def test_the_interval_is_the_published_one(part: int, whole: int, low: str, high: str) -> None:
    found = share(part, whole)
    assert round(found.low, 4) == Decimal(low)
    assert round(found.high, 4) == Decimal(high)


def test_the_wire_shape_has_six_digits() -> None:
    assert share(957, 14_552).as_json() == {
        "value": 0.065764,
        "low": 0.06185,
        "high": 0.069907,
        "level": 0.95,
        "method": "wilson",
    }


@given(shares())
def test_the_interval_contains_the_share_and_stays_within_zero_and_one(found: Share) -> None:
    assert 0 <= found.low <= found.value <= found.high <= 1


@given(shares())
def test_the_share_of_the_rest_has_the_mirrored_interval(found: Share) -> None:
    rest = share(found.whole - found.part, found.whole)
    assert abs(rest.low - (1 - found.high)) < Decimal("1e-25")
    assert abs(rest.high - (1 - found.low)) < Decimal("1e-25")


@given(shares(), st.integers(2, 50))
def test_the_same_share_of_more_has_a_narrower_interval(found: Share, times: int) -> None:
    more = share(found.part * times, found.whole * times)
    assert more.high - more.low < found.high - found.low


@given(shares())
def test_one_more_failure_never_lowers_the_interval(found: Share) -> None:
    assume(found.part < found.whole)
    worse = share(found.part + 1, found.whole)
    assert worse.low > found.low
    assert worse.high > found.high or found.high == worse.high == 1


@given(st.integers(1, 400).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_what_is_said_to_be_enough_is_enough_and_no_more_than_that(observed: tuple[int, int]) -> None:
    part, whole = observed
    said = enough(part, whole)
    # The same share of `said`, as near as whole numbers of a thousandfold allow.
    width = _width(Decimal(part) / whole, said)
    assert width <= WIDEST
    assert said == 1 or _width(Decimal(part) / whole, said - 1) > WIDEST


def _width(value: Decimal, whole: int) -> Decimal:
    z = Decimal("1.959963984540054")
    return 2 * z * (value * (1 - value) * whole + z * z / 4).sqrt() / (whole + z * z)


def test_nothing_has_no_share() -> None:
    assert share_of(0, 0) is None
    assert enough(0, 0) == 93


def test_few_are_not_enough_and_it_says_how_many_more_would_be() -> None:
    few = share(1, 8)
    assert not few.is_enough
    assert few.missing == enough(1, 8) - 8 > 0


def test_many_are_enough_and_nothing_is_missing() -> None:
    many = share(957, 14_552)
    assert many.is_enough
    assert many.missing == 0


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3), (1, 0)])
def test_more_than_the_whole_or_less_than_nothing_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is not a part of"):
        share_of(part, whole)
