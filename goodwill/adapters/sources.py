"""Sources: what kind of file lies somewhere, told by its content, and the stream of records it is."""

from pathlib import Path
from zipfile import ZipFile

from goodwill.adapters import commerce_ml, json_lines, packages, parquet_files, sniffing, workbooks
from goodwill.adapters.packages import UNPACKING
from goodwill.adapters.records import (
    COMMERCE_ML,
    CSV,
    JSON_LINES,
    PARQUET,
    XLSX,
    ZIP,
    Place,
    Probe,
    Shape,
    Source,
    TableProblem,
)
from goodwill.adapters.tables import Reader, is_table

_HEAD = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF"
_WIDE = {
    **{b"\xff\xfe" + one + b"\x00": "utf-16" for one in (b"{", b"[")},
    **{b"\xfe\xff\x00" + one: "utf-16" for one in (b"{", b"[")},
    **{one + b"\x00": "utf-16-le" for one in (b"{", b"[")},
    **{b"\x00" + one: "utf-16-be" for one in (b"{", b"[")},
}
"""How a file of JSON in UTF-16 begins, with a mark of the order of bytes and without one."""


def kind_of(place: Place) -> str:
    """The kind of a file by its first bytes, whatever its name says; what nothing else is, is taken as CSV.

    Raises TableProblem: unreadable_file, old_workbook (also one with a password), or not_lines (JSON of another kind).
    """
    try:
        with packages.open_as_it_lies(place) as file:
            packed = packages.is_gzip(file)
            head = packages.unpacked(file).read(_HEAD)
    except (*UNPACKING, KeyError):
        raise TableProblem("unreadable_file") from None
    if head.startswith(_OLE):
        raise TableProblem("old_workbook")
    if packages.is_zip(head) or head.startswith((parquet_files.MAGIC, _PDF)):
        if packed or head.startswith(_PDF):
            raise TableProblem("unreadable_file")
        return PARQUET if head.startswith(parquet_files.MAGIC) else _kind_of_package(place)
    head = _narrow(head)
    if json_lines.is_one_array(head):
        raise TableProblem("not_lines")
    if commerce_ml.begins_so(head):
        return COMMERCE_ML
    return JSON_LINES if json_lines.begins_so(head) else CSV


def _narrow(head: bytes) -> bytes:
    """The same first bytes in UTF-8, where they are UTF-16 as some programs write JSON; else as they are. XML says
    itself how it is written, and is left alone."""
    for mark, encoding in _WIDE.items():
        if head.startswith(mark):
            return head.decode(encoding, "ignore").encode("utf-8", "ignore")
    return head


def _kind_of_package(place: Place) -> str:
    try:
        with packages.open_to_seek(place) as file, ZipFile(file) as package:
            names = frozenset(package.namelist())
    except UNPACKING:
        raise TableProblem("unreadable_file") from None
    if any(name.startswith("xl/") for name in names) and "[Content_Types].xml" in names:
        return XLSX
    if place.member:
        raise TableProblem("unreadable_file")  # packages within packages are not opened
    return ZIP


def tables_in(path: Path) -> list[str]:
    """The names of the members of a ZIP file that are tables by their names; none where it is no ZIP file.

    Raises TableProblem: encrypted, too_packed, no_tables, unreadable_file.
    """
    if kind_of(Place(path)) != ZIP:
        return []
    names = [one.filename for one in packages.members_of(path)]
    found = [name for name in names if is_table(Path(name)) and not name.lower().endswith(".zip")]
    if not found:
        raise TableProblem("no_tables")
    return found


def sniff(
    place: Place, *, encoding: str = "", delimiter: str = "", decimal: str = "", sheet: str = ""
) -> tuple[Shape, list[list[str]]]:
    """How a file is written, and the fields of its first rows; what is given is taken as it is.

    Raises TableProblem for a file that cannot be read as a table.
    """
    kind = kind_of(place)
    if kind == XLSX:
        return workbooks.sniff(place, decimal=decimal, sheet=sheet)
    if kind == PARQUET:
        return parquet_files.sniff(place, decimal=decimal)
    if kind == JSON_LINES:
        return json_lines.sniff(place, encoding=encoding, decimal=decimal)
    if kind == COMMERCE_ML:
        return commerce_ml.sniff(place, decimal=decimal)
    if kind == ZIP:
        tables_in(place.path)
        raise TableProblem("unreadable_file")
    return sniffing.sniff(place, encoding=encoding, delimiter=delimiter, decimal=decimal)


def open_source(place: Place, shape: Shape, probe: Probe | None = None, *, merged_at: int | None = None) -> Source:
    """The records of a file that is written so; `probe` tells the rows of a damaged CSV file apart, `merged_at` is the
    column of a sheet of which a cell merged over several rows is said on each of them."""
    if shape.kind == XLSX:
        return workbooks.Sheet(place, shape, merged_at)
    if shape.kind == PARQUET:
        return parquet_files.RowGroups(place, shape)
    if shape.kind == JSON_LINES:
        return json_lines.Lines(place, shape)
    if shape.kind == COMMERCE_ML:
        return commerce_ml.Documents(place, shape)
    return Reader(place, shape, probe)
