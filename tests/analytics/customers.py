"""Made-up customers that always run: drawn from known parameters, and small ones written by hand."""

from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np

from goodwill.analytics import bgnbd, mbgnbd, paretonbd
from goodwill.analytics.lifetime_simulations import draw_beta_geometric, draw_pareto, in_days
from goodwill.analytics.purchases import Rows, count_rows

BG = bgnbd.PARAMS(0.25, 4.5, 0.8, 2.5)
MBG = mbgnbd.PARAMS(0.5, 6.0, 0.9, 1.6)
PARETO = paretonbd.PARAMS(0.55, 10.5, 0.6, 11.5)
FIRST = date(2024, 1, 1)


def ages(customers: int, seed: int) -> np.ndarray:
    return (273 - np.random.default_rng(seed).integers(0, 84, customers)) / 7


def drawn(model: str, customers: int, seed: int = 5) -> Rows:
    """One row for each customer of this model, in weeks of whole days."""
    rng = np.random.default_rng(seed)
    T = ages(customers, seed)
    if model == "paretonbd":
        return in_days(draw_pareto(PARETO, T, rng), 7)
    late = model == "mbgnbd"
    return in_days(draw_beta_geometric(MBG if late else BG, T, rng, leaves_at_once=late), 7)


def counted(model: str, customers: int, seed: int = 5) -> Rows:
    rows = drawn(model, customers, seed)
    return count_rows(rows.x, rows.t_x, rows.T)


def one(x: float, t_x: float, T: float) -> Rows:
    return Rows(*(np.array([float(value)]) for value in (x, t_x, T, 1)))


def transactions(customers: int = 600, seed: int = 3, days: int = 300) -> ir.Table:
    """Purchases of a Pareto/NBD's customers, day by day; amounts vary by customer."""
    rng = np.random.default_rng(seed)
    who, when, amount = [], [], []
    for customer in range(customers):
        pace, stay, worth = rng.gamma(0.7, 0.03), rng.exponential() / rng.gamma(0.6, 1 / 80), rng.gamma(4, 8)
        first = now = float(rng.integers(0, 60))
        while now < min(days, first + stay):
            who.append(f"c{customer:04}")
            when.append(FIRST + timedelta(days=int(now)))
            amount.append(round(float(rng.gamma(5, worth / 5)) + 0.01, 2))
            now += rng.exponential(1 / max(pace, 1e-4))
    return ibis.memtable({"customer": who, "date": when, "amount": amount})
