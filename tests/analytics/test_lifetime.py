"""A whole lifetime: fit, back-test, spend, forecast and value, on made-up customers."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest
from scipy.integrate import quad

from goodwill.analytics.lifetime import MODELS, Lifetime, discount, estimate, forecast
from goodwill.analytics.lifetime_charts import draw, save
from goodwill.analytics.purchases import Rows, Unit
from goodwill.analytics.results import Grade, Interval, Reason, Refused
from tests.analytics.customers import BG, FIRST, MBG, PARETO, one, transactions

UNTIL = FIRST + timedelta(days=180)
TRUTH = {"bgnbd": BG, "mbgnbd": MBG, "paretonbd": PARETO}


@pytest.fixture(scope="module")
def book() -> ibis.expr.types.Table:
    return transactions()


def fitted(book: ibis.expr.types.Table, model: str = "mbgnbd", **asked: Any) -> Lifetime:
    result = estimate(book, model, **asked)
    assert isinstance(result, Lifetime)
    return result


@pytest.mark.parametrize("model", MODELS)
def test_a_result_carries_all_that_a_figure_needs(book: ibis.expr.types.Table, model: str) -> None:
    result = fitted(book, model, until=UNTIL, with_spend=True)
    shown = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert result.refused is None
    assert {"model", "n", "unique_rows", "until", "unit", "params", "se", "ll", "fit", "baselines", "refused"} < set(
        shown
    )
    assert {"question", "window", "method", "grade", "recipe", "as_of", "reasons"} < set(shown)
    assert shown["until"] == shown["as_of"] == shown["window"]["last"] == UNTIL.isoformat()
    assert (shown["grade"], result.grade) == ("guess", Grade.GUESS)
    assert f"--model {model} --until {UNTIL}" in shown["recipe"]
    assert set(shown["baselines"]) == {"recency", "hiatus_13_weeks", "frequency", "expected_purchases", "p_alive"}
    assert shown["spend"]["params"]["p"] > 0
    assert (Reason.ALIVE_IS_NO_CHURN_RISK in result.reasons) == (model == "bgnbd")


def test_the_holdout_is_what_came_after_and_its_length_is_the_horizon(book: ibis.expr.types.Table) -> None:
    last = book.date.max().to_pyarrow().as_py()
    result = fitted(book, until=UNTIL)
    assert result.backtest is not None
    assert (result.backtest.until, result.backtest.last) == (UNTIL, last)
    assert result.horizon == pytest.approx((last - UNTIL).days / 7)
    assert result.backtest.params == pytest.approx(tuple(result.fit.params or ()))
    assert sum(group.n for group in result.backtest.bins) == result.n


def test_without_later_rows_the_second_half_is_the_holdout(book: ibis.expr.types.Table) -> None:
    last = book.date.max().to_pyarrow().as_py()
    result = fitted(book)
    assert result.as_of == last
    assert result.backtest is not None
    assert result.backtest.until == FIRST + timedelta(days=(last - FIRST).days // 2)
    assert result.backtest.params != pytest.approx(tuple(result.fit.params or ()))
    assert result.horizon == pytest.approx((last - FIRST).days / 7)


def test_a_window_that_ends_after_the_last_purchase_leaves_no_holdout_but_its_own(book: ibis.expr.types.Table) -> None:
    beyond = FIRST + timedelta(days=400)
    result = fitted(book, until=beyond, horizon=10, unit=Unit.DAY)
    assert result.backtest is not None
    assert (result.as_of, result.backtest.last, result.horizon) == (beyond, beyond, 10)


def test_drift_is_a_reason_when_customers_stop_buying(book: ibis.expr.types.Table) -> None:
    quiet = book.filter((book.date <= UNTIL) | (book.customer < "c0010"))
    assert Reason.DRIFT in fitted(quiet, "paretonbd", until=UNTIL).reasons
    assert Reason.DRIFT not in fitted(book, "paretonbd", until=UNTIL).reasons


def test_a_holdout_in_which_nobody_could_be_fitted_or_bought_is_said_to_be_missing(book: ibis.expr.types.Table) -> None:
    few = book.filter(book.date <= FIRST + timedelta(days=80))
    late = few.mutate(date=(few.date >= FIRST + timedelta(days=1)).ifelse(few.date + ibis.interval(days=60), few.date))
    result = fitted(late)
    assert (result.fit.refused, result.backtest) == (None, None)
    assert Reason.NO_HOLDOUT in result.reasons
    assert result.as_json()["baselines"] is None
    silent = fitted(few, until=FIRST + timedelta(days=400))
    assert silent.backtest is None


def test_a_window_without_purchases_is_refused(book: ibis.expr.types.Table) -> None:
    early = estimate(book, "bgnbd", until=date(2020, 1, 1))
    assert isinstance(early, Refused)
    assert (early.reason, early.value) == (Reason.NO_ROWS, "2020-01-01")
    nothing = estimate(book.filter(ibis.literal(False)), "bgnbd")
    assert isinstance(nothing, Refused)
    assert nothing.value == ""


def test_a_refused_fit_shows_no_figure_and_forecasts_nothing(book: ibis.expr.types.Table) -> None:
    tiny = book.filter(book.customer < "c0020")
    result = fitted(tiny, with_spend=True)
    shown = result.as_json()
    assert result.refused is Reason.TOO_FEW_REPEATS
    assert [shown[name] for name in ("params", "se", "ll", "baselines", "holdout", "expected_purchases")] == [None] * 6
    with pytest.raises(ValueError, match="too_few_repeats"):
        forecast(tiny, result)


def test_repeat_purchases_worth_nothing_are_refused_by_their_row(book: ibis.expr.types.Table) -> None:
    gifts = book.mutate(row=ibis.row_number() + 1).order_by("row").to_pyarrow().to_pylist()
    first: dict[str, date] = {}
    for row in gifts:
        first.setdefault(row["customer"], row["date"])
    generous = next(row["customer"] for row in gifts if row["date"] > first[row["customer"]])
    for row in gifts:
        if row["customer"] == generous:
            row["amount"] = 0.0
    at = next(row["row"] for row in gifts if row["customer"] == generous and row["date"] > first[generous])
    table = ibis.memtable({name: [row[name] for row in gifts] for name in ("customer", "date", "amount")})
    result = fitted(table, with_spend=True)
    assert (result.fit.refused, result.refused) == (None, Reason.MONEY_ZERO)
    assert result.spend is not None and result.spend.at is not None
    assert (result.spend.at.column, result.spend.at.row, result.spend.at.value) == ("amount", at, "0.0")
    assert result.spend.as_json()["mean"] is None
    assert "expected_spend" not in forecast(table, result).columns


def test_a_forecast_has_every_customer_once_and_adds_up(book: ibis.expr.types.Table) -> None:
    result = fitted(book, until=UNTIL)
    people = forecast(book, result).to_pyarrow().to_pylist()
    assert len({row["customer"] for row in people}) == len(people) == result.n
    expected: Any = result.as_json()["expected_purchases"]
    assert sum(row["expected_purchases"] for row in people) == pytest.approx(expected["these_customers"])
    assert all(0 <= row["p_alive"] <= 1 for row in people)
    assert set(people[0]) == {"customer", "x", "t_x", "T", "p_alive", "expected_purchases"}


def test_value_is_stated_profit_discounted_at_a_stated_rate(book: ibis.expr.types.Table) -> None:
    result = fitted(book, until=UNTIL, with_spend=True)
    spend_only = forecast(book, result).order_by("customer").to_pyarrow().to_pylist()
    assert "value" not in spend_only[0]
    free, dear = (
        forecast(book, result, rate=rate, margin=0.5).order_by("customer").to_pyarrow().to_pylist() for rate in (0, 9.0)
    )
    for plain, undiscounted, discounted in zip(spend_only, free, dear, strict=True):
        assert isinstance(undiscounted["value"], Decimal)
        worth = float(plain["expected_spend"]) * plain["expected_purchases"] * 0.5
        assert float(undiscounted["value"]) == pytest.approx(worth, abs=2e-4, rel=1e-4)
        assert discounted["value"] < undiscounted["value"] or worth < 1e-3
    assert "discounted" not in free[0]


@pytest.mark.parametrize("model", MODELS)
def test_discounting_weighs_each_expected_purchase_by_its_day(model: str) -> None:
    chosen, params, rate, horizon = MODELS[model], TRUTH[model], 0.02, 52.0
    rows: Rows = one(3, 20, 30)

    def density(t: float) -> float:
        up, down = (float(chosen.expect(params, rows, t + step)[0]) for step in (1e-4, -1e-4))
        return (up - down) / 2e-4 * float(np.exp(-rate * t))

    by_days, _ = quad(density, 1e-3, horizon, limit=200, epsabs=1e-7)
    assert discount(chosen, params, rows, horizon, rate)[0] == pytest.approx(by_days, rel=1e-3)


def test_the_chart_labels_its_lines_and_carries_its_doubt(book: ibis.expr.types.Table, tmp_path: Path) -> None:
    result = fitted(book, until=UNTIL)
    assert result.backtest is not None
    spec = draw(result, result.backtest).to_dict()
    assert "95 % interval" in spec["title"]["subtitle"]
    assert "purchases made for each one expected" in spec["title"]["text"]
    for name, magic in (("a.png", b"\x89PNG"), ("a.svg", b"<svg")):
        save(result, result.backtest, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        save(result, result.backtest, tmp_path / "a.gif")


def test_an_interval_prints_its_level_and_method() -> None:
    shown = Interval(2.0, 1.0, 3.0, 0.95, "wald_log").as_json()
    assert shown == {"value": 2.0, "low": 1.0, "high": 3.0, "level": 0.95, "method": "wald_log"}
