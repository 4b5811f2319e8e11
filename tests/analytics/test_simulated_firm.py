"""The estimators find again what is true of the simulated firm, from its books as any firm has them."""

import itertools
import random
from collections import defaultdict
from datetime import timedelta

import numpy as np
import pytest

from goodwill.analytics import gamma_gamma, recoveries, regularities, signs, survivals
from goodwill.analytics.arms import from_arrays
from goodwill.analytics.recoveries import DAYS, Buying, Recovery
from goodwill.analytics.regularities import Regularity
from goodwill.analytics.results import Window
from goodwill.analytics.signs import Indifference, Recommendation
from goodwill.analytics.trials import TrialResult, estimate
from goodwill.analytics.verdicts import ArmVerdict, Terms
from goodwill.domain.loyalties import Move
from goodwill.domain.simulated_firm import SimulatedOrder
from goodwill.domain.simulated_ways import MOVES, SPEND_SHAPE, SPREAD_SHAPE, WAYS, Bond
from goodwill.domain.simulation import FIRM
from goodwill.domain.trials import Verdict
from tests.simulated import AT, Drawn, draw

ON = AT.date()
ORDERS = 40_000


@pytest.fixture(scope="module")
def firm() -> Drawn:
    """A firm of two blocks."""
    return draw(ORDERS)


@pytest.fixture(scope="module")
def bought(firm: Drawn) -> dict[Bond, dict[str, list[SimulatedOrder]]]:
    """Bond → customer → orders in their order."""
    found: dict[Bond, dict[str, list[SimulatedOrder]]] = {bond: defaultdict(list) for bond in Bond}
    for order, customer in firm.orders:
        row = firm.customer[customer.number]
        found[Bond(row["reason"] or row["loyalty"])][customer.number].append(order)
    return found


# ------------------------------------------------------------------ trials
def verdict(firm: Drawn, trial: str, *, treated: str = "treated", control: str = "control") -> ArmVerdict:
    rows = [row for row in firm.truth["trials"] if row["trial"] == trial]
    if trial == "save":
        # those who might have joined: nobody who was buying could
        rows = [row for row in rows if row["before_minor"] == 0]
    columns = {"outcome": "outcome_minor", "cost": "cost_minor", "before": "before_minor"}
    if trial == "save":
        del columns["before"]
    table = from_arrays(
        {
            arm: {
                name: np.array([row[column] / 100 for row in rows if row["arm"] == arm])
                for name, column in columns.items()
            }
            for arm in (treated, control)
        }
    )
    found = estimate(table, Terms(control=control, planned=len(rows)), outcome="contribution", as_of=ON)
    assert isinstance(found, TrialResult)
    (arm,) = found.whole.arms
    return arm


def test_the_call_pays(firm: Drawn) -> None:
    assert verdict(firm, "call").ruling.verdict is Verdict.PAYS


def test_of_the_catalogue_one_cannot_tell(firm: Drawn) -> None:
    arm = verdict(firm, "catalogue")
    assert arm.ruling.verdict is Verdict.CANNOT_TELL
    assert arm.gap.fixed.low < 0 < arm.gap.fixed.high


def test_the_save_programme_only_looks_as_if_it_worked(firm: Drawn) -> None:
    joined = [row for row in firm.truth["trials"] if row["trial"] == "save" and row["arm"] == "joined"]
    assert sum(row["before_minor"] for row in joined) == 0
    assert sum(row["outcome_minor"] for row in joined) / len(joined) > 1_000
    arm = verdict(firm, "save", treated="joined", control="stayed_out")
    assert arm.gap.fixed.low < 0 < arm.gap.fixed.high
    assert arm.ruling.verdict is not Verdict.PAYS


