"""Sample-ratio mismatch: whether the arms are of the sizes that were dealt."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

THRESHOLD = 0.001
"""Below this p the verdict is withheld: something sorts units into arms, and it may sort them by worth."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """The chance `p` of arms this unequal, and each arm's share of the units, expected and found."""

    p: float
    expected: Mapping[str, float]
    found: Mapping[str, float]

    @property
    def is_mismatched(self) -> bool:
        """True where no difference between the arms may be read."""
        return self.p < THRESHOLD

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"p", "shares": {arm: found}}`."""
        return {"p": self.p, "shares": dict(self.found)}


def check(counts: Mapping[str, int], shares: Mapping[str, float] | None = None) -> SampleRatio:
    """Set the arms' sizes beside the shares they were dealt (equal ones where none are stated).

    The question is whether every unit that was assigned is in the data. The population is all units of two or more
    arms. The method is Pearson's chi-square (Fabijan et al. 2019), at p < 0.001. It cannot tell which units are
    missing. Raises ValueError for shares of other arms than the counts'.
    """
    if shares is not None and set(shares) != set(counts):
        raise ValueError(f"shares are stated of {', '.join(sorted(shares))}; the arms are {', '.join(sorted(counts))}")
    whole = sum(counts.values())
    weights = {arm: 1.0 if shares is None else shares[arm] for arm in counts}
    expected = {arm: weight / sum(weights.values()) for arm, weight in weights.items()}
    foreseen = whole * np.array(list(expected.values()))
    apart = np.array(list(counts.values()), dtype=float) - foreseen
    p = float(chdtrc(len(counts) - 1, np.sum(apart**2 / foreseen)))
    return SampleRatio(p, expected, {arm: count / whole for arm, count in counts.items()})
