"""Writing the lake: rows in batches to Parquet files by month, and the one moment in which a new snapshot stands."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from goodwill.adapters.lake import WHOLE, File, LakeBusy, Snapshot, flush_folder, write_whole
from goodwill.adapters.lake_columns import Columns, arrow_schema, months, to_arrow

Batches = Iterable[Sequence[tuple[Any, ...]]]
_GROUP = 50_000
_HELD = 200_000
"""Rows held back, of all months together, so that row groups are not small."""
_OPEN = 48
_KEPT = 2
"""Snapshots whose files stay: whoever began to read the one before the present may end."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lake alone; raises LakeBusy where another process does. A killed process holds nothing."""
    import fcntl

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LakeBusy("another process is writing the lake") from None
        yield


class Draft:
    """A snapshot in the making: begins with the files of the one before (or none), and stands once it is kept."""

    def __init__(self, folder: Path, before: Snapshot | None, number: int) -> None:
        self.folder, self.number = folder, number
        self.files: dict[str, list[File]] = {} if before is None else {k: list(v) for k, v in before.files.items()}
        self.columns: dict[str, Columns] = {} if before is None else dict(before.columns)

    def replace(
        self, table: str, columns: Columns, month_of: str, batches: Batches, only: Collection[str] | None = None
    ) -> int:
        """Put these rows in place of the table's, or in place of those of some months only; how many they are."""
        written = _write(self.folder, table, columns, month_of, batches)
        kept = [one for one in self.files.get(table, []) if only is not None and one.month not in only]
        self.files[table] = kept + written
        self.columns[table] = columns
        return sum(one.rows for one in written)

    def add(self, table: str, columns: Columns, month_of: str, batches: Batches) -> int:
        """Put these rows beside the table's."""
        written = _write(self.folder, table, columns, month_of, batches)
        self.files[table] = self.files.get(table, []) + written
        self.columns[table] = columns
        return sum(one.rows for one in written)

    def rows(self, table: str) -> int:
        """How many rows the table has so far."""
        return sum(one.rows for one in self.files.get(table, []))

    def parts(self, table: str) -> dict[str, int]:
        """How many files each month of a table has."""
        found: dict[str, int] = {}
        for one in self.files.get(table, []):
            found[one.month] = found.get(one.month, 0) + 1
        return found

    def keep(self, *, at: datetime, notes: Mapping[str, Any]) -> Snapshot:
        """Let the draft stand, as one rename, and sweep what no kept snapshot lists."""
        files: dict[str, tuple[File, ...]] = {}
        for name, each in self.files.items():
            full = [one for one in each if one.rows]
            # A table without rows is a file without rows: every engine then reads the same columns.
            nothing = full or each or _write(self.folder, name, self.columns[name], "", [[]])
            files[name] = tuple(sorted(nothing, key=lambda one: one.path))
        done = Snapshot(self.number, at, files, self.columns, notes)
        snapshots = self.folder / "snapshots"
        snapshots.mkdir(exist_ok=True)
        write_whole(snapshots / f"{self.number}.json", json.dumps(done.as_json(), ensure_ascii=False))
        write_whole(self.folder / "CURRENT", str(self.number))
        sweep(self.folder)
        return done


def next_number(folder: Path) -> int:
    """A number that no snapshot of this lake has."""
    known = [int(path.stem) for path in (folder / "snapshots").glob("*.json") if path.stem.isdigit()]
    return max(known, default=0) + 1


def sweep(folder: Path) -> int:
    """Remove snapshots older than the kept ones, later ones that never stood, and files that none lists; how many.

    Only whoever holds the lake may.
    """
    try:
        present = int((folder / "CURRENT").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        present = 0
    listed: set[str] = set()
    gone = 0
    for path in (folder / "snapshots").glob("*.json"):
        number = int(path.stem) if path.stem.isdigit() else 0
        if present - _KEPT < number <= present:
            tables = json.loads(path.read_text(encoding="utf-8"))["tables"]
            listed |= {one[0] for table in tables.values() for one in table["files"]}
        else:
            path.unlink()
    for path in folder.glob("*/*/*.parquet*"):
        if path.relative_to(folder).as_posix() not in listed:
            path.unlink()
            gone += 1
    for path in [*folder.glob(".CURRENT.*"), *folder.glob("snapshots/.*")]:
        path.unlink()
    for path in folder.glob("*/*"):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return gone


def _write(folder: Path, table: str, columns: Columns, month_of: str, batches: Batches) -> list[File]:
    writer = _Months(folder, table, columns)
    try:
        for rows in batches:
            for start in range(0, max(len(rows), 1), _GROUP):
                part = to_arrow(rows[start : start + _GROUP], columns)
                if not month_of:
                    writer.take(WHOLE, part)
                    continue
                for month, of_month in months(part, month_of):
                    writer.take(month, of_month)
        return writer.end()
    except BaseException:
        writer.drop()
        raise


class _Months:
    """Writers of one table, one for each month that is open; rows wait until there are enough for a row group."""

    def __init__(self, folder: Path, table: str, columns: Columns) -> None:
        self.folder, self.table = folder, table
        self.schema = arrow_schema(columns)
        self.waiting: dict[str, list[Any]] = {}
        self.held: dict[str, int] = {}
        self.open: dict[str, tuple[Any, Path]] = {}
        self.files: list[File] = []

    def take(self, month: str, batch: Any) -> None:
        self.waiting.setdefault(month, []).append(batch)
        self.held[month] = self.held.get(month, 0) + batch.num_rows
        if self.held[month] >= _GROUP:
            self._flush(month)
        elif sum(self.held.values()) >= _HELD:
            self._flush(max(self.held, key=lambda one: self.held[one]))

    def end(self) -> list[File]:
        for month in list(self.held):
            self._flush(month)
        for month in list(self.open):
            self._close(month)
        return self.files

    def drop(self) -> None:
        for writer, path in self.open.values():
            writer.close()
            path.unlink(missing_ok=True)

    def _flush(self, month: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        rows = pa.Table.from_batches(self.waiting.pop(month), self.schema)
        del self.held[month]
        if month not in self.open:
            if len(self.open) >= _OPEN:
                self._close(next(iter(self.open)))
            name = month if month == WHOLE else f"month={month}"
            path = self.folder / self.table / name / f"{uuid4().hex}.parquet.draft"
            path.parent.mkdir(parents=True, exist_ok=True)
            self.open[month] = (pq.ParquetWriter(path, self.schema, compression="zstd"), path)
        self.open[month][0].write_table(rows, row_group_size=2 * _GROUP)

    def _close(self, month: str) -> None:
        import os

        import pyarrow.parquet as pq

        writer, draft = self.open.pop(month)
        writer.close()
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        path = draft.with_suffix("")
        draft.replace(path)
        flush_folder(path.parent)
        rows = pq.read_metadata(path).num_rows
        self.files.append(File(path.relative_to(self.folder).as_posix(), month, rows, path.stat().st_size))
