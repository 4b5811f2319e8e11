"""Every kind of file hands over the same records, and no file is more than it says."""

import gzip
import json
import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from goodwill.adapters import json_lines, packages, parquet_files, sources, tables
from goodwill.adapters.presets.looking import Given, Options, files_of, look, opened
from goodwill.adapters.records import Place, Record, Shape, TableProblem
from goodwill.domain.rows import Fault
from tests import exporters

HEADER = ["order", "customer", "placed", "unit_price"]
ROWS = [[f"A-{n}", "Anna", "2026-03-01", f"{n}.50"] for n in range(1, 6)]


def put(folder: Path, content: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, member: str = "", **said: str) -> tuple[Shape, list[Record]]:
    place = Place(path, member)
    shape, _ = sources.sniff(place, **said)
    return shape, list(sources.open_source(place, shape).records())


def problem_of(path: Path, member: str = "", **said: str) -> str:
    with pytest.raises(TableProblem) as caught:
        sources.sniff(Place(path, member), **said)
    return caught.value.code


def workbook(path: Path, rows: Sequence[Sequence[Any]], **formats: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Orders"
    for row in rows:
        sheet.append(row)
    for cell, form in formats.items():
        sheet[cell].number_format = form
    book.create_sheet("Notes").append(["a", "b", "c"])
    book.save(path)
    return path


def parquet(path: Path, rows: Sequence[Sequence[str]], group: int = 2) -> Path:
    arrow = pytest.importorskip("pyarrow")
    columns = dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))
    pytest.importorskip("pyarrow.parquet").write_table(arrow.table(columns), path, row_group_size=group)
    return path


