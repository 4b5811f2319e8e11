"""What every test may use: the cast, both databases' quirks, and where the real data lie."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from goodwill.store.triggers import close_journal, open_journal
from tests.cast import Cast, make_cast

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """SQLite tests run on a file, as in life: WAL and threads do not exist in memory."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(settings.HOME / f"test-{worker}.sqlite3")


def _teardown_with_open_journal(self: Any) -> None:
    if connection.features.supports_transactions and getattr(type(self), "cls_atomics", None):
        _teardown(self)
        return
    open_journal(connection)
    try:
        _teardown(self)
    finally:
        close_journal(connection)


_teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
TransactionTestCase._fixture_teardown = _teardown_with_open_journal  # type: ignore[attr-defined]


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing cast in a firm with two sites: agent, team-mate, stranger, customer, head and others."""
    return make_cast()


@pytest.fixture(scope="session")
def shared_data() -> Iterator[Path]:
    """The real data sets, which are never part of this project."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real data sets are not beside this checkout (../shared/data)")
    yield folder
