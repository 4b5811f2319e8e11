"""Checkpoints: SQLite's log is copied into its file beside an import, on another core, instead of inside its commits.

A thousand orders of a big firm touch ten thousand pages, and a commit that also copies them takes longer than the
orders. A passive checkpoint stops nobody. It never comes to an end, though, while the import goes on writing, and so
the log would grow for ever: each FULL_EVERYth time the import waits for it, and the log begins anew.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

FULL_EVERY = 4
_CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"
_OWN_PAGES = 1000
"""After so many pages every other commit copies by itself: SQLite's own measure."""


@contextmanager
def beside() -> Iterator[Callable[[], None]]:
    """Yield what to call after each big transaction. Elsewhere than on a file of SQLite's it does nothing."""
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not path.is_absolute():
        yield lambda: None
        return
    with (
        closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as aside,
        ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint") as copier,
    ):
        running: list[Future[object]] = []
        commits = 0

        def copy() -> None:
            nonlocal commits
            commits += 1
            if running:
                running.pop().result()
            if commits % FULL_EVERY:
                running.append(copier.submit(aside.execute, _CHECKPOINT))
            else:
                aside.execute(_CHECKPOINT)

        _copy_after(0)
        try:
            yield copy
        finally:
            _copy_after(_OWN_PAGES)


def _copy_after(pages: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA wal_autocheckpoint = {pages}")
