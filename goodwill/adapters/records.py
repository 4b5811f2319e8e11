"""Records: the one small shape in which every kind of file hands over its rows, and where a file lies."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import NamedTuple, Protocol

from goodwill.domain.rows import Fault

CSV, XLSX, PARQUET, JSON_LINES, COMMERCE_ML, ZIP = "csv", "xlsx", "parquet", "jsonl", "commerceml", "zip"
KINDS = (CSV, XLSX, PARQUET, JSON_LINES, COMMERCE_ML)
"""The kinds of file from which records are read; a ZIP holds files of these kinds."""
FIELDS_DELIMITER = ","
"""What parts the fields in a record's `raw` where the file has no lines of text of its own."""


class TableProblem(Exception):
    """A file that cannot be read as a table at all.

    `code` is unreadable_file, no_header, no_orders, no_tables, no_sheet, needs_analytics, not_lines, old_workbook,
    encrypted or too_packed.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies: in a file, or as a member of a ZIP file. A member's name is a key, never a path."""

    path: Path
    member: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written: found by looking at it, and shown to the user, who may correct it."""

    encoding: str
    delimiter: str
    decimal: str
    header: tuple[str, ...]
    kind: str = CSV
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    """Of a workbook all its sheets."""


class Record(NamedTuple):
    """One record: where it begins (a line, a row of a sheet, a row of a table; the first is 1), its text, and its
    fields or what is wrong with it."""

    line: int
    raw: str
    fields: list[str]
    fault: Fault | None


Probe = Callable[[list[str], bool], bool]
"""Whether these fields read as a row: all of them (True), or the first of a row whose rest is yet to come (False)."""


class Source(Protocol):
    """A file as a stream of records, in constant memory. The number of records read is the place to go on from."""

    @property
    def bytes_done(self) -> int:
        """How far it is in the file as it lies on the disk (of a member: as it is unpacked), about."""

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`; the same ones each time."""


def written(fields: Sequence[str]) -> str:
    """Fields as one line of CSV, without its end: the text of a record whose file has no lines."""
    out = StringIO()
    csv.writer(out, lineterminator="").writerow(fields)
    return out.getvalue()


def record_of(line: int, fields: list[str], fault: Fault | None = None) -> Record:
    """A record of these fields; letters that no database holds (zeros, halves of pairs) make it a bad one."""
    raw = written(fields)
    if "\x00" in raw or not _is_sound(raw):
        fields = [value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd") for value in fields]
        return Record(line, written(fields), fields, Fault.UNREADABLE_BYTES)
    return Record(line, raw, fields, fault)


def _is_sound(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def broken_off(line: int) -> Record:
    """The record that stands for the rest of a file that cannot be read on."""
    return Record(line, "", [], Fault.BROKEN_OFF)
