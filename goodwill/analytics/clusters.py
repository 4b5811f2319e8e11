"""Trials of whole clusters: units collapse to what was randomised, and few clusters are judged by re-dealing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from goodwill.analytics.results import Reason, Refused

Floats = NDArray[np.float64]
ENOUGH = 30
"""From so many clusters on Welch's difference of their means is right; below, deals are counted instead."""
DEALS = 20_000
"""All deals are tried where there are no more than this, else as many drawn by chance."""


@dataclass(frozen=True, slots=True)
class Deals:
    """What re-dealing says: the effect, p of "no effect for any cluster", the interval, and how many deals."""

    effect: float
    p: float
    low: float
    high: float
    deals: int


def collapse(table: ir.Table, *, by: Sequence[str], cluster: str, columns: Sequence[str]) -> ir.Table:
    """One row for each cluster: its keys, and the means of the columns over its rows.

    The question is what each randomised unit brought. The population is the table's rows, over its window. The method
    is the mean of each cluster's rows, every cluster with the same weight (Donner & Klar 2000). It cannot tell effects
    in large clusters from those in small ones.
    """
    means: dict[str, Any] = {name: table[name].cast("float64").mean() for name in columns}
    return table.group_by([*by, cluster]).agg(**means)


def check(table: ir.Table, *, arm: str, cluster: str) -> Refused | None:
    """Refuse a cluster that is in two arms: it was not what was randomised."""
    arms: Any = table.group_by(cluster).agg(arms=table[arm].nunique()).filter(ibis._.arms > 1)
    first = arms.order_by(cluster).limit(1).to_pyarrow().to_pylist()
    return Refused(Reason.TWO_ARMS_IN_A_CLUSTER, cluster, value=str(first[0][cluster])) if first else None


def check_deals(treated: int, control: int, *, alpha: float) -> Refused | None:
    """Refuse so few clusters in two arms that no deal of them could be surprising at level `alpha` (3 and 3 at 5 %)."""
    if min(treated, control) < 1 or comb(treated + control, treated) * alpha < 2:
        return Refused(Reason.TOO_FEW_CLUSTERS, value=f"{treated} and {control}")
    return None


def deal_again(treated: Floats, control: Floats, *, alpha: float, seed: int = 0) -> Deals:
    """The effect on clusters with an interval that is exact however few they are.

    The question is which effects are compatible with what the clusters brought. The population is the clusters of two
    arms, one figure each. The method is randomisation inference (Fisher 1935; Rosenbaum 2002): each deal of the same
    clusters gives a difference, and the interval holds the constant effects that two one-sided tests at alpha/2 leave
    standing; up to `DEALS` deals all are tried, else `DEALS` drawn with `seed`. It cannot work with fewer clusters than
    `check_deals` lets pass, and raises ValueError there.
    """
    values = np.concatenate([treated, control])
    n, k = len(values), len(treated)
    if check_deals(k, n - k, alpha=alpha) is not None:
        raise ValueError(f"{k} and {n - k} clusters are too few")
    dealt = _all_deals(n, k) if comb(n, k) <= DEALS else _some_deals(n, k, seed)
    actual = np.zeros(n)
    actual[:k] = 1.0
    # difference of means under each deal, of the outcomes and of the treatment itself
    weigh = dealt / k - (1 - dealt) / (n - k)
    outcome, moved = weigh @ values, weigh @ actual
    effect = float(treated.mean() - control.mean())
    slack = 1e-12 * (1 + np.abs(values).max())
    extreme = int(np.sum(np.abs(outcome) >= abs(effect) - slack))
    is_same = moved > 1 - 1e-9
    # under a constant effect d a deal reaches the observed difference iff d >= turn (upper tail), d <= turn (lower)
    turns = np.sort((effect - outcome[~is_same]) / (1 - moved[~is_same]))
    spare = int(np.floor(alpha / 2 * len(dealt) + 1e-9)) - int(is_same.sum())
    return Deals(effect, extreme / len(dealt), float(turns[spare]), float(turns[-1 - spare]), len(dealt))


def _all_deals(n: int, k: int) -> Floats:
    chosen = np.array(list(combinations(range(n), k)))
    dealt = np.zeros((len(chosen), n))
    np.put_along_axis(dealt, chosen, 1.0, axis=1)
    return dealt


def _some_deals(n: int, k: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    chosen = np.argsort(rng.random((DEALS - 1, n)), axis=1)[:, :k]
    dealt = np.zeros((DEALS, n))
    np.put_along_axis(dealt[1:], chosen, 1.0, axis=1)
    dealt[0, :k] = 1.0  # the deal that happened is always one of them, so that p is never 0
    return dealt
