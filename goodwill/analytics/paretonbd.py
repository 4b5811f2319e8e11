"""Pareto/NBD: how often customers will buy again, where each may leave at any moment.

    L = Γ(r+x)/Γ(r) α^r β^s { (α+T)^-(r+x) (β+T)^-s + s ∫ (α+y)^-(r+x) (β+y)^-(s+1) dy },  y from t_x to T

The first term is "alive at T", the integral "left at y". Papers write it with 2F1, which overflows for frequent
buyers; the integral itself is smooth in ln(min(α, β) + y) and takes 32 nodes.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import digamma, exprel, gammaln, polygamma

from goodwill.analytics.fits import Fit, Floats, Surface, maximise, refuse
from goodwill.analytics.purchases import FEWEST_REPEATERS, Rows
from goodwill.analytics.results import Method, Reason

NAME = "paretonbd"
METHOD = Method("Pareto/NBD", "Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24")
_AT, _WEIGHT = np.polynomial.legendre.leggauss(32)
_GONE = 45.0
"""Beyond e^-45 of its height the integrand adds nothing that a float could hold."""
_BLOCK = 4096
"""Rows a time, so that memory does not grow with them."""


class Params(NamedTuple):
    """Rates are gamma(`r`, `alpha`), lifetimes exponential with gamma(`s`, `beta`) rates; α and β in units of time."""

    r: float
    alpha: float
    s: float
    beta: float


PARAMS = Params


class _Paths(NamedTuple):
    """Moments y a customer may have left, and the chance of each; the last column is "alive at T"."""

    y: Floats
    chance: Floats
    log_total: Floats


def _follow(params: Params, x: Floats, t_x: Floats, T: Floats) -> _Paths:
    """The ways each history may have come about, and the logarithm of the likelihood's braces."""
    r, alpha, s, beta = params
    m = r + x
    nearest = min(alpha, beta)
    with np.errstate(over="ignore"):
        end = np.minimum(T, t_x + (alpha + t_x) * np.expm1(_GONE / m))
        end = np.minimum(end, t_x + (beta + t_x) * np.expm1(_GONE / (s + 1)))
    low = np.log(nearest + t_x)
    half = (np.log(nearest + end) - low) / 2
    root = low[:, None] + half[:, None] * (1 + _AT)
    y = np.exp(root) - nearest
    # everything relative to its height at t_x
    log_m = -m[:, None] * np.log((alpha + y) / (alpha + t_x)[:, None])
    log_s = -(s + 1) * np.log((beta + y) / (beta + t_x)[:, None])
    with np.errstate(divide="ignore"):
        left = log_m + log_s + root + np.log(half)[:, None] + np.log(_WEIGHT) + np.log(s)
    at_end = -m * np.log((alpha + T) / (alpha + t_x)) - s * np.log((beta + T) / (beta + t_x)) + np.log(beta + t_x)
    ways = np.concatenate([left, at_end[:, None]], axis=1)
    top = ways.max(axis=1)
    chance = np.exp(ways - top[:, None])
    total = chance.sum(axis=1)
    height = top - m * np.log(alpha + t_x) - (s + 1) * np.log(beta + t_x)
    return _Paths(np.concatenate([y, T[:, None]], axis=1), chance / total[:, None], np.log(total) + height)


class Likelihood:
    """The log-likelihood of unique rows as a surface: value, gradient and Hessian.

    The derivatives of ln ∫f are means over the ways a history may have come about: the gradient is the mean of
    ∂ln f, the Hessian the mean of ∂²ln f plus the covariance of ∂ln f (Louis 1982).
    """

    def __init__(self, rows: Rows) -> None:
        """Keep the rows, and the counts by x that the gamma functions need."""
        self.rows = rows
        self.x, of_x = np.unique(rows.x, return_inverse=True)
        self.n_x = np.bincount(of_x, rows.n)

    def __call__(self, theta: Floats) -> Surface:
        """The log-likelihood at (r, α, s, β), in the parameters themselves."""
        params = Params(*theta.tolist())
        r, alpha, s, beta = params
        n_x, N = self.n_x, self.n_x.sum()
        ll = n_x @ (gammaln(r + self.x) - gammaln(r)) + N * (r * np.log(alpha) + s * np.log(beta))
        gradient = np.array([n_x @ (digamma(r + self.x) - digamma(r)) + N * np.log(alpha), N * r / alpha,
                             N * np.log(beta), N * s / beta])  # fmt: skip
        hessian = np.diag([n_x @ (polygamma(1, r + self.x) - polygamma(1, r)), -N * r / alpha**2, 0.0,
                           -N * s / beta**2])  # fmt: skip
        hessian[0, 1] = hessian[1, 0] = N / alpha
        hessian[2, 3] = hessian[3, 2] = N / beta
        for first in range(0, len(self.rows), _BLOCK):
            part = _add_up(params, self.rows, slice(first, first + _BLOCK))
            ll += part.ll
            gradient += part.gradient
            hessian += part.hessian
        return Surface(float(ll), gradient, hessian)


