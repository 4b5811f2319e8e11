"""Customers of known truth, drawn from each model: what a fit must find again, and a bench can be run on."""

import numpy as np

from goodwill.analytics import beta_geometric, paretonbd
from goodwill.analytics.fits import Floats
from goodwill.analytics.purchases import Rows


def draw_beta_geometric(
    params: beta_geometric.Params, T: Floats, rng: np.random.Generator, *, leaves_at_once: bool = False
) -> Rows:
    """One customer for each age `T`: a BG/NBD's, or an MBG/NBD's where some leave at once; `n` is 1 in every row.

    The question is what rows these parameters make. The population is imagined, each observed for their `T`. The
    method is the model's own story (Fader, Hardie & Lee 2005), told purchase by purchase. It cannot tell whether any
    firm's customers are like that.
    """
    size = len(T)
    rate = rng.gamma(params.r, 1 / params.alpha, size)
    leaving = rng.beta(params.a, params.b, size)
    x, t_x, now = np.zeros(size), np.zeros(size), np.zeros(size)
    still = np.flatnonzero(rng.random(size) >= leaving) if leaves_at_once else np.arange(size)
    while len(still):
        with np.errstate(divide="ignore"):
            now[still] += rng.exponential(1.0, len(still)) / rate[still]
        still = still[now[still] <= T[still]]
        x[still] += 1
        t_x[still] = now[still]
        still = still[rng.random(len(still)) >= leaving[still]]
    return Rows(x, t_x, np.array(T, dtype=float), np.ones(size))


def draw_pareto(params: paretonbd.Params, T: Floats, rng: np.random.Generator) -> Rows:
    """One customer for each age `T`, of a Pareto/NBD; `n` is 1 in every row.

    The question is what rows these parameters make. The population is imagined, each observed for their `T`. The
    method is the model's own story (Schmittlein, Morrison & Colombo 1987): a lifetime, purchases at random within it,
    the last of x being a maximum of x uniforms. It cannot tell whether any firm's customers are like that.
    """
    size = len(T)
    rate = rng.gamma(params.r, 1 / params.alpha, size)
    with np.errstate(divide="ignore"):
        lifetime = rng.exponential(1.0, size) / rng.gamma(params.s, 1 / params.beta, size)
    seen = np.minimum(lifetime, T)
    x = rng.poisson(rate * seen).astype(float)
    t_x = np.where(x > 0, seen * rng.random(size) ** (1 / np.maximum(x, 1)), 0.0)
    return Rows(x, t_x, np.array(T, dtype=float), np.ones(size))


def in_days(rows: Rows, days: int) -> Rows:
    """Rows as a firm's books show them: the last purchase on a whole day, `days` to a unit of time.

    The question is what is left of exact moments in books that keep days. The population and window are the rows'.
    The method is rounding up, as a day is counted when it has begun. It cannot tell two purchases of one day apart,
    and leaves `x` as it is.
    """
    t_x = np.minimum(np.ceil(rows.t_x * days) / days, rows.T)
    return Rows(rows.x, t_x, rows.T, rows.n)
