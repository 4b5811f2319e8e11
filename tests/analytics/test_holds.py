"""What keeps customers who are not loyal: worked values, refusals, and the intervals' promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import holds
from goodwill.analytics.holds import Holding
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Interval, Reason, Refused
from goodwill.domain.loyalties import Basis, Hold
from tests.analytics.designs import TRIALS, bounds, dice

DAY = date(2026, 3, 1)


def asked(answers: Floats, hold: Hold = Hold.BEST_TERMS) -> Holding | Refused:
    return holds.ask(hold, answers, lowest=1, highest=7, as_of=DAY)


def supposed(values: list[float], hold: Hold = Hold.FEAR_OF_CHANGE) -> Holding | Refused:
    return holds.suppose(hold, [Interval(v, v - 1, v + 1, 0.95, "test") for v in values], as_of=DAY)


def test_alpha_is_one_of_items_that_say_the_same_and_known_of_a_worked_case() -> None:
    column = np.arange(1.0, 8.0)
    assert holds.reliability(np.stack([column, column, column], axis=1)) == pytest.approx(1.0)
    # two items, variances 1 and 1, covariance 0.5: α = 2·(1 − 2 ÷ 3)
    worked = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]])
    assert holds.reliability(worked) == pytest.approx(2 * (1 - 2 / 3))
    for wrong in (np.ones((5, 3)), column[:, None], np.ones((1, 2))):
        with pytest.raises(ValueError, match="two items"):
            holds.reliability(wrong)


def test_a_score_is_drawn_to_the_mean_of_all_by_as_much_as_the_items_disagree() -> None:
    answers = np.tile(np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]), (10, 1))
    found = asked(answers)
    assert isinstance(found, Holding)
    assert found.n == 30
    alpha = holds.reliability(answers)
    assert found.reliability == alpha
    mean, first = (answers.mean() - 1) / 6, 0.0
    assert found.scores[0].value == pytest.approx(alpha * first + (1 - alpha) * mean)
    assert found.scores[0].low == 0.0
    assert (found.basis, found.hold, found.reasons) == (Basis.SURVEY, Hold.BEST_TERMS, ())
    said = found.as_json()
    assert (said["hold"], said["basis"], said["reliability"]) == ("best_terms", "survey", alpha)


def test_answers_that_carry_no_score_are_refused() -> None:
    sound = np.tile(np.array([[1.0, 2.0], [4.0, 5.0], [7.0, 6.0]]), (10, 1))
    assert asked(sound[:29]) == Refused(Reason.TOO_FEW_ANSWERS, value="29 of 30")
    off = sound.copy()
    off[3, 1] = 8
    assert asked(off) == Refused(Reason.OFF_THE_SCALE, "item 2", 4, "8")
    off[3, 1] = np.nan
    assert asked(off) == Refused(Reason.OFF_THE_SCALE, "item 2", 4, "nan")
    assert asked(np.full((30, 2), 4.0)) == Refused(Reason.NO_VARIATION)
    against = np.tile(np.array([[1.0, 6.0], [4.0, 4.5], [7.0, 1.0]]), (10, 1))
    refused = asked(against)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.ITEMS_DO_NOT_GO_TOGETHER
    for wrong in (sound[:, :1], sound[:, 0]):
        with pytest.raises(ValueError, match="two items"):
            asked(wrong)
    with pytest.raises(ValueError, match="two ends"):
        holds.ask(Hold.BEST_TERMS, sound, lowest=7, highest=7, as_of=DAY)


def test_the_interval_of_a_true_score_holds_it_as_often_as_it_says() -> None:
    """Truths and slips are normal: then Kelley's estimate is the best there is, and its error is exact."""
    rng = dice("holds.ask")
    held, n = 0, 400
    for _ in range(TRIALS // 400):
        truth = rng.normal(0.5, 0.08, n)
        answers = truth[:, None] + rng.normal(0, 0.06, (n, 4))
        found = holds.ask(Hold.NO_DIFFERENCE, np.clip(answers, 0, 1), lowest=0, highest=1, as_of=DAY)
        assert isinstance(found, Holding)
        held += sum(s.low <= t <= s.high for s, t in zip(found.scores, truth, strict=True))
    total = TRIALS // 400 * n
    low, high = bounds(0.95, total)
    assert low <= held / total <= high


def test_from_behaviour_alone_a_customer_is_placed_among_peers_and_it_is_called_a_prior() -> None:
    found = supposed([float(v) for v in range(30)])
    assert isinstance(found, Holding)
    first, last = found.scores[0], found.scores[-1]
    assert first.value == pytest.approx(1 / 60)
    assert (first.low, round(first.high, 9)) == (0.0, 0.05)
    assert last.value == pytest.approx(59 / 60)
    assert last.high == 1.0
    assert all(s.low <= s.value <= s.high for s in found.scores)
    assert (found.basis, found.reliability, found.reasons) == (Basis.BEHAVIOUR, None, (Reason.NOBODY_WAS_ASKED,))


def test_peers_with_the_same_signal_stand_in_the_same_place() -> None:
    found = supposed([1.0] * 15 + [5.0] * 15)
    assert isinstance(found, Holding)
    assert {s.value for s in found.scores} == {0.25, 0.75}


def test_behaviour_that_places_nobody_is_refused() -> None:
    assert supposed([1.0] * 29) == Refused(Reason.TOO_FEW_UNITS, value="29 of 30")
    assert supposed([2.0] * 30) == Refused(Reason.NO_VARIATION)
    with pytest.raises(ValueError, match="holds its value"):
        holds.suppose(Hold.BEST_TERMS, [Interval(1, 2, 3, 0.95, "test")] * 30, as_of=DAY)


def test_every_hold_has_its_construct_and_its_signal() -> None:
    answers = np.tile(np.array([[1.0, 2.0], [4.0, 5.0], [7.0, 6.0]]), (10, 1))
    for hold in Hold:
        by_answers, by_acts = asked(answers, hold), supposed([float(v) for v in range(30)], hold)
        assert isinstance(by_answers, Holding)
        assert isinstance(by_acts, Holding)
        assert holds.SIGNALS[hold] in by_acts.question