def _add_up(params: Params, rows: Rows, some: slice) -> Surface:
    r, alpha, s, beta = params
    x, T, n = rows.x[some], rows.T[some], rows.n[some]
    paths = _follow(params, x, rows.t_x[some], T)
    q = paths.chance
    has_left = np.ones(q.shape[1])
    has_left[-1] = 0.0
    m, e = (r + x)[:, None], s + has_left
    inv_alpha, inv_beta = 1 / (alpha + paths.y), 1 / (beta + paths.y)
    steps = (-np.log(alpha + paths.y), -m * inv_alpha, has_left / s - np.log(beta + paths.y), -e * inv_beta)
    means = np.stack([np.einsum("ij,ij->i", q, step) for step in steps])
    hessian = np.empty((4, 4))
    nq = n[:, None] * q
    for i in range(4):
        for j in range(i, 4):
            hessian[i, j] = hessian[j, i] = np.einsum("ij,ij,ij->", nq, steps[i], steps[j]) - n @ (means[i] * means[j])
    across_m, across_s = np.einsum("ij,ij->", nq, inv_alpha), np.einsum("ij,ij->", nq, inv_beta)
    hessian[0, 1] -= across_m
    hessian[1, 0] -= across_m
    hessian[2, 3] -= across_s
    hessian[3, 2] -= across_s
    hessian[1, 1] -= np.einsum("ij,ij,ij->", nq, steps[1], inv_alpha)
    hessian[3, 3] -= np.einsum("ij,ij,ij->", nq, steps[3], inv_beta)
    hessian[2, 2] -= np.sum(nq[:, :-1]) / s**2
    return Surface(float(n @ paths.log_total), means @ n, hessian)


def fit(rows: Rows, *, starts: tuple[Params, ...] = ()) -> Fit[Params]:
    """Estimate r, α, s, β with standard errors, or refuse with the reason.

    The question is how buying rates and rates of leaving are spread over customers. The population is the customers of
    `rows`, each from the first purchase to the window's end. The method is the Pareto/NBD's maximum likelihood
    (Schmittlein, Morrison & Colombo 1987; Fader & Hardie 2005, note 009) by one-dimensional quadrature on unique rows,
    from four starts unless `starts` are given. It cannot tell s from β well where few customers leave in the window.
    """
    if rows.repeaters < FEWEST_REPEATERS:
        return refuse(Params._fields, Reason.TOO_FEW_REPEATS, n=rows.customers, unique_rows=len(rows))
    if not starts:
        T = float(rows.n @ rows.T / rows.n.sum())
        rate = float(rows.n @ rows.x / rows.n.sum()) / T
        starts = (
            Params(0.5, 0.25 / rate, 0.5, T / 3),
            Params(1.0, 1.0 / rate, 1.0, T),
            Params(0.25, 0.1 / rate, 0.3, T / 6),
            Params(2.0, 1.0 / rate, 2.0, T),
        )
    return maximise(Likelihood(rows), Params, starts, n=rows.customers, unique_rows=len(rows))


def alive(params: Params, rows: Rows) -> Floats:
    """P(alive at T | x, t_x, T) for each row.

    The question is whether the customer may still buy. The population is the rows', at their window's end. The method
    is Schmittlein, Morrison & Colombo (1987), by quadrature. It cannot rank customers as well as the days since their
    last purchase do (CDNOW: AUC 0.726 against 0.771); show it beside that.
    """
    answer = np.empty(len(rows))
    for first in range(0, len(rows), _BLOCK):
        some = slice(first, first + _BLOCK)
        answer[some] = _follow(params, rows.x[some], rows.t_x[some], rows.T[some]).chance[:, -1]
    return answer


def expect(params: Params, rows: Rows, t: float) -> Floats:
    """E[Y(t) | x, t_x, T]: purchases expected of each row's customer in the `t` after the window.

    The question is how often each customer will buy in that time. The population is the rows', from their window's end.
    The method is Fader & Hardie (2005, note 009), in a form without a pole at s = 1. It cannot tell of seasons, prices
    or promotions: the future is taken to be like the window.
    """
    r, alpha, s, beta = params
    return alive(params, rows) * (r + rows.x) / (alpha + rows.T) * _time_left(s, beta + rows.T, t)


def expect_new(params: Params, t: float) -> float:
    """E[X(t)]: repeat purchases expected of a customer in the `t` after the first purchase.

    The question is how often a new customer comes back in that time. The population is customers not yet seen, from
    their first purchase. The method is Schmittlein, Morrison & Colombo (1987). It cannot tell one new customer from
    another.
    """
    r, alpha, s, beta = params
    return float(r / alpha * _time_left(s, np.array([beta]), t)[0])


def _time_left(s: float, beta: Floats, t: float) -> Floats:
    """Mean time alive within the next t of those alive now: ∫ (β/(β+u))^s du from 0 to t."""
    log: Floats = np.log1p(t / beta)
    mean: Floats = beta * log * exprel((1 - s) * log)
    return mean
