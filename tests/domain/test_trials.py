"""Trials: assignment by hash, the three-valued ruling, and when to stop."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.domain import trials
from goodwill.domain.grades import Grade
from goodwill.domain.trials import (
    Arm,
    Course,
    Design,
    Doubt,
    Exposure,
    Extension,
    Hint,
    Holdout,
    Net,
    Proof,
    Verdict,
    rule,
    steer,
    weigh,
)

HALVES = (Arm("paid", Fraction(1, 2)), Arm("free", Fraction(1, 2)))
UNEVEN = (Arm("none", Fraction(1, 2)), Arm("letter", Fraction(1, 3)), Arm("call", Fraction(1, 6)))
STOP = date(2026, 6, 1)
UNITS = [f"customer-{number}" for number in range(6000)]


def design(**changes: Any) -> Design:
    return replace(
        Design(
            hypothesis="Free shipping brings more contribution for each visitor",
            unit=trials.UnitKind.CUSTOMER,
            salt="free-shipping-2026",
            arms=HALVES,
            control="paid",
            made_of=("sales", "cost_of_goods", "freight"),
            horizon_days=30,
            planned=4000,
            smallest_effect=Decimal("0.60"),
            starts_on=date(2026, 5, 1),
            stops_on=STOP,
        ),
        **changes,
    )


def net(low: str, high: str) -> Net:
    return Net((Decimal(low) + Decimal(high)) / 2, Decimal(low), Decimal(high))


# ------------------------------------------------------------------ assignment
def test_a_draw_is_sha256_of_salt_and_unit_as_a_fraction() -> None:
    expected = Fraction(int(sha256(b"salt|unit").hexdigest(), 16), 2**256)
    assert trials.draw("salt", "unit") == expected


@given(st.text(min_size=1).filter(lambda salt: "|" not in salt), st.text())
def test_a_draw_lies_between_zero_and_one(salt: str, unit: str) -> None:
    try:
        place = trials.draw(salt, unit)
    except UnicodeEncodeError:  # half characters are no text
        return
    assert 0 <= place < 1


@pytest.mark.parametrize("salt", ["", "a|b"])
def test_a_salt_that_would_make_two_units_one_is_refused(salt: str) -> None:
    with pytest.raises(ValueError, match="salt"):
        trials.draw(salt, "unit")


def test_arms_get_their_shares() -> None:
    counted = Counter(trials.assign(unit, salt="s", arms=UNEVEN) for unit in UNITS)
    for arm in UNEVEN:
        assert abs(counted[arm.name] / len(UNITS) - arm.share) < 0.02


def test_the_same_unit_gets_the_same_arm_and_another_salt_shuffles_anew() -> None:
    first = [trials.assign(unit, salt="one", arms=HALVES) for unit in UNITS]
    again = [trials.assign(unit, salt="one", arms=HALVES) for unit in UNITS]
    other = [trials.assign(unit, salt="two", arms=HALVES) for unit in UNITS]
    assert first == again
    assert 0.45 < sum(a == b for a, b in zip(first, other, strict=True)) / len(UNITS) < 0.55


def test_each_stratum_is_split_on_its_own() -> None:
    plain = [trials.assign(unit, salt="s", arms=HALVES) for unit in UNITS]
    new = [trials.assign(unit, salt="s", arms=HALVES, stratum="new") for unit in UNITS]
    assert plain != new
    assert abs(Counter(new)["free"] / len(UNITS) - 0.5) < 0.02


def test_the_universal_holdout_has_its_own_salt_and_gets_nothing_in_any_trial() -> None:
    holdout = Holdout("firm-2026", Fraction(1, 10))
    one = {unit for unit in UNITS if trials.assign(unit, salt="one", arms=HALVES, holdout=holdout) == trials.HELD_OUT}
    two = {unit for unit in UNITS if trials.assign(unit, salt="two", arms=UNEVEN, holdout=holdout) == trials.HELD_OUT}
    assert one == two
    assert abs(len(one) / len(UNITS) - 0.1) < 0.02


@pytest.mark.parametrize("share", [Fraction(-1, 10), Fraction(1)])
def test_a_holdout_of_no_or_all_units_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="share"):
        Holdout("salt", share)


@given(st.lists(st.decimals(0, 1000, places=2), min_size=1, max_size=60), st.sampled_from([HALVES, UNEVEN]))
def test_blocks_keep_the_arms_within_one_block_of_their_shares(spends: list[Decimal], arms: tuple[Arm, ...]) -> None:
    past = {f"u{number}": spend for number, spend in enumerate(spends)}
    dealt = trials.assign_blocks(past, salt="s", arms=arms)
    assert set(dealt) == set(past)
    counted = Counter(dealt.values())
    size = 2 if arms is HALVES else 6
    for arm in arms:
        assert abs(counted[arm.name] - arm.share * len(past)) <= size * arm.share


def test_blocks_balance_past_spend() -> None:
    past = {f"u{number}": Decimal(number**2) for number in range(100)}
    dealt = trials.assign_blocks(past, salt="s", arms=HALVES)
    ranked = sorted(past, key=lambda unit: -past[unit])
    assert all({dealt[a], dealt[b]} == {"paid", "free"} for a, b in zip(ranked[::2], ranked[1::2], strict=True))


def test_a_short_block_favours_no_arm() -> None:
    odd = Counter(trials.assign_blocks({f"u{n}": Decimal(1)}, salt=f"s{n}", arms=HALVES)[f"u{n}"] for n in range(400))
    assert 150 < odd["free"] < 250


@pytest.mark.parametrize(
    "arms",
    [
        (Arm("all", Fraction(1)),),
        (Arm("a", Fraction(1, 2)), Arm("a", Fraction(1, 2))),
        (Arm("", Fraction(1, 2)), Arm("a", Fraction(1, 2))),
        (Arm(trials.HELD_OUT, Fraction(1, 2)), Arm("a", Fraction(1, 2))),
        (Arm("a", Fraction(1, 2)), Arm("b", Fraction(1, 3))),
        (Arm("a", Fraction(0)), Arm("b", Fraction(1))),
    ],
)
def test_arms_that_cannot_be_dealt_are_refused(arms: tuple[Arm, ...]) -> None:
    with pytest.raises(ValueError, match="arms"):
        trials.assign("unit", salt="s", arms=arms)


# ------------------------------------------------------------------ what is stated before
def test_an_outcome_is_mature_when_its_horizon_has_passed() -> None:
    assert design().matures_on(date(2026, 5, 2)) == date(2026, 6, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"hypothesis": " "},
        {"made_of": ()},
        {"salt": ""},
        {"control": "nobody"},
        {"horizon_days": -1},
        {"planned": 1},
        {"smallest_effect": Decimal(0)},
        {"stops_on": date(2026, 5, 1)},
    ],
)
def test_a_trial_that_states_nonsense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        design(**changes)


def test_an_exposure_is_one_row_for_each_unit() -> None:
    assert Exposure("u1", "free", date(2026, 5, 1)).stratum == ""


# ------------------------------------------------------------------ the ruling
@pytest.mark.parametrize(
    ("interval", "verdict"),
    [
        (net("0.01", "2"), Verdict.PAYS),
        (net("-2", "-0.01"), Verdict.LOSES),
        (net("-1", "1"), Verdict.CANNOT_TELL),
        (net("0", "1"), Verdict.CANNOT_TELL),
        (net("-1", "0"), Verdict.CANNOT_TELL),
        (Net(Decimal(1), Decimal("-Infinity"), Decimal("Infinity")), Verdict.CANNOT_TELL),
    ],
)
def test_the_interval_decides(interval: Net, verdict: Verdict) -> None:
    ruling = rule(interval, grade=Grade.RANDOMISED)
    assert ruling.verdict is verdict
    assert (Doubt.INTERVAL_HOLDS_ZERO in ruling.reasons) == (verdict is Verdict.CANNOT_TELL)


def test_too_early_is_no_verdict() -> None:
    ruling = rule(None, grade=Grade.QUASI_EXPERIMENT)
    assert (ruling.verdict, ruling.reasons) == (Verdict.CANNOT_TELL, (Doubt.TOO_EARLY,))


def test_a_mismatch_withholds_the_best_of_intervals() -> None:
    ruling = rule(net("5", "6"), grade=Grade.RANDOMISED, doubts=(Doubt.SAMPLE_RATIO_MISMATCH,))
    assert ruling.verdict is Verdict.WITHHELD


def test_an_interval_upside_down_or_not_a_number_is_refused() -> None:
    for low, high in ((1, 0), ("NaN", 1), (0, "NaN")):
        with pytest.raises(ValueError, match="interval"):
            Net(Decimal(0), Decimal(low), Decimal(high))


def test_before_and_after_cannot_carry_a_verdict_by_type_and_at_run_time() -> None:
    # the ignores are the proof: mypy reports them as unused as soon as it accepts these lines
    with pytest.raises(TypeError, match="carries no verdict"):
        rule(net("5", "6"), grade=Grade.BEFORE_AFTER)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="carries no verdict"):
        Proof(Verdict.PAYS, Grade.GUESS)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Hint(Grade.BEFORE_AFTER, verdict=Verdict.PAYS)  # type: ignore[call-arg]
    with pytest.raises((AttributeError, TypeError)):
        Hint(Grade.BEFORE_AFTER).verdict = Verdict.PAYS  # type: ignore[misc,assignment]


@given(st.decimals(-9, 9, places=3), st.decimals(0, 9, places=3), st.sampled_from(Grade))
def test_only_comparable_units_ever_pay(low: Decimal, width: Decimal, grade: Grade) -> None:
    ruling = weigh(Net(low, low, low + width), grade=grade)
    if grade in (Grade.BEFORE_AFTER, Grade.GUESS):
        assert ruling.verdict is Verdict.CANNOT_TELL
        assert Doubt.WEAK_EVIDENCE in ruling.reasons
    else:
        assert (ruling.verdict is Verdict.PAYS) == (low > 0)


# ------------------------------------------------------------------ the stop date
PAYS, LOSES = Proof(Verdict.PAYS, Grade.RANDOMISED), Proof(Verdict.LOSES, Grade.RANDOMISED)
UNKNOWN, WITHHELD = Proof(Verdict.CANNOT_TELL, Grade.RANDOMISED), Proof(Verdict.WITHHELD, Grade.RANDOMISED)
BEFORE, AFTER = date(2026, 5, 31), date(2026, 6, 2)


@pytest.mark.parametrize(
    ("ruling", "on", "course"),
    [
        (PAYS, BEFORE, Course.KEEP),
        (PAYS, AFTER, Course.KEEP),
        (LOSES, BEFORE, Course.STOP),
        (UNKNOWN, BEFORE, Course.GO_ON),
        (UNKNOWN, STOP, Course.STOP),
        (UNKNOWN, AFTER, Course.STOP),
        (WITHHELD, BEFORE, Course.MEND),
        (WITHHELD, STOP, Course.STOP),
        (Hint(Grade.BEFORE_AFTER), BEFORE, Course.GO_ON),
        (Hint(Grade.BEFORE_AFTER), STOP, Course.STOP),
    ],
)
def test_at_the_stop_date_cannot_tell_means_stop(ruling: trials.Ruling, on: date, course: Course) -> None:
    assert steer(ruling, on=on, stops_on=STOP) is course
    assert steer(ruling, on=on, stops_on=STOP, is_floor=True) is Course.HAS_NO_STOP


def test_the_owner_may_sign_for_a_later_date_with_a_reason() -> None:
    later = Extension("owner", "the season starts in June", date(2026, 7, 1))
    assert steer(UNKNOWN, on=AFTER, stops_on=STOP, extension=later) is Course.GO_ON
    assert steer(UNKNOWN, on=date(2026, 7, 1), stops_on=STOP, extension=later) is Course.STOP
    assert steer(LOSES, on=AFTER, stops_on=STOP, extension=later) is Course.STOP
    for name, reason in ((" ", "because"), ("owner", "")):
        with pytest.raises(ValueError, match="reason"):
            Extension(name, reason, AFTER)


def test_a_signed_date_never_shortens_a_trial() -> None:
    earlier = Extension("owner", "hurry", BEFORE)
    assert steer(UNKNOWN, on=BEFORE, stops_on=STOP, extension=earlier) is Course.GO_ON
