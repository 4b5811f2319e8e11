"""Pareto/NBD: how often customers will buy again, where each may leave at any moment.

    L = Γ(r+x)/Γ(r) α^r β^s { (α+T)^-(r+x) (β+T)^-s + s ∫ (α+y)^-(r+x) (β+y)^-(s+1) dy },  y from t_x to T

The first term is "alive at T", the integral "left at y". Papers write it with 2F1, which overflows for frequent
buyers; the integral itself is smooth in ln(min(α, β) + y) and takes 12 to 64 nodes.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, exprel, gammaln, polygamma

from goodwill.analytics.fits import Fit, Floats, Surface, maximise, refuse
from goodwill.analytics.purchases import FEWEST_REPEATERS, Rows
from goodwill.analytics.results import Method, Reason

NAME = "paretonbd"
METHOD = Method("Pareto/NBD", "Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24")
_GONE = 45.0
"""Beyond e^-45 of its height the integrand adds nothing that a float could hold."""
_BLOCK = 1024
"""Rows a time, so that their ways stay in the processor's cache."""


class Params(NamedTuple):
    """Rates are gamma(`r`, `alpha`), lifetimes exponential with gamma(`s`, `beta`) rates; α and β in units of time."""

    r: float
    alpha: float
    s: float
    beta: float


PARAMS = Params


class _Paths(NamedTuple):
    """ln(α+y) and ln(β+y) of moments y a customer may have left, the chance of each; the last is "alive at T"."""

    log_alpha: Floats
    log_beta: Floats
    chance: Floats
    log_total: Floats


@cache
def _nodes(number: int) -> tuple[Floats, Floats]:
    """Gauss-Legendre's nodes on 0 to 2 and the logarithms of their weights."""
    at, weight = np.polynomial.legendre.leggauss(number)
    return 1 + at, np.log(weight)


def _enough(half: float, drop: float) -> int:
    """Nodes for 15 digits, of a range 2·half wide over which the integrand falls by e^drop.

    Its poles lie at a distance of π or more from the range, which bounds the error by ρ^-2n (Trefethen 2008), and a
    fall takes about 0.4 nodes for each unit.
    """
    room = np.pi / max(half, 1e-9)
    needed = max(18 / np.log(room + np.sqrt(1 + room * room)), 12 + 0.45 * drop)
    return int(min(4 * np.ceil(needed / 4), 64))


def _follow(params: Params, x: Floats, t_x: Floats, T: Floats) -> _Paths:
    """The ways each history may have come about, and the logarithm of the likelihood's braces."""
    r, alpha, s, beta = params
    m = r + x
    with np.errstate(over="ignore"):
        end = np.minimum(T, t_x + (alpha + t_x) * np.expm1(_GONE / m))
        end = np.minimum(end, t_x + (beta + t_x) * np.expm1(_GONE / (s + 1)))
    at_alpha, at_beta = np.log(alpha + t_x), np.log(beta + t_x)
    drop = m * (np.log(alpha + end) - at_alpha) + (s + 1) * (np.log(beta + end) - at_beta)
    # of the two logarithms one is the variable of integration itself
    nearest, farthest = (alpha, beta) if alpha < beta else (beta, alpha)
    low = np.log(nearest + t_x)
    half = (np.log(nearest + end) - low) / 2
    at, log_weight = _nodes(_enough(float(half.max()), float(drop.max())))
    near = np.empty((len(x), len(at) + 1))
    near[:, :-1] = low[:, None] + half[:, None] * at
    near[:, -1] = np.log(nearest + T)
    far = np.log(np.exp(near) + (farthest - nearest))
    log_alpha, log_beta = (near, far) if alpha < beta else (far, near)
    # everything relative to its height at t_x
    ways = m[:, None] * (at_alpha[:, None] - log_alpha) + (s + 1) * (at_beta[:, None] - log_beta)
    with np.errstate(divide="ignore"):
        ways[:, :-1] += near[:, :-1] + (log_weight + np.log(s)) + np.log(half)[:, None]
    ways[:, -1] += log_beta[:, -1]
    top = ways.max(axis=1)
    chance = np.exp(ways - top[:, None])
    total = chance.sum(axis=1)
    chance /= total[:, None]
    return _Paths(log_alpha, log_beta, chance, np.log(total) + top - m * at_alpha - (s + 1) * at_beta)


class Likelihood:
    """The log-likelihood of unique rows as a surface: value, gradient and Hessian.

    The derivatives of ln ∫f are means over the ways a history may have come about: the gradient is the mean of
    ∂ln f, the Hessian the mean of ∂²ln f plus the covariance of ∂ln f (Louis 1982).
    """

    def __init__(self, rows: Rows) -> None:
        """Keep the rows, and the counts by x that the gamma functions need."""
        # rows that need as many nodes as each other stand together
        order = np.argsort(rows.x * (rows.T - rows.t_x))
        self.rows = Rows(rows.x[order], rows.t_x[order], rows.T[order], rows.n[order])
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
    r, s = params.r, params.s
    x, T, n = rows.x[some], rows.T[some], rows.n[some]
    paths = _follow(params, x, rows.t_x[some], T)
    q = paths.chance
    has_left = np.ones(q.shape[1])
    has_left[-1] = 0.0
    m, e = (r + x)[:, None], s + has_left
    inv_alpha, inv_beta = np.exp(-paths.log_alpha), np.exp(-paths.log_beta)
    steps = np.stack([-paths.log_alpha, -m * inv_alpha, has_left / s - paths.log_beta, -e * inv_beta])
    means = np.einsum("ij,kij->ki", q, steps)
    nq = n[:, None] * q
    flat = steps.reshape(4, -1)
    hessian = (flat * nq.ravel()) @ flat.T - (means * n) @ means.T
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
    from two starts unless `starts` are given. It cannot tell s from β well where few customers leave in the window.
    """
    if rows.repeaters < FEWEST_REPEATERS:
        return refuse(Params._fields, Reason.TOO_FEW_REPEATS, n=rows.customers, unique_rows=len(rows))
    if not starts:
        T = float(rows.n @ rows.T / rows.n.sum())
        rate = float(rows.n @ rows.x / rows.n.sum()) / T
        starts = (
            Params(0.5, 0.25 / rate, 0.5, T / 3),
            Params(0.25, 0.1 / rate, 0.3, T / 6),
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
