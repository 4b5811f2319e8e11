"""Rankings of customers by what a treatment would add, and whether the order is worth anything."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Qini:
    """`gain[i]` is what treating the best `share[i]` of units adds, for each unit there is; both begin at 0.

    `coefficient` is the area between that curve and the straight line of treating as many at random.
    """

    share: Floats
    gain: Floats
    coefficient: float


def score(features: Floats, outcome: Floats, treated: Floats, *, seed: int = 0) -> Floats:
    """What the treatment is foretold to add to each unit's outcome, by units other than itself.

    The question is whom the treatment moves. The population is a randomised trial's units: `features` a row for each,
    `treated` 0 or 1. The method is two least-squares regressions, one for each arm (the T-learner of Künzel et al.
    2019), each unit foretold by the folds it is not in. It cannot tell whether the order is better than chance; ask
    `rank` and `policies.compare`. Raises ValueError where a fold leaves an arm with fewer units than features.
    """
    n = len(outcome)
    design = np.column_stack([np.ones(n), features])
    fold = np.random.default_rng(seed).permutation(n) % FOLDS
    foretold = np.empty(n)
    for one in range(FOLDS):
        here, lines = fold == one, []
        for arm in (1.0, 0.0):
            known = ~here & (treated == arm)
            if known.sum() <= design.shape[1]:
                raise ValueError("too few units to foretell from")
            lines.append(np.linalg.lstsq(design[known], outcome[known], rcond=None)[0])
        foretold[here] = design[here] @ (lines[0] - lines[1])
    return foretold


def rank(scores: Floats, outcome: Floats, treated: Floats, *, steps: int = 100) -> Qini:
    """The Qini curve of a ranking: what treating the best of it adds beside treating as many at random.

    The question is whether the ranking puts first whom the treatment moves. The population is a randomised trial's
    units whose outcomes the scores have not seen. The method is Radcliffe's (2007), ties in the order of the rows. It
    cannot tell whether treating pays; a ranking may be right and every customer on it a loss. Raises ValueError where
    an arm is empty.
    """
    if not 0 < treated.sum() < len(treated):
        raise ValueError("both arms are needed")
    order = np.argsort(-scores, kind="stable")
    is_treated, y = treated[order] > 0, outcome[order]
    ends = np.linspace(0, len(y), steps + 1).round().astype(int)
    counts = [np.concatenate([[0.0], np.cumsum(part)])[ends] for part in (is_treated, ~is_treated)]
    sums = [np.concatenate([[0.0], np.cumsum(y * part)])[ends] for part in (is_treated, ~is_treated)]
    # controls are scaled to the treated so far; before the first control nothing can be said
    scale = np.divide(counts[0], counts[1], out=np.zeros(steps + 1), where=counts[1] > 0)
    gain = np.where(counts[1] > 0, sums[0] - sums[1] * scale, 0.0) / counts[0][-1]
    share = ends / len(y)
    return Qini(share, gain, float(np.trapezoid(gain - share * gain[-1], share)))
