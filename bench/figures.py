"""A measured figure, and how it is measured: the median of at least three runs of CPU time."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

RUNS = 3


@dataclass(frozen=True)
class Figure:
    """One figure of a bench: what was measured, how many of what, and the peer and bar it stands against.

    `ratio_to` names the figure of the same bench it is divided by; `at_least` is the bar for that ratio (or for the
    value itself where there is none), None where there is no bar. More is better.
    """

    name: str
    value: float
    unit: str
    ratio_to: str = ""
    at_least: float | None = None


def per_second(work: Callable[[], object], times: int, *, runs: int = RUNS) -> float:
    """How often per CPU second `work` does its thing, which it does `times` times a call: the median of `runs` calls.

    One call before the measured ones fills caches, for every contestant alike. Raises ValueError under three runs.
    """
    if runs < RUNS:
        raise ValueError("a median needs at least three runs")
    work()
    taken: list[float] = []
    for _ in range(runs):
        begun = process_time()
        work()
        taken.append(process_time() - begun)
    return times / median(taken)
