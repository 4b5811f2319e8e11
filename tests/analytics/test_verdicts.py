"""Verdicts: which interval decides, what is counted against the initiative, and what is refused."""

import json
from datetime import date
from typing import Any

import ibis
import numpy as np
import pytest
from numpy.typing import NDArray

from goodwill.analytics import sequences
from goodwill.analytics.arms import Moments, from_arrays, measure
from goodwill.analytics.results import Grade, Reason, Refused, Window
from goodwill.analytics.trials import TrialResult, estimate
from goodwill.analytics.verdicts import ArmVerdict, Judgement, Terms, judge
from goodwill.domain.trials import Doubt, Verdict
from tests.analytics.designs import dice

Floats = NDArray[np.float64]
DAY = date(2026, 3, 2)


def shaped(mean: float, sd: float, n: int) -> Floats:
    """n figures with exactly this mean and sample standard deviation."""
    around = np.resize([-1.0, 1.0], n)
    around -= around.mean()
    return np.asarray(mean + sd * around / around.std(ddof=1))


def trial(lift: float, *, n: int = 1000, sd: float = 10.0, **terms: Any) -> ArmVerdict:
    arms = {"letter": measure({"outcome": shaped(50 + lift, sd, n)}), "none": measure({"outcome": shaped(50, sd, n)})}
    found = judge(arms, Terms(**{"control": "none", "margin": 1.0, "cost_per_unit": 0.0, **terms}))
    assert isinstance(found, Judgement)
    return found.arms[0]


def refused(arms: dict[str, Moments], **terms: Any) -> Refused:
    found = judge(arms, Terms(**{"control": "none", **terms}))
    assert isinstance(found, Refused)
    return found


# ------------------------------------------------------------------ which interval decides
def test_the_always_valid_interval_decides_until_the_planned_units_are_there() -> None:
    # 2.5 standard errors: one look would say so, looks at any time do not
    lift = 2.5 * 10 * (2 / 1000) ** 0.5
    waiting, there = trial(lift, planned=2001), trial(lift, planned=2000)
    assert (waiting.decided_by, waiting.ruling.verdict) == ("always_valid", Verdict.CANNOT_TELL)
    assert (there.decided_by, there.ruling.verdict) == ("fixed", Verdict.PAYS)
    assert trial(lift).decided_by == "always_valid"


def test_without_a_plan_the_units_there_are_the_plan() -> None:
    arm = trial(1.0)
    expected = sequences.bound(arm.gap.difference, planned=2000, alpha=0.05)
    assert arm.gap.always_valid is not None
    assert (arm.gap.always_valid.low, arm.gap.always_valid.high) == (expected.low, expected.high)


def test_before_a_thousand_units_there_is_nothing_to_see() -> None:
    arm = trial(9.0, n=499, cost_per_unit=2.0)
    assert (arm.gap.always_valid, arm.decided_by, arm.ruling.verdict) == (None, None, Verdict.CANNOT_TELL)
    assert arm.ruling.reasons == (Doubt.TOO_EARLY,)
    assert (arm.net.low, arm.net.high, arm.net.largest_loss) == (None, None, None)
    assert (arm.needs_units, arm.net.cost_so_far) == (2, 998.0)
    assert trial(9.0, n=499, planned=998).ruling.verdict is Verdict.PAYS


# ------------------------------------------------------------------ money
def test_the_verdict_is_net_of_the_initiatives_own_cost() -> None:
    assert trial(4.0, margin=0.5).ruling.verdict is Verdict.PAYS
    arm = trial(4.0, margin=0.5, cost_per_unit=3.0)
    assert arm.ruling.verdict is Verdict.LOSES
    assert arm.net.per_unit == pytest.approx(-1.0)
    assert arm.net.break_even_cost == pytest.approx(2.0)
    assert arm.net.cost_so_far == 3000.0
    assert arm.net.so_far == pytest.approx(-1000.0)
    assert arm.net.roi == pytest.approx(-1 / 3)
    assert arm.gap.difference.effect == pytest.approx(4.0)


