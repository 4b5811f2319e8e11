"""What a lake holds, for comparing one with another."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.adapters import lake
from goodwill.adapters.lake import Snapshot


def contents(folder: Path, snapshot: Snapshot | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table by its id; each file is of the month it says."""
    found = snapshot or lake.current(folder)
    assert found is not None
    return {name: rows(folder, found, name) for name in found.files}


def rows(folder: Path, snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    """A table's rows by id."""
    parts = [pq.ParquetFile(folder / one.path).read() for one in snapshot.files[table]]
    if not parts:
        return []
    whole: list[dict[str, Any]] = pa.concat_tables(parts).sort_by("id").to_pylist()
    return whole
