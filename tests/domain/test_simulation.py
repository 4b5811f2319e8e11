"""The simulated firm: the same for the same plan, mixed, consistent, and true to its probabilities."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from goodwill.domain.customers import CustomerKind
from goodwill.domain.dice import weighted
from goodwill.domain.records import PromiseKind
from goodwill.domain.roles import Role
from goodwill.domain.simulated_cast import SITES
from goodwill.domain.simulated_firm import SimulatedPromise, stand
from goodwill.domain.simulated_lives import choose_carrier, late_chance
from goodwill.domain.simulated_seasons import PEAK, is_within
from goodwill.domain.simulated_truth import WEAK_PRODUCT, mean_overall, overall, truth
from goodwill.domain.simulated_words import PRODUCTS
from goodwill.domain.simulation import FIRM, LEAST, MOST, ORDERS_EACH, SIZES, Plan
from goodwill.domain.sites import Mode
from goodwill.domain.targets import LateRule, Outcome, Standing
from tests.simulated import AT, Drawn, blocks, draw, within


@pytest.fixture(scope="module")
def firm() -> Drawn:
    """The small firm of seed 7."""
    return draw(SIZES["small"])


@pytest.fixture(scope="module")
def medium() -> Drawn:
    """The medium firm of seed 7."""
    return draw(SIZES["medium"])


def test_one_seed_gives_one_firm(firm: Drawn) -> None:
    assert list(blocks(SIZES["small"])) == firm.blocks
    assert list(blocks(SIZES["small"], seed=8)) != firm.blocks


def test_numbers_run_on_from_block_to_block() -> None:
    found = list(blocks(1_000, most=60))
    assert len(found) == len(Plan(1_000, AT, 60).blocks) > 2
    orders = [order.number.partition("-")[2] for block in found for order in block.orders]
    assert orders == [str(10_001 + n) for n in range(len(orders))]
    customers = [customer.number for block in found for customer in block.customers]
    assert customers == [f"K-{1_001 + n}" for n in range(len(customers))]
    assert [block.number for block in found] == list(range(len(found)))


@pytest.mark.parametrize("orders", [LEAST, SIZES["small"], SIZES["medium"], SIZES["large"], 3_000_001])
def test_a_plan_shares_its_buyers_out_evenly(orders: int) -> None:
    plan = Plan(orders, AT)
    assert sum(plan.blocks) == plan.buyers
    assert max(plan.blocks) - min(plan.blocks) <= 1
    assert plan.at.second == 0


@pytest.mark.parametrize("orders", [LEAST - 1, MOST + 1])
def test_what_is_no_firm_is_refused(orders: int) -> None:
    with pytest.raises(ValueError, match="orders"):
        Plan(orders, AT)


def test_a_firm_has_about_as_many_orders_as_asked_for(medium: Drawn) -> None:
    found = sum(len(block.orders) for block in medium.blocks)
    # orders of a buyer spread as widely as their mean is large, and a half more
    assert abs(found - SIZES["medium"]) < 3.2905 * 1.5 * ORDERS_EACH * Plan(SIZES["medium"], AT).buyers ** 0.5


def test_it_is_mixed_and_of_a_size_to_look_at(firm: Drawn) -> None:
    (block,) = firm.blocks
    assert {site.mode for site in FIRM.sites} == set(Mode)
    assert {person.role for person in FIRM.people} == set(Role)
    assert 1_500 <= len(block.orders) <= 3_000
    assert {order.site for order in block.orders} == set(range(len(SITES)))
    assert {c.language for c in block.customers} == {"en", "ru", "hu"}
    assert {c.kind for c in block.customers} == {CustomerKind.PERSON, CustomerKind.ORGANISATION}
    assert any(len(c.speaks_for) == 2 for c in block.customers)
    assert len({c.email for c in block.customers}) == len({c.phone for c in block.customers}) == len(block.customers)
    assert any(point.owner is None for point in FIRM.touchpoints)


def test_what_was_paid_is_the_sum_but_for_a_few_orders_that_differ(firm: Drawn) -> None:
    orders = [order for order, _ in firm.orders]
    differing = [order for order in orders if order.items_minor + order.freight_minor != order.paid_minor]
    assert within(len(differing), len(orders), 0.01)
    assert differing


def test_nothing_is_known_of_what_lies_ahead(medium: Drawn) -> None:
    for promise in medium.promises:
        moments = (promise.made_at, promise.warned_at, promise.acted_at, promise.at_risk_at)
        assert all(moment <= AT for moment in moments if moment)
        assert (promise.acted_at is None) == (promise.acted_on is None)
    for order, customer in medium.orders:
        moments = (order.placed_at, order.handed_over_at, order.delivered_at, customer.created_at)
        assert all(moment <= AT for moment in moments if moment)
        assert Plan(SIZES["medium"], AT).begun_at < customer.created_at < order.placed_at
    assert all(said.at <= AT for block in medium.blocks for said in block.interactions)
    assert all(rating.answered_at <= AT for rating, _ in medium.ratings)


def test_every_promise_stands_as_its_events_say(medium: Drawn) -> None:
    for promise in medium.promises:
        anew = replace(promise, outcome=Outcome.OPEN, standing=None, wakes_at=None, at_risk_at=None)
        assert stand(anew, AT) == promise
        assert promise.made_at < promise.due_at
        assert not promise.warned_at or promise.made_at < promise.warned_at < promise.due_at


def test_a_delivery_ends_as_its_order_does(medium: Drawn) -> None:
    told = 0
    for promise, order in medium.deliveries:
        told += 1
        assert promise.acted_at == order.delivered_at
        assert (promise.outcome is Outcome.WITHDRAWN) == (order.status == "cancelled")
        assert not order.delivered_at or order.placed_at < order.delivered_at
    assert told == sum(len(block.orders) for block in medium.blocks)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("orders", [LEAST, SIZES["small"]])
def test_today_there_is_something_of_each_kind_to_see(seed: int, orders: int) -> None:
    owed = [p for p in draw(orders, seed=seed).promises if p.settled_at is None]
    assert {p.standing for p in owed} == set(Standing)
    assert any(p.warned_at for p in owed)
    assert any(p.money_waiting_minor for p in owed)
    assert {p.outcome for p in owed} == {Outcome.OPEN, Outcome.BROKEN_SILENT, Outcome.BROKEN_WARNED}
    assert {p.standing for p in owed if p.kind is PromiseKind.INTERNAL_REQUEST} == set(Standing)


def test_promises_between_units_have_no_outside_customer(firm: Drawn) -> None:
    inside = [p for p in firm.promises if p.kind == "internal_request"]
    assert inside
    assert all(p.customer is None and p.to_unit is not None and p.to_unit != p.unit for p in inside)


def test_failures_are_as_likely_as_the_truth_says(medium: Drawn) -> None:
    told = truth()
    broken: Counter[tuple[str, str, bool]] = Counter()
    n: Counter[tuple[str, str, bool]] = Counter()
    late: Counter[str] = Counter()
    warned: Counter[str] = Counter()
    for promise, order in medium.deliveries:
        if promise.acted_at is None:
            continue
        site = SITES[order.site]
        key = (site.name, order.carrier, is_within(promise.promised_on, PEAK))
        n[key] += 1
        broken[key] += promise.outcome.is_broken
        late[site.name] += promise.outcome.is_broken
        warned[site.name] += promise.outcome is Outcome.BROKEN_WARNED
    for (name, carrier, in_peak), many in n.items():
        site = next(site for site in SITES if site.name == name)
        p = late_chance(site, carrier, in_peak=in_peak)
        assert p == told.share_broken[name][carrier] or in_peak
        assert within(broken[name, carrier, in_peak], many, p), (name, carrier, in_peak)
    for name, share in told.share_warned.items():
        assert within(warned[name], late[name], share), name


def test_the_peak_makes_only_carriers_from_outside_late() -> None:
    shop = next(site for site in SITES if site.mode is Mode.WEB_SHOP)
    store = next(site for site in SITES if site.mode is Mode.STORE)
    assert late_chance(shop, "Parcel Swift", in_peak=True) > late_chance(shop, "Parcel Swift", in_peak=False)
    assert late_chance(store, "Own van", in_peak=True) == late_chance(store, "Own van", in_peak=False)


def test_carriers_have_their_shares() -> None:
    dice = random.Random(1)
    for site in SITES:
        found = Counter(choose_carrier(dice, site) for _ in range(2_000))
        assert all(within(found[carrier], 2_000, share) for carrier, (share, _) in site.carriers.items())


def test_calls_and_internal_requests_fail_as_the_truth_says(medium: Drawn) -> None:
    for kind, p in (("call", truth().share_call_broken), ("internal_request", truth().share_internal_broken)):
        done = [x for x in medium.promises if x.kind == kind and x.acted_at and x.due_at < AT - timedelta(days=14)]
        assert within(sum(x.outcome.is_broken for x in done), len(done), p), kind


def test_a_broken_promise_costs_the_rating_what_the_truth_says(medium: Drawn) -> None:
    ending = {order.number: promise.outcome for promise, order in medium.deliveries}
    damaged = {row["order"] for row in medium.truth["failures"] if row["kind"] != "late"}
    said: dict[Outcome, list[int]] = {outcome: [] for outcome in Outcome}
    weak, whole = [], []
    for rating, order in medium.ratings:
        if order.number in damaged:
            continue
        if PRODUCTS[order.lines[0][0]][1] == WEAK_PRODUCT:
            weak.append(rating.product)
            continue
        whole.append(rating.product)
        said[ending[order.number]].append(overall(rating.product, rating.service))
    for outcome in (Outcome.KEPT, Outcome.BROKEN_WARNED, Outcome.BROKEN_SILENT):
        mean = truth().score[outcome.value]
        # a score of ten has a deviation below three
        found = sum(said[outcome]) / len(said[outcome])
        assert abs(found - mean) <= 3.2905 * 3 / len(said[outcome]) ** 0.5, outcome
    assert sum(weak) / len(weak) < sum(whole) / len(whole) - 1


def test_the_mean_of_one_certain_service_score_is_that_of_its_overall() -> None:
    certain = (0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert mean_overall(certain) == pytest.approx(
        sum(overall(p, 10) * w for p, w in enumerate((1, 1, 2, 3, 5, 9, 16, 26, 24, 13), 1)) / 100
    )


def test_a_delivery_after_its_day_is_broken_and_one_at_its_last_minute_kept() -> None:
    day = SimulatedPromise(
        kind=PromiseKind.DELIVERY,
        unit=0,
        made_at=AT - timedelta(days=3),
        zone="UTC",
        late_rule=LateRule.END_OF_DAY,
        promised_at=AT.replace(day=3, hour=18),
        promised_on=AT.date().replace(day=3),
        due_at=AT.replace(day=4, hour=0, minute=0),
        acted_at=AT.replace(day=3, hour=23, minute=59),
    )
    assert stand(day, AT).outcome is Outcome.KEPT
    assert stand(replace(day, acted_at=AT.replace(day=4, hour=0, minute=0)), AT).outcome is Outcome.BROKEN_SILENT
    assert stand(replace(day, acted_at=None), AT).standing is Standing.LATE


def test_weights_are_kept_and_nothing_cannot_be_chosen_from() -> None:
    dice = random.Random(1)
    drawn = Counter(weighted(dice, {"often": 3.0, "rarely": 1.0}) for _ in range(4_000))
    assert within(drawn["rarely"], 4_000, 0.25)
    with pytest.raises(ValueError, match="nothing"):
        weighted(dice, {})
