"""4,000 trials of each design with a known truth: how often intervals hold it, and how often "pays" is false."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from goodwill.analytics import effects, sequences
from goodwill.analytics.arms import Moments, measure
from goodwill.analytics.effects import Side
from goodwill.analytics.results import Grade, Refused
from goodwill.analytics.verdicts import Judgement, Terms, judge
from goodwill.domain.trials import Verdict
from tests.analytics.designs import TRIALS, bounds, dice

Floats = NDArray[np.float64]
LOOKS = np.linspace(500, 10_500, 41).astype(int)
"""Units of each arm at 41 looks, from 1,000 of both on."""


def a_trial(design: str, rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[Any]:
    """Outcomes without an effect, rows of trials."""
    if design == "normal":
        return rng.standard_normal(shape, dtype=np.float32)
    if design == "half buy nothing":
        return rng.standard_exponential(shape, dtype=np.float32) * (rng.random(shape, dtype=np.float32) < 0.5)
    rare = rng.random(shape, dtype=np.float32) < 0.05
    return np.where(rare, rng.standard_gamma(2, shape, dtype=np.float32) * 50, 0).astype(np.float32)


def sides(values: NDArray[Any]) -> Side[Floats]:
    count = np.full(len(values), float(values.shape[1]))
    return Side(count, values.mean(axis=1, dtype=float), values.var(axis=1, ddof=1, dtype=float))


@pytest.mark.parametrize("design", ["normal", "half buy nothing", "one in twenty spends"])
@pytest.mark.parametrize(("treated", "control"), [(400, 400), (300, 900)])
def test_the_fixed_interval_covers_the_truth_in_one_look(design: str, treated: int, control: int) -> None:
    rng = dice(f"{design}, {treated} and {control}")
    if design == "one in twenty spends" and treated != control:
        treated, control = 8 * treated, 8 * control  # unequal arms keep the skew that equal ones cancel
    found = effects.subtract(*(sides(a_trial(design, rng, (TRIALS, n))) for n in (treated, control)))
    limits = effects.bound(found, alpha=0.05)
    low, high = bounds(0.95)
    assert low <= np.mean((limits.low <= 0) & (limits.high >= 0)) <= high


def look_again_and_again(design: str, planned: int | None) -> tuple[float, float]:
    """Shares of A/A trials in which a look out of 41 rings: by the plain interval, by the always-valid one."""
    rng = dice(f"{design}, 41 looks")
    steps = np.diff(LOOKS, prepend=0)
    sums = {arm: np.zeros((2, TRIALS)) for arm in (0, 1)}
    plain = np.zeros(TRIALS, dtype=bool)
    always = np.zeros(TRIALS, dtype=bool)
    for n, step in zip(LOOKS, steps, strict=True):
        both = []
        for arm in (0, 1):
            drawn = a_trial(design, rng, (TRIALS, int(step)))
            sums[arm] += np.stack([drawn.sum(axis=1, dtype=float), np.square(drawn).sum(axis=1, dtype=float)])
            mean = sums[arm][0] / n
            variance = (sums[arm][1] - n * mean**2) / (n - 1)
            both.append(Side(np.full(TRIALS, float(n)), mean, variance))
        found = effects.subtract(*both)
        one, any_look = effects.bound(found, alpha=0.05), sequences.bound(found, planned=planned or 2 * n, alpha=0.05)
        plain |= (one.low > 0) | (one.high < 0)
        always |= (any_look.low > 0) | (any_look.high < 0)
    return float(plain.mean()), float(always.mean())


@pytest.mark.parametrize("planned", [int(2 * LOOKS[-1]), None])
def test_41_looks_ring_falsely_in_a_quarter_of_plain_trials_and_in_5_percent_of_always_valid_ones(
    planned: int | None,
) -> None:
    plain, always = look_again_and_again("half buy nothing", planned)
    assert bounds(0.27)[0] <= plain <= bounds(0.27)[1]
    assert always <= 0.05


def verdict_of(arms: dict[str, Moments], terms: Terms) -> Verdict:
    found = judge(arms, terms)
    assert isinstance(found, Judgement)
    return found.arms[0].ruling.verdict


def test_a_trial_without_an_effect_pays_falsely_in_one_of_forty() -> None:
    rng = dice("A/A by the planned look")
    terms = Terms(control="none", margin=0.3, planned=600)
    verdicts = [
        verdict_of({arm: measure({"outcome": rng.exponential(20, 300)}) for arm in ("letter", "none")}, terms)
        for _ in range(TRIALS)
    ]
    low, high = bounds(0.025)
    assert low <= np.mean([verdict is Verdict.PAYS for verdict in verdicts]) <= high
    assert low <= np.mean([verdict is Verdict.LOSES for verdict in verdicts]) <= high


def test_cuped_covers_the_truth_with_a_narrower_interval() -> None:
    rng = dice("cuped coverage")
    terms = Terms(control="none", planned=400)
    covered, narrower = 0, 0
    for _ in range(TRIALS):
        arms: dict[str, Moments] = {}
        plain: dict[str, Moments] = {}
        for arm, lift in (("letter", 1.0), ("none", 0.0)):
            past = rng.gamma(2, 5, 200)
            outcome = 0.7 * past + lift + rng.normal(0, 4, 200)
            arms[arm] = measure({"outcome": outcome, "before": past})
            plain[arm] = measure({"outcome": outcome})
        adjusted, bare = judge(arms, terms), judge(plain, terms)
        assert isinstance(adjusted, Judgement)
        assert isinstance(bare, Judgement)
        gap = adjusted.arms[0].gap
        covered += gap.fixed.low <= 1 <= gap.fixed.high
        narrower += gap.difference.se < bare.arms[0].gap.difference.se
    low, high = bounds(0.95)
    assert low <= covered / TRIALS <= high
    assert narrower == TRIALS


# ------------------------------------------------------------------ regression to the mean
def save_programme(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Customers chosen because a quarter went badly, before and after a call that does nothing."""
    worth = rng.normal(100, 20, 4 * n)
    before, after = (worth + rng.normal(0, 30, 4 * n) for _ in range(2))
    chosen = np.argsort(before)[:n]
    return before[chosen], after[chosen]


