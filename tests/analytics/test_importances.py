"""Importance and performance beside the best rival: the worked case, places, refusals, and the interval's promise."""

from datetime import date

import numpy as np
import pytest

from goodwill.analytics import importances
from goodwill.analytics.importances import Answers, Place, Priorities
from goodwill.analytics.ratings import Floats
from goodwill.analytics.results import Reason, Refused
from tests.analytics.designs import bounds, dice

DAY = date(2026, 3, 1)


def around(mean: float, n: int = 180) -> Floats:
    """Answers whose mean is exactly this, one point up and down."""
    return mean + np.tile([-1.0, 1.0], n // 2)


def found(attributes: dict[str, Answers]) -> Priorities:
    result = importances.compare(attributes, as_of=DAY)
    assert isinstance(result, Priorities)
    return result


def test_180_food_buyers_want_early_warning_and_the_best_rival_gives_it() -> None:
    late = np.roll(around(7.4), 1)
    warning = Answers(around(9.1), around(5.2), {"North": around(6.0), "South": late})
    price = Answers(around(6.0), around(7.9), {"North": around(5.0), "South": around(7.4)[::-1]})
    first, second = found({"price": price, "early warning": warning}).attributes
    assert (first.name, first.n, first.best_rival, first.place) == ("early warning", 180, "South", Place.CONCENTRATE)
    assert (first.importance.value, first.ours.value, first.theirs.value) == pytest.approx((9.1, 5.2, 7.4))
    assert first.lead.value == pytest.approx(-2.2)
    assert (second.name, second.place) == ("price", Place.POSSIBLE_OVERKILL)
    assert found({"early warning": warning}).as_json()["n"] == 180


def test_places_follow_importance_and_a_lead_that_leaves_out_zero() -> None:
    ours, wide = around(7.0), np.roll(around(7.0), 1)
    places = {
        one.name: one.place
        for one in found({
            "ahead": Answers(around(9.0), ours, {"R": around(5.0)}),
            "level": Answers(around(9.0), ours, {"R": wide}),
            "behind": Answers(around(2.0), ours, {"R": around(9.0)}),
        }).attributes
    }  # fmt: skip
    assert places == {"ahead": Place.KEEP_UP, "level": Place.CANNOT_TELL, "behind": Place.LOW_PRIORITY}


def test_a_rival_counts_among_those_who_know_it() -> None:
    known = around(9.0)
    known[2:] = np.nan
    few = found({"speed": Answers(around(5.0), around(7.0), {"R": known})}).attributes[0]
    assert few.theirs.value == pytest.approx(9.0)
    known[1:] = np.nan
    refused = importances.compare({"speed": Answers(around(5.0), around(7.0), {"R": known})}, as_of=DAY)
    assert refused == Refused(Reason.TOO_FEW_ANSWERS, "speed", value="R")


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="no attributes"):
        importances.compare({}, as_of=DAY)
    with pytest.raises(ValueError, match="speed: there are rivals"):
        importances.compare({"speed": Answers(around(5.0), around(7.0), {})}, as_of=DAY)
    with pytest.raises(ValueError, match="speed: there are rivals"):
        importances.compare({"speed": Answers(around(5.0), around(7.0, 10), {"R": around(7.0)})}, as_of=DAY)


def test_the_lead_over_the_best_of_rivals_alike_is_covered_at_least_as_often_as_it_says() -> None:
    trials = 1000
    marks = dice("rivals alike").normal(7, 1, (trials, 4, 60))
    held = 0
    for ours, *rivals in marks:
        answers = Answers(ours, ours, {str(i): rival for i, rival in enumerate(rivals)})
        lead = found({"speed": answers}).attributes[0].lead
        held += lead.low <= 0 <= lead.high
    assert held / trials >= bounds(0.95, trials)[0]
