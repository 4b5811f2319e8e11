"""Hillstrom's e-mail trial of 64,000 customers: the published figures, to the digits shown."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from goodwill.analytics import effects, policies, rankings, sequences
from goodwill.analytics.arms import gather
from goodwill.analytics.plans import plan
from goodwill.analytics.trial_files import Layout, TrialTable, read
from goodwill.cli.main import goodwill
from tests.analytics.designs import TRIALS, bounds, dice

pytestmark = pytest.mark.real
Floats = NDArray[np.float64]
LOOKS = np.arange(1000, 21_001, 500)
"""41 looks at the 21,306 customers of the control arm, dealt into two."""


@pytest.fixture(scope="module")
def hillstrom(shared_data: Path) -> Path:
    return shared_data / "hillstrom" / "hillstrom.csv"


@pytest.fixture(scope="module")
def columns(hillstrom: Path) -> dict[str, NDArray[Any]]:
    with hillstrom.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def ask(path: Path, *options: str, outcome: str = "spend") -> str:
    words = ["verdict", str(path), "--arm", "segment", "--control", "No E-Mail", "--outcome", outcome, *options]
    result = CliRunner().invoke(goodwill, words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("outcome", "digits", "means", "found"),
    [
        ("visit", 6, ("0.106167", "0.182757", "0.151400"), (("0.07659", "0.003386"), ("0.04523", "0.003234"))),
        ("conversion", 6, ("0.005726", "0.012531", "0.008837"), (("0.006805", "0.000921"), ("0.003111", "0.000823"))),
        ("spend", 6, ("0.652789", "1.422617", "1.077202"), (("0.76983", "0.14525"), ("0.42441", "0.13033"))),
    ],
)
def test_differences_and_errors_are_the_published_ones(
    hillstrom: Path, outcome: str, digits: int, means: tuple[str, ...], found: tuple[tuple[str, str], ...]
) -> None:
    told = json.loads(ask(hillstrom, "--json", outcome=outcome))
    assert [(arm["arm"], arm["n"]) for arm in told["arms"]] == [
        ("No E-Mail", 21_306), ("Mens E-Mail", 21_307), ("Womens E-Mail", 21_387),
    ]  # fmt: skip
    assert tuple(f"{arm['mean']:.{digits}f}" for arm in told["arms"]) == means
    for arm, (effect, error) in zip(told["arms"][1:], found, strict=True):
        assert f"{arm['effect']:.{len(effect) - 2}f}" == effect
        assert f"{arm['se']:.{len(error) - 2}f}" == error
    assert round(told["srm"]["p"], 3) == 0.904


def test_words_show_errors_the_ratio_and_what_an_email_may_cost(hillstrom: Path) -> None:
    text = ask(hillstrom, "--margin", "0.3")
    assert "sample ratio: p = 0.904" in text
    assert "+0.769827   (0.145247)" in text
    assert "+0.424412   (0.130333)" in text
    assert "a unit's treatment may cost 0.231 before" in text
    assert "a unit's treatment may cost 0.127 before" in text


def test_an_email_at_ten_cents_pays_for_men_and_cannot_be_told_for_women(hillstrom: Path) -> None:
    told = json.loads(ask(hillstrom, "--margin", "0.3", "--cost-per-unit", "0.10", "--planned", "42000", "--json"))
    assert [arm["verdict"] for arm in told["arms"]] == [None, "pays", "cannot_tell"]


def test_ten_percent_more_spend_needs_494_thousand_an_arm(columns: dict[str, NDArray[Any]]) -> None:
    spend = columns["spend"][columns["segment"] == "No E-Mail"].astype(float)
    made = plan(mean=float(spend.mean()), sd=float(spend.std(ddof=1)), effect=0.1 * float(spend.mean()))
    assert made.cv is not None
    assert int(made.cv * 10) / 10 == 17.7
    assert made.fixed.per_arm // 1000 == 494


def test_past_spend_saves_four_hundredths_of_a_percent_and_no_more(hillstrom: Path) -> None:
    table = read(hillstrom, Layout({"arm": "segment", "outcome": "spend", "before": "history"}))
    assert isinstance(table, TrialTable)
    arms = gather(table.table, by=["arm"], columns=["outcome", "before"])
    for arm in ("Mens E-Mail", "Womens E-Mail"):
        pair = [arms[(arm,)], arms[("No E-Mail",)]]
        assert f"{100 * effects.share_saved(pair, {'outcome': 1.0}, 'before'):.2f}" == "0.04"


def test_41_looks_at_nothing_ring_in_27_percent_plainly_and_in_5_percent_at_most_when_always_valid(
    columns: dict[str, NDArray[Any]],
) -> None:
    spend = columns["spend"][columns["segment"] == "No E-Mail"].astype(float)
    rng = dice("A/A on Hillstrom's control arm, 41 looks")
    moments: list[Floats] = []
    for _ in range(TRIALS):
        y = rng.permutation(spend)
        arm = rng.random(len(y)) < 0.5
        kept = np.stack([arm, y * arm, y * y * arm, ~arm, y * ~arm, y * y * ~arm])
        moments.append(np.cumsum(np.add.reduceat(kept[:, : LOOKS[-1]], np.r_[0, LOOKS[:-1]], axis=1), axis=1))
    n1, y1, yy1, n0, y0, yy0 = np.stack(moments, axis=1)
    sides = [effects.Side(n, y / n, (yy - y * y / n) / (n - 1)) for n, y, yy in ((n1, y1, yy1), (n0, y0, yy0))]
    found = effects.subtract(*sides)
    rings = [
        np.mean(np.any((limits.low > 0) | (limits.high < 0), axis=1))
        for limits in (effects.bound(found, alpha=0.05), sequences.bound(found, planned=float(len(spend)), alpha=0.05))
    ]
    low, high = bounds(0.27)
    assert low <= rings[0] <= high
    assert rings[1] <= 0.05


@pytest.mark.parametrize("segment", ["Mens E-Mail", "Womens E-Mail"])
@pytest.mark.parametrize("cost", [0.0, 0.1, 0.2])
def test_targeting_is_not_offered_here(columns: dict[str, NDArray[Any]], segment: str, cost: float) -> None:
    here = np.isin(columns["segment"], [segment, "No E-Mail"])
    known = {name: column[here] for name, column in columns.items()}
    treated = (known["segment"] == segment).astype(float)
    numbers = ("recency", "history", "mens", "womens", "newbie")
    kinds = (("channel", "Web"), ("channel", "Phone"), ("zip_code", "Rural"), ("zip_code", "Urban"))
    features = np.column_stack(
        [
            *(known[name].astype(float) for name in numbers),
            *((known[name] == kind).astype(float) for name, kind in kinds),
        ]
    )
    net = 0.3 * known["spend"].astype(float) - cost * treated
    scores = rankings.score(features, net, treated)
    rule = known["mens" if segment == "Mens E-Mail" else "womens"] == "1"
    found = policies.compare(net, treated, targeted=scores > 0, rules={"bought such things": rule}, share=0.5)
    assert not found.is_offered
