"""A sheet of a workbook is read as a person sees it."""

import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from goodwill.adapters import packages, sources, workbooks
from goodwill.adapters.presets.looking import Given, Options, look
from goodwill.adapters.records import Place
from goodwill.domain.rows import Fault
from tests.adapters.test_sources import HEADER, ROWS, problem_of, put, read, workbook

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EXCEL = {
    "[Content_Types].xml": """<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
        <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml"
          ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml"
          ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
        <Override PartName="/xl/sharedStrings.xml"
          ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>
        </Types>""",
    "_rels/.rels": f'''<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>''',
    "xl/workbook.xml": f'''<workbook xmlns="{_SHEET}" xmlns:r="{_RELATED}">
        <sheets><sheet name="Tabelle1" sheetId="1" r:id="r1"/></sheets></workbook>''',
    "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
        <Relationship Id="r1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="r2" Type="{_RELATED}/sharedStrings" Target="sharedStrings.xml"/></Relationships>''',
    "xl/sharedStrings.xml": f'''<sst xmlns="{_SHEET}" count="4" uniqueCount="4"><si><t>order</t></si>
        <si><t>price</t></si>
        <si><r><t xml:space="preserve">A-</t></r><r><t>1</t></r></si><si><t>Ár</t></si></sst>''',
    "xl/worksheets/sheet1.xml": f'''<worksheet xmlns="{_SHEET}"><dimension ref="A1:B9999"/><sheetData>
        <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c></row>
        <row r="7"><c r="A7" t="s"><v>2</v></c><c r="B7"><f>6*2</f><v>12.100000000000001</v></c></row>
        <row r="8"><c r="A8" t="s"><v>3</v></c><c r="B8" t="e"><v>#N/A</v></c></row>
        </sheetData></worksheet>''',
}


