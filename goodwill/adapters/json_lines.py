"""JSON Lines: one object a line, read line by line; nested objects become columns with dots, numbers stay exact."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from goodwill.adapters.packages import UNPACKING, is_gzip, open_as_it_lies, unpacked
from goodwill.adapters.records import JSON_LINES, Place, Record, Shape, TableProblem, broken_off, record_of
from goodwill.adapters.sniffing import decimal_of, encoding_of
from goodwill.adapters.tables import LONGEST_LINE, decoded_lines, open_bytes
from goodwill.domain.rows import Fault

_LOOKED_AT = 64 * 2**20
"""Columns are gathered from this much of a file; an object that has others later on is a bad row, not a lost value."""
_ROWS = 200
_DEEPEST = 20
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(?:[{\]]|$)")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*(?:\"|\}|$)")


class Number(str):
    """A number as the file writes it."""

    __slots__ = ()


def begins_so(head: bytes) -> bool:
    """Whether these first bytes are those of a file of JSON objects."""
    return _BEGINS.match(head) is not None


def is_one_array(head: bytes) -> bool:
    """Whether these first bytes are those of objects in one array, which has to be read as a whole."""
    return _ARRAY.match(head) is not None


def sniff(place: Place, *, encoding: str = "", decimal: str = "") -> tuple[Shape, list[list[str]]]:
    """The columns of a file of objects, and its first rows; raises TableProblem.

    Numbers are written with the decimal mark that the texts among the values use.
    """
    names: dict[str, None] = {}
    first: list[dict[str, str]] = []
    try:
        if not encoding:
            with open_bytes(place) as file:
                encoding = encoding_of(file.read(1_000_000))
        with open_bytes(place) as file:
            read = 0
            for text, _, size in decoded_lines(file, encoding):
                read += size
                flat = _object(text, ".")
                if flat is not None:
                    names.update(dict.fromkeys(flat))
                    if len(first) < _ROWS:
                        first.append(flat)
                if read > _LOOKED_AT:
                    break
    except (*UNPACKING, LookupError, UnicodeError):
        raise TableProblem("unreadable_file") from None
    header = tuple(names)
    if len(header) < 2:
        raise TableProblem("no_header" if first else "not_lines")
    texts = [[value for value in flat.values() if not isinstance(value, Number)] for flat in first]
    shape = Shape(encoding, ",", decimal or decimal_of(texts), header, JSON_LINES)
    rows = [[_written(flat.get(name, ""), shape.decimal) for name in header] for flat in first]
    return shape, rows


class Lines:
    """The objects of a file as records."""

    def __init__(self, place: Place, shape: Shape) -> None:
        self.place = place
        self.shape = shape
        self.bytes_done = 0

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`."""
        return islice(self._records(), after, None)

    def _records(self) -> Iterator[Record]:
        header, decimal = self.shape.header, self.shape.decimal
        known = frozenset(header)
        line = done = 0
        with open_as_it_lies(self.place) as file:
            packed = is_gzip(file)
            try:
                for text, is_read, size in decoded_lines(unpacked(file) if packed else file, self.shape.encoding):
                    line += 1
                    done += size
                    self.bytes_done = file.tell() if packed else done
                    if not text or text.isspace():
                        continue
                    flat = _object(text, decimal) if is_read and len(text) < LONGEST_LINE else None
                    if flat is None:
                        fault = Fault.NOT_AN_OBJECT if is_read else Fault.UNREADABLE_BYTES
                        yield Record(line, text, [], fault)
                        continue
                    fields = [flat.get(name, "") for name in header]
                    is_known = known.issuperset(flat)
                    yield record_of(line, fields, None if is_known else Fault.WRONG_COLUMNS)
            except UNPACKING:
                if not packed and not self.place.member:
                    raise
                yield broken_off(line + 1)


def _object(text: str, decimal: str) -> dict[str, str] | None:
    """The values of an object by their dotted names, or None where the line is no object."""
    if not text.lstrip("\ufeff \t").startswith("{"):
        return None
    try:
        found = json.loads(text.removeprefix("\ufeff"), parse_float=Number, parse_int=Number, parse_constant=Number)
    except (ValueError, RecursionError):
        return None
    flat: dict[str, str] = {}
    return flat if _flatten(found, "", flat, decimal, 0) else None


def _flatten(found: dict[str, Any], prefix: str, flat: dict[str, str], decimal: str, depth: int) -> bool:
    if depth > _DEEPEST:
        return False
    for key, value in found.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            if not _flatten(value, f"{name}.", flat, decimal, depth + 1):
                return False
        elif isinstance(value, Number):
            flat[name] = _written(Number(plain(value)), decimal)
        elif value is None:
            flat[name] = ""
        elif isinstance(value, bool):
            flat[name] = "true" if value else "false"
        elif isinstance(value, list):
            # a list has no one column: it stays JSON, which the packed lines of an export are read from
            flat[name] = json.dumps(value, ensure_ascii=False)
        else:
            flat[name] = value
    return True


def plain(value: str) -> str:
    """A number without an exponent, otherwise digit for digit as it is; what is no finite number stays as it is."""
    if "e" not in value and "E" not in value:
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return format(number, "f") if number.is_finite() and abs(number.adjusted()) < 40 else value


def _written(value: str, decimal: str) -> str:
    return Number(value.replace(".", decimal)) if isinstance(value, Number) and decimal != "." else value
