"""What is true of the simulated customers and stands in no book: kept as it was stated, and felt in what they do."""

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from goodwill.domain.loyalties import TRIGGERS
from goodwill.domain.simulated_buyers import draw_buyer, fill_basket, find_sender
from goodwill.domain.simulated_cast import SITES, ZONE
from goodwill.domain.simulated_firm import SimulatedOrder
from goodwill.domain.simulated_lives import live
from goodwill.domain.simulated_seasons import DAYS, OPEN, Almanac, demand
from goodwill.domain.simulated_tables import COLUMNS, parameters
from goodwill.domain.simulated_trials import trial_rows
from goodwill.domain.simulated_truth import SHARE_DAMAGED
from goodwill.domain.simulated_ways import (
    APOLOGY_SHARE,
    CAUSES,
    LEAVE_WITHIN,
    MOVES,
    SHARE_REFERRED,
    TRIALS,
    WAYS,
    Bond,
)
from goodwill.domain.simulation import FIRM, SIZES
from goodwill.domain.sites import Mode
from tests.simulated import AT, Drawn, draw, within

ALMANAC = Almanac(AT, SITES, ZONE)


@pytest.fixture(scope="module")
def firm() -> Drawn:
    """The medium firm of seed 7."""
    return draw(SIZES["medium"])


def bond_of(row: dict[str, str]) -> Bond:
    return Bond(row["reason"] or row["loyalty"])


def test_the_parameters_are_those_of_a_world() -> None:
    assert sum(ways.share for ways in WAYS.values()) == pytest.approx(1)
    assert sum(site.share for site in SITES) == pytest.approx(1)
    assert sum(CAUSES.values()) == pytest.approx(1)
    assert set(WAYS) == set(Bond)
    assert WAYS[Bond.TRULY_LOYAL].response == 1
    assert {move.bond.value for move in MOVES} == {hold.value for hold in TRIGGERS.values()}
    assert parameters()["bonds"]["best_terms"]["deals"] == WAYS[Bond.BEST_TERMS].deals


def test_every_cell_of_the_truth_has_a_column(firm: Drawn) -> None:
    assert set(firm.truth) == set(COLUMNS)
    assert all(rows for rows in firm.truth.values())
    known = {customer.number for block in firm.blocks for customer in block.customers}
    orders = {order.number for order, _ in firm.orders}
    for table, rows in firm.truth.items():
        assert all(row["customer"] in known for row in rows if "customer" in row), table
        assert all(row["order"] in orders for row in rows if "order" in row), table


def test_the_documentation_names_every_table_and_column() -> None:
    told = (Path(__file__).parents[2] / "docs" / "look-up" / "truth.md").read_text(encoding="utf-8")
    for table, columns in COLUMNS.items():
        section = told.split(f"## {table}\n")[1].split("\n## ")[0]
        assert [line.split("`")[1] for line in section.splitlines() if line.startswith("| `")] == list(columns)
        assert all(f"| `{column}` | {meaning} |" in section for column, meaning in columns.items())


def test_nothing_of_the_truth_stands_in_the_books(firm: Drawn) -> None:
    words = {bond.value for bond in Bond} | {move.key for move in MOVES} | {trial.key for trial in TRIALS}
    for block in firm.blocks:
        said = {*(x.words for x in block.interactions), *(p.what for p in block.promises)}
        said |= {value for customer in block.customers for value in customer.own.values()}
        assert not words & {word for text in said for word in text.split()}


def test_bonds_have_their_shares_and_their_rates(firm: Drawn) -> None:
    rows = firm.truth["customers"]
    found = Counter(bond_of(row) for row in rows)
    assert all(within(found[bond], len(rows), ways.share) for bond, ways in WAYS.items())
    orders = {bond: sum(row["orders"] for row in rows if bond_of(row) is bond) / many for bond, many in found.items()}
    assert max(orders, key=lambda bond: orders[bond]) is Bond.TRULY_LOYAL
    assert min(orders, key=lambda bond: orders[bond]) is Bond.OCCASIONAL
    assert sum(row["orders"] for row in rows) == sum(len(block.orders) for block in firm.blocks)


def test_a_purchase_is_a_deal_as_often_as_its_bond_says(firm: Drawn) -> None:
    reduced = {row["order"] for row in firm.truth["concessions"] if row["kind"] == "discount"}
    n: Counter[Bond] = Counter()
    deals: Counter[Bond] = Counter()
    for order, customer in firm.orders:
        bond = bond_of(firm.customer[customer.number])
        n[bond] += 1
        deals[bond] += order.number in reduced
    assert all(within(deals[bond], n[bond], ways.deals) for bond, ways in WAYS.items())


