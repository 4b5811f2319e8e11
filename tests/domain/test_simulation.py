"""The simulated firm: the same for the same seed, mixed, consistent, and true to its probabilities."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from goodwill.domain.customers import CustomerKind
from goodwill.domain.dice import how_many, weighted
from goodwill.domain.records import PromiseKind
from goodwill.domain.roles import Role
from goodwill.domain.simulated_firm import SimulatedFirm, SimulatedPromise
from goodwill.domain.simulated_truth import mean_overall, overall, truth
from goodwill.domain.simulation import simulate
from goodwill.domain.sites import Mode
from goodwill.domain.targets import LateRule, Outcome, Standing

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def firm() -> SimulatedFirm:
    """The firm of seed 7."""
    return simulate(random.Random(7), at=AT)


def within(found: int, n: int, p: float) -> bool:
    """Whether a count lies within the 99.9 % binomial bounds of its probability (normal approximation, widened by
    one half)."""
    deviation: float = (n * p * (1 - p)) ** 0.5
    return abs(found - n * p) <= 3.2905 * deviation + 0.5


def test_one_seed_gives_one_firm(firm: SimulatedFirm) -> None:
    assert simulate(random.Random(7), at=AT) == firm
    assert simulate(random.Random(8), at=AT) != firm


def test_it_moves_with_today(firm: SimulatedFirm) -> None:
    later = simulate(random.Random(7), at=AT + timedelta(days=7))
    assert [order.lines for order in later.orders[:200]] == [order.lines for order in firm.orders[:200]]
    assert later.orders[0].placed_at - firm.orders[0].placed_at == timedelta(days=7)


def test_it_is_mixed_and_of_a_size_to_look_at(firm: SimulatedFirm) -> None:
    assert {site.mode for site in firm.sites} == set(Mode)
    assert {person.role for person in firm.people} == set(Role)
    assert 1_500 <= len(firm.orders) <= 3_000
    assert {c.language for c in firm.customers} == {"en", "ru", "hu"}
    assert {c.kind for c in firm.customers} == {CustomerKind.PERSON, CustomerKind.ORGANISATION}
    assert any(len(c.speaks_for) == 2 for c in firm.customers)
    assert any(point.owner is None for point in firm.touchpoints)
    assert all(order.placed_at <= AT for order in firm.orders)


def test_what_was_paid_is_the_sum_but_for_a_few_orders_that_differ(firm: SimulatedFirm) -> None:
    differing = [order for order in firm.orders if order.items_minor + order.freight_minor != order.paid_minor]
    assert within(len(differing), len(firm.orders), 0.01)
    assert differing


def test_nothing_is_known_of_what_lies_ahead(firm: SimulatedFirm) -> None:
    for promise in firm.promises:
        moments = (promise.made_at, promise.warned_at, promise.acted_at)
        assert all(moment <= AT for moment in moments if moment)
    for order in firm.orders:
        assert all(moment <= AT for moment in (order.handed_over_at, order.delivered_at) if moment)
    assert all(said.at <= AT for said in firm.interactions)
    assert all(rating.answered_at <= AT for rating in firm.ratings)


@pytest.mark.parametrize("seed", range(5))
def test_today_there_is_something_of_each_kind_to_see(seed: int) -> None:
    owed = [p for p in simulate(random.Random(seed), at=AT).promises if p.settled_at is None]
    assert {p.standing for p in owed} == set(Standing)
    assert any(p.warned_at for p in owed)
    assert any(p.money_waiting_minor for p in owed)
    assert {p.outcome for p in owed} == {Outcome.OPEN, Outcome.BROKEN_SILENT, Outcome.BROKEN_WARNED}


def test_promises_between_units_have_no_outside_customer(firm: SimulatedFirm) -> None:
    inside = [p for p in firm.promises if p.kind == "internal_request"]
    assert inside
    assert all(p.customer is None and p.to_unit is not None and p.to_unit != p.unit for p in inside)


def test_failures_are_as_likely_as_the_truth_says(firm: SimulatedFirm) -> None:
    told = truth()
    broken: Counter[tuple[str, str]] = Counter()
    n: Counter[tuple[str, str]] = Counter()
    warned: Counter[str] = Counter()
    for promise in firm.promises:
        if promise.order is None or promise.acted_at is None or promise.kind not in ("delivery", "repair"):
            continue
        order = firm.orders[promise.order]
        key = (firm.sites[order.site].name, order.carrier)
        n[key] += 1
        broken[key] += promise.outcome.is_broken
        warned[key[0]] += promise.outcome is Outcome.BROKEN_WARNED
    for site, carriers in told.share_broken.items():
        for carrier, p in carriers.items():
            assert within(broken[site, carrier], n[site, carrier], p), (site, carrier)
        of_site = sum(broken[site, carrier] for carrier in carriers)
        assert within(warned[site], of_site, told.share_warned[site]), site


def test_calls_and_internal_requests_fail_as_the_truth_says(firm: SimulatedFirm) -> None:
    for kind, p in (("call", truth().share_call_broken), ("internal_request", truth().share_internal_broken)):
        done = [x for x in firm.promises if x.kind == kind and x.acted_at]
        assert within(sum(x.outcome.is_broken for x in done), len(done), p), kind


def test_a_broken_promise_costs_the_rating_what_the_truth_says(firm: SimulatedFirm) -> None:
    ending = {p.order: p.outcome for p in firm.promises if p.order is not None and p.interaction is None}
    for outcome in (Outcome.KEPT, Outcome.BROKEN_WARNED, Outcome.BROKEN_SILENT):
        said = [overall(r.product, r.service) for r in firm.ratings if ending[r.order] is outcome]
        mean = truth().score[outcome.value]
        # a score of ten has a deviation below three
        assert abs(sum(said) / len(said) - mean) <= 3.2905 * 3 / len(said) ** 0.5, outcome


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
        due_at=AT.replace(day=4, hour=0, minute=0),
        acted_at=AT.replace(day=3, hour=23, minute=59),
    )
    from dataclasses import replace

    from goodwill.domain.simulated_firm import stand

    assert stand(day, AT).outcome is Outcome.KEPT
    assert stand(replace(day, acted_at=AT.replace(day=4, hour=0, minute=0)), AT).outcome is Outcome.BROKEN_SILENT
    assert stand(replace(day, acted_at=None), AT).standing is Standing.LATE


def test_weights_are_kept_and_nothing_cannot_be_chosen_from() -> None:
    dice = random.Random(1)
    drawn = Counter(weighted(dice, {"often": 3.0, "rarely": 1.0}) for _ in range(4_000))
    assert within(drawn["rarely"], 4_000, 0.25)
    with pytest.raises(ValueError, match="nothing"):
        weighted(dice, {})


def test_counts_have_their_mean() -> None:
    dice = random.Random(1)
    total = sum(how_many(dice, 2.5) for _ in range(4_000))
    assert abs(total / 4_000 - 2.5) < 3.2905 * (2.5 / 4_000) ** 0.5
