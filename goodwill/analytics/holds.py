"""What keeps customers who are not loyal: one hold at a time, scored for each customer with its doubt.

From answers the score is a true score; from behaviour alone it is a prior, and says so. No hold is chosen and no sum
is made: a customer may be held by several, or by none that was asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from goodwill import __version__
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window
from goodwill.domain.loyalties import Basis, Hold

FEWEST = 30
"""Customers whose answers tell how far answers can be relied on, and peers beside whom one can be placed."""
_Z = 1.959963984540054
_CONSTRUCTS = {
    Hold.NO_ALTERNATIVE: ("attractiveness of alternatives", "Jones, Mothersbaugh & Beatty 2000"),
    Hold.NO_DIFFERENCE: ("perceived parity", "Muncy 1996; Burnham, Frels & Mahajan 2003"),
    Hold.FEAR_OF_CHANGE: ("procedural switching costs", "Burnham, Frels & Mahajan 2003"),
    Hold.BEST_TERMS: ("financial switching costs", "Burnham, Frels & Mahajan 2003"),
}
SIGNALS = {
    Hold.NO_ALTERNATIVE: "stays after failures though satisfaction is low",
    Hold.NO_DIFFERENCE: "buys few kinds of thing here",
    Hold.FEAR_OF_CHANGE: "buys at regular intervals",
    Hold.BEST_TERMS: "buys on deals more than the categories are on deal",
}
"""What in a firm's own data speaks for a hold; of each signal more means a stronger hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding(Result):
    """One hold's score from 0 to 1 for each customer, in their order.

    `reliability` is Cronbach's α of the answers; None where nobody was asked.
    """

    hold: Hold
    basis: Basis
    scores: tuple[Interval, ...]
    reliability: float | None

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"hold"`, `"basis"`, `"reliability"` (or null) and `"scores"`."""
        return {
            **self.facts(),
            "hold": self.hold.value,
            "basis": self.basis.value,
            "reliability": self.reliability,
            "scores": [score.as_json() for score in self.scores],
        }


def reliability(answers: Floats) -> float:
    """Cronbach's α of answers (customers × items): k/(k−1)·(1 − Σ Var(item) ÷ Var(sum)).

    Raises ValueError for fewer than two items, or where every customer's sum is the same.
    """
    items = answers.shape[1]
    whole = float(np.var(answers.sum(axis=1), ddof=1)) if len(answers) > 1 else 0.0
    if items < 2 or not whole > 0:
        raise ValueError("α takes two items and customers who differ")
    apart = float(np.sum(np.var(answers, axis=0, ddof=1)))
    return float(items / (items - 1) * (1 - apart / whole))


def ask(
    hold: Hold, answers: Floats, *, lowest: float, highest: float, as_of: date, window: Window | None = None
) -> Holding | Refused:
    """How strongly a hold keeps each customer, from what they answered: `answers` is customers × items of its scale.

    The question is what would keep a customer who is not loyal. The population is everybody who answered all items,
    over `window`. The method is the mean of the items from 0 to 1, drawn to the mean of all by Cronbach's α, with the
    standard error of estimating a true score (Kelley 1947). It cannot tell what nobody was asked, nor whether answers
    hold when a rival moves. Refuses fewer than thirty customers, an answer off the scale (by item and row), customers
    who all answer alike, and items that do not go together (α not above zero). Raises ValueError for a scale without
    length and for fewer than two items.
    """
    if not highest > lowest or answers.ndim != 2 or answers.shape[1] < 2:
        raise ValueError("a scale has two ends, and a hold two items or more")
    n = len(answers)
    if n < FEWEST:
        return Refused(Reason.TOO_FEW_ANSWERS, value=f"{n} of {FEWEST}")
    wrong = ~((answers >= lowest) & (answers <= highest))
    if np.any(wrong):
        row, item = (int(place) for place in np.argwhere(wrong)[0])
        return Refused(Reason.OFF_THE_SCALE, f"item {item + 1}", row + 1, f"{answers[row, item]:g}")
    scores = (answers.mean(axis=1) - lowest) / (highest - lowest)
    spread = float(np.std(scores, ddof=1))
    if not spread > 1e-12:
        return Refused(Reason.NO_VARIATION)
    alpha = reliability(answers)
    if not alpha > 0:
        return Refused(Reason.ITEMS_DO_NOT_GO_TOGETHER, value=f"{alpha:.3f}")
    construct, source = _CONSTRUCTS[hold]
    true = alpha * scores + (1 - alpha) * float(np.mean(scores))
    half = _Z * spread * (alpha * (1 - alpha)) ** 0.5
    return Holding(
        question=f"How strongly does {construct} keep each customer?",
        window=window,
        method=Method("true score of the items' mean", f"{source}; Kelley 1947"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} holds.ask {hold.value} items={answers.shape[1]} scale={lowest:g}..{highest:g}",
        as_of=as_of,
        hold=hold,
        basis=Basis.SURVEY,
        scores=tuple(
            Interval(float(one), max(0.0, float(one) - half), min(1.0, float(one) + half), 0.95, "kelley")
            for one in true
        ),
        reliability=alpha,
    )


def suppose(hold: Hold, signals: Sequence[Interval], *, as_of: date, window: Window | None = None) -> Holding | Refused:
    """How strongly a hold may keep each customer, judged by behaviour alone: a prior, to be shown as one.

    The question is how a customer stands among peers in what speaks for the hold (`SIGNALS`; more is stronger). The
    population is the customers given, who should be of one cohort and category, over `window`. The method is the share
    of peers with less of the signal, ties half, at its value and at both ends of its interval. It cannot tell habit
    from loyalty: nobody was asked. Refuses fewer than thirty peers and a signal that all have alike. Raises ValueError
    for an interval that does not hold its value.
    """
    n = len(signals)
    if any(not one.low <= one.value <= one.high for one in signals):
        raise ValueError("an interval holds its value")
    if n < FEWEST:
        return Refused(Reason.TOO_FEW_UNITS, value=f"{n} of {FEWEST}")
    values = np.sort(np.array([one.value for one in signals]))
    if values[0] == values[-1]:
        return Refused(Reason.NO_VARIATION)

    def place(points: Sequence[float]) -> Floats:
        below, up_to = np.searchsorted(values, points, "left"), np.searchsorted(values, points, "right")
        shares: Floats = (below + up_to) / (2 * n)
        return shares

    at, low, high = (place([getattr(one, name) for one in signals]) for name in ("value", "low", "high"))
    return Holding(
        question=f"Which customers stand out among their peers: {SIGNALS[hold]}?",
        window=window,
        method=Method("share of peers with less of the signal", "behavioural prior; no survey"),
        n=n,
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} holds.suppose {hold.value}",
        as_of=as_of,
        reasons=(Reason.NOBODY_WAS_ASKED,),
        hold=hold,
        basis=Basis.BEHAVIOUR,
        scores=tuple(
            Interval(float(v), float(lo), float(hi), 0.95, "rank") for v, lo, hi in zip(at, low, high, strict=True)
        ),
        reliability=None,
    )