def test_a_discount_is_what_the_lines_lack_beside_the_list(firm: Drawn) -> None:
    given = {row["order"]: row["value_minor"] for row in firm.truth["concessions"] if row["kind"] == "discount"}
    for order, _ in firm.orders:
        listed = sum(quantity * FIRM.products[product][2] for product, quantity, _ in order.lines)
        assert listed - order.items_minor == given.get(order.number, 0)


def test_failures_are_those_of_the_books(firm: Drawn) -> None:
    failed = {row["order"]: row for row in firm.truth["failures"]}
    late = {number for number, row in failed.items() if row["kind"] != "damaged"}
    for promise, order in firm.deliveries:
        if promise.acted_at:
            assert promise.outcome.is_broken == (order.number in late)
    damaged = sum(row["kind"] != "late" for row in failed.values())
    sold = sum(SITES[order.site].mode is not Mode.SERVICE for order, _ in firm.orders)
    # those cancelled are never damaged
    assert within(damaged, sold, SHARE_DAMAGED * 0.98)
    assert set(failed) == {row["order"] for row in firm.truth["apologies"]}


def test_apologies_are_dealt_by_lot_and_take_a_part_of_the_fall_back(firm: Drawn) -> None:
    rows = firm.truth["apologies"]
    assert within(sum(row["assigned"] for row in rows), len(rows), APOLOGY_SHARE)
    for row in rows:
        assert row["response_without"] <= row["response_with"] <= 1
        assert row["response"] == row["response_with" if row["assigned"] else "response_without"]
    loyal = [row for row in rows if bond_of(firm.customer[row["customer"]]) is Bond.TRULY_LOYAL]
    assert all(row["response"] == 1 for row in loyal)


def test_a_rival_takes_only_those_whose_reason_it_ends(firm: Drawn) -> None:
    moves = {move.key: move for move in MOVES}
    taken: Counter[str] = Counter()
    for row in firm.truth["departures"]:
        if row["because"] != "dropout":
            move = moves[row["because"]]
            taken[move.key] += 1
            assert row["reason"] == move.bond.value
            began = AT - timedelta(days=move.days_ago + 2)
            assert began < row["left_at"] < began + timedelta(days=LEAVE_WITHIN + 3)
    assert set(taken) == set(moves)


def test_as_many_of_them_leave_as_were_stated() -> None:
    """Of those who are there when a shop opens and whose reason it ends."""
    dice, at_risk, gone = random.Random(11), 0, 0
    move = next(move for move in MOVES if move.bond is Bond.NO_ALTERNATIVE)
    begins = ALMANAC.midnights[ZONE][DAYS - move.days_ago]
    for _ in range(9_000):
        buyer = draw_buyer(dice, 0, 0, False, None)
        if buyer.bond is move.bond:
            live(dice, buyer, ALMANAC)
            is_here = buyer.left is None or buyer.left > begins + LEAVE_WITHIN * 1440 or buyer.left_because == move.key
            at_risk += is_here
            gone += buyer.left_because == move.key
    assert within(gone, at_risk, move.leave)


def test_who_sends_others_is_truly_loyal_and_those_who_are_sent_buy(firm: Drawn) -> None:
    rows = firm.truth["referrals"]
    loyal = sum(row["loyalty_of_sender"] == "truly_loyal" for row in rows)
    assert loyal / len(rows) > 0.85
    came = [row for row in firm.truth["customers"] if row["entered_at"]]
    assert within(sum(bool(row["referred_by"]) for row in came), len(came), SHARE_REFERRED)
    first: dict[str, SimulatedOrder] = {}
    for order, customer in firm.orders:
        first.setdefault(customer.number, order)
    for row in rows:
        assert first[row["customer"]].number == row["first_order"]
        assert first[row["referred_by"]].placed_at < first[row["customer"]].placed_at + timedelta(days=4)


def test_nobody_is_sent_where_nobody_is_there_to_send() -> None:
    dice = random.Random(3)
    gone = [draw_buyer(dice, 0, 0, False, None) for _ in range(3)]
    assert find_sender(dice, [], 10) is None
    assert find_sender(dice, gone, 10) is None


