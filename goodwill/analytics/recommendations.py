"""Willingness to recommend as one figure, for firms that want it, with the interval that says what it is worth."""

from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np
from scipy.special import ndtri

from goodwill import __version__
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

PROMOTERS_FROM, DETRACTORS_TO = 9, 6
POINTS = 10.0
"""An interval wider than ± so many points tells nobody anything: the figure is not shown."""
_ADDED = 0.75
"""Promoters and detractors added, and as many passives as both: three answers in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetPromoters(Result):
    """Promoters and detractors counted; `score` in points from −100 to 100, None below the sample that carries it.

    `missing` is how many more answers would carry it if the mix stayed as it is. The raw answers stay with the caller.
    """

    promoters: int
    detractors: int
    score: Interval | None
    missing: int

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"promoters"`, `"detractors"`, `"score"` (or null) and `"missing"`."""
        return {
            **self.facts(), "promoters": self.promoters, "detractors": self.detractors,
            "score": self.score and self.score.as_json(), "missing": self.missing,
        }  # fmt: skip


def score(
    answers: Floats, *, points: float = POINTS, as_of: date, window: Window | None = None
) -> NetPromoters | Refused:
    """The net promoter score with an interval, or none where the interval is wider than ± `points`.

    The question is how many more would recommend us (9 or 10) than would not (6 or less). The population is those who
    answered, from 0 to 10, over `window`. The method is p₊ − p₋ with the adjusted Wald interval (Rocks 2016): ¾ added
    to promoters and to detractors, n + 3. It cannot tell whether anybody did recommend us. Refuses an answer off the
    scale, by its row.
    """
    off = np.flatnonzero(~((answers >= 0) & (answers <= 10)))
    if len(off):
        return Refused(Reason.OFF_THE_SCALE, row=int(off[0]) + 1, value=f"{answers[off[0]]:g}")
    n = len(answers)
    promoters, detractors = int(np.sum(answers >= PROMOTERS_FROM)), int(np.sum(answers <= DETRACTORS_TO))
    plus, minus = ((count + _ADDED) / (n + 4 * _ADDED) for count in (promoters, detractors))
    middle, half = 100 * (plus - minus), 100 * float(ndtri(0.975)) * (_variance(plus, minus) / (n + 4 * _ADDED)) ** 0.5
    missing = max(0, answers_needed(plus, minus, points=points) - n)
    is_enough = n > 0 and half <= points
    value = 100 * (promoters - detractors) / n if n else 0.0
    return NetPromoters(
        question="How many more customers would recommend us than would not?",
        window=window,
        method=Method("net promoter score with adjusted Wald interval", "Reichheld 2003; Rocks 2016"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} recommendations.score points={points!r}",
        as_of=as_of,
        reasons=() if is_enough else (Reason.TOO_FEW_ANSWERS,),
        promoters=promoters,
        detractors=detractors,
        score=Interval(value, middle - half, middle + half, 0.95, "adjusted_wald") if is_enough else None,
        missing=missing,
    )


def answers_needed(promoters: float, detractors: float, *, points: float) -> int:
    """How many answers carry ± `points` at 95 %, at these shares of promoters and of detractors.

    The question is how many to ask. The population is answers yet to come, at the mix stated. The method turns the
    adjusted Wald interval around. It cannot tell how many of those asked will answer.
    """
    return max(0, ceil(float(ndtri(0.975) * 100 / points) ** 2 * _variance(promoters, detractors) - 4 * _ADDED))


def _variance(plus: float, minus: float) -> float:
    return plus + minus - (plus - minus) ** 2
