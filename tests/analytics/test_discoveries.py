"""Benjamini and Hochberg, as SciPy computes them."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from goodwill.analytics.discoveries import adjust
from tests.analytics.designs import dice


def test_q_agrees_with_scipy() -> None:
    p = dice("q").uniform(0, 1, 40) ** 3
    found = adjust({f"trial {i}": float(one) for i, one in enumerate(p)})
    assert list(found.values()) == pytest.approx(false_discovery_control(p).tolist(), rel=1e-12)
    assert list(found) == [f"trial {i}" for i in range(40)]


def test_one_question_keeps_its_p_and_no_question_has_none() -> None:
    assert adjust({"only": 0.03}) == {"only": 0.03}
    assert adjust({}) == {}


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="p lies between"):
        adjust({"a": p})


def test_false_discoveries_stay_below_their_rate() -> None:
    rng = dice("false discoveries")
    shares = []
    for _ in range(400):
        p = {f"real {i}": float(one) for i, one in enumerate(rng.beta(0.1, 8, 10))}
        p |= {f"none {i}": float(one) for i, one in enumerate(rng.uniform(0, 1, 40))}
        called = [name for name, q in adjust(p).items() if q <= 0.1]
        shares.append(sum(name.startswith("none") for name in called) / max(1, len(called)))
    assert np.mean(shares) <= 0.1 + 3.29 * float(np.std(shares)) / 20
