"""The response to failure: matching, worked figures, refusals, and the interval's promise."""

from datetime import date

import pytest

from goodwill.analytics import recoveries
from goodwill.analytics.recoveries import Buying, Recovery, match
from goodwill.analytics.results import Grade, Reason, Refused
from tests.analytics.designs import bounds, dice

DAY = date(2026, 3, 1)


def compare(failed: list[Buying], others: list[Buying]) -> Recovery | Refused:
    return recoveries.compare(failed, others, as_of=DAY)


def test_customers_are_matched_with_their_like_in_order_and_nobody_twice() -> None:
    failed = [Buying("web", 3, 1), Buying("web", 3, 2), Buying("web", 3, 9), Buying("shop", 3, 1)]
    others = [Buying("web", 3, 5), Buying("web", 2, 6), Buying("web", 3, 7)]
    assert match(failed, others) == [(failed[0], others[0]), (failed[1], others[2])]


def test_the_response_is_what_is_kept_beside_what_the_matched_keep() -> None:
    failed = [Buying("web", 4, 2), Buying("web", 4, 4)] * 20 + [Buying("shop", 1, 0)]
    others = [Buying("web", 4, 4), Buying("web", 4, 4)] * 20
    found = compare(failed, others)
    assert isinstance(found, Recovery)
    assert (found.failed, found.matched, found.n, found.unmatched) == (0.75, 1.0, 40, 1)
    assert found.response.value == 0.75
    assert 0 < found.response.low < 0.75 < found.response.high < 1
    assert found.grade is Grade.QUASI_EXPERIMENT
    assert found.as_json()["unmatched"] == 1


def test_what_cannot_be_compared_is_refused() -> None:
    one = Buying("web", 1, 1)
    assert compare([one], [Buying("web", 2, 1)]) == Refused(Reason.NO_MATCH, value="1")
    assert compare([one] * 29, [one] * 29) == Refused(Reason.TOO_FEW_UNITS, value="29 of 30")
    assert compare([Buying("web", 0, 1)] * 30, [Buying("web", 0, 1)] * 30) == Refused(Reason.NOTHING_BEFORE)
    assert compare([Buying("web", 1, 0)] * 30, [one] * 30) == Refused(Reason.NO_VARIATION)
    assert compare([one] * 30, [Buying("web", 1, 0)] * 30) == Refused(Reason.NO_VARIATION)


@pytest.mark.parametrize("kept", [1.0, 0.7])
def test_the_interval_holds_the_truth_though_those_failed_were_buying_at_their_peak(kept: float) -> None:
    rng, trials, people = dice(f"failures {kept}"), 400, 150
    held = 0
    for _ in range(trials):
        rate = rng.gamma(2, 1.5, (2, 3 * people))
        before = rng.poisson(rate)
        after = rng.poisson(rate * [[kept], [1.0]])
        # failures befall those who buy much: their buying falls by itself, as does that of their like
        peak = [Buying("web", int(b), int(a)) for b, a in zip(before[0], after[0], strict=True) if b >= 3]
        rest = [Buying("web", int(b), int(a)) for b, a in zip(before[1], after[1], strict=True)]
        found = compare(peak, rest)
        assert isinstance(found, Recovery)
        held += found.response.low <= kept <= found.response.high
    low, high = bounds(0.95, trials)
    assert low <= held / trials <= high
