"""Targeting: offered where customers differ in what moves them, and not where they do not."""

import numpy as np
import pytest

from goodwill.analytics import policies, rankings
from tests.analytics.designs import TRIALS, bounds, dice


def moved(slope: float, n: int, name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, treated and net contribution, where the first feature changes what the treatment brings."""
    rng = dice(name)
    x = rng.normal(0, 1, (n, 3))
    treated = (rng.random(n) < 0.5).astype(float)
    return x, treated, 5 + x[:, 1] + treated * (slope * x[:, 0] - 0.1) + rng.normal(0, 2, n)


def test_targeting_is_offered_where_it_beats_all_none_and_the_rule() -> None:
    x, treated, net = moved(1.5, 20_000, "moved by a feature")
    scores = rankings.score(x, net, treated)
    found = policies.compare(net, treated, targeted=scores > 0, rules={"spends": x[:, 1] > 0}, share=0.5)
    assert found.is_offered
    assert found.gains["none"].value == pytest.approx(0.55, abs=0.1)
    assert found.as_json()["is_offered"] is True
    assert rankings.rank(scores, net, treated).coefficient > 0.1


def test_targeting_is_not_offered_where_a_one_line_rule_does_as_well() -> None:
    x, treated, net = moved(1.5, 20_000, "moved by a feature")
    scores = rankings.score(x, net, treated)
    found = policies.compare(net, treated, targeted=scores > 0, rules={"first feature": x[:, 0] > 0}, share=0.5)
    assert not found.is_offered
    assert min(found.gains["all"].low, found.gains["none"].low) > 0


def test_targeting_is_not_offered_where_everybody_is_moved_alike() -> None:
    x, treated, net = moved(0.0, 20_000, "moved alike")
    scores = rankings.score(x, net, treated)
    assert not policies.compare(net, treated, targeted=scores > 0, rules={}, share=0.5).is_offered
    assert abs(rankings.rank(scores, net, treated).coefficient) < 0.06


def test_the_interval_of_a_gain_covers_the_truth() -> None:
    rng = dice("value of a policy")
    n, covered = 1000, 0
    for _ in range(TRIALS):
        x, treated = rng.normal(0, 1, n), (rng.random(n) < 0.3).astype(float)
        net = x + treated * x + rng.normal(0, 1, n)
        gain = policies.compare(net, treated, targeted=x > 0, rules={}, share=0.3).gains["none"]
        covered += gain.low <= 0.3989422804 <= gain.high
    low, high = bounds(0.95)
    assert low <= covered / TRIALS <= high


def test_a_policy_needs_both_arms_and_names_of_its_own() -> None:
    net, treated, chosen = np.ones(4), np.array([1.0, 0, 1, 0]), np.ones(4, dtype=bool)
    for wrong, share in ((treated, 0.0), (treated, 1.0), (np.ones(4), 0.5), (np.zeros(4), 0.5)):
        with pytest.raises(ValueError, match="both arms"):
            policies.compare(net, wrong, targeted=chosen, rules={}, share=share)
    with pytest.raises(ValueError, match="compared with anyway"):
        policies.compare(net, treated, targeted=chosen, rules={"all": chosen}, share=0.5)


def test_a_perfect_ranking_gains_first_and_a_reversed_one_last() -> None:
    moves = np.repeat([1.0, 1.0, 0.0, 0.0], 50)
    treated = np.tile([1.0, 0.0], 100)
    outcome = moves * treated
    right = rankings.rank(moves, outcome, treated)
    assert right.gain[0] == 0.0
    assert right.gain[50] == right.gain[-1] == pytest.approx(0.5)
    assert right.coefficient == pytest.approx(0.125, abs=0.01)
    assert rankings.rank(-moves, outcome, treated).coefficient == pytest.approx(-0.125, abs=0.01)


def test_a_ranking_needs_both_arms_and_enough_units() -> None:
    with pytest.raises(ValueError, match="both arms"):
        rankings.rank(np.ones(4), np.ones(4), np.ones(4))
    with pytest.raises(ValueError, match="too few units"):
        rankings.score(np.ones((6, 3)), np.ones(6), np.array([1.0, 0, 1, 0, 1, 0]))
