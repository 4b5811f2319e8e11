"""Net promoters: the worked figures, no figure below the sample that carries it, and the interval's promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import recommendations
from goodwill.analytics.ratings import Floats
from goodwill.analytics.recommendations import NetPromoters, answers_needed
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)


def answers(promoters: int, passives: int, detractors: int) -> Floats:
    return np.repeat([10.0, 8.0, 3.0], [promoters, passives, detractors])


def score(promoters: int, passives: int, detractors: int, points: float = 10.0) -> NetPromoters:
    found = recommendations.score(answers(promoters, passives, detractors), points=points, as_of=DAY)
    assert isinstance(found, NetPromoters)
    return found


def test_five_points_need_about_940_answers_where_half_promote_and_a_fifth_do_not() -> None:
    assert answers_needed(0.5, 0.2, points=5) == 935
    assert score(470, 282, 188, points=5).score is not None
    assert score(465, 279, 186, points=5).score is None


def test_the_interval_adds_three_quarters_to_either_side() -> None:
    found = score(50, 30, 20).score
    assert found is None
    found = score(500, 300, 200).score
    assert found is not None
    plus, minus = 500.75 / 1003, 200.75 / 1003
    half = 1.959964 * ((plus + minus - (plus - minus) ** 2) / 1003) ** 0.5
    assert found.value == 30.0
    assert (found.low, found.high) == pytest.approx((100 * (plus - minus - half), 100 * (plus - minus + half)))


def test_too_few_answers_give_no_figure_but_say_how_many_more_would() -> None:
    few = score(50, 30, 20)
    assert (few.score, few.reasons) == (None, (Reason.TOO_FEW_ANSWERS,))
    assert few.missing == 132
    enough = score(120, 72, 48)
    assert enough.score is not None
    assert enough.missing == 0
    shown = enough.as_json()["score"]
    assert isinstance(shown, dict)
    assert shown["value"] == pytest.approx(30.0)
    told = few.as_json()
    assert (told["score"], told["promoters"], told["detractors"]) == (None, 50, 20)
    assert score(0, 0, 0).score is None
    assert score(0, 0, 0).missing > 0
    assert answers_needed(0.0, 0.0, points=5) == 0


@pytest.mark.parametrize("answer", [11.0, -1.0, float("nan")])
def test_an_answer_off_the_scale_is_refused_by_its_row(answer: float) -> None:
    refused = recommendations.score(np.array([9.0, answer]), as_of=DAY)
    assert refused == Refused(Reason.OFF_THE_SCALE, row=2, value=f"{answer:g}")


@pytest.mark.parametrize(("plus", "minus"), [(0.5, 0.2), (0.38, 0.24), (0.8, 0.02)])
def test_the_interval_holds_the_truth_as_often_as_it_says(plus: float, minus: float) -> None:
    counts = dice(f"promoters {plus}").multinomial(400, [plus, 1 - plus - minus, minus], TRIALS)
    held = 0
    for promoters, passives, detractors in counts:
        found = score(int(promoters), int(passives), int(detractors)).score
        assert found is not None
        held += found.low <= 100 * (plus - minus) <= found.high
    low, high = bounds(0.95)
    assert low <= held / TRIALS <= high
