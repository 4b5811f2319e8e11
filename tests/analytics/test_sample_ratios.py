"""Sample-ratio mismatch: by hand, and at the rate it promises."""

from math import erfc, sqrt

import numpy as np
import pytest

from goodwill.analytics import sample_ratios
from tests.analytics.designs import TRIALS, bounds, dice


def test_arms_a_little_unequal_are_no_mismatch_and_clearly_unequal_ones_are() -> None:
    assert sample_ratios.check({"a": 10_000, "b": 10_100}).p == pytest.approx(
        erfc(sqrt(50**2 / 10_050 * 2 / 2)), rel=1e-12
    )
    found = sample_ratios.check({"a": 10_000, "b": 10_500})
    assert found.is_mismatched
    assert found.as_json()["shares"] == {"a": 10_000 / 20_500, "b": 10_500 / 20_500}


def test_stated_shares_are_what_the_arms_are_held_to() -> None:
    assert not sample_ratios.check({"a": 9_000, "b": 1_000}, {"a": 90, "b": 10}).is_mismatched
    assert sample_ratios.check({"a": 9_000, "b": 1_000}).is_mismatched
    with pytest.raises(ValueError, match="shares are stated of a, c; the arms are a, b"):
        sample_ratios.check({"a": 1, "b": 1}, {"a": 1, "c": 1})


def test_an_honest_trial_is_withheld_once_in_a_thousand_times() -> None:
    counts = dice("srm").binomial(5_000, 0.5, TRIALS)
    p = np.array([sample_ratios.check({"a": int(n), "b": 5_000 - int(n)}).p for n in counts])
    assert np.mean(p < 0.001) <= bounds(0.001)[1]
    low, high = bounds(0.05)
    assert low <= np.mean(p < 0.05) <= high
