"""SQLite's log is copied beside a long run of big transactions, and begins anew every so often."""

from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from goodwill.config import environment
from goodwill.store import checkpoints

PAGE = 4096
ROWS = 400
"""Rows of one transaction, each as long as a page."""


def on_file(path: Path) -> BaseDatabaseWrapper:
    found: BaseDatabaseWrapper = ConnectionHandler({"default": environment.sqlite(str(path))})["default"]
    return found


def asked(database: BaseDatabaseWrapper, statement: str) -> int:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_log_stays_short_and_everything_is_in_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "books.sqlite3"
    with closing(on_file(path)) as database:
        monkeypatch.setattr(checkpoints, "connection", database)
        with database.cursor() as cursor:
            cursor.execute("CREATE TABLE words (id INTEGER PRIMARY KEY, said TEXT)")
            rounds = 5 * checkpoints.FULL_EVERY
            with checkpoints.beside() as copy:
                assert asked(database, "PRAGMA wal_autocheckpoint") == 0
                for _ in range(rounds):
                    cursor.execute("BEGIN IMMEDIATE")
                    cursor.executemany("INSERT INTO words (said) VALUES (%s)", [("x" * PAGE,)] * ROWS)
                    cursor.execute("COMMIT")
                    copy()
        assert asked(database, "PRAGMA wal_autocheckpoint") == 1000
        # a log never begun anew would hold every round
        assert (tmp_path / "books.sqlite3-wal").stat().st_size < rounds / 2 * ROWS * PAGE
        assert asked(database, "SELECT count(*) FROM words") == rounds * ROWS
        # the last round was a full one: the file holds all of it by itself
        assert path.stat().st_size > rounds * ROWS * PAGE


@pytest.mark.django_db
def test_a_long_run_that_fails_leaves_the_connection_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(on_file(tmp_path / "books.sqlite3")) as database:
        monkeypatch.setattr(checkpoints, "connection", database)
        with pytest.raises(ValueError, match="no order"), checkpoints.beside():
            raise ValueError("no order")
        assert asked(database, "PRAGMA wal_autocheckpoint") == 1000


@pytest.mark.django_db
def test_where_there_is_no_file_of_sqlite_nothing_is_copied() -> None:
    with checkpoints.beside() as copy:
        copy()
        assert connection.is_usable()
