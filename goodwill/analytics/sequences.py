"""Always-valid intervals: as many looks as anybody likes, and still right in 95 of 100 trials."""

import numpy as np

from goodwill.analytics.effects import Difference, Limits, N

FEWEST = 1000
"""No looks before about this many units: the interval is right for large samples only."""


def tune(planned: float, *, alpha: float) -> float:
    """r: makes the interval narrowest near N* = `planned` units of both arms."""
    two = -2 * float(np.log(alpha))
    return float(np.sqrt((two + np.log(two + 1)) / planned))


def widen(se: N, n: N, *, r: float, alpha: float) -> N:
    """Half the width of the always-valid interval: s·√N·√(2(Nr²+1)/(N²r²) · ln(√(Nr²+1)/α)), N units of both arms."""
    grown = n * r * r + 1
    half: N = se * np.sqrt(n) * np.sqrt(2 * grown / (n * n * r * r) * np.log(np.sqrt(grown) / alpha))
    return half


def bound(difference: Difference[N], *, planned: float, alpha: float) -> Limits[N]:
    """The interval that holds the truth at every look at once, with probability 1 − `alpha`.

    The question is which effects the data leave possible, however often they were looked at. The population is the
    difference's two arms, from `FEWEST` units on. The method is the asymptotic confidence sequence of Waudby-Smith,
    Arbour, Sinha, Kennedy & Ramdas (2021), narrowest near N* = `planned`. It cannot promise anything of small samples,
    nor of units whose outcomes are not yet mature.
    """
    half = widen(difference.se, difference.n, r=tune(planned, alpha=alpha), alpha=alpha)
    return Limits(difference.effect - half, difference.effect + half)
