"""Files in any encoding and delimiter are read, damaged ones row by row."""

import gzip
from pathlib import Path

import pytest

from goodwill.adapters.sniffing import date_order, sniff
from goodwill.adapters.tables import Reader, Shape, TableProblem, decoded_lines, is_table
from goodwill.domain.rows import Fault

RUSSIAN = "Номер заказа;Клиент;Цена\nА-1;Иванова Мария;1 200,50\nА-2;Пётр Орлов;99,00\n" * 5
HUNGARIAN = "rendelés;vevő;ár\nA-1;Kőszegi Őrs;1 200,50\nA-2;Fűző Ödön;99,00\nA-3;Szűcs Győző;5,00\n" * 5


def put(folder: Path, content: bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (HUNGARIAN, "cp1250"),
        (HUNGARIAN, "utf-8"),
    ],
)
def test_letters_are_read_as_they_were_written_in_any_encoding(text: str, encoding: str, tmp_path: Path) -> None:
    path = put(tmp_path, text.encode(encoding))
    shape, _ = sniff(path)
    read = [record.fields for record in Reader(path, shape)]
    assert read == [line.split(";") for line in text.splitlines()[1:]]
    assert (shape.delimiter, shape.decimal) == (";", ",")
    assert list(shape.header) == text.splitlines()[0].split(";")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_though_values_hold_another(delimiter: str, tmp_path: Path) -> None:
    rows = [["order", "name", "price"], ["A-1", "Anna; née B", "1.5"], ["A-2", "Béla", "2.5"]]
    text = "\n".join(delimiter.join(row) for row in rows if delimiter != ";" or row is not rows[1])
    shape, _ = sniff(put(tmp_path, text.encode()))
    assert (shape.delimiter, shape.decimal) == (delimiter, ".")


def test_a_packed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    path = put(tmp_path, gzip.compress(b"a,b\n1,2\n3,4\n"), "plain.csv")
    shape, first = sniff(path)
    reader = Reader(path, shape)
    assert [record.fields for record in reader] == [["1", "2"], ["3", "4"]] == first
    assert reader.bytes_done == path.stat().st_size


def test_excel_says_its_delimiter_in_the_first_line(tmp_path: Path) -> None:
    path = put(tmp_path, b"sep=;\r\na;b\r\n1;2\r\n")
    shape, _ = sniff(path)
    assert [(record.line, record.fields) for record in Reader(path, shape)] == [(3, ["1", "2"])]


def test_the_last_line_tells_the_encoding_too(tmp_path: Path) -> None:
    path = put(tmp_path, "order,customer\nA-1,Anna\nA-2,Béla\n".encode("cp1252"))
    shape, _ = sniff(path)
    assert [record.fields[1] for record in Reader(path, shape)] == ["Anna", "Béla"]


@pytest.mark.parametrize("count", [1, 30_000])
def test_lines_may_end_as_old_macs_end_them(count: int, tmp_path: Path) -> None:
    rows = [f'A-{number},"Anna\nKovács",2026-03-01,1.50' for number in range(count)]
    path = put(tmp_path, "\r".join(("order,customer,placed,price", *rows, "")).encode())
    shape, _ = sniff(path)
    assert shape.header == ("order", "customer", "placed", "price")
    records = list(Reader(path, shape))
    assert [record.fields[1] for record in records] == ["Anna\nKovács"] * count
    assert (records[-1].line, records[-1].fault) == (count + 1, None)


def test_the_mark_behind_the_last_line_of_old_programs_is_no_row(tmp_path: Path) -> None:
    path = put(tmp_path, b"a,b\r\n1,2\r\n\x1a")
    assert [(record.fields, record.fault) for record in Reader(path, sniff(path)[0])] == [(["1", "2"], None)]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b\n1,"x\ny"\n\n,\n2,z\n')
    assert [(r.line, r.fields) for r in Reader(path, sniff(path)[0])] == [(2, ["1", "x\ny"]), (6, ["2", "z"])]


def numbered(fields: list[str], is_whole: bool) -> bool:
    del is_whole
    return bool(fields) and fields[0].isdigit()


