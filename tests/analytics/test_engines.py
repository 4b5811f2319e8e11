"""The same expressions on every engine: whole numbers, texts and days alike, floats to twelve places."""

import math
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from goodwill.adapters import engines
from goodwill.adapters.engines import Engine
from goodwill.adapters.lake import LakeProblem, Snapshot
from goodwill.analytics import arms, clusters, lifetime, lifetime_files, recipes, survival_files, survivals, trial_files
from goodwill.analytics.purchases import check_units, count, summarise
from goodwill.analytics.results import Grade, Refused
from goodwill.analytics.trials import estimate
from goodwill.analytics.verdicts import Terms

UNTIL = date(2024, 9, 1)


def transactions(orders: ir.Table) -> ir.Table:
    return recipes.sum_purchases(orders)


def units(orders: ir.Table) -> ir.Table:
    """Orders as the units of a trial."""
    arm = ibis.ifelse(orders.customer_id % 2 == 0, "letter", "none")
    return orders.select(
        arm=arm,
        outcome=orders.items_minor,
        cluster=orders.customer_id.cast("string"),
        before=orders.id.cast("float64"),
        entered=orders.placed_on,
        group=orders.status,
    )


QUESTIONS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "rows": lambda orders: orders.drop("placed_at"),
    "moments in text": lambda orders: orders.select(at=orders.placed_at.cast("string").left(19), id=orders.id),
    "purchases": transactions,
    "summary": lambda orders: summarise(transactions(orders), until=UNTIL),
    "summary with spend": lambda orders: summarise(transactions(orders), until=UNTIL, amount="amount"),
    "unique rows": lambda orders: count(summarise(transactions(orders), until=UNTIL)),
    "stays": lambda orders: recipes.follow_stays(orders, until=UNTIL, silence=90),
    "sufficient statistics": lambda orders: arms.sum_up(
        units(orders), by=["arm", "group"], columns=["outcome", "before"], about={"outcome": 9_000.5}
    ),
    "clusters": lambda orders: clusters.collapse(
        units(orders), by=["arm"], cluster="cluster", columns=["outcome", "before"]
    ),
}


def fetched(table: ir.Table) -> list[dict[str, Any]]:
    """The rows in an order that all engines agree on; numbers as Python's."""
    rows = [
        {name: _plain(value) for name, value in row.items()} for row in table.to_pyarrow().to_pylist()
    ]  # fmt: skip
    exact = [name for name in table.columns if not table[name].type().is_floating()]
    return sorted(rows, key=lambda row: repr([row[name] for name in exact] + [round(row[n] or 0, 3) for n in row
                                                                            if n not in exact]))  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    return int(value) if type(value).__name__ == "Decimal" else value


def assert_equal(mine: Any, theirs: Any) -> None:
    """Equal, floats to 1e-12 of their size."""
    if isinstance(theirs, Mapping):
        assert mine.keys() == theirs.keys()
        for key, value in theirs.items():
            assert_equal(mine[key], value)
    elif isinstance(theirs, list):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert_equal(one, other)
    elif isinstance(theirs, float) and not isinstance(mine, int):
        assert mine == pytest.approx(theirs, rel=1e-12, abs=1e-9)
    else:
        assert mine == theirs


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_expression_has_one_answer_on_every_engine(duck: Engine, engine: Engine, question: str) -> None:
    ask = QUESTIONS[question]
    expected = fetched(ask(duck.table("orders")))
    assert len(expected) > 3
    assert_equal(fetched(ask(engine.table("orders"))), expected)


def test_a_table_without_rows_has_its_columns_on_every_engine(duck: Engine, engine: Engine) -> None:
    for one in (duck, engine):
        table = one.table("nothing")
        assert table.columns == one.table("orders").columns
        assert table.count().to_pyarrow().as_py() == 0


def lived(one: Engine) -> dict[str, Any]:
    rows = lifetime_files.read(transactions(one.table("orders")), lifetime_files.Layout(), with_amount=True)
    assert not isinstance(rows, Refused)
    result = lifetime.estimate(rows, "mbgnbd", until=UNTIL, with_spend=True)
    assert not isinstance(result, Refused)
    assert result.refused is None, result.refused
    best = lifetime.forecast(rows, result, rate=0.1, margin=0.3)
    return {"result": result.as_json(), "people": fetched(best)}


