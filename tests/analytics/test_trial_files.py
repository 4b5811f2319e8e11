"""Files of trials: what is read, and the first cell that forbids it by column and row."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goodwill.analytics import text_files
from goodwill.analytics.results import Reason, Refused, Window
from goodwill.analytics.trial_files import Layout, Maturity, TrialTable, read

ROLES = {"arm": "arm", "outcome": "spend"}
GOOD = "unit,arm,spend\nu1,letter,1.5\nu2,none,0\nu3,none,2\n"


def write(folder: Path, text: str | bytes, name: str = "trial.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def rows(found: TrialTable | Refused) -> list[dict[str, Any]]:
    assert isinstance(found, TrialTable), found
    listed: list[dict[str, Any]] = found.table.to_pyarrow().to_pylist()
    return listed


def wrong(folder: Path, text: str | bytes, **roles: str) -> tuple[Reason, str, int | None, str]:
    found = read(write(folder, text), Layout({**ROLES, **roles}))
    assert isinstance(found, Refused)
    return found.reason, found.column, found.row, found.value


@pytest.mark.parametrize(
    "text", [GOOD, GOOD.replace(",", ";"), GOOD.replace(",", "\t"), GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD]
)
def test_a_text_table_is_read_by_the_roles_of_its_columns(tmp_path: Path, text: str) -> None:
    found = rows(read(write(tmp_path, text), Layout({**ROLES, "unit": "unit"})))
    assert sorted((row["unit"], row["arm"], row["outcome"]) for row in found) == [
        ("u1", "letter", 1.5), ("u2", "none", 0.0), ("u3", "none", 2.0),
    ]  # fmt: skip


def test_parquet_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    path = tmp_path / "trial.data"
    duckdb.sql(
        "CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES (1, 7, 1.50::DECIMAL(9, 2)), (2, 8, 0)) v(unit, arm, spend)"
    )
    duckdb.sql(f"COPY t TO '{path}' (FORMAT parquet)")
    found = rows(read(path, Layout({**ROLES, "unit": "unit"})))
    assert [(row["unit"], row["arm"], row["outcome"]) for row in found] == [(1, "7", 1.5), (2, "8", 0.0)]


def test_guardrails_and_past_are_numbers_too(tmp_path: Path) -> None:
    text = "arm,spend,past,returns\na,1,2,3\n"
    found = rows(read(write(tmp_path, text), Layout({**ROLES, "before": "past"}, ("returns",))))
    assert found == [{"arm": "a", "outcome": 1.0, "before": 2.0, "guardrail:returns": 3.0}]


def test_of_two_columns_with_one_name_the_first_is_meant(tmp_path: Path) -> None:
    assert rows(read(write(tmp_path, "arm,spend,spend\na,1,x\n"), Layout(ROLES)))[0]["outcome"] == 1.0


# ------------------------------------------------------------------ cells
@pytest.mark.parametrize("cell", ["12 EUR", "1,5", "abc", "nan", "-inf", "1e200"])
def test_an_outcome_that_is_no_number_is_named_by_column_and_row(tmp_path: Path, cell: str) -> None:
    text = f'unit,arm,spend\nu1,letter,1\nu2,none,"{cell}"\nu3,none,"{cell}"\n'
    assert wrong(tmp_path, text) == (Reason.NOT_A_NUMBER, "spend", 2, cell)


def test_a_cell_that_is_empty_is_not_zero(tmp_path: Path) -> None:
    assert wrong(tmp_path, "unit,arm,spend\nu1,letter,1\nu2,none,\n") == (Reason.MISSING, "spend", 2, "")
    assert wrong(tmp_path, "unit,arm,spend\nu1, ,1\n") == (Reason.MISSING, "arm", 1, " ")


def test_a_missing_number_of_parquet_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "trial.parquet"
    duckdb.sql("CREATE OR REPLACE TABLE t AS SELECT * FROM (VALUES ('a', 1.5), ('b', NULL)) v(arm, spend)")
    duckdb.sql(f"COPY t TO '{path}' (FORMAT parquet)")
    found = read(path, Layout(ROLES))
    assert found == Refused(Reason.MISSING, "spend", 2, "")


def test_bytes_that_are_not_utf8_are_named_by_column_and_row(tmp_path: Path) -> None:
    text = "unit,arm,spend\nu1,lettre,1\nu2,é,2\n".encode() + b"u3,caf\xe9,3\n"
    assert wrong(tmp_path, text) == (Reason.NOT_UTF8, "2", 3, "'\\xe9'")
    assert wrong(tmp_path, b"arm,spend\na,1\nb,\xc3") == (Reason.NOT_UTF8, "", 2, "'\\xc3'")


def test_bad_bytes_far_down_a_long_file_are_found(tmp_path: Path) -> None:
    lines = 200_000
    path = write(tmp_path, b"arm,spend\n" + b"letter,1\n" * lines + b"none,\xff\n")
    found = text_files.find_garbled(path)
    assert found == Refused(Reason.NOT_UTF8, "2", lines + 1, "'\\xff'")


def test_a_second_currency_is_named_by_its_row(tmp_path: Path) -> None:
    text = "arm,spend,currency\na,1,EUR\nb,2,EUR\nb,3,HUF\n"
    assert wrong(tmp_path, text) == (Reason.MIXED_CURRENCIES, "currency", 3, "HUF")
    renamed = text.replace("currency", "money")
    assert wrong(tmp_path, renamed, currency="money") == (Reason.MIXED_CURRENCIES, "money", 3, "HUF")
    assert len(rows(read(write(tmp_path, text.replace("HUF", "EUR")), Layout(ROLES)))) == 3


def test_a_unit_that_is_there_twice_is_named_by_its_second_row(tmp_path: Path) -> None:
    text = "unit,arm,spend\nu9,a,1\nu1,a,1\nu2,b,2\nu2,a,3\nu1,a,1\n"
    assert wrong(tmp_path, text, unit="unit") == (Reason.DUPLICATE_UNITS, "unit", 4, "u2")


# ------------------------------------------------------------------ files
def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    assert wrong(tmp_path, GOOD, cost="costs") == (Reason.NO_COLUMN, "costs", None, "unit, arm, spend")


def test_no_rows_and_no_header_are_refused(tmp_path: Path) -> None:
    assert wrong(tmp_path, "unit,arm,spend\n")[0] is Reason.NO_ROWS
    assert wrong(tmp_path, "")[0] is Reason.NO_COLUMN


def test_rows_that_are_no_table_are_refused_by_line(tmp_path: Path) -> None:
    reason, _, row, _ = wrong(tmp_path, "unit,arm,spend\nu1,a,1\nu2,b,2,3,4\n")
    assert (reason, row) == (Reason.NOT_A_TABLE, 2)


def test_broken_parquet_is_no_table(tmp_path: Path) -> None:
    reason, _, row, _ = wrong(tmp_path, b"PAR1 and then nothing")
    assert (reason, row) == (Reason.NOT_A_TABLE, None)


# ------------------------------------------------------------------ maturity
ENTERED = "arm,spend,entered\na,1,2026-01-05\nb,2,2026-01-20\na,3,2026-02-01\n"
DATED = Layout({**ROLES, "entered": "entered"})


def test_an_outcome_that_is_not_mature_is_refused_by_its_row(tmp_path: Path) -> None:
    path = write(tmp_path, ENTERED)
    young = read(path, DATED, Maturity(30, date(2026, 2, 19)))
    assert young == Refused(Reason.IMMATURE, "entered", 3, "2026-02-01")
    ripe = read(path, DATED, Maturity(30, date(2026, 3, 3)))
    assert isinstance(ripe, TrialTable)
    assert (ripe.window, ripe.left_out) == (Window(date(2026, 1, 5), date(2026, 2, 1)), 0)


def test_young_units_may_be_left_out_and_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, ENTERED)
    found = read(path, DATED, Maturity(30, date(2026, 2, 19), leave_out=True))
    assert isinstance(found, TrialTable)
    assert (len(rows(found)), found.left_out) == (2, 1)
    assert found.window == Window(date(2026, 1, 5), date(2026, 1, 20))
    nobody = read(path, DATED, Maturity(300, date(2026, 2, 19), leave_out=True))
    assert nobody == Refused(Reason.IMMATURE, "entered")


def test_a_day_that_is_none_is_named_by_its_row(tmp_path: Path) -> None:
    text = ENTERED.replace("2026-01-20", "20.01.2026")
    assert wrong(tmp_path, text, entered="entered") == (Reason.NOT_A_DATE, "entered", 2, "20.01.2026")


def test_days_without_a_horizon_are_only_the_window(tmp_path: Path) -> None:
    found = read(write(tmp_path, ENTERED), DATED)
    assert isinstance(found, TrialTable)
    assert found.window == Window(date(2026, 1, 5), date(2026, 2, 1))
