"""Sniffing: the encoding, delimiter, decimal mark and order of dates of a file, found by looking at it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from charset_normalizer import from_bytes

from goodwill.adapters.packages import UNPACKING
from goodwill.adapters.records import Place, Shape, TableProblem
from goodwill.adapters.tables import decoded_lines, fields_of, open_bytes

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1_000_000
_LINES = 200
_STRAY = 0.02
"""Up to this share of lines in a file of plain letters may be undecodable and still be damage, not another encoding."""
_LIKELY = ("cp1252", "cp1251", "cp1250", "iso8859_2", "koi8_r", "cp866", "iso8859_15", "mac_cyrillic", "cp1254")
_POINT = re.compile(r"-?(\d{1,3}([, \u00a0\u202f']\d{3})+|\d+)\.\d{1,6}", re.ASCII)
_COMMA = re.compile(r"-?(\d{1,3}([. \u00a0\u202f']\d{3})+|\d+),\d{1,6}", re.ASCII)
_HALVES = re.compile(r"/.*\d ?[ap]\.?m\.?\s*$", re.IGNORECASE | re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b", re.ASCII)


def sniff(
    place: Path | Place, *, encoding: str = "", delimiter: str = "", decimal: str = ""
) -> tuple[Shape, list[list[str]]]:
    """How a text file is written, and the fields of its first lines; what is given is taken as it is.

    Raises TableProblem for a file that cannot be opened, is no text, or has no header of two columns.
    """
    place = place if isinstance(place, Place) else Place(place)
    try:
        with open_bytes(place) as file:
            sample = file.read(_SAMPLE)
    except (*UNPACKING, KeyError):
        raise TableProblem("unreadable_file") from None
    if not sample.strip() or _is_binary(sample):
        raise TableProblem("unreadable_file")
    encoding = encoding or encoding_of(sample)
    try:
        with open_bytes(place) as file:
            lines = [text for (text, *_), _ in zip(decoded_lines(file, encoding), range(_LINES), strict=False) if text]
    except (LookupError, UnicodeError, *UNPACKING):
        raise TableProblem("unreadable_file") from None
    if lines and re.fullmatch(r"sep=.", lines[0], re.IGNORECASE):
        delimiter = delimiter or lines[0][4]
        del lines[0]
    if not lines:
        raise TableProblem("no_header")
    delimiter = delimiter or _delimiter_of(lines)
    rows = [fields_of(line, delimiter)[0] for line in lines]
    header = tuple(name.strip() for name in rows[0])
    if len(header) < 2:
        raise TableProblem("no_header")
    body = [row for row in rows[1:] if len(row) == len(header)]
    return Shape(encoding, delimiter, decimal or decimal_of(body), header), body


def _is_binary(sample: bytes) -> bool:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    head = sample[:4096]
    # a stray zero is damage; one byte in a hundred is no text
    return head.startswith((b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0")) or (
        head.count(0) * 100 > len(head) and not _wide(head)
    )


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark shows in the zeros beside plain signs: all at odd places, or all at even ones."""
    head = sample[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 < len(head) or min(even, odd):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def encoding_of(sample: bytes) -> str:
    """The encoding of a sample: UTF-8 wherever that is possible; a few stray bytes are damage."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    wide = _wide(sample)
    if wide:
        return wide
    lines = sample.splitlines()
    if len(lines) > 1 and not sample.endswith((b"\n", b"\r")):
        del lines[-1]  # the sample may end within a letter
    special = [line for line in lines if not line.isascii()]
    broken = [line for line in special if not _is_utf8(line)]
    if not broken or len(broken) < len(special) / 2 or len(broken) <= _STRAY * len(lines):
        return "utf-8"
    best = from_bytes(b"\n".join(broken[:2000]), cp_isolation=list(_LIKELY)).best()
    return best.encoding if best is not None else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(lines: Sequence[str]) -> str:
    def fitness(delimiter: str) -> tuple[float, int]:
        widths = [len(fields_of(line, delimiter)[0]) for line in lines[:50]]
        if widths[0] < 2:
            return 0.0, 0
        return sum(width == widths[0] for width in widths) / len(widths), widths[0]

    return max(DELIMITERS, key=lambda d: (fitness(d)[0] > 0.5, fitness(d)[1], fitness(d)[0]))


def decimal_of(rows: Iterable[Sequence[str]]) -> str:
    """The decimal mark of the numbers among these fields; the point where nothing tells."""
    found = Counter[str]()
    for row in rows:
        for field in row:
            value = field.strip()
            if _POINT.fullmatch(value):
                found["."] += 1
            elif _COMMA.fullmatch(value):
                found[","] += 1
    return "," if found[","] > found["."] else "."


def date_order(values: Iterable[str]) -> str:
    """Whether dates such as 03/04/2026 begin with the day ("dmy", also when nothing tells) or the month ("mdy").

    Where no day is above twelve, AM and PM behind such a date speak for the month: a daily file of the first days of a
    month has nothing else to tell by.
    """
    first = second = halves = 0
    for value in values:
        match = _NUMBERS.match(value.strip())
        if match:
            first += int(match[1]) > 12
            second += int(match[2]) > 12
            halves += _HALVES.search(value) is not None
    return "mdy" if second > first or (halves and not first) else "dmy"
