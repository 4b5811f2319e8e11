"""What customers buy after we failed them, beside customers like them whom we did not fail."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.special import stdtrit

from goodwill import __version__
from goodwill.analytics.results import Grade, Interval, Method, Reason, Refused, Result, Window

DAYS = 90
"""Days before and after, each."""
PAIRS = 30
"""Pairs that carry an interval."""


@dataclass(frozen=True, slots=True)
class Buying:
    """One customer's purchases in the 90 days before a day and in those after it; `kind` is cohort and category."""

    kind: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery(Result):
    """Purchases after ÷ before of those we failed and of those matched, and the first ÷ the second.

    `response` of 1 is forgiving, below 1 is buying less because of us. `n` counts pairs, `unmatched` those we failed
    who have no like.
    """

    failed: float
    matched: float
    response: Interval
    unmatched: int

    def as_json(self) -> dict[str, object]:
        """The wire shape: the facts, `"failed"`, `"matched"`, `"response"` and `"unmatched"`."""
        return {
            **self.facts(), "failed": self.failed, "matched": self.matched, "response": self.response.as_json(),
            "unmatched": self.unmatched,
        }  # fmt: skip


def match(failed: Sequence[Buying], others: Sequence[Buying]) -> list[tuple[Buying, Buying]]:
    """Each customer we failed with one of the others of the same kind who had bought as often; none is used twice.

    The question is who is like whom. The population is both lists; the first of the others in their order is taken, so
    an order by chance makes the choice one by chance. The method is exact matching. It cannot tell customers apart by
    what was not recorded.
    """
    alike: dict[tuple[str, int], list[Buying]] = defaultdict(list)
    for other in reversed(others):
        alike[other.kind, other.before].append(other)
    return [(one, alike[one.kind, one.before].pop()) for one in failed if alike[one.kind, one.before]]


def compare(
    failed: Sequence[Buying], others: Sequence[Buying], *, as_of: date, window: Window | None = None
) -> Recovery | Refused:
    """How much of their buying customers keep after we failed them.

    The question is whether customers forgive us. The population is customers we failed, and others without a failure
    around a day of their own, 90 days on either side. The method is exact matching on kind and purchases before, which
    leaves no room for regression to the mean, and the ratio of purchases after with the delta method's interval on
    the log scale over pairs. It cannot tell failures that befall those about to leave anyway. Refuses fewer than 30
    pairs, and pairs that bought nothing before, or nothing after on either side.
    """
    pairs = match(failed, others)
    if not pairs:
        return Refused(Reason.NO_MATCH, value=str(len(failed)))
    if len(pairs) < PAIRS:
        return Refused(Reason.TOO_FEW_UNITS, value=f"{len(pairs)} of {PAIRS}")
    before = sum(one.before for one, _ in pairs)
    ours, theirs = (np.array([pair[side].after for pair in pairs], dtype=float) for side in (0, 1))
    if not before:
        return Refused(Reason.NOTHING_BEFORE)
    if not (ours.any() and theirs.any()):
        return Refused(Reason.NO_VARIATION)
    n, ratio = len(pairs), float(np.sum(ours) / np.sum(theirs))
    pulls = ours / np.mean(ours) - theirs / np.mean(theirs)
    half = float(stdtrit(n - 1, 0.975) * np.std(pulls, ddof=1)) / n**0.5
    return Recovery(
        question="How much of their buying do customers keep after we failed them?",
        window=window,
        method=Method(f"purchases in {DAYS} days after, exactly matched pairs", "Rubin 1973"),
        n=n,
        grade=Grade.QUASI_EXPERIMENT,
        recipe=f"goodwill {__version__} recoveries.compare days={DAYS}",
        as_of=as_of,
        failed=float(np.sum(ours)) / before,
        matched=float(np.sum(theirs)) / before,
        response=Interval(ratio, ratio * float(np.exp(-half)), ratio * float(np.exp(half)), 0.95, "log_delta"),
        unmatched=len(failed) - n,
    )
