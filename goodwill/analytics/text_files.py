"""Text tables read as they are asked: told apart from Parquet, checked for UTF-8, every cell as text."""

import codecs
import csv
import re
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from goodwill.analytics.results import Reason, Refused

SEPARATORS = ",;\t|"
_CHUNK = 1 << 20


def is_parquet(path: Path) -> bool:
    """Whether the file's first bytes are Parquet's."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def find_garbled(path: Path) -> Refused | None:
    """The first byte that is no UTF-8: the column by its number, the row below a header, the byte; else None."""
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                before = problem.object[: problem.start]
                line = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")
                column = 1 + len(re.findall(f"[{SEPARATORS}]", line))
                garbled = repr(problem.object[problem.start : problem.end])[1:]
                return Refused(Reason.NOT_UTF8, str(column), lines + before.count(b"\n"), garbled)
            lines += chunk.count(b"\n")
    left = decoder.getstate()[0]
    return Refused(Reason.NOT_UTF8, row=lines, value=repr(left)[1:]) if left else None


def read_text(connection: Any, path: Path) -> tuple[ir.Table, list[str]]:
    """All cells of a UTF-8 file with a header as text, in columns `c0, c1, …`, and the names the header gives them.

    The separator is whichever of `SEPARATORS` the header holds most of. A header of nothing gives no names.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = file.readline().rstrip("\r\n")
    separator = max(SEPARATORS, key=header.count)
    names = next(csv.reader([header], delimiter=separator), [])
    columns = {f"c{place}": "VARCHAR" for place in range(max(len(names), 1))}
    table = connection.read_csv(
        path, delim=separator, quote='"', escape='"', columns=columns, all_varchar=True, auto_detect=False,
        encoding="utf-8", header=True,
    )  # fmt: skip
    return table, [name.strip() for name in names]


def as_number(cell: Any) -> Any:
    """The cell as a float, null where it is none. Only text is tried: not every engine can try."""
    kind = cell.type()
    if kind.is_string():
        return cell.try_cast("float64")
    return cell.cast("float64") if kind.is_numeric() or kind.is_boolean() else ibis.null("float64")


def as_date(cell: Any) -> Any:
    """The cell as a day, null where it is none. Only text is tried: not every engine can try."""
    kind = cell.type()
    if kind.is_string():
        return cell.try_cast("date")
    return cell.cast("date") if kind.is_temporal() else ibis.null("date")