def test_a_save_programme_that_does_nothing_never_pays_by_before_and_after() -> None:
    rng = dice("save programme, before and after")
    terms = Terms(control="before", planned=600, grade=Grade.BEFORE_AFTER)
    rose = 0
    for _ in range(TRIALS):
        before, after = save_programme(rng, 300)
        found = judge({"after": measure({"outcome": after}), "before": measure({"outcome": before})}, terms)
        assert isinstance(found, Judgement)
        assert found.arms[0].ruling.verdict is Verdict.CANNOT_TELL
        rose += found.arms[0].gap.fixed.low > 0
    assert rose == TRIALS  # every one of them looks like a triumph


def test_a_save_programme_that_does_nothing_hardly_ever_pays_when_chance_chose_whom_to_call() -> None:
    rng = dice("save programme, randomised")
    terms = Terms(control="not called", planned=300, cost_per_unit=0.0, margin=1.0)
    pays = 0
    for _ in range(TRIALS):
        _, after = save_programme(rng, 300)
        called = rng.permutation(300) < 150
        arms = {"called": measure({"outcome": after[called]}), "not called": measure({"outcome": after[~called]})}
        pays += verdict_of(arms, terms) is Verdict.PAYS
    low, high = bounds(0.025)
    assert low <= pays / TRIALS <= high


def test_with_the_cost_of_calling_it_loses() -> None:
    rng = dice("save programme, costly")
    _, after = save_programme(rng, 4000)
    arms = {"called": measure({"outcome": after[:2000]}), "not called": measure({"outcome": after[2000:]})}
    found = judge(arms, Terms(control="not called", margin=1.0, cost_per_unit=8.0))
    assert not isinstance(found, Refused)
    assert found.arms[0].ruling.verdict is Verdict.LOSES
