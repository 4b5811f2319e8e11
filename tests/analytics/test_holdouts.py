"""Forecasts against what happened, and the rules beside them, on numbers small enough to work by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, spearmanr

from goodwill.analytics.baselines import compare
from goodwill.analytics.holdouts import check_drift, correlate_ranks, finite, measure, rank, tabulate

ONES = np.ones(4)
EXPECTED, ACTUAL = np.array([0.5, 1.0, 2.0, 0.0]), np.array([0.0, 2.0, 2.0, 1.0])


def test_errors_are_actual_minus_expected_and_zero_stands_beside_mae() -> None:
    errors = measure(EXPECTED, ACTUAL, ONES)
    assert errors.mae == pytest.approx(2.5 / 4)
    assert errors.rmse == pytest.approx(np.sqrt(2.25 / 4))
    assert errors.bias == pytest.approx(1.5 / 4)
    assert errors.mae_of_zero == pytest.approx(5 / 4)
    assert errors.auc == pytest.approx(2 / 3)
    assert set(errors.as_json()) == {"rmse", "bias", "spearman", "auc", "mae", "mae_of_zero"}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(1, 4)), min_size=2, max_size=12))
def test_counts_weigh_as_many_customers_and_agree_with_scipy(rows: list[tuple[int, int, int]]) -> None:
    score, actual, n = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    times = n.astype(int)
    one, other = np.repeat(score, times), np.repeat(actual, times)
    few, many = measure(score, actual, n), measure(one, other, np.ones(len(one)))
    assert few.rmse == pytest.approx(many.rmse)
    assert few.auc == pytest.approx(many.auc, nan_ok=True)
    assert few.spearman == pytest.approx(many.spearman, nan_ok=True)
    if np.ptp(one) > 0 and np.ptp(other) > 0:
        assert few.spearman == pytest.approx(spearmanr(one, other).statistic)
    if (other > 0).any() and (other == 0).any():
        yes, no = one[other > 0], one[other == 0]
        assert few.auc == pytest.approx(mannwhitneyu(yes, no).statistic / (len(yes) * len(no)))


def test_nothing_can_be_ranked_where_it_happened_to_everybody() -> None:
    assert np.isnan(rank(EXPECTED, ONES, ONES))
    assert finite(rank(EXPECTED, ONES, ONES)) is None
    assert np.isnan(correlate_ranks(EXPECTED, ONES, ONES))


def test_scores_apart_by_rounding_are_ties() -> None:
    assert rank(np.array([0.3, 0.1 + 0.2]), np.array([1.0, 0.0]), np.ones(2)) == 0.5


def test_the_table_puts_frequent_customers_in_its_last_bin() -> None:
    bins = tabulate(np.array([0.0, 0, 9, 7]), EXPECTED, ACTUAL, np.array([3.0, 1, 1, 1]))
    assert [(one.x, one.n) for one in bins] == [(0, 4), (7, 2)]
    assert (bins[0].expected, bins[0].actual) == pytest.approx((0.625, 0.5))
    assert bins[1].as_json() == {"x": 7, "n": 2, "expected": 1.0, "actual": 1.5}


def test_a_world_that_buys_half_as_much_has_drifted() -> None:
    rng = np.random.default_rng(1)
    expected, n = np.full(4000, 1.0), np.ones(4000)
    same, half = rng.poisson(1.0, 4000).astype(float), rng.poisson(0.5, 4000).astype(float)
    steady, drifted = (check_drift(expected, expected, after, expected, n) for after in (same, half))
    assert not steady.has_drifted
    assert drifted.has_drifted
    assert drifted.holdout.low < 0.5 < drifted.holdout.high
    assert drifted.as_json()["has_drifted"] is True


def test_the_drift_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(20260307)
    covered = 0
    for _ in range(1000):
        rate = rng.gamma(2, 0.5, 300)
        after = rng.poisson(rate).astype(float)
        covered += not check_drift(rate, rate, after, rate, np.ones(300)).has_drifted
    # 99.9 % of binomials of 1000 at 0.95 lie in 926 to 971
    assert 926 <= covered <= 971


def test_baselines_stand_beside_the_models_scores() -> None:
    found = {
        one.name: one
        for one in compare(
            idle_days=np.array([10.0, 91.0, 92.0, 300.0]),
            frequency=np.array([1.0, 1.0, 0.0, 0.0]),
            expected=np.array([3.0, 2.0, 1.0, 0.5]),
            alive=np.array([0.1, 0.2, 0.8, 0.9]),
            bought=np.array([1.0, 1.0, 0.0, 1.0]),
            n=np.array([1.0, 1.0, 1.0, 2.0]),
        )
    }
    assert found["recency"].auc == pytest.approx(0.5)
    assert found["hiatus_13_weeks"].share_right == pytest.approx(3 / 5)
    assert found["p_alive"].share_right == pytest.approx(2 / 5)
    assert found["expected_purchases"].auc == pytest.approx(0.5)
    assert found["frequency"].as_json() == {"auc": pytest.approx(0.75), "share_right": None}
