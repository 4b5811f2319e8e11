"""The journal is append-only for the database, too."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction

from goodwill.domain.entries import Entry
from goodwill.store import journal
from goodwill.store.journal import JournalEntry
from tests.cast import NOW, Cast


@pytest.mark.django_db
def test_an_entry_cannot_be_changed(cast: Cast) -> None:
    written = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW, rows=3)
    written.facts = {"rows": 4}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        written.save()
    assert JournalEntry.objects.get(pk=written.pk).facts == {"rows": 3}


@pytest.mark.django_db
def test_an_entry_cannot_be_deleted(cast: Cast) -> None:
    written = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        written.delete()
    assert JournalEntry.objects.filter(kind=Entry.EXPORTED.value).count() == 1


@pytest.mark.django_db
def test_the_journal_cannot_be_emptied_behind_its_back(cast: Cast) -> None:
    journal.write(Entry.EXPORTED, by=cast.operator, at=NOW)
    statement = "DELETE FROM store_journalentry" if connection.vendor == "sqlite" else "TRUNCATE store_journalentry"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert JournalEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_tests_start_with_an_empty_journal() -> None:
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_follows_the_journal_misses_no_entry_of_a_slower_transaction(cast: Cast) -> None:
    """The slow one takes the lower id and ends last: on PostgreSQL the quick one's entry waits for it."""
    before = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
    if connection.vendor == "sqlite":
        # writers queue up: there is no slower one
        after = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        assert [row.pk for row in JournalEntry.objects.settled_after(before)] == [after]
        return
    wrote, may_end = Event(), Event()

    def slow() -> int:
        try:
            with transaction.atomic(), transaction.atomic():
                pk = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
                wrote.set()
                assert may_end.wait(30)
            return pk
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert wrote.wait(30)
        quick = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        assert list(JournalEntry.objects.settled_after(before)) == []
        may_end.set()
        lower = running.result(30)
    assert lower < quick
    assert [row.pk for row in JournalEntry.objects.settled_after(before)] == [lower, quick]


@pytest.mark.django_db(transaction=True)
def test_nor_one_of_a_transaction_that_began_later_but_took_its_entrys_number_first(cast: Cast) -> None:
    """A changes a row, B writes an entry and is slow, A writes its own and ends: A's has the higher id and waits."""
    before = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
    if connection.vendor == "sqlite":
        assert list(JournalEntry.objects.settled_after(before)) == []  # writers queue up
        return
    begun, wrote, may_end = Event(), Event(), Event()

    def slow() -> int:
        try:
            with transaction.atomic():
                assert begun.wait(30)
                (lower,) = JournalEntry.objects.bulk_create([journal.entry(Entry.EXPORTED, by=cast.operator, at=NOW)])
                wrote.set()
                assert may_end.wait(30)
            return int(lower.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        with transaction.atomic():
            cast.buyer.save()
            begun.set()
            assert wrote.wait(30)
            higher = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        assert list(JournalEntry.objects.settled_after(before)) == []
        may_end.set()
        lower = running.result(30)
    assert lower < higher
    assert [row.pk for row in JournalEntry.objects.settled_after(before)] == [lower, higher]
    with transaction.atomic():
        for _ in range(3):
            own = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        assert [row.pk for row in JournalEntry.objects.settled_after(before)] == [lower, higher]
    assert [row.pk for row in JournalEntry.objects.settled_after(higher)] == [own - 2, own - 1, own]
