"""Simulated designs: each has a seed of its own name, and counts are held to 99.9 % binomial bounds."""

from hashlib import sha256

import numpy as np
from scipy.stats import binom

TRIALS = 4000


def dice(design: str) -> np.random.Generator:
    """The generator of this design, the same every time."""
    return np.random.default_rng(int.from_bytes(sha256(design.encode()).digest()[:8]))


def bounds(rate: float, trials: int = TRIALS) -> tuple[float, float]:
    """The shares between which 99.9 of 100 honest runs of so many trials fall."""
    return float(binom.ppf(0.0005, trials, rate)) / trials, float(binom.ppf(0.9995, trials, rate)) / trials
