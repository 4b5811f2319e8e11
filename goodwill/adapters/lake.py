"""The lake: tables as Parquet files by month, in snapshots that are whole or not there at all.

`LAKE/TABLE/month=2026-03/….parquet` are files that never change once written; `snapshots/N.json` lists the files of
one instant; `CURRENT` holds N. Each is written under another name, flushed to the disk and renamed, so that whoever
reads sees one instant, and a process that is killed leaves the instant before.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = 1
"""Counts the changes of this layout: a lake of another format is made anew."""
WHOLE = "whole"
"""In place of a month, for small tables that are one file."""


class LakeProblem(Exception):
    """The lake cannot be read or written; the message says why and what to do."""


class LakeBusy(LakeProblem):
    """Another process is writing the lake."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a table, by its path within the lake."""

    path: str
    month: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The lake at one instant: its files by table, the columns with their kinds, and what its maker noted."""

    number: int
    made_at: datetime
    files: Mapping[str, tuple[File, ...]]
    columns: Mapping[str, tuple[tuple[str, str], ...]]
    notes: Mapping[str, Any] = field(default_factory=dict)

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return sum(file.rows for file in self.files.get(table, ()))

    def as_json(self) -> dict[str, Any]:
        """What is written down of it."""
        return {
            "format": FORMAT,
            "number": self.number,
            "made_at": self.made_at.isoformat(),
            "tables": {
                name: {
                    "columns": [list(column) for column in self.columns[name]],
                    "files": [[one.path, one.month, one.rows, one.bytes] for one in files],
                }
                for name, files in self.files.items()
            },
            "notes": dict(self.notes),
        }


def current(folder: Path) -> Snapshot | None:
    """The snapshot that stands; None where there is no lake yet, or one of another format.

    Raises LakeProblem where CURRENT names a snapshot that is not there.
    """
    try:
        number = int((folder / "CURRENT").read_text(encoding="ascii"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise LakeProblem(f"{folder / 'CURRENT'} is damaged; make the lake again: goodwill lake rebuild") from None
    found = read(folder, number)
    if found is None and not (folder / "snapshots" / f"{number}.json").exists():
        raise LakeProblem(f"snapshot {number} is gone; make the lake again: goodwill lake rebuild")
    return found


def read(folder: Path, number: int) -> Snapshot | None:
    """A snapshot by its number; None where it is gone or of another format."""
    try:
        said = json.loads((folder / "snapshots" / f"{number}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if said["format"] != FORMAT:
        return None
    tables = said["tables"]
    return Snapshot(
        said["number"],
        datetime.fromisoformat(said["made_at"]),
        {name: tuple(File(*one) for one in table["files"]) for name, table in tables.items()},
        {name: tuple((column, kind) for column, kind in table["columns"]) for name, table in tables.items()},
        said["notes"],
    )


def missing_files(folder: Path, snapshot: Snapshot) -> list[str]:
    """Files that the snapshot lists and that are gone or of another size."""
    found = []
    for files in snapshot.files.values():
        for one in files:
            path = folder / one.path
            if not path.is_file() or path.stat().st_size != one.bytes:
                found.append(one.path)
    return found


def months_of(folder: Path, snapshot: Snapshot, table: str, ids: set[int]) -> set[str]:
    """The months of a table in which the snapshot holds any of these ids."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    if not ids:
        return set()
    wanted = pa.array(sorted(ids), pa.int64())
    least, most = wanted[0].as_py(), wanted[-1].as_py()
    found: set[str] = set()
    for one in snapshot.files.get(table, ()):
        if one.month in found:
            continue
        with pq.ParquetFile(folder / one.path) as file:
            for group in range(file.num_row_groups):
                known = file.metadata.row_group(group).column(0).statistics
                if known is not None and (known.max < least or known.min > most):
                    continue
                held = file.read_row_group(group, columns=["id"])["id"]
                if pc.any(pc.is_in(held, value_set=wanted)).as_py():
                    found.add(one.month)
                    break
    return found


def flush_folder(folder: Path) -> None:
    """Let the disk know which names a folder holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that it is there whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    flush_folder(path.parent)
