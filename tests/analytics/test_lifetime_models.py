"""BG/NBD, MBG/NBD and Pareto/NBD: laws of their likelihoods and forecasts, known truth, and refusals."""

from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from goodwill.analytics import beta_geometric, bgnbd, mbgnbd, paretonbd
from goodwill.analytics.fits import Surface
from goodwill.analytics.purchases import Rows, count_rows
from goodwill.analytics.results import Reason
from tests.analytics.customers import BG, MBG, PARETO, counted, drawn, one

MODELS = (bgnbd, mbgnbd, paretonbd)
TRUTH = {bgnbd: BG, mbgnbd: MBG, paretonbd: PARETO}
positive = st.floats(0.05, 20)
thetas = st.tuples(positive, positive, positive, positive)


def likelihood(model: ModuleType, rows: Rows) -> Any:
    if model is paretonbd:
        return paretonbd.Likelihood(rows)
    return beta_geometric.Likelihood(rows, leaves_at_once=model is mbgnbd)


@st.composite
def histories(draw: st.DrawFn) -> Rows:
    size = draw(st.integers(1, 12))
    rows = []
    for _ in range(size):
        x = draw(st.integers(0, 60))
        T = draw(st.floats(0.2, 80))
        rows.append((x, 0.0 if x == 0 else T * draw(st.floats(0.01, 1)), T, draw(st.integers(1, 9))))
    return Rows(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=60, deadline=None)
@given(rows=histories(), theta=thetas)
def test_the_gradient_is_the_slope_of_the_likelihood(model: ModuleType, rows: Rows, theta: tuple[float, ...]) -> None:
    surface = likelihood(model, rows)
    at = np.array(theta)
    here: Surface = surface(at)
    for place in range(4):
        step = 1e-5 * at[place]
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        high, low = surface(up), surface(down)
        scale = 1 + rows.n.sum() * (1 + rows.x.max()) / at[place]
        assert (high.ll - low.ll) / (2 * step) == pytest.approx(here.gradient[place], abs=1e-5 * scale, rel=1e-5)
        bend = (high.gradient - low.gradient) / (2 * step)
        size = scale * (1 + 1 / at.min())
        assert bend == pytest.approx(here.hessian[place], abs=1e-5 * size, rel=1e-4)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=40, deadline=None)
@given(rows=histories(), theta=thetas)
def test_counts_weigh_as_many_customers_as_they_say(model: ModuleType, rows: Rows, theta: tuple[float, ...]) -> None:
    times = rows.n.astype(int)
    x, t_x, T = (np.repeat(column, times) for column in (rows.x, rows.t_x, rows.T))
    raw = Rows(x, t_x, T, np.ones(times.sum()))
    few, many = likelihood(model, rows)(np.array(theta)), likelihood(model, raw)(np.array(theta))
    assert few.ll == pytest.approx(many.ll, rel=1e-10)
    assert few.gradient == pytest.approx(many.gradient, rel=1e-8, abs=1e-8)
    again = count_rows(raw.x, raw.t_x, raw.T)
    assert (again.customers, again.repeaters) == (rows.customers, rows.repeaters)
    assert likelihood(model, again)(np.array(theta)).ll == pytest.approx(many.ll, rel=1e-10)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=40, deadline=None)
@given(rows=histories(), theta=thetas, days=st.floats(0.1, 30), t=st.floats(0.1, 90))
def test_another_unit_of_time_changes_no_forecast(
    model: ModuleType, rows: Rows, theta: tuple[float, ...], days: float, t: float
) -> None:
    first, second, third, fourth = theta
    params = model.PARAMS(*theta)
    other = model.PARAMS(first, second * days, third, fourth * days if model is paretonbd else fourth)
    in_days = Rows(rows.x, rows.t_x * days, rows.T * days, rows.n)
    assert model.alive(params, rows) == pytest.approx(model.alive(other, in_days), rel=1e-7, abs=1e-12)
    assert model.expect(params, rows, t) == pytest.approx(model.expect(other, in_days, t * days), rel=1e-7, abs=1e-12)
    assert model.expect_new(params, t) == pytest.approx(model.expect_new(other, t * days), rel=1e-7)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=60, deadline=None)
@given(rows=histories(), theta=thetas, t=st.floats(0.1, 90))
def test_p_alive_is_a_chance_and_expectations_grow_with_time(
    model: ModuleType, rows: Rows, theta: tuple[float, ...], t: float
) -> None:
    params = model.PARAMS(*theta)
    alive = model.alive(params, rows)
    assert np.all((alive >= 0) & (alive <= 1))
    sooner, later = model.expect(params, rows, t), model.expect(params, rows, 2 * t)
    assert np.all(sooner >= 0)
    assert np.all(later >= sooner * (1 - 1e-9))
    assert 0 <= model.expect_new(params, t) <= params.r / params.alpha * t * (1 + 1e-9)


def test_bgnbd_takes_every_one_time_buyer_for_alive() -> None:
    assert list(bgnbd.alive(BG, one(0, 0, 500))) == [1.0]
    assert bgnbd.alive(BG, one(3, 2, 60))[0] < 0.1
    assert mbgnbd.alive(MBG, one(0, 0, 500))[0] < 0.6
    assert paretonbd.alive(PARETO, one(0, 0, 500))[0] < 0.3