def test_what_each_unit_cost_is_taken_off_each_unit() -> None:
    rng = dice("cost of each unit")
    spend, cost = rng.gamma(2, 10, (2, 800)), rng.gamma(2, 1, 800)
    arms = {"letter": measure({"outcome": spend[0], "cost": cost}),
            "none": measure({"outcome": spend[1], "cost": np.zeros(800)})}  # fmt: skip
    found = judge(arms, Terms(control="none", margin=0.4))
    assert isinstance(found, Judgement)
    net = 0.4 * spend[0] - cost
    assert found.arms[0].net.per_unit == pytest.approx(net.mean() - 0.4 * spend[1].mean())
    assert found.arms[0].net.cost_so_far == pytest.approx(cost.sum())
    assert (found.arms[0].ruling.verdict, found.arms[0].ruling.reasons) == (Verdict.LOSES, ())


def test_the_largest_loss_is_what_the_interval_still_allows_for_all_units_treated() -> None:
    arm = trial(0.5, cost_per_unit=0.4, planned=2000)
    assert arm.net.low is not None
    assert arm.net.low < 0
    assert arm.net.largest_loss == pytest.approx(-1000 * arm.net.low)
    assert trial(9.0).net.largest_loss == 0.0


def test_an_outcome_without_margin_and_a_cost_not_given_are_said() -> None:
    assert set(trial(9.0, margin=None, cost_per_unit=None).ruling.reasons) == {
        Doubt.OUTCOME_READ_AS_CONTRIBUTION, Doubt.COST_NOT_GIVEN,
    }  # fmt: skip


def test_free_shipping_on_four_thousand_visitors_cannot_be_told_and_cost_238_40() -> None:
    # 60 of 2,000 order at 22.00; free: 64 at 22.00 less 4.80 freight and .30 packing
    orders = {arm: np.repeat([1.0, 0.0], [n, 2000 - n]) for arm, n in (("paid", 60), ("free", 64))}
    arms = {"paid": measure({"outcome": 22 * orders["paid"], "cost": 0 * orders["paid"]}),
            "free": measure({"outcome": 22 * orders["free"], "cost": 5.10 * orders["free"]})}  # fmt: skip
    found = judge(arms, Terms(control="paid", planned=4000))
    assert isinstance(found, Judgement)
    arm = found.arms[0]
    assert arm.ruling.verdict is Verdict.CANNOT_TELL
    assert arm.net.so_far == pytest.approx(-238.40)
    # break-even: 1,320 / 16.90 per order = 79 orders; the interval of orders still reaches 85
    seen = judge({name: measure({"outcome": one}) for name, one in orders.items()}, Terms(control="paid"))
    assert isinstance(seen, Judgement)
    assert int(60 + 2000 * seen.arms[0].gap.fixed.high) == 85


