"""A page of a long list is read without helpers on PostgreSQL, and only there does it matter."""

import pytest
from django.db import connection, transaction

from goodwill.store.few_rows import without_helpers

EAGER = ("parallel_setup_cost = 0", "parallel_tuple_cost = 0", "min_parallel_table_scan_size = 0")


def plan() -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT COUNT(*) FROM store_journalentry")
        return "\n".join(row[0] for row in cursor.fetchall())


@pytest.mark.django_db
def test_the_rows_are_read_by_the_connection_itself() -> None:
    if connection.vendor != "postgresql":
        with without_helpers():
            assert not connection.needs_rollback
        pytest.skip("SQLite has no helpers")
    with transaction.atomic():
        with connection.cursor() as cursor:
            for setting in EAGER:
                cursor.execute(f"SET LOCAL {setting}")
        assert "Gather" in plan()
        with without_helpers():
            assert "Gather" not in plan()


@pytest.mark.django_db(transaction=True)
def test_the_next_question_may_have_helpers_again() -> None:
    with without_helpers():
        pass
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_parallel_workers_per_gather")
            assert cursor.fetchone() != ("0",)
    assert not connection.in_atomic_block
