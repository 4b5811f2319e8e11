"""The gap between what customers expected and what they got, after SERVQUAL."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from goodwill import __version__
from goodwill.analytics.ratings import Floats, average
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Result):
    """Means of both questions, their difference P − E (below zero: we fell short), and how many got less."""

    expected: Interval
    perceived: Interval
    gap: Interval
    below: int

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"expected"`, `"perceived"`, `"gap"` and `"below"`."""
        return {
            **self.facts(), "expected": self.expected.as_json(), "perceived": self.perceived.as_json(),
            "gap": self.gap.as_json(), "below": self.below,
        }  # fmt: skip


def compare(
    expected: Floats, perceived: Floats, *, about: str, as_of: date, window: Window | None = None
) -> Gap | Refused:
    """What customers perceived beside what they had expected, on one scale, about one dimension of service.

    The question is by how much perception differs from expectation. The population is respondents who answered both
    questions, over `window`. The method is the mean of P − E for each respondent (Parasuraman, Zeithaml & Berry 1988)
    with Student's paired interval. It cannot tell a low expectation from a good service: read it beside both means.
    Raises ValueError where the answers are not of the same people.
    """
    if len(expected) != len(perceived):
        raise ValueError(f"{len(expected)} expectations and {len(perceived)} perceptions are not of the same people")
    if len(expected) < 2:
        return Refused(Reason.TOO_FEW_ANSWERS, about, value=str(len(expected)))
    return Gap(
        question=f"Did customers get what they expected of {about}?",
        window=window,
        method=Method("SERVQUAL gap P − E, paired", "Parasuraman, Zeithaml & Berry 1988"),
        n=len(expected),
        grade=Grade.GUESS,
        recipe=f"goodwill {__version__} gaps.compare about={about!r}",
        as_of=as_of,
        expected=average(expected),
        perceived=average(perceived),
        gap=average(perceived - expected),
        below=int(np.sum(perceived < expected)),
    )
