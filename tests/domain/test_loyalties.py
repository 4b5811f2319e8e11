"""Loyalty's rules: what shows it, what rules it out, and what never counts for it."""

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal

import pytest

from goodwill.domain.loyalties import (
    TRIGGERS,
    Basis,
    Hold,
    Loyalty,
    Move,
    Picture,
    Range,
    Rating,
    Score,
    Sign,
    Signs,
    Standing,
    Year,
    judge,
    see_forgiveness,
    see_indifference,
    see_recommendation,
    sum_up_year,
    watch,
)

DAY = date(2026, 3, 1)
SHOWN, NOT, UNTESTED = Standing.SHOWN, Standing.NOT_SHOWN, Standing.NOT_TESTED


def signs(*standings: Standing) -> Signs:
    return Signs(*(Sign(standing) for standing in standings))


def span(value: str, low: str, high: str) -> Range:
    return Range(Decimal(value), Decimal(low), Decimal(high))


def rate(days_ago: int, value: int) -> Rating:
    return Rating(DAY - timedelta(days=days_ago), Decimal(value))


def days(*ago: int) -> list[date]:
    return [DAY - timedelta(days=one) for one in ago]


@pytest.mark.parametrize("orders", [0, 24, 10_000])
def test_repeat_buying_alone_never_reads_loyal(orders: int) -> None:
    picture = Picture("the firm", DAY, orders, signs(UNTESTED, UNTESTED, UNTESTED), Year.SATISFIED)
    assert picture.loyalty is Loyalty.NOT_TESTED


@pytest.mark.parametrize("shown", [(SHOWN, SHOWN, SHOWN), (SHOWN, NOT, UNTESTED), (UNTESTED, UNTESTED, UNTESTED)])
def test_a_bad_year_rules_loyalty_out_whatever_the_signs(shown: tuple[Standing, ...]) -> None:
    assert judge(signs(*shown), Year.DISSATISFIED) is Loyalty.RULED_OUT


@pytest.mark.parametrize(
    ("shown", "year", "loyalty"),
    [
        ((SHOWN, SHOWN, SHOWN), Year.SATISFIED, Loyalty.SHOWN),
        ((SHOWN, SHOWN, SHOWN), Year.ONE_BAD, Loyalty.SHOWN),
        ((SHOWN, SHOWN, SHOWN), Year.UNKNOWN, Loyalty.PARTLY_SHOWN),
        ((SHOWN, SHOWN, NOT), Year.SATISFIED, Loyalty.PARTLY_SHOWN),
        ((UNTESTED, NOT, UNTESTED), Year.SATISFIED, Loyalty.NOT_SHOWN),
        ((UNTESTED, UNTESTED, UNTESTED), Year.SATISFIED, Loyalty.NOT_TESTED),
    ],
)
def test_loyalty_is_shown_by_its_signs_and_never_by_satisfaction(
    shown: tuple[Standing, ...], year: Year, loyalty: Loyalty
) -> None:
    assert judge(signs(*shown), year) is loyalty


@pytest.mark.parametrize(
    ("ratings", "year"),
    [
        ([], Year.UNKNOWN),
        ([rate(400, 1)], Year.UNKNOWN),
        ([rate(-1, 1)], Year.UNKNOWN),
        ([rate(10, 9), rate(200, 9)], Year.SATISFIED),
        ([rate(10, 2)], Year.ONE_BAD),
        ([rate(10, 2), rate(100, 9), rate(300, 9)], Year.ONE_BAD),
        ([rate(10, 3), rate(20, 3), rate(30, 3)], Year.ONE_BAD),
        ([rate(10, 3), rate(300, 3)], Year.ONE_BAD),
        ([rate(10, 3), rate(100, 3), rate(193, 3)], Year.DISSATISFIED),
        ([rate(10, 5), rate(100, 5), rate(193, 5)], Year.SATISFIED),
    ],
)
def test_one_bad_purchase_is_a_test_and_a_bad_year_takes_answers_over_half_of_it(
    ratings: list[Rating], year: Year
) -> None:
    assert sum_up_year(ratings, as_of=DAY) is year