def as_excel_writes(path: Path) -> Path:
    """A workbook whose texts lie in a table of their own, with gaps, and a size that is not true."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _EXCEL.items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
    return path


def test_a_workbook_as_excel_writes_it_is_read_by_its_own_rows(tmp_path: Path) -> None:
    shape, records = read(as_excel_writes(tmp_path / "book"))
    assert (shape.sheet, shape.header) == ("Tabelle1", ("order", "price"))
    assert [(record.line, record.fields) for record in records] == [(7, ["A-1", "12.1"]), (8, ["Ár", "#N/A"])]


def test_a_workbook_with_entities_of_its_own_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book"
    with zipfile.ZipFile(as_excel_writes(tmp_path / "sound")) as sound, zipfile.ZipFile(path, "w") as package:
        for name in sound.namelist():
            content = sound.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY b "9">]>', 1).replace(b"12.1", b"&b;")
            package.writestr(name, content)
    assert problem_of(path) == "unreadable_file"


def test_a_cell_is_written_as_it_is_seen(tmp_path: Path) -> None:
    seen: list[tuple[Any, str, str]] = [
        (12.1, "General", "12.1"),
        (12.1, "0.00", "12.10"),
        (12.1, '#,##0.00 "Ft"', "12.10"),
        (12.1, '_-* #,##0.00\\ "€"_-;-* #,##0.00', "12.10"),
        (0.1 + 0.2, "General", "0.3"),
        (12.100000000000001, "General", "12.1"),
        (1e-7, "General", "0.0000001"),
        (123456789012345.0, "General", "123456789012345"),
        (42, "00000", "00042"),
        (-42, "00000", "-42"),
        (5.0, "General", "5"),
        (0.27, "0%", "0.27"),
        (True, "General", "true"),
        (date(2026, 3, 1), "yyyy-mm-dd", "2026-03-01"),
        (datetime(2026, 3, 1), "dd/mm/yyyy", "2026-03-01"),
        (datetime(2026, 3, 1), "dd/mm/yyyy hh:mm", "2026-03-01 00:00:00"),
        (datetime(2026, 3, 1, 16, 30), 'yyyy"h"-mm-dd', "2026-03-01 16:30:00"),
        (time(9, 30), "hh:mm", "09:30:00"),
        ("№ 7, «a»", "General", "№ 7, «a»"),
        (None, "General", ""),
    ]
    path = workbook(
        tmp_path / "book",
        [["key", "value"], *([n, value] for n, (value, _, _) in enumerate(seen))],
        **{f"B{n}": form for n, (_, form, _) in enumerate(seen, 2)},
    )
    _, records = read(path)
    assert [record.fields[1] for record in records] == [text for _, _, text in seen]


def test_numbers_are_written_with_the_decimal_mark_of_the_texts_beside_them(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book", [["a", "b"], ["1,5", 2.5], ["12,10", 3]])
    shape, records = read(path)
    assert shape.decimal == ","
    assert [record.fields for record in records] == [["1,5", "2,5"], ["12,10", "3"]]
    told, records = read(put(tmp_path, b'{"a":"1,5","b":2.50}\n'))
    assert (told.decimal, records[0].fields) == (",", ["1,5", "2,50"])


def test_a_title_and_empty_rows_before_the_header_are_passed_over(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B1"] = "Orders of March"
    sheet.merge_cells("B1:E1")
    sheet["B2"], sheet["C2"] = "Printed", datetime(2026, 3, 31)
    for place, row in enumerate([HEADER, ROWS[0], [], ROWS[1]]):
        for column, value in enumerate(row, 2):
            sheet.cell(4 + place, column, value)
    sheet["G5"] = "a note beside the table"
    book.save(tmp_path / "book")
    shape, records = read(tmp_path / "book")
    assert list(shape.header) == ["", *HEADER]
    assert [(record.line, record.fields[1:]) for record in records] == [(5, ROWS[0]), (7, ROWS[1])]


@pytest.mark.parametrize("cover", [[], [["Orders of March"]], [["Printed", "by"], ["Anna", "2026-03-31"]]])
def test_a_cover_before_the_sheet_of_orders_is_passed_over(cover: list[list[str]], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in cover:
        book.active.append(row)
    sheet = book.create_sheet("March")
    for row in (["order", "customer", "placed"], ["A-1", "Anna", "2026-03-01"]):
        sheet.append(row)
    book.create_sheet("April").append(["order", "customer", "placed"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = look(Given(path, path.name), Options())
    assert found.shape is not None
    assert (found.role, found.shape.sheet, found.shape.sheets) == ("orders", "March", ("Sheet", "March", "April"))
    asked = look(Given(path, path.name), Options(sheet="Sheet"))
    assert asked.role == "ignored"


def test_of_a_workbook_the_first_sheet_or_the_named_one_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book", [HEADER, *ROWS])
    shape, _ = read(path)
    assert (shape.sheet, shape.sheets) == ("Orders", ("Orders", "Notes"))
    assert read(path, sheet="Notes")[0].header == ("a", "b", "c")
    assert problem_of(path, sheet="nowhere") == "no_sheet"


def test_of_a_formula_its_last_value_is_read(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book", [["a", "b"], ["x", "=1+1"]])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert read(path)[1][0].fields == ["x", "2"]


def test_a_damaged_workbook_keeps_the_rows_before_the_damage(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book", [HEADER, *([f"A-{n}", "Anna", "2026-03-01", "1"] for n in range(900))])
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet[: len(sheet) * 9 // 10]
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    _, records = read(path)
    assert len(records) > 600
    assert [record.fault for record in records[-2:]] == [None, Fault.BROKEN_OFF]


def test_a_workbook_whose_texts_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = as_excel_writes(tmp_path / "book")
    monkeypatch.setattr(workbooks, "_MOST_STRINGS", 100)
    assert problem_of(path) == "too_packed"
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as package:
        package.write(path, "book.xlsx")
    monkeypatch.undo()
    monkeypatch.setattr(packages, "MOST_ASIDE", 100)
    assert problem_of(tmp_path / "all.zip", "book.xlsx") == "too_packed"


def merged_book(path: Path, *merged: str) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("Orders of March", None, None),
        ("order", "customer", "item"),
        *(("A-1", "Anna", "Boots"), (None, None, "Socks"), (None, None, None), (None, None, "Laces")),
        *(("A-2", "Béla", "Tent"), (None, "Clara", "Lamp")),
    ):
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def read_merged(path: Path, at: int | None) -> list[tuple[int, list[str]]]:
    shape, _ = sources.sniff(Place(path))
    return [(one.line, one.fields) for one in sources.open_source(Place(path), shape, merged_at=at).records()]


def test_a_cell_of_the_named_column_that_is_merged_over_rows_is_said_on_each(tmp_path: Path) -> None:
    path = merged_book(tmp_path / "book.xlsx", "A1:C1", "A3:A6", "B3:B6")
    found = read_merged(path, 0)
    assert found == [
        *((3, ["A-1", "Anna", "Boots"]), (4, ["A-1", "", "Socks"]), (6, ["A-1", "", "Laces"])),
        *((7, ["A-2", "Béla", "Tent"]), (8, ["", "Clara", "Lamp"])),
    ], "what is merged in no cell is not filled, and an empty row stays none"
    assert [fields[0] for _, fields in read_merged(path, None)] == ["A-1", "", "", "A-2", ""]
    shape, _ = sources.sniff(Place(path))
    assert len(list(sources.open_source(Place(path), shape, merged_at=0).records(after=2))) == 3


def test_merged_cells_are_found_wherever_a_chunk_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = merged_book(tmp_path / "book.xlsx", "A3:A6", "A7:A8", "B3:B6")
    expected = read_merged(path, 0)
    assert expected[-1] == (8, ["A-2", "Clara", "Lamp"])
    for size in (1, 7, 64):
        monkeypatch.setattr(workbooks, "_CHUNK", size)
        assert read_merged(path, 0) == expected