# ------------------------------------------------------------------ what it would take
def test_so_many_more_units_and_weeks_are_needed_while_it_cannot_be_told() -> None:
    arm = trial(0.5, weekly_units=500.0)
    assert arm.needs_units is not None
    assert arm.needs_weeks == -(-arm.needs_units // 500)
    assert trial(9.0).needs_units is None
    assert trial(0.5).needs_weeks is None


def test_a_third_arm_takes_its_share_of_the_weeks_units() -> None:
    arms = {name: measure({"outcome": shaped(50 + lift, 10, 1000)}) for name, lift in
            (("call", 0.5), ("letter", 0.5), ("none", 0.0))}  # fmt: skip
    found = judge(arms, Terms(control="none", weekly_units=600.0))
    assert isinstance(found, Judgement)
    for arm in found.arms:
        assert arm.needs_units is not None
        assert arm.needs_weeks == -(-arm.needs_units // 400)


def test_weak_evidence_needs_a_trial_and_not_more_units() -> None:
    arm = trial(9.0, grade=Grade.BEFORE_AFTER, planned=2000)
    assert (arm.ruling.verdict, arm.needs_units) == (Verdict.CANNOT_TELL, None)
    assert arm.ruling.reasons == (Doubt.WEAK_EVIDENCE,)
    assert trial(9.0, grade=Grade.QUASI_EXPERIMENT).ruling.verdict is Verdict.PAYS


# ------------------------------------------------------------------ refusals
def test_a_mismatch_of_sizes_withholds_the_verdict() -> None:
    arms = {"letter": measure({"outcome": shaped(90, 1, 3000)}), "none": measure({"outcome": shaped(50, 1, 2500)})}
    found = judge(arms, Terms(control="none"))
    assert isinstance(found, Judgement)
    assert found.arms[0].ruling.verdict is Verdict.WITHHELD
    stated = judge(arms, Terms(control="none", shares={"letter": 30, "none": 25}))
    assert isinstance(stated, Judgement)
    assert stated.arms[0].ruling.verdict is Verdict.PAYS


def test_a_control_that_is_not_there_is_refused_by_name() -> None:
    found = refused({"letter": measure({"outcome": shaped(5, 1, 9)}), "None": measure({"outcome": shaped(5, 1, 9)})})
    assert (found.reason, found.value) == (Reason.NO_CONTROL, "none (there are: letter, None)")


def test_an_arm_alone_or_of_one_unit_or_without_variation_is_refused() -> None:
    alone = {"none": measure({"outcome": shaped(5, 1, 9)})}
    assert refused(alone).reason is Reason.ONE_ARM
    single = refused({**alone, "letter": measure({"outcome": np.ones(1)})})
    assert (single.reason, single.value) == (Reason.TOO_FEW_UNITS, "letter")
    still = {name: measure({"outcome": np.full(600, level)}) for name, level in (("none", 1.0), ("letter", 2.0))}
    assert refused(still).reason is Reason.NO_VARIATION


# ------------------------------------------------------------------ whole tables
def stores(treated: int, control: int, lift: float, rows: int = 20) -> ibis.Table:
    rng = dice(f"{treated} and {control} stores")
    n = treated + control
    level = np.repeat(100 + rng.normal(0, 3, n) + np.where(np.arange(n) < treated, lift, 0), rows)
    arm = np.repeat(np.where(np.arange(n) < treated, "open late", "as ever"), rows)
    names = np.repeat([f"store {i}" for i in range(n)], rows)
    return ibis.memtable({"arm": arm, "cluster": names, "outcome": level + rng.normal(0, 8, n * rows)})


def read(table: ibis.Table, **terms: Any) -> TrialResult:
    found = estimate(table, Terms(**{"control": "as ever", "margin": 1.0, "cost_per_unit": 0.0, **terms}),
                     outcome="sales", as_of=DAY)  # fmt: skip
    assert isinstance(found, TrialResult)
    return found


def test_few_clusters_are_judged_by_dealing_them_again() -> None:
    found = read(stores(6, 6, 12.0), planned=12)
    arm = found.whole.arms[0]
    assert (found.n, arm.n, arm.ruling.verdict) == (12, 6, Verdict.PAYS)
    assert arm.gap.always_valid is None
    early = read(stores(6, 6, 12.0)).whole.arms[0]
    assert (early.ruling.verdict, early.ruling.reasons) == (Verdict.CANNOT_TELL, (Doubt.TOO_EARLY,))
    unknown = read(stores(6, 6, 0.5), planned=12).whole.arms[0]
    assert unknown.ruling.verdict is Verdict.CANNOT_TELL
    assert unknown.needs_units is not None


def test_many_clusters_are_judged_as_so_many_units() -> None:
    found = read(stores(20, 20, 6.0, rows=200), planned=40)
    assert (found.n, found.whole.arms[0].ruling.verdict) == (40, Verdict.PAYS)
    # 8,000 rows would make a third of this error
    assert found.whole.arms[0].gap.difference.se > 0.7


def test_too_few_clusters_and_clusters_of_two_arms_are_refused() -> None:
    few = estimate(stores(3, 3, 9.0), Terms(control="as ever"), outcome="sales", as_of=DAY)
    assert isinstance(few, Refused)
    assert (few.reason, few.value) == (Reason.TOO_FEW_CLUSTERS, "3 and 3")
    table = ibis.memtable({"arm": ["a", "b"], "cluster": ["s", "s"], "outcome": [1.0, 2.0]})
    both = estimate(table, Terms(control="a"), outcome="sales", as_of=DAY)
    assert isinstance(both, Refused)
    assert both.reason is Reason.TWO_ARMS_IN_A_CLUSTER


def test_a_control_that_no_cluster_has_is_refused_too() -> None:
    found = estimate(stores(20, 20, 9.0), Terms(control="nothing"), outcome="sales", as_of=DAY)
    assert isinstance(found, Refused)
    assert found.reason is Reason.NO_CONTROL


def grouped() -> ibis.Table:
    rng = dice("new and established")
    arms = {arm: {"outcome": rng.exponential(20, 3000), "guardrail:returns": rng.binomial(1, 0.1, 3000).astype(float)}
            for arm in ("letter", "none")}  # fmt: skip
    table = from_arrays(arms)
    half = np.tile(np.repeat(["new", "old"], [1000, 2000]), 2)
    return ibis.memtable(table.to_pandas().assign(group=half))


def test_groups_are_read_apart_and_add_up() -> None:
    found = estimate(grouped(), Terms(control="none", weekly_units=900.0), outcome="spend", as_of=DAY,
                     window=Window(DAY, DAY))  # fmt: skip
    assert isinstance(found, TrialResult)
    assert list(found.groups) == ["new", "old"]
    new, old = (found.groups[key].arms[0] for key in ("new", "old"))
    assert new.n + old.n == found.whole.arms[0].n == 3000
    assert (1000 * new.mean + 2000 * old.mean) / 3000 == pytest.approx(found.whole.arms[0].mean)
    # a third of the week's units are new
    assert new.needs_units is not None
    assert new.needs_weeks == -(-new.needs_units // 300)
    assert read_keys(found) == {"new", "old"}


def read_keys(found: TrialResult) -> set[object]:
    by = found.as_json()["by"]
    assert isinstance(by, list)
    return {one["key"] for one in by}


def test_a_group_that_cannot_be_judged_is_refused_by_name() -> None:
    table = ibis.memtable(
        {"arm": ["a", "b"] * 5, "group": ["x"] * 8 + ["y"] * 2, "outcome": [float(i) for i in range(10)]}
    )
    found = estimate(table, Terms(control="a"), outcome="spend", as_of=DAY)
    assert isinstance(found, Refused)
    assert (found.reason, found.value) == (Reason.TOO_FEW_UNITS, "y: a")
    assert isinstance(
        estimate(table.filter(table.group == "x"), Terms(control="a"), outcome="s", as_of=DAY), TrialResult
    )


def test_clusters_by_group_are_not_read() -> None:
    table = ibis.memtable({"arm": ["a"], "cluster": ["s"], "group": ["x"], "outcome": [1.0]})
    with pytest.raises(ValueError, match="clusters cannot be read by group"):
        estimate(table, Terms(control="a"), outcome="spend", as_of=DAY)


def test_guardrails_get_an_interval_and_no_verdict() -> None:
    found = estimate(grouped(), Terms(control="none"), outcome="spend", as_of=DAY)
    assert isinstance(found, TrialResult)
    gap = found.whole.arms[0].guardrails["returns"]
    assert gap.fixed.low < 0 < gap.fixed.high


def test_the_result_carries_what_makes_it_again() -> None:
    terms = Terms(control="none", margin=0.3, planned=6000, shares={"letter": 0.5, "none": 0.5}, cost_per_unit=1.0)
    found = estimate(grouped(), terms, outcome="spend", as_of=DAY)
    assert isinstance(found, TrialResult)
    assert found.recipe.endswith(
        "verdict outcome='spend' control='none' margin=0.3 cost_per_unit=1.0 planned=6000 alpha=0.05 "
        "grade='randomised' shares='letter=0.5,none=0.5'"
    )
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert set(told) >= {"question", "window", "method", "n", "grade", "recipe", "as_of", "outcome", "srm", "arms"}
    control, letter = told["arms"]
    assert (control["arm"], control["effect"], control["verdict"]) == ("none", None, None)
    assert set(letter) >= {"arm", "n", "mean", "effect", "se", "fixed", "always_valid", "net", "verdict", "reasons",
                           "needs_units", "grade"}  # fmt: skip
    assert set(letter["net"]) >= {"per_unit", "low", "high"}
    assert set(told["srm"]) == {"p", "shares"}


def test_the_past_narrows_the_interval_of_money_too() -> None:
    rng = dice("past and money")
    past = rng.gamma(2, 10, (2, 2000))
    outcome = past + rng.normal(0, 3, (2, 2000))
    arms = {name: {"outcome": outcome[i], "before": past[i]} for i, name in enumerate(("letter", "none"))}
    with_past, without = (
        read(from_arrays({n: {c: v for c, v in a.items() if c in columns} for n, a in arms.items()}), control="none")
        for columns in (("outcome", "before"), ("outcome",))
    )
    one, other = with_past.whole.arms[0].net, without.whole.arms[0].net
    assert one.low is not None
    assert other.low is not None
    assert one.high is not None
    assert other.high is not None
    assert one.high - one.low < 0.3 * (other.high - other.low)
    assert "CUPED" in with_past.method.name
