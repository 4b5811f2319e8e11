"""Clock: time comes in here. Promises whose moment has come are handed to the deed that looks at them."""

from datetime import datetime

from goodwill.actions import sweeps
from goodwill.reads import promises

AT_ONCE = 5_000
"""Ids fetched at a time, so that a long sweep neither holds much nor starves the rest of the worker."""


def tick(at: datetime) -> int:
    """Look at every promise that is due to be looked at by `at`; how many were.

    What another worker holds is left to it, so that two workers share the work instead of waiting for each other.
    """
    looked, after = 0, None
    while True:
        waking = promises.waking(at, after=after, most=AT_ONCE)
        if not waking:
            return looked
        looked += sweeps.check([row_id for _, row_id in waking], at=at).seen
        after = waking[-1]
