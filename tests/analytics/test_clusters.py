"""Clusters: collapsed to what was randomised, and re-dealt exactly where they are few."""

from itertools import combinations

import ibis
import numpy as np
import pytest
from scipy.stats import permutation_test

from goodwill.analytics import clusters
from goodwill.analytics.results import Reason
from tests.analytics.designs import TRIALS, bounds, dice


def test_rows_collapse_to_the_mean_of_their_cluster() -> None:
    table = ibis.memtable({"arm": ["a", "a", "b"], "store": [1, 1, 2], "y": [1.0, 3.0, 5.0]})
    found = clusters.collapse(table, by=["arm"], cluster="store", columns=["y"]).order_by("store").to_pyarrow()
    assert found.to_pylist() == [{"arm": "a", "store": 1, "y": 2.0}, {"arm": "b", "store": 2, "y": 5.0}]


def test_a_cluster_in_two_arms_is_refused() -> None:
    table = ibis.memtable({"arm": ["a", "b", "b"], "store": [7, 7, 8]})
    refused = clusters.check(table, arm="arm", cluster="store")
    assert refused is not None
    assert (refused.reason, refused.column, refused.value) == (Reason.TWO_ARMS_IN_A_CLUSTER, "store", "7")
    assert clusters.check(table.filter(table.store == 8), arm="arm", cluster="store") is None


def test_p_agrees_with_scipy_when_all_deals_are_tried() -> None:
    rng = dice("deals against scipy")
    treated, control = rng.normal(1, 1, 6), rng.normal(0, 1, 6)
    theirs = permutation_test(
        (treated, control), lambda a, b: abs(a.mean() - b.mean()), alternative="greater", n_resamples=np.inf
    )
    dealt = clusters.deal_again(treated, control, alpha=0.05)
    assert dealt.deals == 924
    assert dealt.p == pytest.approx(theirs.pvalue, abs=1e-12)


def test_the_interval_holds_the_effects_that_no_tail_rejects() -> None:
    rng = dice("deals by trying")
    treated, control = rng.normal(1, 1, 5), rng.normal(0, 1, 6)
    dealt = clusters.deal_again(treated, control, alpha=0.10)

    def tails(effect: float) -> tuple[float, float]:
        values = np.concatenate([treated - effect, control])
        found = [
            values[list(chosen)].mean() - np.delete(values, list(chosen)).mean()
            for chosen in combinations(range(11), 5)
        ]
        seen = dealt.effect - effect
        return float(np.mean(np.array(found) >= seen - 1e-12)), float(np.mean(np.array(found) <= seen + 1e-12))

    width = dealt.high - dealt.low
    for inside in np.linspace(dealt.low + 1e-6, dealt.high - 1e-6, 7):
        assert min(tails(inside)) > 0.05
    assert tails(dealt.low - 1e-3 * width)[0] <= 0.05
    assert tails(dealt.high + 1e-3 * width)[1] <= 0.05


def test_many_deals_are_drawn_and_p_is_never_zero() -> None:
    rng = dice("drawn deals")
    dealt = clusters.deal_again(rng.normal(9, 1, 14), rng.normal(0, 1, 15), alpha=0.05)
    assert dealt.deals == clusters.DEALS
    assert dealt.p == pytest.approx(1 / clusters.DEALS)
    assert 8 < dealt.low < dealt.effect < dealt.high < 11


@pytest.mark.parametrize(("treated", "control"), [(3, 3), (0, 9), (9, 0), (1, 30)])
def test_too_few_clusters_to_surprise_anybody_are_refused(treated: int, control: int) -> None:
    refused = clusters.check_deals(treated, control, alpha=0.05)
    assert refused is not None
    assert refused.reason is Reason.TOO_FEW_CLUSTERS
    with pytest.raises(ValueError, match="too few"):
        clusters.deal_again(np.zeros(treated), np.zeros(control), alpha=0.05)


def test_four_and_four_clusters_are_the_fewest() -> None:
    assert clusters.check_deals(4, 4, alpha=0.05) is None


def test_the_interval_covers_however_few_and_odd_the_clusters() -> None:
    values = dice("six and six clusters").exponential(1, (TRIALS, 12))
    covered = 0
    for one in values:
        dealt = clusters.deal_again(one[:6] + 2, one[6:], alpha=0.05)
        covered += dealt.low <= 2 <= dealt.high
    low, high = bounds(0.95)
    # deals come in whole numbers: 23 of 924 in each tail leave 95.02 %
    assert low <= covered / TRIALS <= high
