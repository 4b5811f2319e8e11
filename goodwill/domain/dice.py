"""Dice: the seeded chance that a simulation is given; the domain itself has none."""

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Dice(Protocol):
    """What a simulation needs of a seeded generator (`random.Random` fits)."""

    def random(self) -> float:
        """An even draw from 0 up to but not including 1."""

    def randint(self, a: int, b: int) -> int:
        """A whole number from a to b, both included."""

    def choice(self, seq: Sequence[T], /) -> T:
        """One of these."""

    def expovariate(self, lambd: float, /) -> float:
        """A waiting time with mean 1 / lambd."""

    def gammavariate(self, alpha: float, beta: float, /) -> float:
        """A draw from the gamma distribution of shape alpha and mean alpha · beta."""

    def betavariate(self, alpha: float, beta: float, /) -> float:
        """A share from the beta distribution with mean alpha / (alpha + beta)."""


def weighted(dice: Dice, weights: Mapping[T, float]) -> T:
    """One of the keys, each as likely as its weight; raises ValueError where there is none."""
    left = dice.random() * sum(weights.values())
    for choice, weight in weights.items():
        left -= weight
        if left < 0:
            return choice
    raise ValueError("there is nothing to choose from")
