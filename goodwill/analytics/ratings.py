"""Satisfaction with single purchases: the mean answer, and the share that gave the top marks."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from goodwill import __version__
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window
from goodwill.domain.shares import METHOD, share_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction(Result):
    """The mean answer and the share of answers of `top_from` or more, each with its interval."""

    mean: Interval
    top: Interval
    top_from: float

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"mean"`, `"top"` and `"top_from"`."""
        return {**self.facts(), "mean": self.mean.as_json(), "top": self.top.as_json(), "top_from": self.top_from}


def average(values: Floats, alpha: float = 0.05) -> Interval:
    """The mean of two or more values with Student's interval at level 1 − `alpha`; raises ValueError for fewer.

    The question is what the values are on average. The population is what they are a fair sample of, over the window
    they are from. The method is Student's (1908). It cannot tell a mean from one that a few extremes made.
    """
    n = len(values)
    if n < 2:
        raise ValueError("an interval needs two values")
    mean = float(np.mean(values))
    half = float(stdtrit(n - 1, 1 - alpha / 2) * np.std(values, ddof=1)) / n**0.5
    return Interval(mean, mean - half, mean + half, 1 - alpha, "student")


def rate(answers: Floats, *, top_from: float, as_of: date, window: Window | None = None) -> Satisfaction | Refused:
    """How satisfied customers were with the purchase they were asked about.

    The question is what they answered on average, and how many gave `top_from` or more. The population is those who
    answered, one answer for each purchase, over `window`. The method is the mean with Student's interval and the share
    with Wilson's (1927). It cannot tell what those who kept silent think, nor whether anybody is loyal.
    """
    if len(answers) < 2:
        return Refused(Reason.TOO_FEW_ANSWERS, value=str(len(answers)))
    share = share_of(int(np.sum(answers >= top_from)), len(answers))
    assert share is not None  # noqa: S101
    return Satisfaction(
        question="How satisfied were customers with the purchase they were asked about?",
        window=window,
        method=Method("mean with Student's interval, share with Wilson's", "Student 1908; Wilson 1927"),
        n=len(answers),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} ratings.rate top_from={top_from!r}",
        as_of=as_of,
        mean=average(answers),
        top=Interval(float(share.value), float(share.low), float(share.high), 0.95, METHOD),
        top_from=top_from,
    )