@pytest.mark.parametrize(
    ("theta", "x", "t_x", "T"),
    list(
        product(
            [(0.55, 10.5, 0.6, 11.5), (3.0, 0.4, 2.0, 90.0), (0.1, 200.0, 5.0, 0.5)],
            [0, 1, 7],
            [4.0],
            [4.0, 9.0, 60.0],
        )
    ),
)
def test_paretos_quadrature_is_the_integral(theta: tuple[float, ...], x: int, t_x: float, T: float) -> None:
    r, alpha, s, beta = theta
    t_x = t_x if x else 0.0
    left, _ = quad(lambda y: (alpha + y) ** -(r + x) * (beta + y) ** -(s + 1), t_x, T, epsabs=0, epsrel=1e-12)
    stayed = (alpha + T) ** -(r + x) * (beta + T) ** -s
    ll = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(stayed + s * left)
    rows = one(x, t_x, T)
    assert paretonbd.Likelihood(rows)(np.array(theta)).ll == pytest.approx(ll, rel=1e-11)
    assert paretonbd.alive(paretonbd.Params(*theta), rows)[0] == pytest.approx(stayed / (stayed + s * left), rel=1e-11)


def test_pareto_stays_finite_for_customers_who_buy_thousands_of_times() -> None:
    surface = paretonbd.Likelihood(one(5000, 300, 301))(np.array(PARETO))
    assert np.isfinite(surface.ll) and np.all(np.isfinite(surface.hessian))
    assert paretonbd.alive(PARETO, one(5000, 301, 301))[0] == pytest.approx(1.0)
    assert paretonbd.alive(PARETO, one(5000, 150, 301))[0] < 1e-9


@pytest.mark.parametrize("t", [0.5, 10.0, 78.0])
@pytest.mark.parametrize("a", [0.3, 0.8, 1.7])
def test_beta_quadrature_equals_the_papers_2f1(a: float, t: float) -> None:
    r, alpha, b = 0.25, 4.5, 2.5
    papers = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + t)) ** r * hyp2f1(r, b, a + b - 1, t / (alpha + t)))
    assert bgnbd.expect_new(bgnbd.PARAMS(r, alpha, a, b), t) == pytest.approx(papers, rel=1e-10)


def test_expectations_have_no_pole_at_a_of_one_or_s_of_one() -> None:
    for model in (bgnbd, mbgnbd):
        below, at, above = (model.expect_new(model.PARAMS(0.5, 6.0, a, 2.0), 40) for a in (1 - 1e-7, 1.0, 1 + 1e-7))
        assert below == pytest.approx(at, rel=1e-6) == pytest.approx(above, rel=1e-6)
    near, at = (paretonbd.expect_new(paretonbd.Params(0.5, 6.0, s, 9.0), 40) for s in (1 + 1e-9, 1.0))
    assert near == pytest.approx(at, rel=1e-7)


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_finds_the_truth_its_customers_were_drawn_from(model: ModuleType) -> None:
    fit = model.fit(counted(model.NAME, 60_000))
    assert fit.refused is None and fit.params is not None
    off = (np.array(fit.params) - np.array(TRUTH[model])) / np.array(fit.errors)
    assert np.all(np.abs(off) < 4), off
    assert all(i.low < value < i.high for i, value in zip(fit.intervals(), fit.params, strict=True))


@pytest.mark.parametrize("model", MODELS)
def test_forecasts_are_right_on_average_for_customers_of_known_truth(model: ModuleType) -> None:
    """E[X(t)] is the mean of what simulated customers do in t, within four of its own standard errors."""
    rows = drawn(model.NAME, 40_000, seed=11)
    whole = rows.T.max() == rows.T
    x = rows.x[whole]
    assert abs(x.mean() - model.expect_new(TRUTH[model], 39.0)) < 4 * x.std() / np.sqrt(len(x))


@pytest.mark.parametrize("model", MODELS)
def test_unique_rows_and_customers_one_by_one_give_one_fit(model: ModuleType) -> None:
    raw = drawn(model.NAME, 1500)
    few, many = model.fit(count_rows(raw.x, raw.t_x, raw.T)), model.fit(raw)
    assert few.params == pytest.approx(many.params, rel=1e-6)
    assert few.errors == pytest.approx(many.errors, rel=1e-5)
    assert few.unique_rows < many.unique_rows == 1500


@pytest.mark.parametrize("model", MODELS)
def test_the_users_own_starts_are_taken(model: ModuleType) -> None:
    rows = counted(model.NAME, 3000)
    fit = model.fit(rows, starts=(TRUTH[model],))
    assert [start.began for start in fit.starts] == [tuple(TRUTH[model])]
    assert fit.params == pytest.approx(model.fit(rows).params, rel=1e-5)


def test_mbgnbd_searches_from_at_least_three_starts() -> None:
    assert len(mbgnbd.fit(counted("mbgnbd", 2000)).starts) >= 3


@pytest.mark.parametrize("model", MODELS)
def test_too_few_who_came_back_are_refused(model: ModuleType) -> None:
    fit = model.fit(one(2, 3, 9))
    assert (fit.refused, fit.params, fit.n, fit.unique_rows) == (Reason.TOO_FEW_REPEATS, None, 1, 1)


@pytest.mark.parametrize("model", MODELS)
def test_customers_who_all_buy_alike_are_refused(model: ModuleType) -> None:
    """Everybody buys four times at one pace and nobody leaves: rates do not vary, so no gamma of them has a top."""
    size = np.ones(200)
    fit = model.fit(Rows(4 * size, 30 * size, 31 * size, size))
    assert fit.refused in (Reason.GRADIENT_NOT_SMALL, Reason.EIGENVALUE_NOT_POSITIVE)
    assert fit.params is None and fit.intervals() == ()
