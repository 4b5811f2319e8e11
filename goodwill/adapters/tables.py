"""Tables: CSV files in any encoding and delimiter, read line by line in constant memory, damaged ones too."""

import csv
import gzip
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from goodwill.domain.rows import Fault

ENDINGS = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
LONGEST_RECORD = 200_000
"""Characters after which an open quote is taken as never closed."""
_WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32")


class TableProblem(Exception):
    """A file that cannot be read as a table at all; `code` is unreadable_file or no_header."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written: found by looking at it, and shown to the user, who may correct it."""

    encoding: str
    delimiter: str
    decimal: str
    header: tuple[str, ...]


class Record(NamedTuple):
    """One record: its first physical line (the header's is 1), its text, and its fields or what is wrong."""

    line: int
    raw: str
    fields: list[str]
    fault: Fault | None


Probe = Callable[[list[str], bool], bool]
"""Whether these fields read as a row: all of them (True), or the first of a row whose rest is yet to come (False)."""


def is_table(path: Path) -> bool:
    """Whether the name is that of a file this reads."""
    return path.name.lower().endswith(ENDINGS)


def digest(path: Path) -> str:
    """SHA-256 of the file as it lies there."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked where they are gzipped (whatever the name says)."""
    file = path.open("rb")
    magic = file.read(2)
    file.seek(0)
    return gzip.GzipFile(fileobj=file) if magic == b"\x1f\x8b" else file  # type: ignore[return-value]


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

    def __init__(self, path: Path, shape: Shape, probe: Probe | None = None) -> None:
        self.path = path
        self.shape = shape
        self.probe = probe
        self.bytes_done = 0
        self._lines: Iterator[tuple[str, bool, int]] = iter(())
        self._ahead: tuple[int, str, bool, int] | None = None
        self._line = self._bytes = 0

    def __iter__(self) -> Iterator[Record]:
        """Records after the header, blank ones left out."""
        with self.path.open("rb") as file:
            magic = file.read(2)
            file.seek(0)
            packed = magic == b"\x1f\x8b"
            source: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
            self._lines = decoded_lines(source, self.shape.encoding)
            self._line, self._bytes, self._ahead = 0, 0, None
            yield from self._records(file if packed else None)

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
                if any(fields):
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
        import io

        for text in io.TextIOWrapper(source, encoding, errors="replace", newline="\n"):
            yield text.rstrip("\r\n"), "\ufffd" not in text and "\x00" not in text, len(text) * 2
        return
    first = True
    for raw in source:
        try:
            text, is_read = raw.decode(encoding), True
        except UnicodeDecodeError:
            text, is_read = raw.decode("cp1252", "replace"), False
        if first:
            text, first = text.removeprefix("\ufeff"), False
        if "\x00" in text:
            text, is_read = text.replace("\x00", "\ufffd"), False
        yield text.rstrip("\r\n"), is_read, len(raw)
