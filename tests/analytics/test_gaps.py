"""The gap between expected and perceived, and satisfaction with a purchase: by hand, and at the rate they promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import gaps, ratings
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)


def test_a_gap_is_perception_less_expectation_with_a_paired_interval() -> None:
    found = gaps.compare(np.array([7.0, 8, 9, 6]), np.array([8.0, 8, 8, 9]), about="delivery", as_of=DAY)
    assert isinstance(found, gaps.Gap)
    assert (found.expected.value, found.perceived.value, found.gap.value, found.below) == (7.5, 8.25, 0.75, 1)
    # differences 1, 0, -1, 3: s = 1.7078, t(3) = 3.1824
    assert (found.gap.low, found.gap.high) == pytest.approx((0.75 - 2.7175, 0.75 + 2.7175), abs=5e-4)
    told = found.as_json()
    assert (told["n"], told["grade"], told["below"]) == (4, "guess", 1)


def test_answers_of_different_people_have_no_gap_and_one_answer_none_to_show() -> None:
    with pytest.raises(ValueError, match="2 expectations and 1 perceptions are not of the same people"):
        gaps.compare(np.array([7.0, 8]), np.array([8.0]), about="delivery", as_of=DAY)
    refused = gaps.compare(np.array([7.0]), np.array([8.0]), about="delivery", as_of=DAY)
    assert refused == Refused(Reason.TOO_FEW_ANSWERS, "delivery", value="1")


def test_the_gap_s_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = dice("gaps of forty people")
    expected = rng.normal(7, 1.5, (TRIALS, 40))
    perceived = 0.5 * expected + rng.normal(3.7, 1, (TRIALS, 40))
    held = 0
    for before, after in zip(expected, perceived, strict=True):
        one = ratings.average(after - before)
        held += one.low <= 0.2 <= one.high
    low, high = bounds(0.95)
    assert low <= held / TRIALS <= high


def test_satisfaction_is_a_mean_and_a_share_of_top_marks() -> None:
    found = ratings.rate(np.array([10.0, 9, 8, 5]), top_from=9, as_of=DAY)
    assert isinstance(found, ratings.Satisfaction)
    assert (found.mean.value, found.top.value, found.top.method) == (8.0, 0.5, "wilson")
    assert found.as_json()["top_from"] == 9
    assert ratings.rate(np.array([10.0]), top_from=9, as_of=DAY) == Refused(Reason.TOO_FEW_ANSWERS, value="1")
    with pytest.raises(ValueError, match="an interval needs two values"):
        ratings.average(np.array([1.0]))
