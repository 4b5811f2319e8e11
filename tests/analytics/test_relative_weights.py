"""Relative weights: closed forms, agreement with averages over orders, refusals, and the intervals' promise."""

from datetime import date
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from goodwill.analytics import driver_charts
from goodwill.analytics.ratings import Floats
from goodwill.analytics.relative_weights import Drivers, estimate, weigh
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import bounds, dice

DAY = date(2026, 3, 1)
THREE = np.array([[1.0, 0.4, 0.3, 0.5], [0.4, 1, 0.2, 0.4], [0.3, 0.2, 1, 0.3], [0.5, 0.4, 0.3, 1]])


def explained(matrix: Floats, chosen: list[int]) -> float:
    """R² of the last column on the chosen ones."""
    if not chosen:
        return 0.0
    among, with_outcome = matrix[np.ix_(chosen, chosen)], matrix[chosen, -1]
    return float(with_outcome @ np.linalg.solve(among, with_outcome))


def sample(n: int, seed: str, matrix: Floats = THREE) -> dict[str, Floats]:
    rows = dice(seed).standard_normal((n, len(matrix))) @ np.linalg.cholesky(matrix).T
    return {**{f"d{i}": rows[:, i] for i in range(len(matrix) - 1)}, "outcome": rows[:, -1]}


def known(columns: dict[str, Floats], draws: int = 200) -> Drivers | Refused:
    rest = {name: column for name, column in columns.items() if name != "outcome"}
    return estimate(columns["outcome"], rest, name="satisfaction", as_of=DAY, draws=draws)


def test_uncorrelated_drivers_weigh_their_squared_correlations() -> None:
    matrix = np.eye(4)
    matrix[-1, :3] = matrix[:3, -1] = [0.5, 0.3, -0.2]
    assert weigh(matrix) == pytest.approx([0.25, 0.09, 0.04])


@pytest.mark.parametrize(("between", "one", "other"), [(0.5, 0.6, 0.4), (-0.3, 0.2, 0.5), (0.9, 0.5, 0.5)])
def test_two_drivers_have_the_closed_form(between: float, one: float, other: float) -> None:
    matrix = np.array([[1, between, one], [between, 1, other], [one, other, 1]])
    r2 = (one**2 + other**2 - 2 * between * one * other) / (1 - between**2)
    assert weigh(matrix) == pytest.approx([(r2 + one**2 - other**2) / 2, (r2 - one**2 + other**2) / 2])


def test_weights_sum_to_r2_and_stay_near_the_average_over_all_orders() -> None:
    weights = weigh(THREE)
    orders = list(permutations(range(3)))
    shapley = [
        np.mean([
            explained(THREE, [*order[: order.index(i)], i]) - explained(THREE, list(order[: order.index(i)]))
            for order in orders
        ])
        for i in range(3)
    ]  # fmt: skip
    assert weights.sum() == pytest.approx(explained(THREE, [0, 1, 2]))
    assert weights == pytest.approx(shapley, abs=0.005)


def test_a_result_names_each_driver_heaviest_first_with_effect_and_interval() -> None:
    columns = sample(400, "drivers")
    found = known(columns)
    assert isinstance(found, Drivers)
    assert [one.name for one in found.drivers] == ["d0", "d1", "d2"]
    assert sum(one.share for one in found.drivers) == pytest.approx(1.0)
    for one in found.drivers:
        assert one.weight.low <= one.weight.value <= one.weight.high
        assert one.correlation.value == pytest.approx(np.corrcoef(columns[one.name], columns["outcome"])[0, 1])
    design = np.column_stack([np.ones(400), *(columns[f"d{i}"] for i in range(3))])
    slopes = np.linalg.lstsq(design, columns["outcome"], rcond=None)[0]
    assert [one.effect.value for one in found.drivers] == pytest.approx(slopes[1:])
    told = found.as_json()
    assert isinstance(told["drivers"], list)
    assert (told["outcome"], told["n"], told["drivers"][0]["driver"]) == ("satisfaction", 400, "d0")


