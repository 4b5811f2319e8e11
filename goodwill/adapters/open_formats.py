"""Open formats: tables as CSV and JSON Lines with a data dictionary, in a folder or a zip file."""

import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

_SAID = """What this is
============
Everything of the house that its viewer may see, as of one instant.

Each noun is written twice: as CSV (RFC 4180, UTF-8, comma, first line names the columns; JSON in a cell where a
column holds JSON) and as JSON Lines (one object a line). Moments are ISO 8601 with their offset from UTC. Sums that
end in _minor are whole numbers of the currency's smallest unit; those that end in _micro are scaled by 10^6.
dictionary.json says of each column what it holds and whose id it is.
"""


class Column(Protocol):
    """A column as the dictionary shows it."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def may_be_empty(self) -> bool: ...
    @property
    def refers_to(self) -> str: ...
    @property
    def choices(self) -> tuple[str, ...]: ...


class Noun(Protocol):
    """A table to write."""

    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def columns(self) -> Sequence[Column]: ...
    @property
    def rows(self) -> Iterator[Sequence[Any]]: ...


Opener = Callable[[str], Any]


def write(target: Path, nouns: Iterable[Noun]) -> dict[str, int]:
    """Write all nouns into a folder, or into one file where the name ends in .zip; rows by noun.

    Readable by its owner only. Raises FileExistsError where the folder holds something or the file exists.
    """
    if target.suffix.lower() == ".zip":
        with _zipped(target) as opener:
            return _write(opener, nouns)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(target.iterdir()):
        raise FileExistsError(f"{target} is not empty")
    return _write(lambda name: (target / name).open("xb"), nouns)


@contextmanager
def _zipped(target: Path) -> Iterator[Opener]:
    handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            yield lambda name: archive.open(name, "w", force_zip64=True)
    except BaseException:
        target.unlink()
        raise


def _write(opener: Opener, nouns: Iterable[Noun]) -> dict[str, int]:
    counts: dict[str, int] = {}
    dictionary: dict[str, Any] = {}
    for noun in nouns:
        counts[noun.name] = _table(opener, noun)
        dictionary[noun.name] = {
            "about": noun.about,
            "rows": counts[noun.name],
            "columns": {
                column.name: {
                    "kind": column.kind,
                    "may_be_empty": column.may_be_empty,
                    **({"refers_to": column.refers_to} if column.refers_to else {}),
                    **({"choices": list(column.choices)} if column.choices else {}),
                }
                for column in noun.columns
            },
        }
    with opener("dictionary.json") as out:
        out.write(json.dumps(dictionary, ensure_ascii=False, indent=2).encode())
    with opener("README.txt") as out:
        out.write(_SAID.encode())
    return counts


def _table(opener: Opener, noun: Noun) -> int:
    """One pass over the rows: JSON Lines go straight out, CSV waits on disk, for a zip takes one file at a time."""
    import tempfile

    names = [column.name for column in noun.columns]
    count = 0
    with ExitStack() as stack:
        aside: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
        text = io.TextIOWrapper(aside, encoding="utf-8", newline="", write_through=True)
        table = csv.writer(text)
        table.writerow(names)
        with opener(f"{noun.name}.jsonl") as lines:
            for row in noun.rows:
                lines.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False).encode() + b"\n")
                table.writerow(["" if value is None else _cell(value) for value in row])
                count += 1
        text.flush()
        aside.seek(0)
        with opener(f"{noun.name}.csv") as out:
            while chunk := aside.read(1 << 20):
                out.write(chunk)
        text.detach()
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value
