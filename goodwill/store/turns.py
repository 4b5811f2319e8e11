"""Turns: who is at work on this database, and who has it to themselves. The system lets go when a process dies.

SQLite: locks on two small files beside the database. PostgreSQL: an advisory lock of the session, and the names under
which the house's programs are connected (`PGAPPNAME`).
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connection

PROGRAM = "goodwill"
_KEY = 0x60_0D_11  # any number that nobody else takes
_LOOK_AGAIN_SECONDS = 0.1
_LONGER_THAN_A_LOOK_SECONDS = 1.0
_kept: list[int] = []


@contextmanager
def turn(*, patience: float = 0.0) -> Iterator[bool]:
    """Yield True to whoever changes the schema now; False where somebody else still does after so many seconds."""
    if connection.vendor == "sqlite":
        with _locked("changing", patience=patience) as is_mine:
            yield is_mine
        return
    is_mine = _within(patience, lambda: bool(_asked("SELECT pg_try_advisory_lock(%s)", _KEY)))
    try:
        yield is_mine
    finally:
        if is_mine and connection.is_usable():
            _asked("SELECT pg_advisory_unlock(%s)", _KEY)


@contextmanager
def alone(*, only_look: bool = False) -> Iterator[list[str]]:
    """Yield the names of other programs at work here.

    On SQLite nobody can come to work until this ends, unless it only looks.
    """
    if connection.vendor == "sqlite":
        with ExitStack() as held:
            others = [] if held.enter_context(_locked("at-work")) else [PROGRAM]
            if only_look:
                held.close()
            yield others
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name, COUNT(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND application_name LIKE %s GROUP BY 1 ORDER BY 1",
            [f"{PROGRAM}%"],
        )
        names = [str(name) for name, _ in cursor.fetchall()]
    yield names


def come_to_work() -> bool:
    """Be at work until this process ends; False where somebody keeps the database to themselves."""
    if connection.vendor != "sqlite" or _kept or (file := _file("at-work")) is None:
        return True
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    if not _within(_LONGER_THAN_A_LOOK_SECONDS, lambda: _try(handle, is_shared=True)):
        os.close(handle)
        return False
    _kept.append(handle)
    return True


def _asked(statement: str, value: int) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return cursor.fetchone()[0]


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_AGAIN_SECONDS)
    return True


def _file(what: str) -> Path | None:
    path = Path(str(connection.settings_dict["NAME"]))
    return path.with_name(f".{path.name}.{what}") if path.is_absolute() else None


@contextmanager
def _locked(what: str, *, patience: float = 0.0) -> Iterator[bool]:
    file = _file(what)
    if file is None:
        yield True
        return
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _within(patience, lambda: _try(handle, is_shared=False))
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _try(handle: int, *, is_shared: bool) -> bool:
        """Windows knows no shared locks: whoever is at work is not seen there, and only the turn is kept."""
        if is_shared:
            return True
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(handle: int, *, is_shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
