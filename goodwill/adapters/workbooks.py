"""Workbooks: a sheet of an XLSX file row by row, its typed cells written as the exact text a person sees."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException

from goodwill.adapters.packages import UNPACKING, check, open_to_seek, size_of
from goodwill.adapters.records import XLSX, Place, Record, Shape, TableProblem, broken_off, record_of
from goodwill.adapters.sniffing import decimal_of

_LEADING = 50
"""A header stands within so many rows; a title and its empty rows may stand before it."""
_ROWS = 200
_MOST_STRINGS = 256 * 2**20
_DIGITS = 15
"""Significant digits that a spreadsheet keeps and shows; what is beyond them is noise of the binary fraction."""
_DAMAGED = (*UNPACKING, ParseError, DefusedXmlException, KeyError, ValueError, IndexError, TypeError, AttributeError)
_MERGED = re.compile(rb"""mergeCell\s+ref=["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?[A-Z]{1,3}\$?(\d{1,7})["']""")
_LONGEST_MERGED = 100
_CHUNK = 1 << 20
_NO_MORE = (1 << 30, 1 << 30)
_FIXED = re.compile(r"(?:#[, ]##)?(0+)(?:\.(0+))?[^0#?.]*")
_TIMED = re.compile(r"[hs]|AM/PM", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')


@contextmanager
def _opened(place: Place) -> Iterator[Any]:
    """The open workbook. Raises TableProblem for what is no workbook, or one that unpacks without measure."""
    import openpyxl

    with open_to_seek(place) as file:
        try:
            with zipfile.ZipFile(file) as package:
                check(package.infolist())
                _check_strings(package.infolist())
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except TableProblem:
            raise
        except _DAMAGED:
            raise TableProblem("unreadable_file") from None
        try:
            yield book
        finally:
            book.close()


def _check_strings(parts: Sequence[zipfile.ZipInfo]) -> None:
    """A sheet is read row by row, but the table of its texts is held as a whole."""
    if any(one.file_size > _MOST_STRINGS for one in parts if one.filename.lower().endswith("sharedstrings.xml")):
        raise TableProblem("too_packed")


def sniff(place: Place, *, decimal: str = "", sheet: str = "") -> tuple[Shape, list[list[str]]]:
    """The header of a sheet (the named one, else the first that has one) and its first rows; raises TableProblem.

    Numbers are written with the decimal mark that the texts among the cells use.
    """
    try:
        with _opened(place) as book:
            names = tuple(one.title for one in book.worksheets)
            if sheet and sheet not in names:
                raise TableProblem("no_sheet")
            for name in (sheet,) if sheet else names:
                rows = list(islice(_rows(book[name]), _LEADING + _ROWS))
                at = _header_at([[text_of(cell, ".") for cell in row] for row in rows])
                if at is not None:
                    break
            else:
                raise TableProblem("no_header")
    except TableProblem:
        raise
    except _DAMAGED:
        raise TableProblem("unreadable_file") from None
    header = _trimmed([text_of(cell, ".") for cell in rows[at]])
    body = rows[at + 1 :]
    texts = [[cell.value for cell in row if isinstance(cell.value, str)] for row in body]
    shape = Shape("", ",", decimal or decimal_of(texts), tuple(header), XLSX, name, names)
    first = [_fields(row, len(header), shape.decimal) for row in body]
    return shape, [row for row in first if any(row)]


class Sheet:
    """The rows of a sheet as records; a record's line is the row's number in the sheet."""

    def __init__(self, place: Place, shape: Shape, merged_at: int | None = None) -> None:
        self.place = place
        self.shape = shape
        self.bytes_done = 0
        self.merged_at = merged_at
        """The column of which a cell that is merged over several rows is said on each of them."""

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`."""
        return islice(self._records(), after, None)

    def _records(self) -> Iterator[Record]:
        width, decimal = len(self.shape.header), self.shape.decimal
        size, last = size_of(self.place), 0
        header = list(self.shape.header)
        header_seen = False
        with _opened(self.place) as book:
            sheet = book[self.shape.sheet]
            height = sheet.max_row or 0
            merged = iter(() if self.merged_at is None else _merged(sheet, self.merged_at))
            first, end, said = 0, 0, ""
            try:
                for number, row in enumerate(_rows(sheet), 1):
                    last = number
                    fields = _fields(row, width, decimal)
                    if not header_seen:
                        header_seen = _trimmed([text_of(cell, ".") for cell in row]) == header
                        continue
                    self.bytes_done = min(size * number // height, size) if height else 0
                    while self.merged_at is not None and end < number:
                        first, end = next(merged, _NO_MORE)
                    if self.merged_at is not None and first <= number:
                        said = fields[self.merged_at] if number == first else said
                        fields[self.merged_at] = said if any(fields) else ""
                    if any(fields):
                        yield record_of(number, fields)
            except _DAMAGED:
                yield broken_off(last + 1)


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    # what a file says of its own size is often wrong
    sheet.reset_dimensions()
    rows: Iterator[Sequence[Any]] = sheet.iter_rows()
    return rows


def _merged(sheet: Any, column: int) -> list[tuple[int, int]]:
    """The first and the last row of each cell of a column that is merged over several rows, from above.

    They are told behind all rows: so the sheet is run through once before, as bytes, which costs next to nothing
    beside reading its cells. A sheet has so few rows that what is kept of them is bounded.
    """
    letters, at = "", column + 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    found: list[tuple[int, int]] = []
    with suppress(*_DAMAGED), sheet.parent._archive.open(sheet._worksheet_path) as source:
        text = b""
        while chunk := source.read(_CHUNK):
            text += chunk
            done = max(0, len(text) - _LONGEST_MERGED)
            for match in _MERGED.finditer(text):
                done = max(done, match.end())
                if match[1].decode() == letters and match[2] != match[3]:
                    found.append((int(match[2]), int(match[3])))
            text = text[done:]
    return sorted(found)


def _header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row that is filled like a header: a title, a date and empty rows stand before it in many sheets."""
    widest = max((sum(map(bool, row)) for row in rows), default=0)
    for place, row in enumerate(rows[:_LEADING]):
        if sum(map(bool, row)) >= max(2, (widest + 1) // 2):
            return place
    return None


def _trimmed(row: Sequence[str]) -> list[str]:
    named = [name.strip() for name in row]
    while named and not named[-1]:
        named.pop()
    return named


def _fields(row: Sequence[Any], width: int, decimal: str) -> list[str]:
    fields = [text_of(cell, decimal) for cell in row[:width]]
    return fields + [""] * (width - len(fields))


def text_of(cell: Any, decimal: str) -> str:
    """The text of a cell: a day or a moment in ISO 8601, a number without binary noise, words as they are."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        text = _number(value, cell.number_format or "General")
        return text.replace(".", decimal) if decimal != "." else text
    if isinstance(value, datetime):
        return _moment(value, cell.number_format or "")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value).partition(".")[0]
    return str(value)


def _moment(value: datetime, form: str) -> str:
    # a moment is stored as a fraction of a day: half a second of noise is rounded away
    whole = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    if whole.time() == time() and not _shows_time(form):
        return whole.date().isoformat()
    return whole.isoformat(sep=" ")


def _number(value: float, form: str) -> str:
    text = format(value, f".{_DIGITS}g") if isinstance(value, float) else str(value)
    if "e" in text or "n" in text:
        from goodwill.adapters.json_lines import plain

        text = plain(text)
    digits, places = _fixed(form)
    head, _, tail = text.partition(".")
    if digits > 1 and not tail and head.isdigit():
        head = head.zfill(digits)  # a number shown with leading zeros is a key, not a quantity
    tail = tail.ljust(places, "0")
    return f"{head}.{tail}" if tail else head


@lru_cache(maxsize=1024)
def _fixed(form: str) -> tuple[int, int]:
    """How many digits a number format always shows before and after the decimal mark."""
    bare = _QUOTED.sub("", form.partition(";")[0])
    if set(bare) & set("%E?/@") or _TIMED.search(bare):
        return 0, 0
    first = min((place for place in (bare.find("#"), bare.find("0")) if place >= 0), default=len(bare))
    match = _FIXED.fullmatch(bare[first:])
    return (len(match[1]), len(match[2] or "")) if match else (0, 0)


@lru_cache(maxsize=1024)
def _shows_time(form: str) -> bool:
    return _TIMED.search(_QUOTED.sub("", form)) is not None
