"""What BG/NBD and MBG/NBD share: Poisson buying, gamma rates, and a beta-distributed chance of leaving after each buy.

With k the number of chances a customer had to leave (x in BG/NBD, where nobody leaves at once; x + 1 in MBG/NBD):

    L = Γ(r+x)/Γ(r) α^r · B(a, b+k)/B(a, b) · { (α+T)^-(r+x) + 1[k>0] a/(b+k-1) (α+t_x)^-(r+x) }

The first term is "still alive at T", the second "left at t_x".
"""

from typing import Any, NamedTuple

import numpy as np
from pandas import factorize
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, expit, gammaln, polygamma

from goodwill.analytics.fits import Floats, Surface
from goodwill.analytics.purchases import Rows


class Params(NamedTuple):
    """Rates are gamma with shape `r` and rate `alpha` (units of time); chances of leaving are beta(`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


_BLOCK = 8192


class Likelihood:
    """The log-likelihood of unique rows as a surface: value, gradient and Hessian in closed form.

    Special functions are taken once for each different x, logarithms once for each different t_x and T; all that is
    left to do for each row is one exponential.
    """

    def __init__(self, rows: Rows, *, leaves_at_once: bool) -> None:
        """Lay the rows out: different values, and where each row that may have left finds its own."""
        of_x, self.x = factorize(rows.x)
        of_T, self.T = factorize(rows.T)
        self.k = self.x + 1 if leaves_at_once else self.x
        self.n_x, self.n_T = np.bincount(of_x, rows.n), np.bincount(of_T, rows.n)
        self.xn_T = np.bincount(of_T, rows.n * rows.x)
        some = np.flatnonzero(self.k[of_x] > 0)
        self.n, self.m_x, self.of_x, self.of_T = rows.n[some], rows.x[some], of_x[some], of_T[some]
        self.of_t_x, self.t_x = factorize(rows.t_x[some])

    def __call__(self, theta: Floats) -> Surface:
        """The log-likelihood at (r, α, a, b), in the parameters themselves."""
        r, alpha, a, b = theta
        x, k, n_x, N = self.x, self.k, self.n_x, self.n_x.sum()
        log_T, inv_T = np.log(alpha + self.T), 1 / (alpha + self.T)
        m_T = r * self.n_T + self.xn_T
        one = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + k) - gammaln(b) - gammaln(a + b + k)
        )  # fmt: skip
        left = self._add_up(r, alpha, a, np.where(k > 0, b + k - 1, 1.0))
        of_a, of_b = 1 / a, -1 / np.where(k > 0, b + k - 1, 1.0)

        gradient = np.array([left.gap, left.shrink, of_a * left.w_x.sum(), of_b @ left.w_x])
        gradient[0] += n_x @ (digamma(r + x) - digamma(r)) + N * np.log(alpha) - self.n_T @ log_T
        gradient[1] += N * r / alpha - m_T @ inv_T
        both = n_x @ (digamma(a + b) - digamma(a + b + k))
        gradient[2] += both
        gradient[3] += both + n_x @ (digamma(b + k) - digamma(b))

        # each second derivative is w(1-w) δ'δ'ᵀ + w δ'', and what does not depend on w
        hessian = np.array([
            [left.gap_gap, left.gap_shrink, of_a * left.gap_x.sum(), of_b @ left.gap_x],
            [0.0, left.shrink_shrink, of_a * left.shrink_x.sum(), of_b @ left.shrink_x],
            [0.0, 0.0, of_a**2 * left.spread_x.sum(), of_a * (of_b @ left.spread_x)],
            [0.0, 0.0, 0.0, of_b**2 @ left.spread_x],
        ])  # fmt: skip
        hessian[0, 0] += n_x @ (polygamma(1, r + x) - polygamma(1, r))
        hessian[0, 1] += N / alpha - self.n_T @ inv_T + left.narrow
        hessian[1, 1] += m_T @ inv_T**2 - N * r / alpha**2 - left.squares
        both = n_x @ (polygamma(1, a + b) - polygamma(1, a + b + k))
        hessian[2, 2] += both - of_a**2 * left.w_x.sum()
        hessian[2, 3] += both
        hessian[3, 3] += both + n_x @ (polygamma(1, b + k) - polygamma(1, b)) + of_b**2 @ left.w_x
        ll = n_x @ one - m_T @ log_T + left.log
        return Surface(float(ll), gradient, np.triu(hessian) + np.triu(hessian, 1).T)

    def _add_up(self, r: float, alpha: float, a: float, past: Floats) -> "_Left":
        """The sums over rows that may have left, in blocks that stay in the processor's cache."""
        log_T, log_t = np.log(alpha + self.T), np.log(alpha + self.t_x)
        inv_T, inv_t = 1 / (alpha + self.T), 1 / (alpha + self.t_x)
        odds, size = np.log(a / past), len(self.x)
        scalars, by_x = np.zeros(8), np.zeros((4, size))
        for first in range(0, len(self.n), _BLOCK):
            some = slice(first, first + _BLOCK)
            n, of_x, of_T, of_t_x = self.n[some], self.of_x[some], self.of_T[some], self.of_t_x[some]
            m = self.m_x[some] + r
            gap = log_T[of_T] - log_t[of_t_x]
            of_alpha, at_t = inv_T[of_T], inv_t[of_t_x]
            narrow = of_alpha - at_t
            shrink = m * narrow
            # δ: log-odds of having left at t_x against being alive at T; w: the chance; ln(1 + e^δ) keeps its digits
            delta = m * gap + odds[of_x]
            decay = np.exp(-np.abs(delta))
            w = np.where(delta > 0, 1.0, decay) / (1 + decay)
            nw = n * w
            spread = nw * (1 - w)
            by_gap, by_shrink = spread * gap, spread * shrink
            scalars += (
                n @ (np.maximum(delta, 0.0) + np.log1p(decay)), nw @ gap, nw @ shrink, nw @ narrow,
                nw @ (shrink * (of_alpha + at_t)), by_gap @ gap, by_gap @ shrink, by_shrink @ shrink,
            )  # fmt: skip
            for row, each in enumerate((nw, spread, by_gap, by_shrink)):
                by_x[row] += np.bincount(of_x, each, size)
        sums: list[Any] = [*map(float, scalars), *by_x]
        return _Left(*sums)


