"""What goes with an outcome when its drivers go together: effects, and shares of what they explain between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import atanh, tanh

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from goodwill import __version__
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

Floats = NDArray[np.float64]
DRAWS = 1000
_ALPHA = 0.05
_BASE, _EACH = 50, 8
"""Green's (1991) rule of thumb: 50 answers and 8 more for each driver carry a regression."""
_CELLS = 2_000_000
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver: its correlation, its effect for each point with the others held, and its weight in R².

    `share` is the weight's part of R², from 0 to 1; the shares of all drivers sum to 1.
    """

    name: str
    correlation: Interval
    effect: Interval
    weight: Interval
    share: float

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"driver", "r", "effect", "weight", "share"}`."""
        return {
            "driver": self.name, "r": self.correlation.as_json(), "effect": self.effect.as_json(),
            "weight": self.weight.as_json(), "share": self.share,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drivers(Result):
    """What the drivers of an outcome explain of it together (R²) and each alone, heaviest first."""

    outcome: str
    explained: Interval
    drivers: tuple[Driver, ...]

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"outcome"`, `"explained"` and `"drivers"`."""
        return {
            **self.facts(), "outcome": self.outcome, "explained": self.explained.as_json(),
            "drivers": [one.as_json() for one in self.drivers],
        }  # fmt: skip


def weigh(correlations: Floats) -> Floats:
    """The weights of drivers in R² from correlation matrices, the outcome in the last row and column; `(…, drivers)`.

    The question is how much of R² belongs to each of drivers that go together. The population is the matrix's. The
    method is Johnson's (2000): the outcome on the orthogonal variables nearest to the drivers, carried back by the
    squared loadings. It sums to R², and cannot tell a cause from what goes with one.
    """
    among, with_outcome = correlations[..., :-1, :-1], correlations[..., :-1, -1:]
    values, vectors = np.linalg.eigh(among)
    roots = np.sqrt(np.maximum(values, _FLAT))[..., None, :]
    turned = np.swapaxes(vectors, -1, -2)
    loadings = (vectors * roots) @ turned
    betas = (vectors / roots) @ turned @ with_outcome
    return np.asarray((loadings**2 @ betas**2)[..., 0], dtype=float)


def estimate(
    outcome: Floats, drivers: Mapping[str, Floats], *, name: str, as_of: date, window: Window | None = None,
    draws: int = DRAWS, seed: int = 0,
) -> Drivers | Refused:  # fmt: skip
    """What goes with an outcome: each driver's effect with its interval, and its weight beside the other drivers'.

    The question is which drivers matter for the outcome called `name`. The population is respondents who answered all
    of it, one row each, over `window`. The method is least squares with HC3 errors for effects, and Johnson's relative
    weights with percentile intervals over `draws` bootstrap samples. It cannot tell a cause from what goes with one,
    and a weight is never below zero: read whether a driver matters off its effect. Refuses a column that does not
    vary, drivers of which one repeats the others, and fewer answers than 50 and 8 for each driver. Raises ValueError
    for arrays of different lengths, or no driver.
    """
    if not drivers or any(len(column) != len(outcome) for column in drivers.values()):
        raise ValueError("there are drivers, each as long as the outcome")
    n, needed = len(outcome), _BASE + _EACH * len(drivers)
    if n < needed:
        return Refused(Reason.TOO_FEW_ANSWERS, name, value=f"{n} of {needed}")
    columns = {**drivers, name: outcome}
    flat = [which for which, column in columns.items() if np.ptp(column) == 0]
    if flat:
        return Refused(Reason.NO_VARIATION, flat[0])
    table = np.column_stack(list(columns.values()))
    table = (table - table.mean(axis=0)) / table.std(axis=0)
    found = table.T @ table / n
    if np.linalg.eigvalsh(found[:-1, :-1])[0] < _FLAT:
        return Refused(Reason.DRIVERS_REPEAT_EACH_OTHER, value=", ".join(drivers))
    weights = weigh(found)
    drawn = weigh(_draw(table, draws, seed))
    whole = _percentiles(float(weights.sum()), drawn.sum(axis=1))
    effects = _regress(np.column_stack(list(drivers.values())), outcome)
    each = [
        Driver(driver, _correlate(float(found[i, -1]), n), effects[i], _percentiles(float(weights[i]), drawn[:, i]),
               float(weights[i]) / whole.value if whole.value > 0 else 0.0)
        for i, driver in enumerate(drivers)
    ]  # fmt: skip
    return Drivers(
        question=f"What goes with {name}, and how much of it does each driver carry?",
        window=window,
        method=Method("standardised relative weights, percentile bootstrap; least squares with HC3 errors",
                      "Johnson 2000; Tonidandel, LeBreton & Johnson 2009; MacKinnon & White 1985"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} drivers outcome={name!r} drivers={','.join(drivers)!r} draws={draws} "
        f"seed={seed}",
        as_of=as_of,
        outcome=name,
        explained=whole,
        drivers=tuple(sorted(each, key=lambda one: -one.weight.value)),
    )  # fmt: skip


def _draw(table: Floats, draws: int, seed: int) -> Floats:
    """Correlation matrices of rows drawn anew; those in which a column does not vary are left out."""
    n, size = table.shape
    rng = np.random.default_rng(seed)
    firsts, seconds = np.triu_indices(size)
    products = np.column_stack([table, table[:, firsts] * table[:, seconds]])
    sums = []
    for start in range(0, draws, max(1, _CELLS // n)):
        few = min(draws - start, max(1, _CELLS // n))
        picks = rng.integers(0, n, (few, n)) + n * np.arange(few)[:, None]
        counts = np.bincount(picks.ravel(), minlength=few * n).reshape(few, n)
        sums.append(counts.astype(float) @ products / n)
    means = np.concatenate(sums)
    matrices = np.empty((draws, size, size))
    matrices[:, firsts, seconds] = matrices[:, seconds, firsts] = means[:, size:]
    matrices -= means[:, :size, None] * means[:, None, :size]
    spreads = np.diagonal(matrices, axis1=1, axis2=2)
    varies = np.all(spreads > _FLAT, axis=1)
    roots = np.sqrt(spreads[varies])
    return np.asarray(matrices[varies] / roots[:, :, None] / roots[:, None, :], dtype=float)


def _percentiles(value: float, drawn: Floats) -> Interval:
    low, high = np.quantile(drawn, [_ALPHA / 2, 1 - _ALPHA / 2])
    return Interval(value, min(float(low), value), max(float(high), value), 1 - _ALPHA, "percentile_bootstrap")


def _correlate(r: float, n: int) -> Interval:
    """Pearson's r with Fisher's (1921) interval."""
    turned, half = atanh(min(max(r, -1 + 1e-15), 1 - 1e-15)), float(ndtri(1 - _ALPHA / 2)) / (n - 3) ** 0.5
    return Interval(r, min(tanh(turned - half), r), max(tanh(turned + half), r), 1 - _ALPHA, "fisher")


def _regress(drivers: Floats, outcome: Floats) -> list[Interval]:
    """Each driver's slope with the others held, in points of the outcome for each point of the driver."""
    n, size = drivers.shape
    design = np.column_stack([np.ones(n), drivers - drivers.mean(axis=0)])
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ outcome
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    apart = (outcome - design @ slopes) / np.maximum(1 - leverage, 1e-6)
    errors = np.sqrt(np.diag(inverse @ ((design * apart[:, None] ** 2).T @ design) @ inverse))
    halves = float(stdtrit(n - size - 1, 1 - _ALPHA / 2)) * errors
    return [
        Interval(float(slope), float(slope - half), float(slope + half), 1 - _ALPHA, "hc3")
        for slope, half in zip(slopes[1:], halves[1:], strict=True)
    ]
