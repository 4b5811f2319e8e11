"""Files of transactions as people have them, and the first cell that forbids a fit."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from goodwill.analytics.lifetime_files import Layout, read
from goodwill.analytics.results import Reason, Refused

GOOD = "customer,date,amount\na,2024-01-05,10.50\nb,2024-01-06,3\na,2024-02-01,7\n"


def rows(found: Any) -> list[tuple[Any, ...]]:
    assert not isinstance(found, Refused), found
    return [tuple(row.values()) for row in found.to_pyarrow().to_pylist()]


def written(folder: Path, text: str | bytes, name: str = "sales.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(folder: Path, text: str | bytes, layout: Layout | None = None, *, with_amount: bool = True) -> Refused:
    found = read(written(folder, text), layout or Layout(), with_amount=with_amount)
    assert isinstance(found, Refused)
    assert not found
    return found


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_by_the_first_line(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path, GOOD.replace(",", separator))
    assert rows(read(path, Layout(), with_amount=True))[0] == ("a", date(2024, 1, 5), 10.5)
    named = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}[separator]
    assert len(rows(read(path, Layout(separator=named), with_amount=True))) == 3


def test_a_mark_at_the_start_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert rows(read(path, Layout(), with_amount=False)) == [
        ("a", date(2024, 1, 5)), ("b", date(2024, 1, 6)), ("a", date(2024, 2, 1)),
    ]  # fmt: skip


def test_columns_are_taken_by_name_or_by_position_from_one(tmp_path: Path) -> None:
    path = written(tmp_path, 'when,"who, exactly",what\n2024-01-05,"a, b",1\n')
    by_name = Layout({"customer": "who, exactly", "date": "when", "amount": "what"})
    by_place = Layout({"customer": "2", "date": "1", "amount": "3"})
    assert rows(read(path, by_name, with_amount=True)) == [("a, b", date(2024, 1, 5), 1.0)]
    assert rows(read(path, by_place, with_amount=True)) == [("a, b", date(2024, 1, 5), 1.0)]


def test_a_file_without_a_header_keeps_its_first_row(tmp_path: Path) -> None:
    layout = Layout({"customer": "1", "date": "2"}, has_header=False)
    assert len(rows(read(written(tmp_path, "a,2024-01-05\nb,2024-01-06\n"), layout, with_amount=False))) == 2


def test_any_run_of_spaces_parts_columns(tmp_path: Path) -> None:
    layout = Layout({"customer": "2", "date": "3", "amount": "4"}, has_header=False, separator="space")
    path = written(tmp_path, " 00004  0001 19970101   29.33\n\n 00004 0001 19970118 29.73\n")
    assert rows(read(path, layout, with_amount=True)) == [
        ("0001", date(1997, 1, 1), 29.33), ("0001", date(1997, 1, 18), 29.73),
    ]  # fmt: skip
    headed = Layout(separator="space")
    path = written(tmp_path, " customer date amount\n x 2024-01-01 5\n")
    assert rows(read(path, headed, with_amount=True)) == [("x", date(2024, 1, 1), 5.0)]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("2024-01-05", None),
        ("2024-1-5", None),
        ("2024-01-05T23:59:59+09:00", None),
        ("2024-01-05 10:00", None),
        ("20240105", None),
        ("05.01.2024", "%d.%m.%Y"),
        ("05/01/2024 14:30", "%d/%m/%Y %H:%M"),
    ],
)
def test_dates_are_read_as_the_day_they_say(tmp_path: Path, text: str, pattern: str | None) -> None:
    path = written(tmp_path, f"customer,date\na,{text}\n")
    assert rows(read(path, Layout(date_format=pattern), with_amount=False)) == [("a", date(2024, 1, 5))]


@pytest.mark.parametrize("text", ["05.01.2024", "yesterday", "2024-13-01", "20241301", "infinity", "epoch", ""])
def test_what_is_no_date_is_refused_by_its_row(tmp_path: Path, text: str) -> None:
    found = refusal(tmp_path, f"customer,date,amount\na,2024-01-05,1\nb,{text},2\n")
    assert (found.reason, found.column, found.row, found.value) == (Reason.NOT_A_DATE, "date", 2, text)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-3.00", Reason.MONEY_NEGATIVE),
        ("12,50", Reason.NOT_A_NUMBER),
        ("nan", Reason.NOT_A_NUMBER),
        ("inf", Reason.NOT_A_NUMBER),
        ("", Reason.NOT_A_NUMBER),
    ],
)
def test_money_that_cannot_be_used_is_refused_only_where_it_is_asked_for(
    tmp_path: Path, cell: str, reason: Reason
) -> None:
    text = f'customer,date,amount\na,2024-01-05,1\nb,2024-01-06,"{cell}"\n'
    found = refusal(tmp_path, text)
    assert (found.reason, found.column, found.row, found.value) == (reason, "amount", 2, cell)
    assert len(rows(read(written(tmp_path, text), Layout(), with_amount=False))) == 2


def test_a_row_without_a_customer_is_refused(tmp_path: Path) -> None:
    found = refusal(tmp_path, "customer,date,amount\na,2024-01-05,1\n  ,2024-01-06,2\n")
    assert (found.reason, found.column, found.row) == (Reason.MISSING, "customer", 2)


def test_a_second_currency_is_refused_where_money_is_asked_for(tmp_path: Path) -> None:
    text = "customer,date,amount,currency\na,2024-01-05,1,EUR\nb,2024-01-06,2,EUR\nc,2024-01-07,2,HUF\n"
    found = refusal(tmp_path, text)
    assert (found.reason, found.column, found.row, found.value) == (Reason.MIXED_CURRENCIES, "currency", 3, "HUF")
    assert len(rows(read(written(tmp_path, text), Layout(), with_amount=False))) == 3
    one = written(tmp_path, text.replace("HUF", "EUR"))
    assert len(rows(read(one, Layout(), with_amount=True))) == 3
    assert refusal(tmp_path, text.replace("HUF", "")).reason is Reason.MIXED_CURRENCIES


def test_bytes_that_are_not_utf8_are_refused_by_their_row(tmp_path: Path) -> None:
    text = "customer,date,amount\na,2024-01-05,1\nJosé,2024-01-06,2\n".encode("latin-1")
    found = refusal(tmp_path, text)
    assert (found.reason, found.column, found.row, found.value) == (Reason.NOT_UTF8, "1", 2, "'é'")
    many = b"customer,date,amount\n" + b"a,2024-01-05,1\n" * 100_000 + b"a,2024-01-05,\xff\n"
    late = refusal(tmp_path, many)
    assert (late.column, late.row) == ("3", 100_001)
    cut = refusal(tmp_path, b"customer,date\na,2024-01-05\nb,2024-01-0\xc3")
    assert (cut.reason, cut.row) == (Reason.NOT_UTF8, 2)


def test_rows_of_unequal_length_are_refused_by_their_row(tmp_path: Path) -> None:
    found = refusal(tmp_path, "customer,date,amount\na,2024-01-05,1\nb,2024-01-06\n")
    assert (found.reason, found.row) == (Reason.NOT_A_TABLE, 2)


@pytest.mark.parametrize("text", ["customer,date,amount\n", "customer,date,amount", "", "\n"])
def test_a_file_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).reason is Reason.NO_ROWS


@pytest.mark.parametrize("columns", [{"customer": "buyer"}, {"customer": "4"}, {"customer": "0"}, {"currency": "cur"}])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path, columns: dict[str, str]) -> None:
    found = refusal(tmp_path, GOOD, Layout(columns))
    assert (found.reason, found.column) == (Reason.NO_COLUMN, next(iter(columns.values())))
    assert found.value == "customer, date, amount"


def test_names_mean_nothing_without_a_header(tmp_path: Path) -> None:
    found = refusal(tmp_path, "a,2024-01-05,1\n", Layout(has_header=False))
    assert (found.reason, found.value) == (Reason.NO_COLUMN, "3")


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    made = "(7, TIMESTAMP '2024-01-05 23:00', 1.5::DECIMAL(9, 2)), (8, TIMESTAMP '2024-01-06 01:00', 2)"
    duckdb.sql(f"COPY (SELECT * FROM (VALUES {made}) t(customer, date, amount)) TO '{path}' (FORMAT parquet)")  # noqa: S608
    assert rows(read(path, Layout(), with_amount=True)) == [(7, date(2024, 1, 5), 1.5), (8, date(2024, 1, 6), 2.0)]


def test_parquet_of_text_and_whole_numbers_is_read_as_csv_would_be(tmp_path: Path) -> None:
    path = tmp_path / "sales.parquet"
    duckdb.sql(f"COPY (SELECT 'a' customer, 20240105 date, '-2' amount) TO '{path}' (FORMAT parquet)")
    assert rows(read(path, Layout(), with_amount=False)) == [("a", date(2024, 1, 5))]
    found = read(path, Layout(), with_amount=True)
    assert isinstance(found, Refused)
    assert (found.reason, found.row, found.value) == (Reason.MONEY_NEGATIVE, 1, "-2")


def test_a_damaged_parquet_file_is_no_table(tmp_path: Path) -> None:
    found = read(written(tmp_path, b"PAR1 and nothing more", "x.parquet"), Layout(), with_amount=False)
    assert isinstance(found, Refused)
    assert (found.reason, found.row) == (Reason.NOT_A_TABLE, None)


def test_moments_of_parquet_are_days(tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    moment = datetime(2024, 1, 5, 12)
    duckdb.sql(f"COPY (SELECT 'a' customer, TIMESTAMP '{moment}' date) TO '{path}' (FORMAT parquet)")
    assert rows(read(path, Layout(), with_amount=False)) == [("a", moment.date())]
