"""Signs of loyalty counted: worked figures, refusals, and the intervals' promise."""

from datetime import date, timedelta

import pytest
from scipy.stats import binomtest, poisson

from goodwill.analytics import signs
from goodwill.analytics.results import Reason, Refused, Window
from goodwill.analytics.signs import Indifference, Recommendation
from tests.analytics.designs import bounds, dice

DAY = date(2026, 3, 1)
WATCHED = Window(date(2025, 1, 1), date(2025, 12, 31))
OFFERS = [Window(date(2025, 3, 1), date(2025, 3, 14))]


def recommend(purchases: list[int], senders: int = 10, years: float = 2.0) -> Recommendation | Refused:
    return signs.recommend(purchases, senders=senders, years=years, as_of=DAY)


def test_friends_who_were_sent_count_by_what_they_bought() -> None:
    found = recommend([3, 0, 2])
    assert isinstance(found, Recommendation)
    assert (found.sent, found.bought, found.purchases, found.n) == (3, 2, 5, 10)
    assert found.share is not None
    assert found.share.value == pytest.approx(2 / 3)
    rate = found.purchases_per_year
    assert rate.value == 0.25
    # Garwood's limits of 5 are 1.6235 and 11.6683
    assert (20 * rate.low, 20 * rate.high) == pytest.approx((1.6235, 11.6683), abs=1e-4)
    assert poisson.sf(4, 20 * rate.low) == pytest.approx(0.025)
    assert found.as_json()["bought"] == 2


def test_nobody_sent_is_a_rate_with_an_upper_end_and_no_share() -> None:
    found = recommend([])
    assert isinstance(found, Recommendation)
    assert (found.share, found.purchases_per_year.low) == (None, 0.0)
    assert 20 * found.purchases_per_year.high == pytest.approx(3.6889, abs=1e-4)
    assert found.as_json()["share"] is None
    assert recommend([], senders=0) == Refused(Reason.NO_ROWS)
    with pytest.raises(ValueError, match="a time above zero"):
        recommend([], years=0)


def buy_on(purchases: list[date], offers: list[Window] = OFFERS) -> Indifference | Refused:
    return signs.buy_on(purchases, offers, watched=WATCHED, as_of=DAY)


def test_buying_on_is_a_ratio_of_rates_with_an_exact_interval() -> None:
    inside = [date(2025, 3, 1), date(2025, 3, 14)]
    outside = [date(2025, 4, 1) + timedelta(days=7 * i) for i in range(26)]
    found = buy_on([*inside, *outside, date(2024, 3, 5)])
    assert isinstance(found, Indifference)
    assert (found.inside, found.inside_days, found.outside, found.outside_days) == (2, 14, 26, 351)
    assert found.ratio.value == pytest.approx(2 / 14 / (26 / 351))
    exact = binomtest(2, 28).proportion_ci()
    scale = 351 / 14
    assert found.ratio.low == pytest.approx(scale * exact.low / (1 - exact.low))
    assert found.ratio.high == pytest.approx(scale * exact.high / (1 - exact.high))
    assert found.as_json()["inside"] == 2


def test_days_of_offers_that_overlap_count_once_and_those_outside_the_time_not_at_all() -> None:
    offers = [*OFFERS, Window(date(2025, 3, 10), date(2025, 3, 20)), Window(date(2024, 12, 1), date(2025, 1, 2)),
              Window(date(2023, 1, 1), date(2023, 1, 9)), Window(date(2025, 12, 31), date(2026, 2, 1))]  # fmt: skip
    found = buy_on([date(2025, 6, 1)], offers)
    assert isinstance(found, Indifference)
    assert (found.inside_days, found.inside, found.ratio.low) == (20 + 2 + 1, 0, 0.0)


def test_without_other_days_or_purchases_on_them_nothing_is_told() -> None:
    assert buy_on([DAY], []) == Refused(Reason.NO_CONTROL, value="0 of 365")
    assert buy_on([date(2025, 3, 2)], [WATCHED]) == Refused(Reason.NO_CONTROL, value="365 of 365")
    assert buy_on([date(2025, 3, 2)]) == Refused(Reason.NOTHING_BEFORE, value="1")
    assert buy_on([]) == Refused(Reason.NOTHING_BEFORE, value="0")


def test_the_ratio_s_interval_holds_the_truth_at_least_as_often_as_it_says() -> None:
    rng, trials = dice("buying on"), 1000
    held = 0
    for inside, outside in zip(rng.poisson(14 * 0.3, trials), rng.poisson(351 * 0.3, trials), strict=True):
        days = [date(2025, 3, 1)] * int(inside) + [date(2025, 6, 1)] * int(outside)
        found = buy_on(days)
        assert isinstance(found, Indifference)
        held += found.ratio.low <= 1 <= found.ratio.high
    assert held / trials >= bounds(0.95, trials)[0]
