"""Share of wallet: the rule's worked shares, ties, where it may be used, and the direction of a share."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import wallets
from goodwill.analytics.results import Reason, Refused
from goodwill.analytics.wallets import Allocation, Direction, Wallet, allot, follow
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)


def test_the_rule_gives_its_worked_shares_and_averages_ties() -> None:
    assert allot({"us": 7}) == {"us": 1.0}
    assert allot({"us": 9, "them": 8}) == pytest.approx({"us": 2 / 3, "them": 1 / 3})
    assert allot({"us": 9, "x": 8, "y": 3}) == pytest.approx({"us": 1 / 2, "x": 1 / 3, "y": 1 / 6})
    assert allot({"us": 9, "x": 9, "y": 3}) == pytest.approx({"us": 5 / 12, "x": 5 / 12, "y": 1 / 6})
    assert allot({"a": 1, "b": 1, "c": 1, "d": 1}) == pytest.approx(dict.fromkeys("abcd", 0.25))
    with pytest.raises(ValueError, match="holds one brand or more"):
        allot({})


@pytest.mark.parametrize("size", range(1, 8))
def test_shares_sum_to_one(size: int) -> None:
    ratings = {str(i): float(i * 7 % 4) for i in range(size)}
    assert sum(allot(ratings).values()) == pytest.approx(1.0)


def test_the_rule_is_used_only_where_customers_use_several_brands() -> None:
    one, two = {"us": 8.0}, {"us": 8.0, "them": 9.0}
    used = wallets.allocate([one] * 6 + [two] * 4, "us", as_of=DAY)
    assert isinstance(used, Allocation)
    assert (used.several, used.mean_set, used.reasons, used.n) == (0.4, 1.4, (), 10)
    assert used.share is not None
    assert used.share.value == pytest.approx((6 + 4 / 3) / 10)
    not_used = wallets.allocate([one] * 7 + [two] * 3, "us", as_of=DAY)
    assert isinstance(not_used, Allocation)
    assert (not_used.share, not_used.reasons) == (None, (Reason.FEW_USE_SEVERAL,))
    assert not_used.as_json()["share"] is None
    assert wallets.allocate([one, {"them": 5}], "us", as_of=DAY) == Refused(Reason.TOO_FEW_ANSWERS, "us", value="1")


def see(own: list[float], category: list[float]) -> Wallet | Refused:
    return follow(np.array(own), np.array(category), category_source="trade body", category_on=DAY, as_of=DAY)


def test_a_falling_share_with_flat_sales_reads_declining_and_hidden() -> None:
    found = see([100, 101, 99, 100, 100], [200, 225, 250, 275, 300])
    assert isinstance(found, Wallet)
    assert (found.direction, found.is_hidden) == (Direction.DECLINING, True)
    assert found.shares[0] == 0.5
    told = found.as_json()
    assert (told["direction"], told["category_source"], told["category_on"]) == (
        "declining", "trade body", "2026-03-01",
    )  # fmt: skip


def test_a_share_that_falls_with_sales_is_not_hidden_and_one_that_rises_or_wavers_does_not_decline() -> None:
    falls = see([100, 90, 81, 70, 60], [200, 200, 200, 200, 200])
    assert isinstance(falls, Wallet)
    assert (falls.direction, falls.is_hidden) == (Direction.DECLINING, False)
    rises = see([100, 110, 121, 130, 140], [200, 200, 200, 200, 200])
    assert isinstance(rises, Wallet)
    assert rises.direction is Direction.RISING
    wavers = see([100, 120, 90, 110, 100], [200, 200, 200, 200, 200])
    assert isinstance(wavers, Wallet)
    assert (wavers.direction, wavers.is_hidden) == (Direction.CANNOT_TELL, False)


def test_few_periods_and_money_without_meaning_are_refused() -> None:
    assert see([1, 1, 1], [2, 2, 2]) == Refused(Reason.TOO_FEW_UNITS, value="3 of 4")
    assert see([1, 1, 1, 1], [2, 2, 0, 2]) == Refused(Reason.MONEY_ZERO, "category", 3)
    assert see([1, 1, -1, 1], [2, 2, 2, 2]) == Refused(Reason.MONEY_NEGATIVE, "own")
    assert see([0, 0, 0, 0], [2, 2, 2, 2]) == Refused(Reason.MONEY_ZERO, "own")
    with pytest.raises(ValueError, match="of the same periods"):
        see([1, 1], [2, 2, 2])


def test_a_steady_share_reads_declining_no_more_often_than_it_may() -> None:
    shares = dice("steady wallets").normal(0.4, 0.03, (TRIALS, 12))
    falls = 0
    for one in shares:
        found = see(list(100 * one), [100.0] * 12)
        assert isinstance(found, Wallet)
        falls += found.direction is Direction.DECLINING
    low, high = bounds(0.025)
    assert low <= falls / TRIALS <= high
