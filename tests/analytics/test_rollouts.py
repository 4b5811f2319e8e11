"""Staggered roll-outs: agreement with csdid 0.4.3, the truth in simulated ones, and what is refused."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from goodwill.analytics.results import Reason, Refused
from goodwill.analytics.rollouts import NEVER, RollOut, check_two_way, estimate
from tests.analytics.designs import bounds, dice

Floats = NDArray[np.float64]
# csdid 0.4.3 (PyPI): ATTgt(control_group=["notyettreated"]).fit(est_method="reg", bstrap=False), then aggte
CSDID = {
    (3, 2): (-0.9119, 0.46640485), (3, 3): (3.0494388889, 0.39045325), (3, 4): (3.2651205128, 0.39082624),
    (3, 5): (4.0346166667, 0.44887483), (3, 6): (4.5947888889, 0.47162076), (4, 2): (-0.0940736842, 0.42578),
    (4, 3): (-0.1502507692, 0.46179604), (4, 4): (2.3534646154, 0.50417464), (4, 5): (1.9459907692, 0.41379083),
    (4, 6): (2.2517622222, 0.51400123), (6, 2): (1.09365, 0.41954341), (6, 3): (-0.7835392857, 0.44520482),
    (6, 4): (0.2360722222, 0.52047022), (6, 5): (-0.0324333333, 0.51164647), (6, 6): (1.8202583333, 0.49528531),
}  # fmt: skip
CSDID_EVENT = {
    -4: (1.09365, 0.4195434128), -3: (-0.7835392857, 0.4452048216), -2: (0.0526578297, 0.3298147143),
    -1: (-0.4234924786, 0.2888628107), 0: (2.4896659829, 0.2694575443), 1: (2.6655160839, 0.2938412201),
    2: (3.2242282828, 0.3510813413), 3: (4.5947888889, 0.4716207601),
}  # fmt: skip
CSDID_SIMPLE = (3.0163002584, 0.2559855142)


def panel() -> tuple[Floats, NDArray[np.int_]]:
    """240 units over 6 periods; waves in periods 3, 4 and 6, the first of which keeps growing."""
    rng = dice("staggered roll-out")
    first = np.repeat([NEVER, 3, 4, 6], [90, 60, 50, 40])
    level = rng.normal(50, 5, 240)[:, None] + np.cumsum(rng.normal(1, 0.3, 6))[None, :]
    since = np.arange(1, 7)[None, :] - first[:, None]
    has_it = (first[:, None] != NEVER) & (since >= 0)
    lift = np.where(has_it, 2 + 0.5 * since * (first[:, None] == 3), 0)
    return np.round(level + lift + rng.normal(0, 2, (240, 6)), 3), first


def read(outcome: Floats, first: NDArray[np.int_]) -> RollOut:
    found = estimate(outcome, first)
    assert isinstance(found, RollOut)
    return found


def test_every_wave_and_period_agrees_with_csdid() -> None:
    found = read(*panel())
    assert set(found.by_wave) == set(CSDID)
    for key, (value, error) in CSDID.items():
        assert found.by_wave[key].interval.value == pytest.approx(value, abs=1e-9)
        assert found.by_wave[key].se == pytest.approx(error, abs=1e-8)


def test_the_event_study_and_the_overall_mean_agree_with_csdid() -> None:
    found = read(*panel())
    assert set(found.event) == set(CSDID_EVENT)
    for since, (value, error) in CSDID_EVENT.items():
        assert (found.event[since].interval.value, found.event[since].se) == pytest.approx((value, error), abs=1e-9)
    assert (found.overall.interval.value, found.overall.se) == pytest.approx(CSDID_SIMPLE, abs=1e-9)


def test_the_interval_covers_the_truth_where_waves_differ() -> None:
    rng, covered = dice("coverage of a roll-out"), 0
    first = np.repeat([NEVER, 2, 3], [60, 50, 40])
    has_it = (first[:, None] != NEVER) & (np.arange(1, 5)[None, :] >= first[:, None])
    lift = np.where(has_it, np.where(first[:, None] == 2, 3.0, 1.0), 0.0)
    truth = (50 * 3 * 3.0 + 40 * 2 * 1.0) / (50 * 3 + 40 * 2)
    for _ in range(1000):
        outcome = lift + rng.normal(0, 3, 150)[:, None] + rng.normal(0, 1, (150, 4))
        # the weights are part of the estimate here, not of the design: the errors are a little wide
        interval = read(outcome, first).overall.interval
        covered += interval.low <= truth <= interval.high
    assert covered / 1000 >= bounds(0.95, 1000)[0]


def test_a_roll_out_is_no_randomised_evidence_and_says_so() -> None:
    told = json.loads(json.dumps(read(*panel()).as_json()))
    assert (told["grade"], told["n"], len(told["by_wave"]), len(told["event"])) == ("quasi_experiment", 240, 15, 8)
    assert told["overall"]["se"] == pytest.approx(CSDID_SIMPLE[1])


def test_periods_without_anybody_left_to_wait_are_left_out() -> None:
    outcome, first = panel()
    treated = first != NEVER
    found = read(outcome[treated], first[treated])
    assert {t for _, t in found.by_wave} == {2, 3, 4, 5}
    assert 6 not in {g for g, t in found.by_wave if t >= g}


def test_without_anybody_who_waited_there_is_no_effect_to_read() -> None:
    outcome, first = panel()
    for nobody_waits in (first == 3, first == NEVER):
        found = estimate(outcome[nobody_waits], first[nobody_waits])
        assert isinstance(found, Refused)
        assert found.reason is Reason.NO_CONTROL


def test_a_wave_from_the_first_period_on_has_no_before_and_is_left_out() -> None:
    outcome, first = panel()
    found = read(outcome, np.where(first == 3, 1, first))
    assert {g for g, _ in found.by_wave} == {4, 6}


def test_plain_two_way_fixed_effects_are_refused_on_staggered_roll_outs() -> None:
    _, first = panel()
    refused = check_two_way(first)
    assert refused is not None
    assert (refused.reason, refused.value) == (Reason.STAGGERED_ROLL_OUT, "3")
    assert check_two_way(first[(first == NEVER) | (first == 4)]) is None
