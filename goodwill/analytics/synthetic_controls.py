"""One treated region, store or chain beside a mixture of others that went the same way before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from goodwill.analytics.results import Grade, Method, Reason, Refused
from goodwill.domain.grades import Causal

Floats = NDArray[np.float64]
METHOD = Method("synthetic control with placebos in space", "Abadie, Diamond & Hainmueller 2010")
FEWEST_DONORS = 19
"""With 19 donors the smallest p a placebo test can give is 1/20."""
_SHORTEST = 2


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic:
    """The treated unit beside its mixture: `weights` of the donors, the `gap` in each period, and its placebo test.

    `effect` is the mean gap after the start. `ratio` is the gap's root mean square after the start over that before;
    `p` is the share of units, the treated one among them, whose ratio is at least as great when each plays the part.
    """

    weights: Floats
    gap: Floats
    effect: float
    error_before: float
    ratio: float
    p: float
    grade: Causal = Grade.QUASI_EXPERIMENT

    def as_json(self) -> dict[str, object]:
        """The wire shape, by name; arrays as lists, with the method."""
        return {
            "method": METHOD.as_json(), "grade": str(self.grade), "effect": self.effect, "p": self.p,
            "ratio": self.ratio, "error_before": self.error_before, "weights": self.weights.tolist(),
            "gap": self.gap.tolist(),
        }  # fmt: skip


def estimate(treated: Floats, donors: Floats, before: int) -> Synthetic | Refused:
    """What happened to one unit beside the mixture of donors that followed it best before the start.

    The question is what a practice brought to a single unit. The population is the unit's series and the donors'
    (rows), of which the first `before` periods lie before the start. The method is Abadie, Diamond & Hainmueller's
    (2010) with the outcomes before as predictors, weights of zero or more that sum to one, and placebos in space. It
    cannot tell chance from effect beyond one in as many units as there are: fewer than `FEWEST_DONORS` are refused.
    Raises ValueError for series of other lengths or a start that leaves too little before or nothing after.
    """
    if donors.shape[1] != len(treated) or not _SHORTEST <= before < len(treated):
        raise ValueError("series are of one length, with two periods before the start and one after")
    if len(donors) < FEWEST_DONORS:
        return Refused(Reason.TOO_FEW_UNITS, "donors", value=str(len(donors)))
    everybody = np.vstack([treated, donors])
    ratios = np.empty(len(everybody))
    for place in range(len(everybody)):
        # a placebo may borrow from every donor, never from the unit that was treated
        others = np.delete(everybody, [0, place], axis=0)
        one = everybody[place]
        ratios[place] = _compare_errors(one - mix(one[:before], others[:, :before]) @ others, before)
    weights = mix(treated[:before], donors[:, :before])
    gap = treated - weights @ donors
    return Synthetic(
        weights, gap, float(gap[before:].mean()), float(np.sqrt(np.mean(gap[:before] ** 2))), float(ratios[0]),
        float(np.mean(ratios >= ratios[0])),
    )  # fmt: skip


def mix(target: Floats, donors: Floats) -> Floats:
    """Weights of the donors, none below zero and one in sum, whose mixture is nearest to the target.

    The question is which mixture went the target's way. The population is the donors' rows over the target's periods.
    The method is least squares on the simplex, exact by non-negative least squares (Lawson & Hanson 1974): with
    Z the donors less the target, the u ≥ 0 that minimises |Zu|² + (Σu − 1)² is the answer but for its length. It cannot
    follow a target that lies outside its donors: see the error it leaves.
    """
    apart = donors - target
    scale = float(np.abs(apart).max()) or 1.0
    found, _ = nnls(np.vstack([apart.T / scale, np.ones(len(donors))]), np.append(np.zeros(len(target)), 1.0))
    return np.asarray(found / found.sum(), dtype=float)


def _compare_errors(gap: Floats, before: int) -> float:
    """Root mean square after the start over that before; a perfect fit before is held to the last digit's error."""
    tiny = 1e-12 * (1 + float(np.abs(gap).max()))
    return float(np.sqrt(np.mean(gap[before:] ** 2)) / max(float(np.sqrt(np.mean(gap[:before] ** 2))), tiny))
