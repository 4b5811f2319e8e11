"""Synthetic controls: agreement with pysyncon 1.7.0, an optimum to check, and placebos that hold their rate."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from goodwill.analytics.results import Reason, Refused
from goodwill.analytics.synthetic_controls import FEWEST_DONORS, Synthetic, estimate, mix
from tests.analytics.designs import bounds, dice

Floats = NDArray[np.float64]
# pysyncon 1.7.0 (PyPI): Synth().w_optimize(V_mat=I, X0=before of the donors, X1=before of the treated)
PYSYNCON = {0: 0.085805, 1: 0.082866, 6: 0.413547, 13: 0.015957, 16: 0.401825}
PYSYNCON_EFFECT, PYSYNCON_ERROR = 4.842153, 0.6724825129139165


def world(rng: np.random.Generator, lift: float, n: int = 21, periods: int = 30, before: int = 20) -> Floats:
    """Units that share three drifting causes; the first gets a lift after the start."""
    causes = np.cumsum(rng.normal(0, 1, (3, periods)), axis=1)
    found = np.round(20 + 3 * rng.dirichlet(np.ones(3), n) @ causes + rng.normal(0, 0.5, (n, periods)), 3)
    found[0, before:] += lift
    return np.asarray(found)


def read(units: Floats, before: int = 20) -> Synthetic:
    found = estimate(units[0], units[1:], before)
    assert isinstance(found, Synthetic)
    return found


def test_the_mixture_agrees_with_pysyncon() -> None:
    found = read(world(dice("synthetic control"), 5.0))
    assert {int(i): round(float(found.weights[i]), 4) for i in np.flatnonzero(found.weights > 1e-6)} == {
        i: pytest.approx(weight, abs=1e-4) for i, weight in PYSYNCON.items()
    }
    assert found.effect == pytest.approx(PYSYNCON_EFFECT, abs=1e-4)
    assert found.error_before <= PYSYNCON_ERROR


def test_no_shift_of_weight_between_two_donors_comes_nearer() -> None:
    units = world(dice("an optimum"), 0.0)
    target, donors = units[0], units[1:]
    weights = mix(target, donors)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    slope = donors @ (weights @ donors - target)
    # at the optimum every donor in use has the least slope there is
    assert slope[weights > 1e-9] == pytest.approx(slope.min(), abs=1e-6)


def test_a_target_among_its_donors_is_met_exactly() -> None:
    donors = np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 5.0], [9.0, 9.0, 9.0]])
    assert mix(0.25 * donors[0] + 0.75 * donors[1], donors) == pytest.approx([0.25, 0.75, 0.0], abs=1e-9)
    assert mix(donors[2], donors[2:]).tolist() == [1.0]


def test_a_real_effect_stands_out_from_every_placebo() -> None:
    found = read(world(dice("synthetic control"), 5.0))
    assert found.p == pytest.approx(1 / 21)
    assert found.ratio > 5
    told = json.loads(json.dumps(found.as_json()))
    assert (told["grade"], len(told["weights"]), len(told["gap"])) == ("quasi_experiment", 20, 30)


def test_without_an_effect_the_placebo_test_rings_no_oftener_than_it_says() -> None:
    rng = dice("placebos in space")
    rings = sum(read(world(rng, 0.0, periods=12, before=8), 8).p <= 1 / 20 for _ in range(600))
    assert rings / 600 <= bounds(1 / 20, 600)[1]


def test_too_few_donors_are_refused() -> None:
    units = world(dice("few donors"), 5.0, n=FEWEST_DONORS)
    found = estimate(units[0], units[1:], 20)
    assert isinstance(found, Refused)
    assert (found.reason, found.value) == (Reason.TOO_FEW_UNITS, "18")


@pytest.mark.parametrize(("length", "before"), [(29, 20), (30, 1), (30, 30)])
def test_series_that_do_not_fit_are_refused(length: int, before: int) -> None:
    units = world(dice("few donors"), 5.0)
    with pytest.raises(ValueError, match="one length"):
        estimate(units[0, :length], units[1:], before)
