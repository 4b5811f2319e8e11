"""Truths: tables that lie beside a simulated firm as plain CSV files, with an index that says what they mean."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Self

INDEX = "truth.json"


class TruthFolder:
    """A folder of tables that is written as a stream, from its beginning.

    `columns` maps table → column → meaning; `about` is what the index says besides. Written as `TABLE.csv`, or as
    `TABLE.csv.gz` where `is_packed`; the same rows give the same bytes. The index says `"finished": false` until
    `finish` was called.
    """

    def __init__(
        self, folder: Path, columns: Mapping[str, Mapping[str, str]], about: Mapping[str, Any], *, is_packed: bool
    ) -> None:
        self._folder, self._columns, self._about = folder, columns, dict(about)
        self._rows = dict.fromkeys(columns, 0)
        self._names = {table: f"{table}.csv.gz" if is_packed else f"{table}.csv" for table in columns}
        folder.mkdir(parents=True, exist_ok=True)
        for old in [*folder.glob("*.csv"), *folder.glob("*.csv.gz")]:
            old.unlink()
        self._write_index(finished=False)
        self._files: dict[str, IO[str]] = {}
        self._tables: dict[str, Any] = {}
        for table, names in columns.items():
            file = self._files[table] = _open(folder / self._names[table], is_packed=is_packed)
            self._tables[table] = csv.writer(file, lineterminator="\n")
            self._tables[table].writerow(names)

    def add(self, rows: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        """Rows by table, at the end of each."""
        for table, some in rows.items():
            said = [[_say(value) for value in row] for row in some]
            self._tables[table].writerows(said)
            self._rows[table] += len(said)

    def finish(self) -> None:
        """Close the tables and say in the index that they are whole."""
        self.close()
        self._write_index(finished=True)

    def close(self) -> None:
        """Close the tables; the index goes on saying that they are not whole."""
        for file in self._files.values():
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _write_index(self, *, finished: bool) -> None:
        tables = {
            table: {"file": self._names[table], "rows": self._rows[table], "columns": names}
            for table, names in self._columns.items()
        }
        whole = {**self._about, "finished": finished, "tables": tables}
        said = json.dumps(whole, ensure_ascii=False, indent=2, default=str) + "\n"
        fresh = self._folder / f"{INDEX}.part"
        fresh.write_text(said, encoding="utf-8")
        fresh.replace(self._folder / INDEX)


def index_of(folder: Path) -> dict[str, Any] | None:
    """What the index of a folder says; None where there is none that can be read."""
    try:
        said = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said if isinstance(said, dict) else None


def _open(path: Path, *, is_packed: bool) -> IO[str]:
    if not is_packed:
        return path.open("w", encoding="utf-8", newline="")
    # neither a name nor a moment inside: the same rows give the same bytes
    return io.TextIOWrapper(_Packed(path), encoding="utf-8", newline="")


class _Packed(gzip.GzipFile):
    """A packed file that closes the plain one under it."""

    def __init__(self, path: Path) -> None:
        self._plain = path.open("wb")
        super().__init__(filename="", mode="wb", fileobj=self._plain, mtime=0)

    def close(self) -> None:
        """Write the end, and close both."""
        super().close()
        self._plain.close()


def _say(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return value.isoformat() if isinstance(value, date) else value
