"""Gamma-Gamma: its slope, known truth, shrinkage, and money it has no room for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from goodwill.analytics import gamma_gamma
from goodwill.analytics.gamma_gamma import Likelihood, Params
from goodwill.analytics.results import Reason

TRUTH = Params(6.0, 4.0, 15.0)


def drawn(customers: int, params: Params = TRUTH, seed: int = 8) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.geometric(0.3, customers).astype(float)
    rate = rng.gamma(params.q, 1 / params.gamma, customers)
    return x, rng.gamma(params.p * x) / rate / x


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(1, 40), st.floats(0.1, 900)), min_size=1, max_size=9),
    theta=st.tuples(st.floats(0.2, 20), st.floats(0.2, 20), st.floats(0.5, 99)),
)
def test_the_gradient_is_the_slope_of_the_likelihood(
    rows: list[tuple[int, float]], theta: tuple[float, float, float]
) -> None:
    x, m = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    surface, at = Likelihood(x, m), np.array(theta)
    here = surface(at)
    p, q, gamma = theta
    papers = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + m * x)
    )  # fmt: skip
    assert here.ll == pytest.approx(papers.sum(), rel=1e-9, abs=1e-9)
    for place in range(3):
        step = np.zeros(3)
        step[place] = 1e-5 * at[place]
        high, low = surface(at + step), surface(at - step)
        size = 1e-4 * (1 + x.sum()) * (1 + 1 / at.min())
        assert (high.ll - low.ll) / (2 * step[place]) == pytest.approx(here.gradient[place], rel=1e-4, abs=size)
        bend = (high.gradient - low.gradient) / (2 * step[place])
        assert bend == pytest.approx(here.hessian[place], rel=1e-4, abs=size * (1 + 1 / at.min()))


def test_a_fit_finds_the_truth_its_customers_were_drawn_from() -> None:
    fit = gamma_gamma.fit(*drawn(20_000))
    assert fit.params is not None
    assert np.all(np.abs((np.array(fit.params) - np.array(TRUTH)) / np.array(fit.errors)) < 4)
    assert fit.params.mean == pytest.approx(30.0, rel=0.03)


def test_the_currencys_unit_changes_gamma_only() -> None:
    x, m = drawn(2000)
    roubles, kopecks = gamma_gamma.fit(x, m).params, gamma_gamma.fit(x, 100 * m).params
    assert roubles is not None and kopecks is not None
    assert kopecks == pytest.approx((roubles.p, roubles.q, 100 * roubles.gamma), rel=1e-5)


def test_expected_spend_lies_between_the_customers_own_mean_and_everybodys() -> None:
    x, m = np.array([0.0, 1.0, 200.0]), np.array([np.nan, 90.0, 90.0])
    nobody, once, often = gamma_gamma.expect(TRUTH, x, m)
    assert nobody == pytest.approx(TRUTH.mean) == 30.0
    assert 30 < once < often < 90
    assert often == pytest.approx(90, rel=0.01)


def test_spend_that_varies_without_a_mean_is_refused() -> None:
    fit = gamma_gamma.fit(*drawn(4000, Params(3.0, 0.6, 5.0)))
    assert (fit.refused, fit.params) == (Reason.NO_FINITE_MEAN, None)
    assert len(fit.starts) >= 3


@pytest.mark.parametrize(("worst", "reason"), [(-1.0, Reason.MONEY_NEGATIVE), (0.0, Reason.MONEY_ZERO)])
def test_money_that_is_not_positive_is_refused(worst: float, reason: Reason) -> None:
    x, m = drawn(100)
    m[17] = worst
    fit = gamma_gamma.fit(x, m)
    assert (fit.refused, fit.params, fit.n) == (reason, None, 100)


def test_too_few_who_came_back_are_refused() -> None:
    assert gamma_gamma.fit(*drawn(39)).refused is Reason.TOO_FEW_REPEATS
    assert gamma_gamma.fit([], []).refused is Reason.TOO_FEW_REPEATS


@pytest.mark.parametrize(("x", "m"), [([1.0, 0.0], [2.0, 3.0]), ([1.0], [np.inf]), ([1.0, 2.0], [3.0])])
def test_spend_without_a_repeat_purchase_is_no_input(x: list[float], m: list[float]) -> None:
    with pytest.raises(ValueError, match="x >= 1"):
        gamma_gamma.fit(x, m)