def json_text(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(json.dumps(dict(zip(rows[0], row, strict=True))) + "\n" for row in rows[1:]).encode()


def csv_text(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def every_kind(folder: Path) -> dict[str, Path]:
    """The same table as each kind of file, under names that say nothing."""
    rows = [HEADER, *ROWS]
    return {
        "csv": put(folder, csv_text(rows), "1"),
        "jsonl": put(folder, json_text(rows), "2"),
        "xlsx": workbook(folder / "3", rows),
        "parquet": parquet(folder / "4", rows),
    }


def test_the_kind_of_a_file_is_told_by_its_content_and_the_records_are_the_same(tmp_path: Path) -> None:
    for kind, path in every_kind(tmp_path).items():
        shape, records = read(path)
        assert (shape.kind, list(shape.header)) == (kind, HEADER)
        assert [record.fields for record in records] == ROWS, kind
        assert [tables.fields_of(record.raw, ",")[0] for record in records] == ROWS, kind


@pytest.mark.parametrize("after", range(7))
def test_reading_goes_on_after_any_number_of_records(after: int, tmp_path: Path) -> None:
    for kind, path in every_kind(tmp_path).items():
        shape, _ = sources.sniff(Place(path))
        rest = sources.open_source(Place(path), shape).records(after=after)
        assert [record.fields for record in rest] == ROWS[after:], kind


def test_every_text_may_be_packed_and_every_kind_may_lie_in_a_zip_file(tmp_path: Path) -> None:
    for kind, path in every_kind(tmp_path).items():
        if kind in ("csv", "jsonl"):
            packed = put(tmp_path, gzip.compress(path.read_bytes()), f"{kind}.gz")
            assert [record.fields for record in read(packed)[1]] == ROWS
    package = tmp_path / "all.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as out:
        for kind, path in every_kind(tmp_path).items():
            out.write(path, f"../../{kind}.{'csv' if kind == 'csv' else kind}")
        out.write(tmp_path / "csv.gz", "deep/packed.csv.gz")
        out.writestr("__MACOSX/._orders.csv", b"\x00\x05")
        out.writestr("read me.md", "not a table")
    before = sorted(tmp_path.rglob("*"))
    found = opened([Given(package, "all.zip")])
    assert [one.name for one in found] == ["csv.csv", "jsonl.jsonl", "parquet.parquet", "xlsx.xlsx", "packed.csv.gz"]
    for one in found:
        assert [record.fields for record in read(one.path, one.member)[1]] == ROWS, one.name
    assert sorted(tmp_path.rglob("*")) == before, "a member's name is never used as a path"


def test_objects_become_columns_with_dots_and_exact_numbers(tmp_path: Path) -> None:
    lines = (
        '{"order": "A-1", "buyer": {"name": "Anna", "at": {"city": "Győr"}}, "sum": 12.10, "big": 1.5e3, "ok": true}\n'
        "\n"
        '{"order": "A-2", "sum": 0.1000000000000000055, "note": null, "tags": ["a", "b"]}\n'
        "{broken\n"
        '["A-3"]\n'
        '{"order": "A-4\\u0000", "sum": 1}\n'
        '{"order": "\\ud800", "sum": 1}\n'
    )
    shape, records = read(put(tmp_path, lines.encode()))
    assert shape.header == ("order", "buyer.name", "buyer.at.city", "sum", "big", "ok", "note", "tags")
    assert records[0].fields == ["A-1", "Anna", "Győr", "12.10", "1500", "true", "", ""]
    assert records[1].fields == ["A-2", "", "", "0.1000000000000000055", "", "", "", '["a", "b"]']
    assert [(record.line, record.fault) for record in records[2:]] == [
        (4, Fault.NOT_AN_OBJECT),
        (5, Fault.NOT_AN_OBJECT),
        (6, Fault.UNREADABLE_BYTES),
        (7, Fault.UNREADABLE_BYTES),
    ]
    assert "\x00" not in records[-2].raw


def test_an_object_with_a_value_that_has_no_column_is_a_bad_row_and_not_a_lost_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_lines, "_LOOKED_AT", 20)
    path = put(tmp_path, b'{"a":"1","b":"2"}\n{"a":"1","b":"2"}\n{"a":"1","late":"3"}\n')
    assert [record.fault for record in read(path)[1]] == [None, None, Fault.WRONG_COLUMNS]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_objects_in_utf_16_are_read_as_those_in_utf_8(encoding: str, tmp_path: Path) -> None:
    text = "".join(json.dumps({"order": n, "customer": f"Фűző {n}"}, ensure_ascii=False) + "\n" for n in range(3))
    narrow, records = read(put(tmp_path, text.encode(), "narrow"))
    for name, content in (("wide", text.encode(encoding)), ("packed", gzip.compress(text.encode(encoding)))):
        shape, found = read(put(tmp_path, content, name))
        assert (shape.kind, shape.header, found) == (narrow.kind, narrow.header, records)
    big = b"\xfe\xff" + text.encode("utf-16-be")
    assert read(put(tmp_path, big, "marked"))[1] == records
    assert problem_of(put(tmp_path, '[{"order": 1}]'.encode(encoding), "array")) == "not_lines"


def test_an_object_nested_without_end_is_a_bad_row(tmp_path: Path) -> None:
    deep = '{"a":' * 5_000 + "1" + "}" * 5_000
    path = put(tmp_path, f'{{"a":"1","b":"2"}}\n{deep}\n'.encode())
    assert [record.fault for record in read(path)[1]] == [None, Fault.NOT_AN_OBJECT]


def test_typed_columns_of_parquet_become_exact_text(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    write = pytest.importorskip("pyarrow.parquet").write_table
    table = arrow.table(
        {
            "order": arrow.array(["A-1", "A-2"]).dictionary_encode(),
            "short": arrow.array([12.1, None], arrow.float32()),
            "long": [12.1, 3.0],
            "exact": arrow.array([Decimal("1.50"), Decimal("0.01")], arrow.decimal128(10, 2)),
            "day": arrow.array([datetime(2026, 3, 1), None], arrow.timestamp("ns")),
            "moment": arrow.array([datetime(2026, 3, 1, 10), datetime(2026, 3, 1)], arrow.timestamp("us")),
            "zoned": arrow.array([datetime(2026, 3, 1, 10, tzinfo=UTC)] * 2, arrow.timestamp("us", "UTC")),
            "date": [date(2026, 3, 1), date(2026, 3, 2)],
            "buyer": [{"name": "Anna", "at": {"city": "Győr"}}, {"name": "Béla", "at": None}],
            "bytes": arrow.array([b"ok", b"ok"], arrow.binary()),
            "flag": [True, None],
        }
    )
    write(table, tmp_path / "file")
    shape, records = read(tmp_path / "file")
    assert shape.header[-5:] == ("date", "buyer.name", "buyer.at.city", "bytes", "flag")
    assert records[0].fields == [
        *("A-1", "12.1", "12.1", "1.50", "2026-03-01", "2026-03-01 10:00:00", "2026-03-01 10:00:00+00:00"),
        *("2026-03-01", "Anna", "Győr", "ok", "true"),
    ]
    assert records[1].fields[:6] == ["A-2", "", "3", "0.01", "", "2026-03-01 00:00:00"]
    write(arrow.table({"a": ["x"], "b": arrow.array([b"\xff"], arrow.binary())}), tmp_path / "bytes")
    assert read(tmp_path / "bytes")[1][0].fault is Fault.UNREADABLE_BYTES
    assert problem_of(put(tmp_path, b"PAR1 and nothing more", "cut")) == "unreadable_file"


def test_parquet_as_clusters_write_it_has_row_groups_without_a_row(tmp_path: Path) -> None:
    arrow, writing = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    columns = dict(zip(HEADER, zip(*ROWS, strict=True), strict=True))
    table = arrow.table(columns)
    path = tmp_path / "a"
    with writing.ParquetWriter(path, table.schema) as out:
        for part in (table.slice(0, 0), table.slice(0, 2), table.slice(0, 0), table.slice(2)):
            out.write_table(part)
    _, records = read(path)
    assert [record.fields for record in records] == ROWS
    empty = tmp_path / "b"
    writing.write_table(table.slice(0, 0), empty)
    assert read(empty)[1] == []


def test_a_number_that_is_none_is_an_empty_cell_and_a_list_stays_json(tmp_path: Path) -> None:
    arrow, writing = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    columns = {
        "order": ["A-1", "A-2"],
        "paid": arrow.array([float("nan"), 1.5]),
        "short": arrow.array([float("nan"), 12.1], arrow.float32()),
        "line_items": [[{"name": "Őr", "total": Decimal("1.50"), "at": moment}], None],
    }
    path = tmp_path / "a"
    writing.write_table(arrow.table(columns), path)
    _, records = read(path)
    packed = '[{"name": "Őr", "total": "1.50", "at": "2026-03-02 09:00:00+00:00"}]'
    assert [record.fields for record in records] == [["A-1", "", "", packed], ["A-2", "1.5", "12.1", ""]]


def test_without_the_analytics_extra_parquet_is_refused_in_one_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(tmp_path, b"PAR1....PAR1")

    def missing() -> None:
        raise TableProblem("needs_analytics")

    monkeypatch.setattr(parquet_files, "_arrow", missing)
    assert problem_of(path) == "needs_analytics"
    assert look(Given(path, "a.parquet"), Options()).problem == "needs_analytics"


def test_a_package_that_unpacks_beyond_measure_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("orders.csv", b"order,customer\n" + b"\x20" * (packages._TOO_SMALL_TO_JUDGE + 1))
    assert problem_of(path) == "too_packed"
    assert opened([Given(path, "bomb.zip")]) == [Given(path, "bomb.zip")], "it stays one file, with its problem"
    book = tmp_path / "book.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", b"<Types/>")
        package.writestr("xl/workbook.xml", b" " * (packages._TOO_SMALL_TO_JUDGE + 1))
    assert problem_of(book) == "too_packed"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as package:
        for n in range(4):
            package.writestr(f"{n}.csv", b"a,b\n1,2\n")
    monkeypatch.setattr(packages, "MOST_MEMBERS", 3)
    assert problem_of(path) == "too_packed"


def test_an_encrypted_package_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("orders.csv", b"a,b\n1,2\n")
    raw = bytearray(path.read_bytes())
    entry = raw.index(b"PK\x01\x02")
    raw[entry + 8 : entry + 10] = struct.pack("<H", 1)
    path.write_bytes(bytes(raw))
    assert problem_of(path) == "encrypted"


def test_what_is_no_table_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as package:
        package.writestr("photo.png", b"\x89PNG")
        package.writestr("inner.zip", b"PK\x03\x04")
    assert problem_of(empty) == "no_tables"
    assert problem_of(put(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)) == "old_workbook"
    assert problem_of(put(tmp_path, b"%PDF-1.7")) == "unreadable_file"
    assert problem_of(put(tmp_path, b"PK\x03\x04 and nothing more")) == "unreadable_file"
    assert problem_of(put(tmp_path, gzip.compress(b"PK\x03\x04"))) == "unreadable_file"
    assert problem_of(put(tmp_path, b"<html><body>Sign in</body></html>")) == "unreadable_file"
    goods = "<КоммерческаяИнформация><Каталог/></КоммерческаяИнформация>"
    assert problem_of(put(tmp_path, goods.encode())) == "no_orders"
    assert problem_of(put(tmp_path, b'{"only": 1}\n')) == "no_header"
    assert problem_of(put(tmp_path, b'\xef\xbb\xbf[\n {"order": 1, "placed": 2}\n]\n')) == "not_lines"
    assert problem_of(put(tmp_path, b'{\n "order": 1,\n "placed": 2\n}\n')) == "not_lines"
    assert problem_of(tmp_path / "nowhere") == "unreadable_file"
    nested = tmp_path / "nested.zip"
    with zipfile.ZipFile(nested, "w") as package:
        package.write(empty, "orders.csv")
    assert problem_of(nested, "orders.csv") == "unreadable_file"
    assert problem_of(nested, "no such member") == "unreadable_file"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_packed_file_that_breaks_off_keeps_what_came_before(kind: str, tmp_path: Path) -> None:
    rows = [HEADER, *([f"A-{n}", f"Anna {n * 7919 % 10007}", "2026-03-01", f"{n}.50"] for n in range(5_000))]
    whole = gzip.compress(csv_text(rows) if kind == "csv" else json_text(rows))
    shape, _ = read(put(tmp_path, whole, "whole"))
    cut = put(tmp_path, whole[: len(whole) * 2 // 3], "cut")
    records = list(sources.open_source(Place(cut), shape).records())
    assert len(records) > 1_000
    assert [record.fault for record in records[-2:]] == [None, Fault.BROKEN_OFF]


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = put(tmp_path, b"a,b\n" + b"x" * (tables.LONGEST_LINE * 2) + b"\n1,2\n")
    _, records = read(path)
    assert max(len(record.raw) for record in records) <= tables.LONGEST_LINE
    assert records[-1].fields == ["1", "2"]


def test_of_a_file_of_1c_orders_are_read_and_other_documents_passed_over(tmp_path: Path) -> None:
    locale = exporters.LOCALES["ru"]
    text = exporters.commerceml(locale, encoding="utf-8").decode().replace("\n</К", "{other}\n</К")
    other = "<Документ><Номер>9</Номер><ХозОперация>Отпуск товара</ХозОперация></Документ>"
    shape, records = read(put(tmp_path, text.replace("{other}", other).encode()))
    at = shape.header.index("Номер")
    assert [record.fields[at] for record in records] == ["1001", "1001", "1001", "1002", "1003", "1003", "1004"]
    assert {record.line for record in records} == {3, 4, 5, 6}
    assert shape.header[-5:] == (
        *("Дата доставки", "Дата оплаты по 1С", "Дата отгрузки по 1С", "Отменен", "Статус заказа"),
    )
    first = dict(zip(shape.header, records[0].fields, strict=True))
    assert (first["Дата"], first["Дата доставки"], first["Контрагент.Город"]) == (
        *("2026-02-13 10:15:00", "2026-02-20", "Москва"),
    )


def test_a_folder_gives_every_table_in_it(tmp_path: Path) -> None:
    for name in ("a.csv", "b.xlsx", "c.jsonl.gz", "d.parquet", "e.xml", "f.zip", "g.pdf"):
        put(tmp_path, b"", name)
    assert [one.name for one in files_of([tmp_path])] == [
        *("a.csv", "b.xlsx", "c.jsonl.gz", "d.parquet", "e.xml", "f.zip"),
    ]
