"""Ledgers, concessions, categories and fill rates: every figure worked by hand, to its last digit."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from goodwill.domain import categories, concessions, fill_rates, ledgers
from goodwill.domain.concessions import FirstMargin, Offer
from goodwill.domain.fill_rates import Order, OrderLine
from goodwill.domain.ledgers import Capacity, Line, LineKind, TimeEquation
from goodwill.domain.money import Money

D = Decimal
DAY = date(2026, 3, 2)


def to(amount: Decimal | None, step: str) -> Decimal:
    assert amount is not None
    return amount.quantize(D(step), ROUND_HALF_UP)


# ------------------------------------------------------------------ the customer's profit and loss
def line(kind: LineKind, amount: str, currency: str = "EUR") -> Line:
    return Line(DAY, kind, Money.of(amount, currency), "invoice 7")


def test_profit_adds_what_earns_and_takes_off_all_the_rest() -> None:
    lines = [line(kind, "1.00") for kind in LineKind]
    assert ledgers.state(lines, "EUR").profit == Money.of("-9.00", "EUR")  # 3 earn, 12 cost
    assert {kind for kind in LineKind if ledgers.state([line(kind, "1.00")], "EUR").profit.minor > 0} == ledgers.EARNS


def test_net_sales_are_sales_less_discounts_and_refunds() -> None:
    lines = [line(LineKind.SALES, "100"), line(LineKind.DISCOUNT, "10"), line(LineKind.RETURN, "30"),
             line(LineKind.COST_OF_GOODS, "42")]  # fmt: skip
    stated = ledgers.state(lines, "EUR")
    assert (stated.net_sales, stated.profit) == (Money.of(60, "EUR"), Money.of(18, "EUR"))
    assert stated.totals[LineKind.DISCOUNT] == Money.of(10, "EUR")


def test_a_correction_is_a_new_line_that_takes_back() -> None:
    lines = [line(LineKind.SALES, "100"), line(LineKind.SALES, "-100"), line(LineKind.SALES, "90")]
    assert ledgers.state(lines, "EUR").profit == Money.of(90, "EUR")


def test_a_second_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot add HUF to EUR"):
        ledgers.state([line(LineKind.SALES, "100"), line(LineKind.GIFT, "100", "HUF")], "EUR")


def test_an_amount_without_a_document_is_refused() -> None:
    with pytest.raises(ValueError, match="document"):
        Line(DAY, LineKind.SALES, Money(1, "EUR"), " ")


# ------------------------------------------------------------------ minutes
TEAM = Capacity(D(560_000), D(700_000))


def test_a_minute_of_practical_capacity_costs_eighty_cents() -> None:
    assert TEAM.rate == D("0.80")
    served = ledgers.charge({"complaint": D(220), "order": D(40)}, TEAM)
    assert served.by_customer == {"complaint": D(176), "order": D(32)}


def test_unused_capacity_is_shown_apart_and_never_charged() -> None:
    served = ledgers.charge({"anna": D(300_000), "boris": D(200_000)}, TEAM)
    assert sum(served.by_customer.values()) == D(400_000)
    assert (served.unused, served.overbooked) == (D(160_000), D(0))


def test_more_minutes_than_there_are_show_as_overbooked() -> None:
    served = ledgers.charge({"anna": D(800_000)}, TEAM)
    assert (served.unused, served.overbooked) == (D(0), D(80_000))


def test_a_time_equation_adds_minutes_for_each_driver() -> None:
    order = TimeEquation(D(10), (("lines", D(5)), ("express", D(20))))
    assert order.minutes(lines=2, express=1) == D(40)
    assert order.minutes() == D(10)
    with pytest.raises(ValueError, match="calls is no driver"):
        order.minutes(calls=1)


@pytest.mark.parametrize(("cost", "minutes"), [(-1, 10), (10, 0)])
def test_a_team_that_cannot_work_is_refused(cost: int, minutes: int) -> None:
    with pytest.raises(ValueError, match="capacity"):
        Capacity(D(cost), D(minutes))


def test_minutes_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="minutes"):
        ledgers.charge({"anna": D(-1)}, TEAM)


def test_the_whale_curve_peaks_where_customers_begin_to_cost() -> None:
    whale = ledgers.pile_up([D(-40), D(100), D(0), D(50), D(-10)])
    assert list(map(int, whale.curve)) == [100, 150, 150, 140, 100]
    assert (whale.peak, whale.profit, whale.paying, whale.peak_share) == (D(150), D(100), 2, D("1.5"))
    assert ledgers.pile_up([]).peak_share is None


# ------------------------------------------------------------------ time and risk
def test_waiting_for_money_costs_147_95() -> None:
    assert to(concessions.deferral_cost(D(10_000), 45, D("0.12")), ".01") == D("147.95")


def test_money_that_may_not_come_costs_105() -> None:
    assert concessions.expected_loss(D(10_000), D("0.015"), D("0.70")) == D("105.00")


@pytest.mark.parametrize(("pd", "lgd"), [("1.5", "0.7"), ("0.1", "-1")])
def test_a_risk_beyond_its_scale_is_refused(pd: str, lgd: str) -> None:
    with pytest.raises(ValueError, match="shares"):
        concessions.expected_loss(D(1), D(pd), D(lgd))


def test_two_ten_net_thirty_costs_37_24_simple_and_44_59_compounded() -> None:
    rate = concessions.forgone_discount(D("0.02"), 10, 30)
    assert (to(rate.simple * 100, ".01"), to(rate.compounded * 100, ".01")) == (D("37.24"), D("44.59"))


@pytest.mark.parametrize(("discount", "within", "net"), [("0", 10, 30), ("1", 10, 30), ("0.02", 30, 30)])
def test_terms_that_offer_nothing_are_refused(discount: str, within: int, net: int) -> None:
    with pytest.raises(ValueError, match="discount"):
        concessions.forgone_discount(D(discount), within, net)


# ------------------------------------------------------------------ break-evens
def test_a_discount_breaks_even_at_d_over_m_minus_d() -> None:
    assert to(concessions.discount_break_even(D("0.10"), D("0.40")), ".01") == D("0.33")
    assert concessions.discount_break_even(D("0.20"), D("0.25")) == 4
    assert concessions.discount_break_even(D("0.25"), D("0.25")) is None


def test_a_gift_breaks_even_at_g_over_c_minus_g() -> None:
    assert concessions.gift_break_even(D(5), D(25)) == D("0.25")
    assert concessions.gift_break_even(D(25), D(25)) is None


PAID = Offer(D("0.50"), D(60), D("0.4"), D("0.08"), D(7))
FREE = Offer(D("0.60"), D(56), D("0.4"), D("0.10"), D(7), D(6))


def test_free_shipping_sells_more_earns_less_and_is_abolished() -> None:
    assert (to(PAID.profit, ".01"), to(FREE.profit, ".01")) == (D("10.76"), D("8.08"))
    found = concessions.compare(PAID, FREE)
    assert to(found.net_sales_change * 100, ".1") == D("9.6")
    assert to(found.profit_change * 100, "1") == D("-25")
    assert to(found.break_even_orders, ".01") == D("0.80")
    assert not found.repays


def test_no_number_of_orders_repays_one_that_loses_money() -> None:
    assert concessions.compare(PAID, Offer(D(9), D(10), D("0.1"), D(0), D(0), D(6))).break_even_orders is None
    assert concessions.compare(PAID, PAID).repays


def test_an_offer_that_earns_nothing_is_no_measure() -> None:
    with pytest.raises(ValueError, match="profit"):
        concessions.compare(Offer(D(0), D(60), D("0.4"), D(0), D(0)), FREE)


def test_an_apology_voucher_repays_itself_at_three_quarters_of_a_point() -> None:
    value = concessions.lifetime_value(D(100), D("0.8"), D("0.1"), first=FirstMargin.AT_PERIOD_END)
    assert to(concessions.voucher_break_even(D(5), D("0.40"), value) * 100, ".01") == D("0.75")
    with pytest.raises(ValueError, match="brings nothing"):
        concessions.voucher_break_even(D(5), D("0.40"), D(0))


def test_lifetime_value_names_when_the_first_margin_comes() -> None:
    of = concessions.lifetime_value
    assert to(of(D(100), D("0.8"), D("0.1"), first=FirstMargin.AT_PERIOD_END), ".01") == D("266.67")
    assert to(of(D(100), D("0.8"), D("0.1"), first=FirstMargin.AT_ONCE), ".01") == D("366.67")


@pytest.mark.parametrize(("retention", "discount"), [("1.1", "0.5"), ("-0.1", "0.1"), ("1", "0")])
def test_a_lifetime_value_without_an_end_is_refused(retention: str, discount: str) -> None:
    with pytest.raises(ValueError, match="retention"):
        concessions.lifetime_value(D(100), D(retention), D(discount), first=FirstMargin.AT_ONCE)


# ------------------------------------------------------------------ retailer and supplier
PROMOTION = categories.Promotion(
    base=D(1000), lift=categories.Lift(D(360), D(240), D(200)), margin=D("1.00"), promoted_margin=D("0.60"),
    rival_margin=D("1.00"), supplier_margin=D("0.80"), funding=D("0.30"), halo=D(128), halo_margin=D("0.90"),
)  # fmt: skip


def test_three_accounts_show_whose_money_was_called_lift() -> None:
    found = categories.account(PROMOTION)
    assert PROMOTION.lift.gross == 800
    assert (found.retailer_before_funding, found.funding) == (D("-244.8"), D(540))
    assert (found.retailer, found.supplier, found.joint) == (D("295.2"), D(-60), D("235.2"))


def test_category_roi_is_money_gained_over_money_bound() -> None:
    roi = categories.category_roi(gross_margin_change=D("-244.8"), funding=D(540), costs=D("95.2"),
                                  inventory_change=D(600), one_off=D(200))  # fmt: skip
    assert roi == D("0.25")
    nothing = categories.category_roi(gross_margin_change=D(1), funding=D(0), costs=D(0), inventory_change=D(-5),
                                      one_off=D(5))  # fmt: skip
    assert nothing is None


def test_gmroi_is_gross_margin_over_average_inventory_at_cost() -> None:
    assert categories.gmroi(D(300), D(200)) == D("1.5")
    with pytest.raises(ValueError, match="inventory"):
        categories.gmroi(D(300), D(0))


# ------------------------------------------------------------------ deliveries
def test_one_delivery_fills_85_percent_of_units_67_of_lines_and_no_order() -> None:
    orders = [
        Order((OrderLine(D(40), D(40)), OrderLine(D(30), D(30)), OrderLine(D(30), D(15)))),
        Order((OrderLine(D(50), D(50)), OrderLine(D(20), D(20)), OrderLine(D(30), D(15)))),
    ]
    found = fill_rates.measure(orders)
    assert found.units == D(170) / 200 == D("0.85")
    assert to(found.lines, ".01") == D("0.67")
    assert (found.orders, found.perfect_orders) == (D(0), D(0))


def test_a_perfect_order_is_full_on_time_documented_and_sound() -> None:
    full = (OrderLine(D(1), D(2)),)
    orders = [Order(full), Order(full, on_time=False), Order(full, documents_right=False),
              Order(full, condition_right=False), Order((OrderLine(D(2), D(1)),), cancelled_by_customer=True),
              ]  # fmt: skip
    found = fill_rates.measure(orders)
    assert (found.units, found.lines, found.orders, found.perfect_orders) == (D(1), D(1), D(1), D("0.25"))


def test_no_order_has_no_rate() -> None:
    assert fill_rates.measure([]) == fill_rates.FillRates(None, None, None, None)


@pytest.mark.parametrize(("ordered", "delivered"), [(0, 0), (1, -1)])
def test_a_line_that_asks_for_nothing_is_refused(ordered: int, delivered: int) -> None:
    with pytest.raises(ValueError, match="line"):
        OrderLine(D(ordered), D(delivered))
