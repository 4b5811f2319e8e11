"""Gamma-Gamma: what each customer's purchases are worth, a few of them seen."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma, gammaln, polygamma

from goodwill.analytics.fits import Fit, Floats, Surface, maximise, refuse
from goodwill.analytics.purchases import FEWEST_REPEATERS
from goodwill.analytics.results import Method, Reason

NAME = "gamma_gamma"
METHOD = Method("Gamma-Gamma", "Colombo & Jiang (1999), J. of Interactive Marketing 13(4), 2-12")


class Params(NamedTuple):
    """Purchases are gamma(`p`, ν), their rates ν over customers gamma(`q`, `gamma`); γ in units of money."""

    p: float
    q: float
    gamma: float

    @property
    def mean(self) -> float:
        """E[M] of a customer of whom nothing is known: pγ/(q-1)."""
        return self.p * self.gamma / (self.q - 1)


class Likelihood:
    """The log-likelihood of customers' mean spend `m_x` over `x` purchases as a surface.

    LL = lnΓ(px+q) - lnΓ(px) - lnΓ(q) + q ln γ + (px-1) ln m + px ln x - (px+q) ln(γ + m x), summed.
    """

    def __init__(self, x: Floats, m_x: Floats) -> None:
        """Keep the arrays; gamma functions are taken once for each different x."""
        self.x, self.m_x = x, m_x
        self.one_x, self.of_x, self.n_x = np.unique(x, return_inverse=True, return_counts=True)
        self.log_m = np.log(m_x)
        self.log_mx = np.log(m_x) + np.log(x)

    def __call__(self, theta: Floats) -> Surface:
        """The log-likelihood at (p, q, γ), in the parameters themselves."""
        p, q, gamma = theta
        x, n_x, N = self.one_x, self.n_x, len(self.x)
        px = p * x
        total = gamma + self.m_x * self.x
        log_total, inv = np.log(total), 1 / total
        weight = p * self.x + q
        ll = (
            n_x @ (gammaln(px + q) - gammaln(px)) + N * (q * np.log(gamma) - gammaln(q))
            + p * (self.x @ self.log_mx) - self.log_m.sum() - weight @ log_total
        )  # fmt: skip
        both = digamma(px + q)
        gradient = np.array([
            n_x @ (x * (both - digamma(px))) + self.x @ (self.log_mx - log_total),
            n_x @ both + N * (np.log(gamma) - digamma(q)) - log_total.sum(),
            N * q / gamma - weight @ inv,
        ])  # fmt: skip
        bend = polygamma(1, px + q)
        pp = n_x @ (x**2 * (bend - polygamma(1, px)))
        pq = n_x @ (x * bend)
        pg = -(self.x @ inv)
        qq = n_x @ bend - N * polygamma(1, q)
        qg = N / gamma - inv.sum()
        gg = -N * q / gamma**2 + weight @ inv**2
        return Surface(float(ll), gradient, np.array([[pp, pq, pg], [pq, qq, qg], [pg, qg, gg]]))


def fit(x: ArrayLike, m_x: ArrayLike) -> Fit[Params]:
    """Estimate p, q, γ with standard errors, or refuse with the reason.

    The question is how spend per purchase is spread within customers and between them. The population is customers
    with x >= 1 repeat purchases, `m_x` their mean spend over the window. The method is the Gamma-Gamma's maximum
    likelihood (Fader & Hardie 2013) from three starts; it is refused where money is not positive, which a gamma
    cannot make, and where q < 1, for then no mean spend exists. It cannot tell a spend that goes with frequency: the
    two are taken to be independent, which `holdouts.correlate_ranks` looks into.
    """
    counts, spend = np.asarray(x, dtype=float), np.asarray(m_x, dtype=float)
    if counts.shape != spend.shape or not np.all(np.isfinite(spend)) or np.any(counts < 1):
        raise ValueError("each customer needs x >= 1 and a finite mean spend")
    unique_rows = len(np.unique(np.stack([counts, spend]), axis=1).T)
    size = {"n": len(counts), "unique_rows": unique_rows}
    if len(counts) < FEWEST_REPEATERS:
        return refuse(Params._fields, Reason.TOO_FEW_REPEATS, **size)
    if np.any(spend <= 0):
        return refuse(Params._fields, Reason.MONEY_NEGATIVE if np.any(spend < 0) else Reason.MONEY_ZERO, **size)
    mean = float(np.mean(spend))
    starts = (Params(2.0, 3.0, mean), Params(6.0, 4.0, mean / 2), Params(1.0, 2.0, mean))
    done = maximise(Likelihood(counts, spend), Params, starts, **size)
    if done.params is not None and done.params.q < 1:
        return replace(done, params=None, refused=Reason.NO_FINITE_MEAN)
    return done


def expect(params: Params, x: Floats, m_x: Floats) -> Floats:
    """E[M | m_x, x]: mean spend per purchase expected of each customer; `m_x` is not read where x is 0.

    The question is what this customer's next purchases are worth. The population is any customers, with or without a
    repeat purchase. The method is Fader & Hardie (2013, eq. 5), the customer's own mean drawn to everybody's the more
    the fewer purchases were seen. It cannot tell a customer who is trading up from one who is not.
    """
    p, q, gamma = params
    seen = np.where(x > 0, x * np.where(x > 0, m_x, 0.0), 0.0)
    return p * (gamma + seen) / (p * x + q - 1)
