"""Staggered roll-outs: what a practice brought to each wave of units, by how long they have had it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused
from goodwill.domain.grades import Causal

Floats = NDArray[np.float64]
METHOD = Method("group-time average treatment effects", "Callaway & Sant'Anna 2021")
GRADE: Causal = Grade.QUASI_EXPERIMENT
NEVER = 0
"""The `first` of a unit that is never treated."""


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """An effect with its interval, standard error, and each unit's influence on it."""

    interval: Interval
    se: float
    influence: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RollOut:
    """ATT(g, t) of each wave and period, the event study by periods since the start, and the mean of what came after.

    Before a wave's start ATT(g, t) should be zero: `event[e]` for e < −1 is the check of parallel trends, not an
    effect.
    """

    by_wave: Mapping[tuple[int, int], Effect]
    event: Mapping[int, Effect]
    overall: Effect
    n: int
    grade: Causal = GRADE

    def as_json(self) -> dict[str, object]:
        """The wire shape: `{"method", "grade", "n", "by_wave", "event", "overall"}`, each effect with its `se`."""
        return {
            "method": METHOD.as_json(), "grade": str(self.grade), "n": self.n,
            "by_wave": [{"wave": g, "period": t, **_tell(found)} for (g, t), found in self.by_wave.items()],
            "event": [{"periods_since": e, **_tell(found)} for e, found in self.event.items()],
            "overall": _tell(self.overall),
        }  # fmt: skip


def estimate(outcome: Floats, first: NDArray[np.int_], *, alpha: float = 0.05) -> RollOut | Refused:
    """The effects of a practice that reached units in waves, beside units that have not got it yet, or never will.

    The question is what the practice brings, and whether it grows or fades. The population is the rows of `outcome`
    (units by periods, periods counted from 1), `first` the period in which each unit got it (0: never). The method is
    Callaway & Sant'Anna's (2021) ATT(g, t) with not-yet-treated controls and the period before the start as base,
    errors by influence functions over units. It cannot tell an effect where units that waited would have gone
    another way anyhow; waves treated in the first period are left out, and without controls there is a refusal.
    """
    n, periods = outcome.shape
    waves = [int(g) for g in np.unique(first) if 1 < g <= periods]
    found: dict[tuple[int, int], Effect] = {}
    for g in waves:
        for t in range(2, periods + 1):
            # before its start a wave is compared with the period just before, afterwards with its last untreated one
            base = t - 1 if t < g else g - 1
            treated = first == g
            waiting = ((first == NEVER) | (first > t)) & ~treated
            if waiting.sum() < 2 or treated.sum() < 2:
                continue
            change = outcome[:, t - 1] - outcome[:, base - 1]
            found[g, t] = _effect(*_difference(change, treated, waiting), alpha)
    late = [(g, t) for g, t in found if t >= g]
    if not late:
        return Refused(Reason.NO_CONTROL, "first")
    event = {
        e: _mean([key for key in found if key[1] - key[0] == e], found, first, alpha)
        for e in sorted({t - g for g, t in found})
    }
    return RollOut(found, event, _mean(late, found, first, alpha), n)


def check_two_way(first: NDArray[np.int_]) -> Refused | None:
    """Refuse plain two-way fixed effects on a staggered roll-out.

    The question is whether one coefficient for "treated now" may be read as an effect. The population is the units,
    `first` as in `estimate`. The method is Goodman-Bacon's (2021) finding that with more than one wave, units treated
    earlier serve as controls for later ones, with weights that may be negative. It cannot tell by how much that
    coefficient would be wrong; use `estimate`.
    """
    waves = np.unique(first[first != NEVER])
    return Refused(Reason.STAGGERED_ROLL_OUT, "first", value=str(len(waves))) if len(waves) > 1 else None


def _difference(change: Floats, treated: NDArray[np.bool_], waiting: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Difference in differences, and each unit's influence on it."""
    up, flat = change[treated].mean(), change[waiting].mean()
    share, rest = treated.mean(), waiting.mean()
    influence = np.where(treated, (change - up) / share, 0.0) - np.where(waiting, (change - flat) / rest, 0.0)
    return float(up - flat), influence


def _mean(
    keys: list[tuple[int, int]], found: Mapping[tuple[int, int], Effect], first: NDArray[np.int_], alpha: float
) -> Effect:
    """The mean of some ATT(g, t), each wave with the weight of its units; the weights are estimated, too."""
    members = np.stack([first == g for g, _ in keys]).astype(float)
    share = members.mean(axis=1)
    weight = share / share.sum()
    values = np.array([found[key].interval.value for key in keys])
    of_weights = ((members - share[:, None]) - weight[:, None] * (members - share[:, None]).sum(axis=0)) / share.sum()
    influence = weight @ np.stack([found[key].influence for key in keys]) + values @ of_weights
    return _effect(float(weight @ values), influence, alpha)


def _effect(value: float, influence: Floats, alpha: float) -> Effect:
    se = float(np.sqrt(np.mean(influence**2) / len(influence)))
    half = float(ndtri(1 - alpha / 2)) * se
    return Effect(Interval(value, value - half, value + half, 1 - alpha, "influence_function"), se, influence)


def _tell(found: Effect) -> dict[str, object]:
    return {**found.interval.as_json(), "se": found.se}