def test_forgiving_is_buying_again_after_each_failure() -> None:
    month = timedelta(days=30)
    assert see_forgiveness([], days(5), within=month) == Sign(UNTESTED)
    assert see_forgiveness(days(200, 100), days(180, 90, 80), within=month) == Sign(SHOWN, last_on=days(90)[0])
    assert see_forgiveness(days(200, 100), days(180, 50), within=month) == Sign(NOT, last_on=days(100)[0])
    assert see_forgiveness(days(100), days(100), within=month).standing is NOT


def test_recommending_is_somebody_having_bought_and_not_an_intent() -> None:
    assert see_recommendation(None) == Sign(UNTESTED)
    assert see_recommendation([]) == Sign(NOT)
    assert see_recommendation(days(40, 20)) == Sign(SHOWN, last_on=days(20)[0])


def test_buying_through_a_rival_s_price_cut_is_shown_by_acts_and_denied_only_by_an_interval() -> None:
    assert see_indifference(days(3), None) == Sign(UNTESTED)
    through = span("1.1", "0.3", "3")
    assert see_indifference(days(3), through) == Sign(SHOWN, last_on=days(3)[0], doubt=through)
    assert see_indifference(days(3), span("0.7", "0.2", "2")).standing is UNTESTED
    assert see_indifference([], span("0", "0", "4")).standing is UNTESTED
    fell = span("0.4", "0.2", "0.9")
    assert see_indifference(days(3), fell) == Sign(NOT, last_on=days(3)[0], doubt=fell)


def test_two_regulars_with_the_same_orders_and_ratings_read_apart() -> None:
    ratings = sum_up_year([rate(20, 9)], as_of=DAY)
    one = Picture("the firm", DAY, 24, Signs(
        see_forgiveness(days(300, 200), days(290, 190), within=timedelta(days=30)),
        see_recommendation(days(90, 80, 70)), see_indifference(days(50), span("2", "0.1", "9")),
    ), ratings)  # fmt: skip
    other = Picture("the firm", DAY, 24, Signs(
        Sign(UNTESTED), see_recommendation([]), see_indifference([], span("0.4", "0.1", "1.4")),
    ), ratings, {Hold.NO_ALTERNATIVE: Score(span("0.8", "0.6", "0.9"), Basis.SURVEY)})  # fmt: skip
    assert (one.loyalty, other.loyalty) == (Loyalty.SHOWN, Loyalty.NOT_SHOWN)


def test_the_four_holds_stand_apart_and_a_prior_says_that_it_is_one() -> None:
    prior, asked = Score(span("0.5", "0.1", "0.9"), Basis.BEHAVIOUR), Score(span("0.5", "0.4", "0.6"), Basis.SURVEY)
    assert (prior.is_prior, asked.is_prior) == (True, False)
    picture = Picture("the firm", DAY, 3, signs(NOT, NOT, NOT), Year.SATISFIED, dict.fromkeys(Hold, prior))
    assert set(picture.holds) == set(Hold)
    names = {one.name for kind in (Picture, Signs) for one in fields(kind)}
    assert names == {
        "object", "as_of", "orders", "signs", "year", "holds", "forgives", "recommends", "ignores_price_cuts",
    }  # fmt: skip


def test_a_move_names_those_whose_hold_it_may_end() -> None:
    held = {
        **{f"a{i:02}": Hold.NO_ALTERNATIVE for i in range(30)}, **{f"d{i:02}": Hold.NO_DIFFERENCE for i in range(25)},
        **{f"f{i:02}": Hold.FEAR_OF_CHANGE for i in range(20)}, **{f"t{i:02}": Hold.BEST_TERMS for i in range(25)},
    }  # fmt: skip
    moves = (Move.RIVAL_CUTS_PRICES, Move.RIVAL_OFFERS_TRIAL, Move.RIVAL_STANDS_OUT, Move.RIVAL_OPENS)
    assert [(len(names), names[0]) for names in (watch(move, held) for move in moves)] == [
        (25, "t00"), (20, "f00"), (25, "d00"), (30, "a00"),
    ]  # fmt: skip
    assert set(TRIGGERS) == set(Move)
    assert set(TRIGGERS.values()) == set(Hold)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        span("2", "0", "1")
    with pytest.raises(ValueError, match="not from 0 to 10"):
        rate(1, 11)
