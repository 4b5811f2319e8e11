"""Forecasts against what happened: errors, ranks, the table by frequency, and whether the world has drifted.

Every function takes arrays of one length and `n`, how many customers stand at each place.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from goodwill.analytics.fits import LEVEL, Floats
from goodwill.analytics.results import Interval

_DIGITS = 12
"""Scores that differ by rounding only are ties: the same history must not be ranked above itself."""


@dataclass(frozen=True, slots=True)
class Errors:
    """How far a forecast is off: purchases a customer, actual minus expected.

    `mae` stands beside `mae_of_zero`, the error of forecasting nothing, which often wins it and is worth nothing;
    `bias` is the mean of actual minus expected, `spearman` and `auc` say whether the order is right.
    """

    rmse: float
    bias: float
    spearman: float
    auc: float
    mae: float
    mae_of_zero: float

    def as_json(self) -> dict[str, float | None]:
        """The wire shape, by name; what cannot be computed is null."""
        return {name: finite(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Bin:
    """Customers with `x` repeats in calibration (the last bin: `x` or more): mean purchases, expected and actual."""

    x: int
    n: int
    expected: float
    actual: float

    def as_json(self) -> dict[str, float]:
        """The wire shape, by name."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Drift:
    """Purchases made for each one expected, in calibration and in the holdout, and whether the two differ."""

    calibration: float
    holdout: Interval
    has_drifted: bool

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"calibration", "holdout", "has_drifted"}`."""
        return {
            "calibration": self.calibration,
            "holdout": self.holdout.as_json(),
            "has_drifted": self.has_drifted,
        }


def finite(value: float) -> float | None:
    """The number, or None for nan and infinities, which JSON cannot write."""
    return value if np.isfinite(value) else None


def rank(score: Floats, happened: Floats, n: Floats) -> float:
    """AUC: the chance that a customer to whom it happened has the higher score; nan where it happened to all or none.

    The question is whether the score puts customers in the right order. The population is the arrays', over the
    window in which it `happened` (0 or 1). The method is Mann & Whitney's (1947), ties half. It cannot tell whether
    the score is right as a number.
    """
    _, place = np.unique(np.round(score, _DIGITS), return_inverse=True)
    yes = np.bincount(place, n * happened)
    no = np.bincount(place, n * (1 - happened))
    pairs = yes.sum() * no.sum()
    return float((yes @ (np.cumsum(no) - no / 2)) / pairs) if pairs else float("nan")


def correlate_ranks(one: Floats, other: Floats, n: Floats) -> float:
    """Spearman's rank correlation; nan where either does not vary.

    The question is whether two quantities rise together. The population and window are the arrays'. The method is
    Spearman's (1904), ties at their mean rank. It cannot tell a relation that rises and then falls.
    """
    a, b = _ranks(one, n), _ranks(other, n)
    a, b = a - n @ a / n.sum(), b - n @ b / n.sum()
    spread = float((n @ a**2) * (n @ b**2))
    return float(n @ (a * b) / np.sqrt(spread)) if spread > 0 else float("nan")


def measure(expected: Floats, actual: Floats, n: Floats) -> Errors:
    """How far expected purchases are from actual ones, in size and in order.

    The question is how good the forecast was. The population is the customers of the arrays, over the holdout. The
    method is RMSE, mean error, Spearman's correlation, AUC of buying at all, and MAE beside that of forecasting zero.
    It cannot tell why a forecast is off.
    """
    error = actual - expected
    return Errors(
        rmse=float(np.sqrt(np.average(error**2, weights=n))),
        bias=float(np.average(error, weights=n)),
        spearman=correlate_ranks(expected, actual, n),
        auc=rank(expected, (actual > 0).astype(float), n),
        mae=float(np.average(np.abs(error), weights=n)),
        mae_of_zero=float(np.average(np.abs(actual), weights=n)),
    )


def tabulate(x: Floats, expected: Floats, actual: Floats, n: Floats, *, last: int = 7) -> tuple[Bin, ...]:
    """Mean purchases in the holdout by repeats in calibration, 0 to `last` or more; empty bins are left out.

    The question is whether the forecast is right for rare and for frequent buyers alike. The population is the
    customers of the arrays, over the holdout. The method is the table of Fader, Hardie & Lee (2005, fig. 4). It cannot
    tell errors that cancel within a bin.
    """
    group = np.minimum(x, last)
    return tuple(
        Bin(
            k,
            int(n[here].sum()),
            float(np.average(expected[here], weights=n[here])),
            float(np.average(actual[here], weights=n[here])),
        )
        for k in range(last + 1)
        if (here := group == k).any()
    )


def check_drift(before: Floats, before_expected: Floats, after: Floats, after_expected: Floats, n: Floats) -> Drift:
    """Whether customers buy more or less for each purchase expected than they did in calibration.

    The question is whether the model still fits the world it forecasts. The population is the same customers in
    calibration (`before`) and holdout (`after`), actual and expected. The method is the ratio of sums with a 95 %
    interval by linearisation (Cochran 1977, ch. 6); drift is an interval that leaves the calibration's ratio out. It
    cannot tell the model's own misfit from a changed world.
    """
    customers, total = float(n.sum()), float(n @ after_expected)
    calibration = float(n @ before) / float(n @ before_expected)
    ratio = float(n @ after) / total
    rest = after - ratio * after_expected
    half = float(norm.ppf((1 + LEVEL) / 2)) * float(np.sqrt(customers / (customers - 1) * (n @ rest**2))) / total
    holdout = Interval(ratio, ratio - half, ratio + half, LEVEL, "linearised_ratio")
    return Drift(calibration, holdout, not holdout.low <= calibration <= holdout.high)


def _ranks(values: Floats, n: Floats) -> Floats:
    _, place = np.unique(np.round(values, _DIGITS), return_inverse=True)
    size = np.bincount(place, n)
    return np.asarray((np.cumsum(size) - (size - 1) / 2)[place], dtype=float)
