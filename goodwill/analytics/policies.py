"""Policies: what treating some customers earns beside treating all of them, none, or those a one-line rule names."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from goodwill.analytics.results import Interval

Floats = NDArray[np.float64]
Chosen = NDArray[np.bool_]
ALL, NONE = "all", "none"


@dataclass(frozen=True, slots=True)
class Targeting:
    """Money for each customer under each policy, and the targeted policy's gain over each of the others."""

    values: Mapping[str, Interval]
    gains: Mapping[str, Interval]

    @property
    def is_offered(self) -> bool:
        """True only where targeting beats all, none and the one-line rule beyond the interval."""
        return all(gain.low > 0 for gain in self.gains.values())

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"values", "gains", "is_offered"}`."""
        return {
            "values": {name: value.as_json() for name, value in self.values.items()},
            "gains": {name: gain.as_json() for name, gain in self.gains.items()},
            "is_offered": self.is_offered,
        }


def compare(
    net: Floats, treated: Floats, *, targeted: Chosen, rules: Mapping[str, Chosen], share: float, alpha: float = 0.05
) -> Targeting:
    """What targeting earns beside all, none and the `rules` (name to the customers each would treat).

    The question is whether choosing whom to treat is worth the trouble. The population is a randomised trial's units:
    `net` contribution after the treatment's cost, `treated` 0 or 1 with probability `share`, choices made without
    looking at these outcomes. The method is the doubly robust value of a policy (Athey & Wager 2021) with each arm's
    mean, at level 1 − `alpha`. It cannot tell what another model would choose. Raises ValueError for a share of none
    or all, an empty arm, or a rule under the name of all or none.
    """
    if not 0 < share < 1 or not 0 < treated.sum() < len(treated):
        raise ValueError("both arms are needed, each with a share between 0 and 1")
    if {ALL, NONE} & set(rules):
        raise ValueError(f"{ALL!r} and {NONE!r} are compared with anyway")
    everybody = np.ones(len(net), dtype=bool)
    others = {ALL: everybody, NONE: ~everybody, **rules}
    scores = {name: _score(net, treated, chosen, share) for name, chosen in {"targeted": targeted, **others}.items()}
    z = float(ndtri(1 - alpha / 2))
    return Targeting(
        {name: _average(score, z, alpha) for name, score in scores.items()},
        {name: _average(scores["targeted"] - scores[name], z, alpha) for name in others},
    )


def _score(net: Floats, treated: Floats, chosen: Chosen, share: float) -> Floats:
    """Each unit's part in a policy's value: the mean of the arm it would get, mended where it got that arm."""
    is_treated = treated > 0
    mean = np.where(chosen, net[is_treated].mean(), net[~is_treated].mean())
    chance = np.where(chosen, share, 1 - share)
    return np.asarray(mean + (is_treated == chosen) / chance * (net - mean), dtype=float)


def _average(score: Floats, z: float, alpha: float) -> Interval:
    value, half = float(score.mean()), z * float(score.std(ddof=1)) / len(score) ** 0.5
    return Interval(value, value - half, value + half, 1 - alpha, "doubly_robust")
