"""What BG/NBD and MBG/NBD share: Poisson buying, gamma rates, and a beta-distributed chance of leaving after each buy.

With k the number of chances a customer had to leave (x in BG/NBD, where nobody leaves at once; x + 1 in MBG/NBD):

    L = Γ(r+x)/Γ(r) α^r · B(a, b+k)/B(a, b) · { (α+T)^-(r+x) + 1[k>0] a/(b+k-1) (α+t_x)^-(r+x) }

The first term is "still alive at T", the second "left at t_x".
"""

from typing import NamedTuple

import numpy as np
from scipy.special import digamma, expit, gammaln, polygamma, roots_jacobi

from goodwill.analytics.fits import Floats, Surface
from goodwill.analytics.purchases import Rows


class Params(NamedTuple):
    """Rates are gamma with shape `r` and rate `alpha` (units of time); chances of leaving are beta(`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float


class Likelihood:
    """The log-likelihood of unique rows as a surface: value, gradient and Hessian in closed form.

    Special functions are taken once for each different x, logarithms once for each different t_x and T; all that is
    left to do for each row is one exponential.
    """

    def __init__(self, rows: Rows, *, leaves_at_once: bool) -> None:
        """Lay the rows out: different values, and where each row finds its own."""
        self.n = rows.n
        self.x, self.of_x = np.unique(rows.x, return_inverse=True)
        self.t_x, self.of_t_x = np.unique(rows.t_x, return_inverse=True)
        self.T, self.of_T = np.unique(rows.T, return_inverse=True)
        self.k = self.x + 1 if leaves_at_once else self.x
        self.n_x = np.bincount(self.of_x, self.n)
        self.rows_x = rows.x
        self.may_have_left = self.k[self.of_x] > 0

    def __call__(self, theta: Floats) -> Surface:
        """The log-likelihood at (r, α, a, b), in the parameters themselves."""
        r, alpha, a, b = theta
        n, x, k, n_x, of_x = self.n, self.x, self.k, self.n_x, self.of_x
        left = self.may_have_left
        past = np.where(k > 0, b + k - 1, 1.0)
        log_T, log_t = np.log(alpha + self.T)[self.of_T], np.log(alpha + self.t_x)[self.of_t_x]
        inv_T, inv_t = (1 / (alpha + self.T))[self.of_T], (1 / (alpha + self.t_x))[self.of_t_x]
        m = r + self.rows_x
        gap = log_T - log_t
        # δ: log-odds of having left at t_x against being alive at T; w: the chance
        delta = (np.log(a) - np.log(past))[of_x] + m * gap
        w = np.where(left, expit(delta), 0.0)
        one = (
            gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + k) - gammaln(b) - gammaln(a + b + k)
        )  # fmt: skip
        ll = n_x @ one + n @ (np.where(left, np.logaddexp(0.0, delta), 0.0) - m * log_T)

        past_row = past[of_x]
        step = np.stack([gap, m * (inv_T - inv_t), np.full_like(m, 1 / a), -1 / past_row])
        weighted = n * w
        gradient = step @ weighted
        N = n_x.sum()
        gradient[0] += n_x @ (digamma(r + x) - digamma(r)) + N * np.log(alpha) - n @ log_T
        gradient[1] += N * r / alpha - n @ (m * inv_T)
        both = n_x @ (digamma(a + b) - digamma(a + b + k))
        gradient[2] += both
        gradient[3] += both + n_x @ (digamma(b + k) - digamma(b))

        spread = weighted * (1 - w)
        hessian = (step * spread) @ step.T
        hessian[0, 0] += n_x @ (polygamma(1, r + x) - polygamma(1, r))
        across = N / alpha - n @ inv_T + weighted @ (inv_T - inv_t)
        hessian[0, 1] += across
        hessian[1, 0] += across
        hessian[1, 1] += -N * r / alpha**2 + n @ (m * inv_T**2) - weighted @ (m * (inv_T**2 - inv_t**2))
        both = n_x @ (polygamma(1, a + b) - polygamma(1, a + b + k))
        hessian[2:, 2:] += both
        hessian[2, 2] -= weighted.sum() / a**2
        hessian[3, 3] += n_x @ (polygamma(1, b + k) - polygamma(1, b)) + weighted @ (1 / past_row**2)
        return Surface(float(ll), gradient, hessian)


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
        # the integrand's only pole is at p = -1/reach: the nearer, the more nodes for the same 16 digits
        nearest = 1 / max(float(np.max(reach[here])), 1e-3)
        nodes = int(np.clip(20 / np.arcsinh(np.sqrt(nearest)), 16, 400))
        at, weight = roots_jacobi(nodes, b_one - 1, a - 1)
        p = (1 + at) / 2
        bought = -np.expm1(-shape[here, None] * np.log1p(p * reach[here, None])) / p
        answer[here] = bought @ (weight / weight.sum())
    return answer


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
