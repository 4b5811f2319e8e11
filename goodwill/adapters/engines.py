"""Engines: what reads the lake through Ibis. DuckDB within this process, PostgreSQL, or Apache Spark over Connect."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goodwill.adapters.lake import LakeProblem, Snapshot
from goodwill.adapters.lake_columns import postgres_types

MEMORY = "1GB"
"""DuckDB keeps no more in memory; beyond it writes to a folder of its own, which goes when it ends."""
SCHEMA = "goodwill_lake"
"""Where an engine of PostgreSQL holds its copy of the lake's tables."""
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Engine:
    """An open engine over one snapshot: its name (duckdb, postgresql, spark) and its connection for Ibis."""

    name: str
    connection: Any
    snapshot: Snapshot

    def table(self, name: str) -> Any:
        """A table of the lake as an Ibis expression; raises LakeProblem where there is none of that name."""
        if name not in self.snapshot.columns:
            raise LakeProblem(f"the lake has no table {name!r}; it has: {', '.join(sorted(self.snapshot.columns))}")
        if self.name == "postgresql":
            return self.connection.table(name, database=SCHEMA)
        return self.connection.table(name)


@contextmanager
def opened(url: str, folder: Path, snapshot: Snapshot) -> Iterator[Engine]:
    """Open the engine that `url` names (`duckdb`, `postgresql://…`, `sc://…`) over a snapshot of the lake.

    Raises LakeProblem, with the remedy, where the engine's library is not installed or the engine cannot be reached.
    """
    kind = url.partition(":")[0]
    if kind == "duckdb":
        with tempfile.TemporaryDirectory(prefix="goodwill-duckdb-") as spill:
            connection = _duckdb(folder, snapshot, spill)
            try:
                yield Engine(kind, connection, snapshot)
            finally:
                connection.disconnect()
    elif kind == "postgresql":
        connection = _postgresql(url, folder, snapshot)
        try:
            yield Engine(kind, connection, snapshot)
        finally:
            connection.disconnect()
    elif kind == "sc":
        session, connection = _spark(url, folder, snapshot)
        try:
            yield Engine("spark", connection, snapshot)
        finally:
            session.stop()
    else:
        raise LakeProblem(f"{kind} is no engine; GOODWILL_ENGINE is duckdb, postgres://… or spark://…")


def _paths(folder: Path, snapshot: Snapshot, table: str) -> list[str]:
    return [str(folder / one.path) for one in snapshot.files[table]]


def _duckdb(folder: Path, snapshot: Snapshot, spill: str) -> Any:
    import ibis

    connection = ibis.duckdb.connect(
        memory_limit=MEMORY,
        temp_directory=spill,
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )
    for name in snapshot.columns:
        connection.read_parquet(_paths(folder, snapshot, name), table_name=name, hive_partitioning=False)
    return connection


def _spark(url: str, folder: Path, snapshot: Snapshot) -> tuple[Any, Any]:
    import ibis

    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise LakeProblem("Spark's client is not installed; add it with: pip install pyspark-client==4.0.4") from None
    try:
        session = SparkSession.builder.remote(url).create()
        session.conf.set("spark.sql.session.timeZone", "UTC")
        connection = ibis.pyspark.connect(session)
        for name in snapshot.columns:
            paths = [Path(path).as_uri() for path in _paths(folder, snapshot, name)]
            session.read.parquet(*paths).createOrReplaceTempView(name)
    except Exception as problem:  # gRPC, Spark and Sail each have errors of their own
        if isinstance(problem, LakeProblem):
            raise
        said = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
        raise LakeProblem(f"Spark at {url} cannot read the lake: {said}") from None
    return session, connection


def _postgresql(url: str, folder: Path, snapshot: Snapshot) -> Any:
    import ibis
    import psycopg

    try:
        with psycopg.connect(url, options="-c timezone=UTC") as raw:
            _load(raw, folder, snapshot)
        return ibis.connect(f"postgres{url[len('postgresql') :]}")
    except psycopg.Error as problem:
        said = str(problem).strip().splitlines()[0]
        raise LakeProblem(f"PostgreSQL of GOODWILL_ENGINE cannot be used: {said}") from None


def _load(raw: Any, folder: Path, snapshot: Snapshot) -> None:
    """Copy the tables whose files are others than those copied last time; all in one transaction, one at a time."""
    import pyarrow.parquet as pq
    from psycopg import sql

    schema = sql.Identifier(SCHEMA)
    with raw.transaction(), raw.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [SCHEMA])
        cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
        known = "CREATE TABLE IF NOT EXISTS {}._copied (name text PRIMARY KEY, files text)"
        cursor.execute(sql.SQL(known).format(schema))
        cursor.execute(sql.SQL("SELECT name, files FROM {}._copied").format(schema))
        copied = dict(cursor.fetchall())
        for name, columns in snapshot.columns.items():
            listed = f"{columns} {[one.path for one in snapshot.files[name]]}"
            digest = hashlib.sha256(listed.encode()).hexdigest()
            if copied.get(name) == digest:
                continue
            table = sql.SQL("{}.{}").format(schema, sql.Identifier(name))
            typed = sql.SQL(", ").join(
                sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(of)) for column, of in postgres_types(columns)
            )
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
            cursor.execute(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(table, typed))
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                for path in _paths(folder, snapshot, name):
                    with pq.ParquetFile(path) as file:
                        for batch in file.iter_batches(batch_size=_BATCH):
                            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                                copy.write_row(row)
            cursor.execute(sql.SQL("ANALYZE {}").format(table))
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {}._copied VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET files = excluded.files"
                ).format(schema),
                [name, digest],
            )
