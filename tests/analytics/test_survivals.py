"""Survival: the textbook's 21 patients, the ends where the formula has no value, and the interval's promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import survivals
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)
# Freireich et al. 1963, 6-MP, as in every textbook since Gehan 1965; 0 was still in remission
TIMES = np.array([6.0, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
LEFT = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)


def test_the_textbook_s_patients_have_the_textbook_s_curve() -> None:
    curve = survivals.trace(TIMES, LEFT)
    assert (curve.n, curve.departures) == (21, 9)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    assert curve.share.round(3).tolist() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.error.round(4).tolist() == [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    assert curve.low.round(3).tolist() == [0.620, 0.563, 0.503, 0.432, 0.368, 0.268, 0.188]
    assert curve.high.round(3).tolist() == [0.952, 0.923, 0.889, 0.849, 0.805, 0.747, 0.680]


def test_the_share_is_that_after_the_last_departure_and_unknown_beyond_the_last_one_watched() -> None:
    curve = survivals.trace(TIMES, LEFT)
    between, last = curve.at(9), curve.at(35)
    assert between is not None
    assert last is not None
    assert (round(between.value, 3), round(last.value, 3)) == (0.807, 0.448)
    assert curve.at(35.1) is None


def test_while_nobody_has_left_the_doubt_is_that_of_those_still_watched() -> None:
    start = survivals.trace(TIMES, LEFT).at(5)
    assert start is not None
    assert (start.value, start.high) == (1.0, 1.0)
    assert start.low == pytest.approx(0.025 ** (1 / 21))
    nobody = survivals.trace(np.array([3.0, 5, 9]), np.array([False, False, False])).at(4)
    assert nobody is not None
    assert nobody.low == pytest.approx(0.025 ** (1 / 2))


def test_a_cohort_that_is_gone_stays_gone_and_keeps_the_doubt_it_had() -> None:
    curve = survivals.trace(np.array([2.0, 4, 6]), np.array([True, True, True]))
    end = curve.at(100)
    assert end is not None
    assert (end.value, end.low) == (0.0, 0.0)
    assert end.high == pytest.approx(float(curve.high[1]))
    at_once = survivals.trace(np.array([2.0, 2]), np.array([True, True])).at(2)
    assert at_once is not None
    assert at_once.high == pytest.approx(1 - 0.025**0.5)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="of one length"):
        survivals.trace(np.array([1.0]), np.array([True, False]))
    with pytest.raises(ValueError, match="of one length"):
        survivals.trace(np.array([]), np.array([], dtype=bool))
    with pytest.raises(ValueError, match="not below zero"):
        survivals.trace(np.array([-1.0]), np.array([True]))
    assert survivals.estimate({}, as_of=DAY) == Refused(Reason.NO_ROWS)


def test_each_cohort_has_its_own_curve_and_a_young_one_no_figure() -> None:
    found = survivals.estimate({"old": (TIMES, LEFT), "young": (TIMES[:3] / 2, ~LEFT[:3])}, horizon=20, as_of=DAY)
    assert isinstance(found, survivals.Survival)
    assert (found.n, found.reasons) == (24, (Reason.NOT_FOLLOWED_SO_LONG,))
    assert found.at_horizon["young"] is None
    told = found.as_json()
    assert isinstance(told["cohorts"], list)
    old, young = told["cohorts"]
    assert (old["cohort"], round(old["at_horizon"]["value"], 3), old["departures"]) == ("old", 0.627, 9)
    assert old["points"][0]["left"] == 3
    assert (young["at_horizon"], young["points"]) == (None, [])
    whole = survivals.estimate({"old": (TIMES, LEFT)}, horizon=20, as_of=DAY)
    assert isinstance(whole, survivals.Survival)
    assert whole.reasons == ()


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    rng = dice("survival of 150 with a third lost from sight")
    stay, watched = rng.exponential(300, (TRIALS, 150)), rng.uniform(100, 900, (TRIALS, 150))
    truth, held = float(np.exp(-survivals.HALF_YEAR / 300)), 0
    for staying, watching in zip(stay, watched, strict=True):
        found = survivals.trace(np.minimum(staying, watching), staying <= watching).at(survivals.HALF_YEAR)
        assert found is not None
        held += found.low <= truth <= found.high
    low, high = bounds(0.95)
    assert low <= held / TRIALS <= high