def test_trials_are_dealt_evenly_and_only_the_save_programme_is_chosen(firm: Drawn) -> None:
    for trial in TRIALS:
        rows = [row for row in firm.truth["trials"] if row["trial"] == trial.key]
        arms = Counter(row["arm"] for row in rows)
        if trial.is_by_lot:
            assert within(arms["treated"], len(rows), trial.share)
            assert set(arms) == {"treated", "control"}
        else:
            assert set(arms) == {"joined", "stayed_out"}
            assert all(row["before_minor"] == 0 for row in rows if row["arm"] == "joined")
        treated = ("treated", "joined")
        assert all(row["cost_minor"] == (trial.cost_minor if row["arm"] in treated else 0) for row in rows)


def test_an_organisation_is_no_unit_of_a_trial() -> None:
    dice = random.Random(5)
    buyer = draw_buyer(dice, 0, 1, True, None)
    live(dice, buyer, ALMANAC)
    assert buyer.purchases
    assert not list(trial_rows(buyer, "K-1", ALMANAC))


def test_internal_requests_have_a_cause_exactly_where_they_were_late(firm: Drawn) -> None:
    rows = firm.truth["internal_requests"]
    assert all(bool(row["cause"]) == bool(row["is_late"]) == (row["acted_at"] > row["due_at"]) for row in rows)
    assert {row["cause"] for row in rows} == {"", *CAUSES}
    asked = {promise.what for promise in firm.promises if promise.to_unit is not None}
    assert {row["what"] for row in rows} <= asked


def test_more_is_sold_before_christmas_at_weekends_and_every_year(firm: Drawn) -> None:
    months = Counter(order.placed_at.strftime("%Y-%m") for order, _ in firm.orders)
    assert months["2025-12"] > 1.5 * months["2025-07"]
    assert months["2025-10"] > 1.1 * months["2024-10"]
    days = Counter(
        order.placed_at.astimezone(ZoneInfo(SITES[order.site].zone)).weekday()
        for order, _ in firm.orders
        if SITES[order.site].mode is Mode.WHOLESALE
    )
    assert not days[5]
    assert not days[6]
    christmas = datetime(2025, 12, 25, tzinfo=ZoneInfo(ZONE)).date()
    assert demand(Mode.WEB_SHOP, christmas) < 0.2 * demand(Mode.WEB_SHOP, christmas - timedelta(days=7))


def test_orders_come_while_it_is_open(firm: Drawn) -> None:
    for order, _ in firm.orders:
        site = SITES[order.site]
        opens, closes = OPEN[site.mode]
        assert opens <= order.placed_at.astimezone(ZoneInfo(site.zone)).hour < closes


@pytest.mark.parametrize("site", range(len(SITES)))
def test_opening_time_and_the_clock_tell_the_same_moment(site: int) -> None:
    for day in (0, 100.5, DAYS - 0.25):
        found = ALMANAC.place(site, ALMANAC.spent(site, day))
        assert found is not None
        assert found[0] >= int(day)
        assert ALMANAC.day_of(found[1], SITES[site].zone) == found[0]
        assert ALMANAC.minute(ALMANAC.moment(found[1])) == found[1]
    assert ALMANAC.place(site, ALMANAC.spent(site, DAYS) * 2) is None


def test_a_basket_is_worth_on_average_what_was_to_be_spent() -> None:
    dice = random.Random(2)
    for is_organisation, site in ((False, 2), (True, 1)):
        buyer = draw_buyer(dice, 0, site, is_organisation, None)
        for value in (500.0, 9_000.0, 21_000.0, 70_000.0):
            n = 3_000
            worth = [sum(q * p for _, q, p in fill_basket(dice, buyer, value)) for _ in range(n)]
            assert min(worth) > 0
            if value > buyer.prices[0]:
                # the last thing bought is bought or not: a deviation below its price
                assert abs(sum(worth) / n - value) < 3.2905 * buyer.prices[0] / n**0.5


def test_whoever_fears_change_buys_the_same_again(firm: Drawn) -> None:
    again: defaultdict[Bond, list[bool]] = defaultdict(list)
    last: dict[str, set[int]] = {}
    for order, customer in firm.orders:
        basket = {product for product, _, _ in order.lines}
        if customer.number in last:
            again[bond_of(firm.customer[customer.number])].append(basket == last[customer.number])
        last[customer.number] = basket
    shares = {bond: sum(told) / len(told) for bond, told in again.items()}
    assert shares[Bond.FEAR_OF_CHANGE] > 0.8 > 2 * shares[Bond.TRULY_LOYAL]