def test_a_chart_is_a_png_or_an_svg() -> None:
    found = known(sample(400, "drivers"))
    assert isinstance(found, Drivers)
    with pytest.raises(ValueError, match=r"drivers\.gif: a chart is written as \.png or \.svg"):
        driver_charts.save(found, Path("drivers.gif"))


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_chart_names_each_driver_and_what_they_explain(tmp_path: Path, ending: str) -> None:
    found = known(sample(400, "drivers"))
    assert isinstance(found, Drivers)
    path = tmp_path / f"drivers.{ending}"
    driver_charts.save(found, path)
    assert path.stat().st_size > 1_000
    drawn = str(driver_charts.draw(found).to_dict())
    assert all(one.name in drawn for one in found.drivers)
    assert f"explain {100 * found.explained.value:.0f} %" in drawn


def test_too_few_answers_are_refused_with_how_many_it_takes() -> None:
    assert known(sample(73, "few")) == Refused(Reason.TOO_FEW_ANSWERS, "satisfaction", value="73 of 74")
    assert isinstance(known(sample(74, "few")), Drivers)


def test_what_does_not_vary_or_repeats_the_others_is_refused() -> None:
    columns = sample(100, "refusals")
    assert known({**columns, "d1": np.full(100, 7.0)}) == Refused(Reason.NO_VARIATION, "d1")
    assert known({**columns, "outcome": np.zeros(100)}) == Refused(Reason.NO_VARIATION, "satisfaction")
    refused = known({**columns, "d2": columns["d0"] + columns["d1"]})
    assert refused == Refused(Reason.DRIVERS_REPEAT_EACH_OTHER, value="d0, d1, d2")
    with pytest.raises(ValueError, match="each as long as the outcome"):
        known({"outcome": columns["outcome"]})
    with pytest.raises(ValueError, match="each as long as the outcome"):
        known({**columns, "d0": columns["d0"][1:]})


def test_a_driver_that_explains_nothing_has_no_share_and_one_that_is_the_outcome_all() -> None:
    signs = np.tile([1.0, 1, -1, -1], 20)
    other = np.tile([1.0, -1, 1, -1], 20)
    found = known({"a": signs, "outcome": other})
    assert isinstance(found, Drivers)
    assert (found.explained.value, found.drivers[0].share) == (0.0, 0.0)
    same = known({"a": signs, "outcome": 3 * signs})
    assert isinstance(same, Drivers)
    assert same.drivers[0].weight.value == pytest.approx(1.0)
    assert same.drivers[0].effect.value == pytest.approx(3.0)


def test_draws_in_which_a_rare_answer_is_missing_are_left_out() -> None:
    columns = sample(100, "rare")
    rare = np.zeros(100)
    rare[0] = 1.0
    found = known({**columns, "d2": rare})
    assert isinstance(found, Drivers)
    assert all(np.isfinite(one.weight.high) for one in found.drivers)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    trials, n = 400, 300
    truth = weigh(THREE)
    slopes = np.linalg.solve(THREE[:-1, :-1], THREE[:-1, -1])
    held, told, all_at_once = np.zeros(3), np.zeros(3), 0
    rows = dice("relative weights").standard_normal((trials, n, 4)) @ np.linalg.cholesky(THREE).T
    for trial in rows:
        found = estimate(trial[:, 3], {str(i): trial[:, i] for i in range(3)}, name="y", as_of=DAY, draws=400)
        assert isinstance(found, Drivers)
        for one in found.drivers:
            i = int(one.name)
            held[i] += one.weight.low <= truth[i] <= one.weight.high
            told[i] += one.effect.low <= slopes[i] <= one.effect.high
        all_at_once += found.explained.low <= truth.sum() <= found.explained.high
    low, high = bounds(0.95, trials)
    assert np.all((low <= told / trials) & (told / trials <= high))
    assert np.all((low <= held / trials) & (held / trials <= high))
    assert low <= all_at_once / trials <= high


# relativeImp 0.0.2 (PyPI): relativeImp(table, "outcome", ["quality", "speed", "price"]).rawRelaImpt
RELATIVE_IMP = [0.448022809695, 0.236524561732, 0.152743956942]


def test_weights_agree_with_relativeimp() -> None:
    i = np.arange(120)
    quality = (i * 7 % 11).astype(float)
    speed = (i * 5 % 13 + quality) / 2
    price = (i * 3 % 7 + speed) / 2
    outcome = 0.6 * quality + 0.3 * speed + 0.2 * price + i * 11 % 17 / 4
    matrix = np.corrcoef(np.stack([quality, speed, price, outcome]))
    assert weigh(matrix) == pytest.approx(RELATIVE_IMP, abs=1e-10)