def test_a_quote_that_never_closes_ends_where_the_next_row_begins(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b,c\n1,"open,x\n2,y,z\n3,"open again\n4,"two\nlines",z\n5,y,z\n')
    records = list(Reader(path, sniff(path)[0], numbered))
    assert [(r.line, r.fault) for r in records] == [
        (2, Fault.UNCLOSED_QUOTE),
        (3, None),
        (4, Fault.UNCLOSED_QUOTE),
        (5, None),
        (7, None),
    ]
    assert records[3].fields == ["4", "two\nlines", "z"]


def test_a_quote_open_to_the_end_of_the_file_is_one_bad_row(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b\n1,2\n3,"open\nto the end\n')
    assert [(r.line, r.fault) for r in Reader(path, sniff(path)[0], numbered)] == [
        (2, None),
        (3, Fault.UNCLOSED_QUOTE),
    ]


def test_an_endless_quote_is_given_up_in_bounded_memory(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b\n1,"open\n' + b"filler line\n" * 40_000 + b"2,3\n")
    records = list(Reader(path, sniff(path)[0]))
    assert records[0].fault is Fault.UNCLOSED_QUOTE
    assert max(len(record.raw) for record in records) < 250_000
    assert records[-1].fields == ["2", "3"]


def test_stray_bytes_make_a_bad_row_and_do_not_change_the_encoding_of_the_rest(tmp_path: Path) -> None:
    body = b"".join(b"%d,caf\xc3\xa9\n" % n for n in range(200)) + b"200,caf\xe9\n201,nul\x00\n"
    path = put(tmp_path, b"a,b\n" + body)
    shape, _ = sniff(path)
    bad = [record for record in Reader(path, shape) if record.fault]
    assert shape.encoding == "utf-8"
    assert [(r.line, r.fault, r.raw) for r in bad] == [
        (202, Fault.UNREADABLE_BYTES, "200,café"),
        (203, Fault.UNREADABLE_BYTES, "201,nul\ufffd"),
    ]


def test_stray_bytes_inside_an_open_quote_make_that_row_bad(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b\n1,"x\ny\xe9"\n2,z\n')
    shape = Shape("utf-8", ",", ".", ("a", "b"))
    assert [(r.line, r.fault) for r in Reader(path, shape, numbered)] == [(2, Fault.UNREADABLE_BYTES), (4, None)]


def test_a_row_with_too_few_or_too_many_columns_is_bad(tmp_path: Path) -> None:
    path = put(tmp_path, b'a,b\n1\n1,2,3\n5" pipe,4\n')
    assert [(r.fault, r.fields) for r in Reader(path, sniff(path)[0])] == [
        (Fault.WRONG_COLUMNS, ["1"]),
        (Fault.WRONG_COLUMNS, ["1", "2", "3"]),
        (None, ['5" pipe', "4"]),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable_file"),
        (b"PK\x03\x04 zipped", "unreadable_file"),
        (b"a,bc\x00\x01\x02" * 50, "unreadable_file"),
        (b"\x1f\x8bbroken", "unreadable_file"),
        (b"one column\n1\n", "no_header"),
        (b"sep=;\n", "no_header"),
    ],
)
def test_what_is_no_table_says_so(content: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(TableProblem) as caught:
        sniff(put(tmp_path, content))
    assert caught.value.code == code


def test_an_encoding_that_does_not_exist_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableProblem):
        sniff(put(tmp_path, b"a,b\n1,2\n"), encoding="klingon")
    with pytest.raises(TableProblem):
        sniff(tmp_path / "absent.csv")


def test_the_order_of_dates_is_told_by_a_day_above_twelve() -> None:
    assert date_order(["03/04/2026", "04/25/2026"]) == "mdy"
    assert date_order(["25/04/2026", "2026-04-25", "03.04.2026"]) == "dmy"
    assert date_order([]) == "dmy"
    assert date_order(["03/04/2026 9:15 AM", "03/05/2026 12:00:00 p.m."]) == "mdy"
    assert date_order(["25/04/2026 9:15 AM", "03/05/2026 9:15 am"]) == "dmy"
    assert date_order(["03.04.2026 9:15 AM", "03/05/2026 9:15"]) == "dmy"


def test_tables_are_known_by_their_names() -> None:
    assert [is_table(Path(name)) for name in ("A.CSV", "a.csv.gz", "readme.md")] == [True, True, False]


def test_wide_letters_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = put(tmp_path, "a,b\n1,2\n".encode("utf-16-le") + b"\x00\xd8,\x00x\x00\n\x00")
    with path.open("rb") as file:
        assert [is_read for _, is_read, _ in decoded_lines(file, "utf-16-le")] == [True, True, False]
