"""Units to sufficient statistics for each arm, in one expression that runs on any engine."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PILOT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What n units say of some columns: their means, and the sums of products of their deviations from them.

    `means` has one place for each of `columns`, `products` one row and column.
    """

    n: int
    columns: tuple[str, ...]
    means: Floats
    products: Floats

    def mean(self, weights: Mapping[str, float]) -> float:
        """The mean of a weighted sum of columns."""
        return float(self._weigh(weights) @ self.means)

    def variance(self, weights: Mapping[str, float]) -> float:
        """The sample variance (n − 1) of a weighted sum of columns; nan for fewer than two units."""
        return self.covariance(weights, weights)

    def covariance(self, one: Mapping[str, float], other: Mapping[str, float]) -> float:
        """The sample covariance (n − 1) of two weighted sums of columns; nan for fewer than two units."""
        if self.n < 2:
            return float("nan")
        return float(self._weigh(one) @ self.products @ self._weigh(other)) / (self.n - 1)

    def _weigh(self, weights: Mapping[str, float]) -> Floats:
        vector = np.zeros(len(self.columns))
        for column, weight in weights.items():
            vector[self.columns.index(column)] = weight
        return vector


def measure(columns: Mapping[str, Floats]) -> Moments:
    """The moments of arrays of one length, by column."""
    values = np.stack([np.asarray(column, dtype=float) for column in columns.values()])
    means = values.mean(axis=1)
    apart = values - means[:, None]
    return Moments(values.shape[1], tuple(columns), means, apart @ apart.T)


def merge(parts: Iterable[Moments]) -> Moments:
    """The moments of all units of some disjoint parts with the same columns (Chan, Golub & LeVeque 1983)."""
    first, *rest = parts
    n, means, products = first.n, first.means, first.products
    for part in rest:
        gap, both = part.means - means, n + part.n
        products = products + part.products + np.outer(gap, gap) * n * part.n / both
        means = means + gap * part.n / both
        n = both
    return Moments(n, first.columns, means, products)


def sum_up(
    table: ir.Table, *, by: Sequence[str], columns: Sequence[str], about: Mapping[str, float] | None = None
) -> ir.Table:
    """One row for each group: `n`, and sums `s_<i>` and `s_<i>_<j>` of the columns' values and products.

    The question is what must be known of each arm to estimate effects, adjusted ones and ratios among them. The
    population is the table's units, one row each, over its window. The method is sufficient statistics (n, Σy, Σy²,
    Σx, Σx², Σxy), each value taken from `about` so that large means do not drown small spreads. It cannot tell
    anything that depends on the shape of a distribution beyond its second moments.
    """
    value: list[Any] = [table[name].cast("float64") - (about or {}).get(name, 0.0) for name in columns]
    sums = {f"s_{i}": value[i].sum() for i in range(len(columns))}
    products = {
        f"s_{i}_{j}": (value[i] * value[j]).sum() for i, j in combinations_with_replacement(range(len(columns)), 2)
    }
    return table.group_by(list(by)).agg(n=table.count(), **sums, **products)


def gather(table: ir.Table, *, by: Sequence[str], columns: Sequence[str]) -> dict[tuple[str, ...], Moments]:
    """Each group's moments by its key (as text), in the keys' order; one pass over the table.

    A glance at the first thousand rows tells from where to count. Cells must be numbers.
    """
    pilot: Any = table.limit(_PILOT)
    near = pilot.aggregate(**{f"m_{i}": pilot[name].cast("float64").mean() for i, name in enumerate(columns)})
    seen = near.to_pyarrow().to_pylist()[0]
    about = {name: seen[f"m_{i}"] or 0.0 for i, name in enumerate(columns)}
    summed = sum_up(table, by=by, columns=columns, about=about).order_by(list(by))
    found: dict[tuple[str, ...], Moments] = {}
    for row in summed.to_pyarrow().to_pylist():
        n, size = row["n"], range(len(columns))
        sums = np.array([row[f"s_{i}"] for i in size], dtype=float)
        raw = np.array([[row[f"s_{min(i, j)}_{max(i, j)}"] for j in size] for i in size], dtype=float)
        means = sums / n + np.array([about[name] for name in columns])
        found[tuple(str(row[key]) for key in by)] = Moments(n, tuple(columns), means, raw - np.outer(sums, sums) / n)
    return found


def fetch(table: ir.Table, columns: Sequence[str]) -> dict[str, Floats]:
    """The columns as arrays, for the few rows that need each value."""
    rows = table.select(**{name: table[name].cast("float64") for name in columns}).to_pyarrow()
    return {name: rows[name].to_numpy() for name in columns}


def from_arrays(arms: Mapping[str, Mapping[str, Floats]]) -> ir.Table:
    """A table `arm, …` of arrays by arm, for notebooks and simulations."""
    names = list(next(iter(arms.values())))
    return ibis.memtable(
        {
            "arm": [arm for arm, columns in arms.items() for _ in columns[names[0]]],
            **{name: np.concatenate([columns[name] for columns in arms.values()]) for name in names},
        }
    )