def stayed(one: Engine) -> dict[str, Any]:
    stays = recipes.follow_stays(one.table("orders"), until=UNTIL, silence=90)
    known = survival_files.read(stays, {}, UNTIL)
    assert not isinstance(known, Refused)
    result = survivals.estimate(known.cohorts, as_of=UNTIL, window=known.window)
    assert not isinstance(result, Refused)
    return result.as_json()


def judged(one: Engine, by: str) -> dict[str, Any]:
    columns = {name: name for name in ("arm", "outcome", "before", "entered", by)}
    maturity = trial_files.Maturity(30, UNTIL, leave_out=True)
    known = trial_files.read(units(one.table("orders")), trial_files.Layout(columns), maturity)
    assert not isinstance(known, Refused)
    result = estimate(known.table, Terms(control="none", margin=0.3, grade=Grade.RANDOMISED), outcome="outcome",
                      as_of=UNTIL, window=known.window)  # fmt: skip
    assert not isinstance(result, Refused)
    return {"left_out": known.left_out, **result.as_json()}


@pytest.mark.parametrize("by", ["cluster", "group"])
def test_a_verdict_is_the_same_on_every_engine(duck: Engine, engine: Engine, by: str) -> None:
    assert_loosely_equal(judged(engine, by), judged(duck, by))


def test_survival_is_the_same_on_every_engine(duck: Engine, engine: Engine) -> None:
    assert_equal(stayed(engine), stayed(duck))


def test_lifetime_is_the_same_on_every_engine(duck: Engine, engine: Engine) -> None:
    assert_loosely_equal(lived(engine), lived(duck))


def assert_loosely_equal(mine: Any, theirs: Any) -> None:
    """Equal; what a search ends with, to 1e-5: sums in another order start it from another last digit."""
    if isinstance(theirs, Mapping):
        assert mine.keys() == theirs.keys()
        for key, value in theirs.items():
            if key not in ("gradient", "min_eigenvalue"):
                assert_loosely_equal(mine[key], value)
    elif isinstance(theirs, list):
        assert len(mine) == len(theirs)
        for one, other in zip(mine, theirs, strict=True):
            assert_loosely_equal(one, other)
    elif isinstance(theirs, float):
        assert mine == pytest.approx(theirs, rel=1e-5, abs=1e-7)
    else:
        assert mine == theirs


@pytest.mark.parametrize("harm", ["unit", "number"])
def test_what_forbids_a_table_is_found_on_every_engine(duck: Engine, engine: Engine, harm: str) -> None:
    for one in (duck, engine):
        orders = one.table("orders")
        if harm == "unit":
            bad = check_units(transactions(orders))
            assert isinstance(bad, Refused)
            assert bad.reason == "duplicate_units"
        else:
            bad = trial_files.read(orders, trial_files.Layout({"arm": "status", "outcome": "placed_on"}))  # type: ignore[assignment]
            assert isinstance(bad, Refused)
            assert (bad.reason, bad.column) == ("not_a_number", "placed_on")


def test_a_table_that_is_not_there_is_named_with_those_that_are(duck: Engine) -> None:
    with pytest.raises(LakeProblem, match="no table 'secrets'; it has: nothing, orders"):
        duck.table("secrets")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "PostgreSQL of GOODWILL_ENGINE cannot be used"),
        ("oracle://x", "oracle is no engine"),
    ],
)
def test_an_engine_that_cannot_be_reached_says_so(poured: tuple[Path, Snapshot], url: str, said: str) -> None:
    with pytest.raises(LakeProblem, match=said), engines.opened(url, *poured):
        pass


def test_postgresql_copies_only_tables_that_changed(poured: tuple[Path, Snapshot], engine: Engine) -> None:
    if engine.name != "postgresql":
        pytest.skip("Spark reads the files themselves")
    raw = engine.connection.con
    before = raw.execute("SELECT oid FROM pg_class WHERE relname = 'orders'").fetchone()
    parts = raw.info
    with engines.opened(f"postgresql://{parts.user}@{parts.host}:{parts.port}/{parts.dbname}", *poured) as again:
        assert again.table("orders").count().to_pyarrow().as_py() > 1000
    assert raw.execute("SELECT oid FROM pg_class WHERE relname = 'orders'").fetchone() == before
