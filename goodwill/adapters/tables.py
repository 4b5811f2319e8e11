"""Tables: CSV files in any encoding and delimiter, read line by line in constant memory, damaged ones too."""

import csv
import hashlib
import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from goodwill.adapters.packages import UNPACKING, is_gzip, open_as_it_lies, unpacked
from goodwill.adapters.records import Place, Probe, Record, Shape, TableProblem, broken_off
from goodwill.domain.rows import Fault

__all__ = [
    "Probe",
    "Reader",
    "Record",
    "Shape",
    "TableProblem",
    "decoded_lines",
    "digest",
    "fields_of",
    "is_table",
    "open_bytes",
]
_TEXT_ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xml")
ENDINGS = (*_TEXT_ENDINGS, *(f"{ending}.gz" for ending in _TEXT_ENDINGS), ".xlsx", ".xlsm", ".parquet", ".zip")
LONGEST_RECORD = 200_000
"""Characters after which an open quote is taken as never closed."""
LONGEST_LINE = 4 * 2**20
"""Bytes after which a line without an end is cut, so that no file can fill the memory."""
_CHUNK = 2**16
_END = "\x1a"
"""What programs of DOS descent write behind the last line."""
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")


def is_table(path: Path) -> bool:
    """Whether the name is that of a file this reads."""
    return path.name.lower().endswith(ENDINGS)


def digest(path: Path) -> str:
    """SHA-256 of the file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bytes(place: Place) -> IO[bytes]:
    """The table's bytes, unpacked where they are gzipped (whatever the name says)."""
    return unpacked(open_as_it_lies(place))


def fields_of(text: str, delimiter: str) -> tuple[list[str], Fault | None]:
    """The fields of a record's text; UNCLOSED_QUOTE where a quote is still open at its end."""
    if '"' not in text:
        return text.split(delimiter), None
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True)), None
    except csv.Error as problem:
        if "unexpected end" in str(problem):
            return _loose(text, delimiter), Fault.UNCLOSED_QUOTE
        # a quote inside a field: read it as it stands
        return _loose(text, delimiter), None
    except StopIteration:
        return [], None


