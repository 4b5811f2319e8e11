"""Turns on SQLite: who only looks keeps nobody from work, and who comes while somebody looks waits for it."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from goodwill.store import turns


@pytest.fixture(autouse=True)
def beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database's place of the test's own, where nobody is at work."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows who is connected; it has no files beside it")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "house.sqlite3"))
    monkeypatch.setattr(turns, "_kept", [])
    yield
    for handle in turns._kept:
        os.close(handle)


def test_whoever_comes_to_work_is_seen_once_and_stays() -> None:
    with turns.alone(only_look=True) as others:
        assert others == []
    assert turns.come_to_work()
    assert turns.come_to_work()
    assert len(turns._kept) == 1
    with turns.alone() as others:
        assert others == [turns.PROGRAM]


def test_who_only_looks_keeps_nobody_from_work() -> None:
    with turns.alone(only_look=True):
        assert turns.come_to_work()


def test_who_comes_while_somebody_looks_waits_for_the_end_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = turns.alone()
    looking.__enter__()
    monkeypatch.setattr(time, "sleep", lambda seconds: looking.__exit__(None, None, None))
    assert turns.come_to_work()


def test_who_comes_while_somebody_has_the_house_alone_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_LONGER_THAN_A_LOOK_SECONDS", 0.0)
    with turns.alone() as others:
        assert others == []
        assert not turns.come_to_work()
    assert turns.come_to_work()
