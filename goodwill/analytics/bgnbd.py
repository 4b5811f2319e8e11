"""BG/NBD: how often customers will buy again, where each may leave after any repeat purchase."""

import numpy as np

from goodwill.analytics.beta_geometric import Likelihood, Params, count_ahead, first_guesses, weigh_alive
from goodwill.analytics.fits import Fit, Floats, maximise, refuse
from goodwill.analytics.purchases import FEWEST_REPEATERS, Rows
from goodwill.analytics.results import Method, Reason

NAME = "bgnbd"
METHOD = Method("BG/NBD", "Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284")
PARAMS = Params


def fit(rows: Rows, *, starts: tuple[Params, ...] = ()) -> Fit[Params]:
    """Estimate r, α, a, b with standard errors, or refuse with the reason.

    The question is how buying rates and chances of leaving are spread over customers. The population is the customers
    of `rows`, each from the first purchase to the window's end. The method is the BG/NBD's maximum likelihood (Fader,
    Hardie & Lee 2005) on unique rows, from two starts unless `starts` are given. It cannot tell who left among those
    who bought once, for here nobody leaves before a repeat purchase.
    """
    if rows.repeaters < FEWEST_REPEATERS:
        return refuse(Params._fields, Reason.TOO_FEW_REPEATS, n=rows.customers, unique_rows=len(rows))
    surface = Likelihood(rows, leaves_at_once=False)
    return maximise(surface, Params, starts or first_guesses(rows)[:2], n=rows.customers, unique_rows=len(rows))


def alive(params: Params, rows: Rows) -> Floats:
    """P(alive at T | x, t_x, T) for each row.

    The question is whether the customer may still buy. The population is the rows', at their window's end. The method
    is Fader, Hardie & Lee (2008, note 021). It cannot tell churn: it is 1 for every one-time buyer by assumption, ranks
    customers backwards on CDNOW (AUC 0.316), and is never to be shown as churn risk.
    """
    return weigh_alive(params, rows, rows.x)


def expect(params: Params, rows: Rows, t: float) -> Floats:
    """E[Y(t) | x, t_x, T]: purchases expected of each row's customer in the `t` after the window.

    The question is how often each customer will buy in that time. The population is the rows', from their window's end.
    The method is Fader, Hardie & Lee (2005, eq. 10), its 2F1 replaced by Gauss-Jacobi quadrature. It cannot tell of
    seasons, prices or promotions: the future is taken to be like the window.
    """
    ahead = count_ahead(params.r + rows.x, params.alpha + rows.T, params.a, params.b + rows.x, t)
    return alive(params, rows) * ahead


def expect_new(params: Params, t: float) -> float:
    """E[X(t)]: repeat purchases expected of a customer in the `t` after the first purchase.

    The question is how often a new customer comes back in that time. The population is customers not yet seen, from
    their first purchase. The method is Fader, Hardie & Lee (2005, eq. 9), by quadrature. It cannot tell one new
    customer from another.
    """
    one = np.ones(1)
    return float(count_ahead(params.r * one, params.alpha * one, params.a, params.b * one, t)[0])
