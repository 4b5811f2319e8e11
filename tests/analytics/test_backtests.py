"""Draft agreements tried on small histories whose every figure can be counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodwill.analytics.backtest_files import History, Moments, read
from goodwill.analytics.backtests import Backtest, backtest, credits_of, judge
from goodwill.analytics.results import Grade, Reason, Refused, Window
from goodwill.domain.drafts import Clause, Credit, Side, Term, When
from goodwill.domain.hours import HoursError
from goodwill.domain.money import Money
from goodwill.domain.promises import is_late
from goodwill.domain.targets import BusinessDays, LateRule, Seconds
from goodwill.domain.windows import EPOCH, micros
from tests.domain.desks import BERLIN, B, desk

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
TODAY = date(2026, 4, 30)
TENTH = Credit("freight", Decimal("0.1"), When.EACH_MISS)
MONTHLY = Credit("freight", Decimal("0.1"), When.MONTH_BELOW_TARGET)
ROWS = """promised,delivered,freight,customer,measure,ordered
2026-03-06 00:00:00,2026-03-06 23:59:59,10.00,Anna,delivery,2026-03-02 10:00
2026-03-06 00:00:00,2026-03-07 00:00:00,10.05,Anna,delivery,2026-03-02 16:30
2026-03-10,2026-03-10 18:00,0.04,Bela,delivery,2026-03-06 16:30
2026-04-01T12:00:00+02:00,2026-04-02T00:30:00+02:00,20.15,Bela,delivery,2026-03-27 16:00
2026-04-02,,,Bela,delivery,2026-03-27
2026-04-02 09:00,2026-04-02 09:30,0,Anna,claim,2026-04-01 09:00
"""


HEAD = "promised,delivered,freight\n"


def clause(**changes: Any) -> Clause:
    whole: dict[str, Any] = {"id": "delivery", "side": Side.OURS, "measure": "delivery", "rule": LateRule.END_OF_DAY,
                             "zone": BERLIN, "share": Decimal("0.5"), "credit": TENTH}  # fmt: skip
    return Clause(**(whole | changes))


def history(folder: Path, *clauses: Clause, text: str = ROWS, currency: str = "EUR", **columns: str) -> History:
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    found = read(path, clauses, columns, currency)
    assert isinstance(found, History), found
    return found


def tried(folder: Path, *clauses: Clause, text: str = ROWS, currency: str = "EUR") -> Backtest:
    return backtest(clauses, history(folder, *clauses, text=text, currency=currency), as_of=TODAY)


def refused(folder: Path, content: str | bytes, *clauses: Clause, **columns: str) -> Refused:
    path = folder / "rows.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = read(path, clauses or (clause(),), columns)
    assert isinstance(found, Refused)
    assert not found
    return found


def test_each_miss_costs_a_tenth_rounded_on_each_order(tmp_path: Path) -> None:
    result = tried(tmp_path, clause())
    # 1.005 becomes 1.01 and 2.015 becomes 2.02; rounded together they would be 3.02
    assert (result.n, result.missed, result.attainment, result.credits) == (4, 2, 0.5, Money(303, "EUR"))
    assert [(one.key, one.n, one.missed, one.attainment) for one in result.months] == [
        ("2026-03", 3, 1, 0.666667),
        ("2026-04", 1, 1, 0.0),
    ]
    assert (result.left_out, result.window, result.grade) == (
        1,
        Window(date(2026, 3, 1), date(2026, 4, 30)),
        Grade.GUESS,
    )
    (only,) = result.clauses
    assert [only.falls_short(month) for month in only.months] == [False, True]
    assert [(one.key, one.n, one.missed, one.credits.minor) for one in only.customers] == [
        ("Anna", 2, 1, 101),
        ("Bela", 2, 1, 202),
    ]


def test_the_wire_shape_is_the_agreed_one(tmp_path: Path) -> None:
    answer = tried(tmp_path, clause()).as_json()
    assert answer["months"][1] == {"month": "2026-04", "n": 1, "missed": 1, "attainment": 0.0}
    assert answer["credits"] == {"amount": "3.03", "currency": "EUR"}
    assert [answer[name] for name in ("n", "missed", "attainment", "as_of", "grade")] == [
        4,
        2,
        0.5,
        "2026-04-30",
        "guess",
    ]
    (only,) = answer["clauses"]
    assert (only["id"], only["side"], only["target"]) == ("delivery", "ours", 0.5)
    assert [month["met"] for month in only["months"]] == [True, False]
    assert only["customers"][0]["customer"] == "Anna"
    assert "delivery: end_of_day in Europe/Berlin, 0.5 a month, credit 0.1 of freight on each_miss" in answer["recipe"]


def test_a_month_below_target_costs_on_each_of_its_orders_and_other_months_nothing(tmp_path: Path) -> None:
    march = clause(share=Decimal("0.9"), credit=MONTHLY)
    assert [one.credits.minor for one in tried(tmp_path, march).clauses[0].months] == [100 + 101 + 0, 202]
    april = clause(share=Decimal("0.6"), credit=MONTHLY)
    assert [one.credits.minor for one in tried(tmp_path, april).clauses[0].months] == [0, 202]
    exactly = clause(share=Decimal(2) / 4, credit=MONTHLY)
    assert [one.credits.minor for one in tried(tmp_path, exactly).clauses[0].months] == [0, 202]


def test_clauses_are_tried_apart_and_counted_together(tmp_path: Path) -> None:
    claims = clause(id="claims", measure="claim", rule=LateRule.MOMENT, credit=None)
    answers = clause(id="answers", measure="answer", credit=None)
    result = tried(tmp_path, clause(), claims, answers)
    assert [(one.clause.id, one.whole.n, one.whole.missed, one.whole.attainment) for one in result.clauses] == [
        ("delivery", 4, 2, 0.5),
        ("claims", 1, 1, 0.0),
        ("answers", 0, 0, None),
    ]
    assert (result.n, result.missed, result.attainment) == (5, 3, 0.4)
    assert [(one.key, one.n, one.missed) for one in result.months] == [("2026-03", 3, 1), ("2026-04", 2, 2)]


def test_nothing_of_a_measure_is_nothing_and_no_share(tmp_path: Path) -> None:
    result = tried(tmp_path, clause(measure="answer"))
    assert (result.n, result.attainment, result.months, result.window) == (0, None, (), None)
    assert result.credits == Money(0, "EUR")


def test_without_columns_for_it_all_rows_are_one_measure_of_nobody(tmp_path: Path) -> None:
    result = tried(tmp_path, clause(), text=f"{HEAD}2026-03-06,2026-03-07 00:00,5\n", currency="")
    assert (result.n, result.missed, result.credits) == (1, 1, Money(50, "XXX"))
    assert result.clauses[0].customers == ()


def test_currency_comes_from_its_column_and_says_how_small_a_unit_is(tmp_path: Path) -> None:
    text = "promised,delivered,freight,currency\n2026-03-06,2026-03-07 00:00,1005,JPY\n"
    assert tried(tmp_path, clause(), text=text).credits == Money(101, "JPY")


@pytest.mark.parametrize(
    ("rule", "promised", "delivered", "late"),
    [
        (LateRule.END_OF_DAY, "2018-07-17 00:00:00", "2018-07-17 23:59:59", False),
        (LateRule.END_OF_DAY, "2018-07-17 00:00:00", "2018-07-18", True),
        (LateRule.MOMENT, "2018-07-17 00:00:00", "2018-07-17 00:00:01", True),
        (LateRule.MOMENT, "2018-07-17 00:00:00", "2018-07-17 00:00:00", False),
        (LateRule.MOMENT, "2018-07-17", "2018-07-17 23:59:59", False),
        (LateRule.MOMENT, "2018-07-17", "2018-07-18 00:00:00", True),
        # an hour after midnight in UTC is still the day before in São Paulo
        (LateRule.END_OF_DAY, "2018-07-17", "2018-07-18T02:59:59Z", False),
        (LateRule.END_OF_DAY, "2018-07-17", "2018-07-18T03:00:00Z", True),
        (LateRule.MOMENT, "2018-07-17 12:00", "2018-07-17T15:00:00+00", False),
        (LateRule.MOMENT, "2018-07-17 12:00", "2018-07-17T15:00:00.000001+00:00", True),
        (LateRule.END_OF_DAY, "1969-07-17", "1969-07-17 23:00", False),
    ],
)
def test_late_is_what_the_scalar_engine_calls_late(
    tmp_path: Path, rule: LateRule, promised: str, delivered: str, late: bool
) -> None:
    one = clause(rule=rule, zone=SAO_PAULO, credit=None)
    text = f"promised,delivered\n{promised},{delivered}\n"
    judged, _ = judge(one, history(tmp_path, one, text=text))
    assert judged.tolist() == [late]


moments = st.datetimes(datetime(2017, 1, 1), datetime(2018, 12, 31), timezones=st.just(UTC))


@given(st.lists(st.tuples(moments, moments), min_size=1, max_size=9), st.sampled_from(LateRule))
@settings(deadline=None, max_examples=60)
def test_every_row_is_judged_as_the_scalar_engine_judges_it(
    pairs: list[tuple[datetime, datetime]], rule: LateRule
) -> None:
    yes, no = np.ones(len(pairs), dtype=np.bool_), np.zeros(len(pairs), dtype=np.bool_)
    columns = [np.array([micros(moment) for moment in side], dtype=np.int64) for side in zip(*pairs, strict=True)]
    rows = {role: Moments(values, yes, no) for role, values in zip(("promised", "delivered"), columns, strict=True)}
    judged, due = judge(clause(rule=rule, zone=SAO_PAULO), History(rows, {}, None, None, "BRL", 0))
    assert judged.tolist() == [is_late(due, act, zone=SAO_PAULO, rule=rule) for due, act in pairs]
    local = [due.astimezone(SAO_PAULO).replace(tzinfo=UTC) - EPOCH for due, _ in pairs]
    assert due.astype("timedelta64[us]").tolist() == local


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=9), st.decimals("0.0001", 1, places=4))
@settings(deadline=None, max_examples=60)
def test_credits_are_decimals_rounded_half_up(amounts: list[int], rate: Decimal) -> None:
    found = credits_of(Credit("freight", rate, When.EACH_MISS), np.array(amounts, dtype=np.int64), "EUR")
    assert found.tolist() == [Money.rounded(Decimal(one).scaleb(-6) * rate, "EUR").minor for one in amounts]


def test_a_proposed_term_runs_on_its_own_calendar(tmp_path: Path) -> None:
    hours = clause(rule=LateRule.MOMENT, credit=None, term=Term("ordered", Seconds(2 * 3600), B))
    judged, due = judge(hours, history(tmp_path, hours))
    assert due.astype("datetime64[us]").astype("datetime64[m]").astype(str).tolist() == [
        "2026-03-02T12:00", "2026-03-03T10:30", "2026-03-09T10:30", "2026-03-30T10:00", "2026-04-01T11:00",
    ]  # fmt: skip
    assert judged.all()
    days = clause(credit=None, term=Term("ordered", BusinessDays(4), B))
    judged, due = judge(days, history(tmp_path, days))
    assert judged.tolist() == [False, True, False, False, False]
    with pytest.raises(HoursError, match="too few working days"):
        once = clause(credit=None, term=Term("ordered", BusinessDays(4), desk(days="", _20270601=["09:00-12:00"])))
        judge(once, history(tmp_path, once))


def test_a_recipe_tells_the_proposed_term(tmp_path: Path) -> None:
    result = tried(tmp_path, clause(credit=None, term=Term("ordered", BusinessDays(4), B)))
    assert "BusinessDays(days=4) since ordered" in result.recipe


def test_parquet_is_read_by_its_types(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.sql(f"""COPY (SELECT DATE '2026-03-06' AS due, TIMESTAMPTZ '2026-03-06 23:30:00+00' AS delivered,
        5.5::DOUBLE AS freight, 7 AS customer) TO '{path}'""")
    found = read(path, (clause(),), {"promised": "due"}, "EUR")
    assert isinstance(found, History)
    result = backtest((clause(),), found, as_of=TODAY)
    assert (result.missed, result.credits.minor, result.clauses[0].customers[0].key) == (1, 55, "7")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("promised,delivered\n2026-03-06,\n", Refused(Reason.NO_COLUMN, "freight", value="promised, delivered")),
        (HEAD, Refused(Reason.NO_ROWS)),
        (f"{HEAD}2026-03-06,,\n", Refused(Reason.NO_ROWS)),
        (f"{HEAD},2026-03-06,1\n", Refused(Reason.MISSING, "promised", 1)),
        (f"{HEAD}2026-03-06,2026-03-06,\n", Refused(Reason.MISSING, "freight", 1)),
        (f"{HEAD}2026-03-06,06/03/26,1\n", Refused(Reason.NOT_A_DATE, "delivered", 1, "06/03/26")),
        (f"{HEAD}0026-03-06,2026-03-06,1\n", Refused(Reason.NOT_A_DATE, "promised", 1, "0026-03-06")),
        (f"{HEAD}2026-03-06,2026-03-06,a lot\n", Refused(Reason.NOT_A_NUMBER, "freight", 1, "a lot")),
        (f"{HEAD}2026-03-06,2026-03-06,1\n2026-03-06,2026-03-06,-1\n",
         Refused(Reason.MONEY_NEGATIVE, "freight", 2, "-1")),
        ("promised,delivered,freight,currency\n2026-03-06,2026-03-06,1,EUR\n2026-03-06,2026-03-06,1,USD\n",
         Refused(Reason.MIXED_CURRENCIES, "currency", 2, "USD")),
        ("promised,delivered,freight,customer\n2026-03-06,2026-03-06,1,\n", Refused(Reason.MISSING, "customer", 1)),
        (b"promised,delivered,freight\n2026-03-06,2026-03-06,1\xff\n", Refused(Reason.NOT_UTF8, "3", 1, "'\\xff'")),
    ],
)  # fmt: skip
def test_the_first_cell_that_cannot_be_used_is_named(tmp_path: Path, text: str | bytes, expected: Refused) -> None:
    assert refused(tmp_path, text) == expected


def test_rows_of_several_lengths_are_no_table_and_a_named_column_must_be_there(tmp_path: Path) -> None:
    assert refused(tmp_path, f"{HEAD}2026-03-06,2026-03-06,1,2,3\n").reason is Reason.NOT_A_TABLE
    assert refused(tmp_path, ROWS, customer="client") == Refused(
        Reason.NO_COLUMN, "client", value="promised, delivered, freight, customer, measure, ordered"
    )
    bent = tmp_path / "bent.parquet"
    bent.write_bytes(b"PAR1 and no more")
    found = read(bent, (clause(),), {})
    assert isinstance(found, Refused)
    assert (found.reason, found.row) == (Reason.NOT_A_TABLE, None)