def _loose(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return [text]


class Reader:
    """Iterates over the records of a file. `bytes_done` says how far it is in the file as it lies on the disk."""

    def __init__(self, place: Path | Place, shape: Shape, probe: Probe | None = None) -> None:
        self.place = place if isinstance(place, Place) else Place(place)
        self.shape = shape
        self.probe = probe
        self.bytes_done = 0
        self._lines: Iterator[tuple[str, bool, int]] = iter(())
        self._ahead: tuple[int, str, bool, int] | None = None
        self._line = self._bytes = 0

    def __iter__(self) -> Iterator[Record]:
        """Records after the header, blank ones left out."""
        with open_as_it_lies(self.place) as file:
            packed = is_gzip(file)
            self._lines = decoded_lines(unpacked(file) if packed else file, self.shape.encoding)
            self._line, self._bytes, self._ahead = 0, 0, None
            try:
                yield from self._records(file if packed else None)
            except UNPACKING:
                if not packed and not self.place.member:
                    raise  # the disk's own trouble, not the file's
                yield broken_off(self._line + 1)

    def records(self, after: int = 0) -> Iterator[Record]:
        """The records after the first `after`."""
        return islice(self, after, None) if after else iter(self)

    def _records(self, packed: IO[bytes] | None) -> Iterator[Record]:
        width, delimiter = len(self.shape.header), self.shape.delimiter
        header_seen = False
        while (taken := self._take()) is not None:
            line, text, is_read, size = taken
            self._bytes += size
            if not text or (not header_seen and _is_separator_line(text)):
                continue
            fields, fault = fields_of(text, delimiter)
            if fault is Fault.UNCLOSED_QUOTE and is_read:
                text, fields, fault, is_read = self._close(text, delimiter)
            self.bytes_done = packed.tell() if packed else self._bytes
            if not header_seen:
                header_seen = True
                continue
            if not is_read:
                yield Record(line, text, fields, Fault.UNREADABLE_BYTES)
            elif fault is not None:
                yield Record(line, text, fields, fault)
            elif len(fields) != width:
                if any(fields) and text != _END:
                    yield Record(line, text, fields, Fault.WRONG_COLUMNS)
            elif any(fields):
                yield Record(line, text, fields, None)

    def _take(self) -> tuple[int, str, bool, int] | None:
        if self._ahead is not None:
            taken, self._ahead = self._ahead, None
            return taken
        for text, is_read, size in self._lines:
            self._line += 1
            return self._line, text, is_read, size
        return None

    def _close(self, text: str, delimiter: str) -> tuple[str, list[str], Fault | None, bool]:
        """Read on until the quote closes, or until a line reads as a row: then it was never meant to stay open."""
        parts, length = [text], len(text)
        while True:
            taken = self._take()
            if taken is None or length > LONGEST_RECORD:
                self._ahead = taken
                return "\n".join(parts), _loose("\n".join(parts), delimiter), Fault.UNCLOSED_QUOTE, True
            _, line, is_read, size = taken
            if self._begins_a_row(line, delimiter):
                self._ahead = taken
                return "\n".join(parts), _loose("\n".join(parts), delimiter), Fault.UNCLOSED_QUOTE, True
            parts.append(line)
            self._bytes += size
            length += len(line) + 1
            if not is_read:
                return "\n".join(parts), [], None, False
            if '"' in line:
                whole = "\n".join(parts)
                fields, fault = fields_of(whole, delimiter)
                if fault is None:
                    return whole, fields, None, True

    def _begins_a_row(self, line: str, delimiter: str) -> bool:
        fields, fault = fields_of(line, delimiter)
        if fault is None:
            return len(fields) == len(self.shape.header) and (self.probe is None or self.probe(fields, True))
        return self.probe is not None and len(fields) > 1 and self.probe(fields[:-1], False)


def _is_separator_line(text: str) -> bool:
    return len(text) == 5 and text.lower().startswith("sep=")


def decoded_lines(source: IO[bytes], encoding: str) -> Iterator[tuple[str, bool, int]]:
    """Physical lines without their ends, whether their bytes could be read (else shown as Western European), and how
    many they were."""
    if encoding.startswith(_WIDE):
        wide = io.TextIOWrapper(source, encoding, errors="replace", newline="\n")
        for text in iter(partial(wide.readline, LONGEST_LINE), ""):
            yield text.rstrip("\r\n"), "\ufffd" not in text and "\x00" not in text, len(text) * 2
        return
    first = True
    for raw in _lines(source):
        try:
            text, is_read = raw.decode(encoding), True
        except UnicodeDecodeError:
            text, is_read = raw.decode("cp1252", "replace"), False
        if first:
            text, first = text.removeprefix("\ufeff"), False
        if "\x00" in text:
            text, is_read = text.replace("\x00", "\ufffd"), False
        yield text.rstrip("\r\n"), is_read, len(raw)


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    """Physical lines with their ends: what ends them is a line feed, or a lone carriage return as old Macs and the
    "CSV (Macintosh)" of today's spreadsheets write it."""
    first = source.readline(LONGEST_LINE)
    at = first.find(b"\r")
    if 0 <= at < len(first) - 1 and first[at + 1 : at + 2] != b"\r" and b"\r\n" not in first:
        yield from _between_returns(source, first)
        return
    yield first
    yield from iter(partial(source.readline, LONGEST_LINE), b"")


def _between_returns(source: IO[bytes], ahead: bytes) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        *whole, ahead = (ahead + chunk).split(b"\r")
        yield from (line + b"\r" for line in whole)
        while len(ahead) > LONGEST_LINE:
            yield ahead[:LONGEST_LINE]
            ahead = ahead[LONGEST_LINE:]
    yield from (line + b"\r" for line in ahead.split(b"\r") if line)
