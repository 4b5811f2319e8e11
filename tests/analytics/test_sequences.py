"""The always-valid interval, by hand."""

from math import log, sqrt

import pytest

from goodwill.analytics import effects, sequences


def test_half_the_width_is_the_published_formula() -> None:
    alpha, planned, n, se = 0.05, 8000.0, 5000.0, 0.3
    r = sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / planned)
    expected = se * sqrt(n) * sqrt(2 * (n * r**2 + 1) / (n**2 * r**2) * log(sqrt(n * r**2 + 1) / alpha))
    assert sequences.tune(planned, alpha=alpha) == pytest.approx(r, rel=1e-14)
    assert sequences.widen(se, n, r=r, alpha=alpha) == pytest.approx(expected, rel=1e-14)
    limits = sequences.bound(effects.Difference(1.0, se, 99.0, n), planned=planned, alpha=alpha)
    assert (limits.low, limits.high) == pytest.approx((1 - expected, 1 + expected))


def test_it_is_wider_than_one_look_everywhere_and_narrowest_near_the_plan() -> None:
    r = sequences.tune(10_000, alpha=0.05)
    widths = {n: sequences.widen(1.0, float(n), r=r, alpha=0.05) for n in range(1000, 200_000, 500)}
    assert min(widths.values()) > 1.96
    assert 9_000 <= min(widths, key=lambda n: widths[n]) <= 11_000