# ------------------------------------------------------------------ failures
def responses(firm: Drawn, orders: dict[str, list[SimulatedOrder]], *, apologised: int | None = None) -> Recovery:
    """How customers buy after a purchase that failed, beside customers after one that did not.

    One purchase of each customer's in each half-year is taken by lot, so that who buys often is in both lists alike.
    """
    failed = {row["order"]: row["assigned"] for row in firm.truth["apologies"]}
    dice, half = random.Random(5), timedelta(days=182)
    ours, others = [], []
    for number, some in sorted(orders.items()):
        days = [order.placed_at.date() for order in some]
        for begins in (ON - 4 * half + timedelta(days=DAYS), ON - 3 * half, ON - 2 * half, ON - half - half // 2):
            among = [order for order in some if begins <= order.placed_at.date() < begins + half]
            if not among:
                continue
            order = dice.choice(among)
            day = order.promised_at.date()
            before = sum(day - timedelta(days=DAYS) <= one <= day for one in days)
            after = sum(day < one <= day + timedelta(days=DAYS) for one in days)
            one = Buying(firm.customer[number]["site"], before, after)
            if order.number not in failed:
                others.append(one)
            elif apologised is None or failed[order.number] == apologised:
                ours.append(one)
    found = recoveries.compare(ours, others, as_of=ON)
    assert isinstance(found, Recovery)
    return found


def test_the_truly_loyal_forgive_and_regulars_do_not(
    firm: Drawn, bought: dict[Bond, dict[str, list[SimulatedOrder]]]
) -> None:
    loyal = responses(firm, bought[Bond.TRULY_LOYAL])
    strict = (Bond.NO_DIFFERENCE, Bond.BEST_TERMS, Bond.OCCASIONAL)
    regular = responses(firm, {number: some for bond in strict for number, some in bought[bond].items()})
    # the interval is one of 95 %; a law is tested at 99.9 %
    wider = 3.2905 / 1.96 * np.log(loyal.response.high / loyal.response.value)
    assert abs(np.log(loyal.response.value)) < wider
    assert regular.response.high < min(1, loyal.response.low)


def test_an_apology_takes_a_part_of_the_fall_back(
    firm: Drawn, bought: dict[Bond, dict[str, list[SimulatedOrder]]]
) -> None:
    strict = (Bond.NO_DIFFERENCE, Bond.BEST_TERMS, Bond.OCCASIONAL)
    among = {number: some for bond in strict for number, some in bought[bond].items()}
    without, said = responses(firm, among, apologised=0), responses(firm, among, apologised=1)
    assert without.response.value < said.response.value


# ------------------------------------------------------------------ signs
def cut(orders: dict[str, list[SimulatedOrder]]) -> Indifference:
    """How customers alike buy while a rival cuts its prices, beside the two months on either side."""
    move = next(move for move in MOVES if move.key == "cut-2")
    assert move.move is Move.RIVAL_CUTS_PRICES
    first = ON - timedelta(days=move.days_ago)
    last = first + timedelta(days=move.days - 1)
    days = [order.placed_at.date() for some in orders.values() for order in some]
    watched = Window(first - timedelta(days=60), last + timedelta(days=60))
    found = signs.buy_on(days, [Window(first, last)], watched=watched, as_of=ON)
    assert isinstance(found, Indifference)
    return found


def test_the_truly_loyal_ignore_price_cuts_and_those_of_best_terms_do_not(
    bought: dict[Bond, dict[str, list[SimulatedOrder]]],
) -> None:
    loyal, terms = cut(bought[Bond.TRULY_LOYAL]), cut(bought[Bond.BEST_TERMS])
    assert loyal.ratio.low < 1 < loyal.ratio.high
    assert terms.ratio.high < loyal.ratio.low
    assert terms.ratio.high < 0.7


def test_the_truly_loyal_send_customers_who_buy(
    firm: Drawn, bought: dict[Bond, dict[str, list[SimulatedOrder]]]
) -> None:
    sent: dict[str, list[int]] = defaultdict(list)
    for row in firm.truth["referrals"]:
        sent[row["loyalty_of_sender"]].append(firm.customer[row["customer"]]["orders"])
    found = {}
    for loyalty, senders in (("truly_loyal", len(bought[Bond.TRULY_LOYAL])), ("regular", ORDERS // 11)):
        answer = signs.recommend(sent[loyalty], senders=senders, years=2, as_of=ON)
        assert isinstance(answer, Recommendation)
        found[loyalty] = answer.purchases_per_year
    assert found["truly_loyal"].low > found["regular"].high


# ------------------------------------------------------------------ how they buy
def shape(orders: dict[str, list[SimulatedOrder]]) -> Regularity:
    """How regularly customers alike buy."""
    first, second = [], []
    for some in orders.values():
        moments = [order.placed_at for order in some]
        gaps = [(after - before) / timedelta(days=1) for before, after in itertools.pairwise(moments)]
        for n in range(0, len(gaps) - 1, 2):
            first.append(gaps[n])
            second.append(gaps[n + 1])
    found = regularities.estimate(np.array(first), np.array(second), as_of=ON)
    assert isinstance(found, Regularity)
    return found


def test_whoever_fears_change_buys_by_the_clock(bought: dict[Bond, dict[str, list[SimulatedOrder]]]) -> None:
    fearful, loyal = shape(bought[Bond.FEAR_OF_CHANGE]), shape(bought[Bond.TRULY_LOYAL])
    assert fearful.k.low > 2 > loyal.k.high
    assert loyal.k.low < WAYS[Bond.TRULY_LOYAL].regularity * 1.1


def test_the_spend_is_gamma_gamma_as_stated(firm: Drawn, bought: dict[Bond, dict[str, list[SimulatedOrder]]]) -> None:
    means: dict[tuple[str, str], list[float]] = defaultdict(list)
    each = []
    for bond in (Bond.TRULY_LOYAL, Bond.NO_ALTERNATIVE, Bond.BEST_TERMS):
        for number, some in bought[bond].items():
            row = firm.customer[number]
            listed = [sum(q * FIRM.products[n][2] for n, q, _ in order.lines) for order in some]
            means[row["site"], row["segment"]].append(row["mean_spend_minor"])
            each.append(((row["site"], row["segment"]), len(some), sum(listed) / len(listed)))
    of_kind = {kind: sum(some) / len(some) for kind, some in means.items()}
    x = np.array([float(n) for _, n, _ in each])
    m_x = np.array([mean / of_kind[kind] for kind, _, mean in each])
    fit = gamma_gamma.fit(x, m_x)
    assert fit.params is not None
    assert abs(fit.params.mean - 1) < 0.05
    assert abs(fit.params.q - SPREAD_SHAPE) < 1
    # things come whole, so that purchases spread a little wider
    assert 0.6 * SPEND_SHAPE < fit.params.p < 1.1 * SPEND_SHAPE


def test_the_truly_loyal_stay_longer_than_occasional_buyers(firm: Drawn) -> None:
    cohorts = {}
    for loyalty in ("truly_loyal", "occasional"):
        rows = [row for row in firm.truth["customers"] if row["loyalty"] == loyalty and row["entered_at"]]
        followed = [((row["left_at"].date() if row["left_at"] else ON) - row["entered_at"]).days + 1.0 for row in rows]
        cohorts[loyalty] = (np.maximum(followed, 0.0), np.array([not row["is_alive"] for row in rows]))
    found = survivals.estimate(cohorts, as_of=ON)
    assert isinstance(found, survivals.Survival)
    loyal, occasional = (found.at_horizon[name] for name in ("truly_loyal", "occasional"))
    assert loyal is not None
    assert occasional is not None
    assert loyal.low > occasional.high
