"""Tables of truth beside a firm: written as a stream, the same bytes for the same rows, and honest about their end."""

import csv
import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from goodwill.adapters.truths import TruthFolder, index_of

COLUMNS = {"customers": {"customer": "number", "entered_at": "day", "left_at": "moment"}}
ROWS = [("K-1", date(2026, 1, 2), datetime(2026, 3, 4, 9, 30, tzinfo=UTC)), ("Ж-2", None, None)]


def write(folder: Path, *, is_packed: bool) -> Path:
    with TruthFolder(folder, COLUMNS, {"seed": 7}, is_packed=is_packed) as truth:
        truth.add({"customers": ROWS[:1]})
        truth.add({"customers": ROWS[1:]})
        truth.finish()
    return folder / ("customers.csv.gz" if is_packed else "customers.csv")


@pytest.mark.parametrize("is_packed", [False, True])
def test_what_was_told_is_read_again(tmp_path: Path, is_packed: bool) -> None:
    path = write(tmp_path, is_packed=is_packed)
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if is_packed else raw).decode()
    rows = list(csv.reader(text.splitlines()))
    assert rows == [list(COLUMNS["customers"]), ["K-1", "2026-01-02", "2026-03-04T09:30Z"], ["Ж-2", "", ""]]
    told = index_of(tmp_path)
    assert told is not None
    assert (told["seed"], told["finished"]) == (7, True)
    assert told["tables"]["customers"] == {"file": path.name, "rows": 2, "columns": COLUMNS["customers"]}


@pytest.mark.parametrize("is_packed", [False, True])
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, is_packed: bool) -> None:
    first = write(tmp_path / "one", is_packed=is_packed)
    second = write(tmp_path / "another", is_packed=is_packed)
    assert first.read_bytes() == second.read_bytes()


def test_tables_that_were_not_finished_are_not_called_whole(tmp_path: Path) -> None:
    with TruthFolder(tmp_path, COLUMNS, {}, is_packed=False) as truth:
        truth.add({"customers": ROWS})
    told = index_of(tmp_path)
    assert told is not None
    assert told["finished"] is False


def test_old_tables_go_before_new_ones_come(tmp_path: Path) -> None:
    write(tmp_path, is_packed=True)
    write(tmp_path, is_packed=False)
    assert {path.name for path in tmp_path.iterdir()} == {"customers.csv", "truth.json"}


def test_an_index_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    assert index_of(tmp_path) is None
    (tmp_path / "truth.json").write_text("[1")
    assert index_of(tmp_path) is None
    (tmp_path / "truth.json").write_text(json.dumps([1]))
    assert index_of(tmp_path) is None
