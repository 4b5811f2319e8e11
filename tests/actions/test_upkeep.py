"""Upkeep: the database looks at its own rows."""

import pytest
from django.db import connection

from goodwill.actions import upkeep
from tests.cast import Cast


@pytest.mark.django_db
def test_after_counting_anew_the_database_knows_its_indexes(cast: Cast) -> None:
    cast.promise()
    upkeep.count_rows_anew()
    question = (
        "SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'store_promise'"
        if connection.vendor == "sqlite"
        else "SELECT COUNT(*) FROM pg_stats WHERE tablename = 'store_promise'"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone()[0] > 0


@pytest.mark.django_db
def test_a_journal_that_is_closed_stays_as_it_is(cast: Cast) -> None:
    assert not upkeep.close_journal()