class _Left(NamedTuple):
    """Sums over rows, weighted with w (the first five, `w_x`) or w(1-w), alone or by x.

    gap = ln(α+T) - ln(α+t_x) and shrink = (r+x)(1/(α+T) - 1/(α+t_x)) are δ's derivatives by r and α.
    """

    log: float
    gap: float
    shrink: float
    narrow: float
    squares: float
    gap_gap: float
    gap_shrink: float
    shrink_shrink: float
    w_x: Floats
    spread_x: Floats
    gap_x: Floats
    shrink_x: Floats


def weigh_alive(params: Params, rows: Rows, k: Floats) -> Floats:
    """P(alive at T | x, t_x, T) for each row, k chances to leave: 1 / (1 + e^δ)."""
    r, alpha, a, b = params
    delta = (r + rows.x) * (np.log(alpha + rows.T) - np.log(alpha + rows.t_x))
    could = k > 0
    delta = delta + np.log(a) - np.log(np.where(could, b + k - 1, 1.0))
    return np.where(could, expit(-delta), 1.0)


def count_ahead(shape: Floats, scale: Floats, a: float, b: Floats, t: float) -> Floats:
    """Purchases expected over the next `t` of customers alive now: rate gamma(shape, scale), leaving beta(a, b).

    Given rate λ and chance p a customer makes (1 - e^(-λpt))/p; over the gamma, (1 - (1+pt/scale)^-shape)/p. The last
    mean, over the beta, is Gauss's quadrature with the beta as its weight, which needs no 2F1 and knows no pole at
    a = 1. All arguments but `a` and `t` are arrays of one length.
    """
    answer = np.empty_like(shape)
    reach = t / scale
    for b_one in np.unique(b):
        here = b == b_one
        at, weight = _gauss(_enough(float(np.max(reach[here])), float(np.max((shape * reach)[here]))), a, b_one)
        bought = -np.expm1(-shape[here, None] * np.log1p(at * reach[here, None])) / at
        answer[here] = bought @ weight
    return answer


def _enough(reach: float, bought: float) -> int:
    """Nodes for 12 digits: the integrand has a pole at p = -1/reach, and falls over p of the size 1/bought."""
    return int(np.clip(max(20 / np.arcsinh(np.sqrt(1 / max(reach, 1e-3))), 3 * np.sqrt(bought) + 8), 16, 600))


def _gauss(nodes: int, a: float, b: float) -> tuple[Floats, Floats]:
    """Nodes and weights that integrate against beta(a, b) on 0 to 1 (Golub & Welsch 1969)."""
    A, B = b - 1, a - 1
    k = np.arange(1, nodes)
    two = 2 * k + A + B
    # the first of each by themselves: their general forms are 0/0 where A + B is 0 or -1
    diagonal = np.concatenate([[(B - A) / (A + B + 2)], (B - A) * (B + A) / (two * (two + 2))])
    square = np.empty(nodes - 1)
    square[0] = 4 * (1 + A) * (1 + B) / ((2 + A + B) ** 2 * (3 + A + B))
    k, two = k[1:], two[1:]
    square[1:] = 4 * k * (k + A) * (k + B) * (k + A + B) / (two**2 * (two + 1) * (two - 1))
    at, vectors = eigh_tridiagonal(diagonal, np.sqrt(square))
    return np.maximum((1 + at) / 2, np.finfo(float).tiny), vectors[0] ** 2


def first_guesses(rows: Rows) -> tuple[Params, ...]:
    """Four starts: rates as they are seen, twice as fast and half, and customers who leave soon, late or variously."""
    T = float(rows.n @ rows.T / rows.n.sum())
    rate = float(rows.n @ rows.x / rows.n.sum()) / T
    return (
        Params(0.5, 0.5 / rate, 1.0, 2.5),
        Params(0.25, 0.125 / rate, 0.5, 1.0),
        Params(1.0, 2.0 / rate, 1.0, 5.0),
        Params(2.0, 1.0 / rate, 2.0, 2.0),
    )
