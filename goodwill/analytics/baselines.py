"""The simple rules beside every model: what days since the last purchase say, and a hiatus of 13 weeks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.analytics.fits import Floats
from goodwill.analytics.holdouts import finite, rank

HIATUS_DAYS = 91
"""Thirteen weeks without a purchase reads "gone"."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A score's AUC for "buys in the holdout", and the share it classifies right where it also says yes or no."""

    name: str
    auc: float
    share_right: float | None = None

    def as_json(self) -> dict[str, float | None]:
        """The wire shape: `{"auc", "share_right"}`."""
        return {"auc": finite(self.auc), "share_right": self.share_right}


def compare(
    *, idle_days: Floats, frequency: Floats, expected: Floats, alive: Floats, bought: Floats, n: Floats
) -> tuple[Baseline, ...]:
    """The model's two scores beside the rules that need no model.

    The question is whether the model orders customers better than a glance at the date of the last purchase. The
    population is the customers of the arrays, over the holdout: days idle at its start, repeats before it, the
    model's expected purchases and P(alive), whether each bought (0 or 1), and `n` customers to each place. The method
    is AUC, and for a hiatus of 13 weeks and P(alive) > 0.5 the share classified right, as Wübben & von Wangenheim
    (2008) set rules beside models. It cannot tell whether the difference between two scores is more than luck.
    """
    keeps = idle_days <= HIATUS_DAYS
    return (
        Baseline("recency", rank(-idle_days, bought, n)),
        Baseline("hiatus_13_weeks", rank(keeps.astype(float), bought, n), _share_right(keeps, bought, n)),
        Baseline("frequency", rank(frequency, bought, n)),
        Baseline("expected_purchases", rank(expected, bought, n)),
        Baseline("p_alive", rank(alive, bought, n), _share_right(alive > 0.5, bought, n)),
    )


def _share_right(says: NDArray[np.bool_], bought: Floats, n: Floats) -> float:
    return float(np.average(says == (bought > 0), weights=n))
