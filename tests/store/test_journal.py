"""The journal is append-only for the database, too."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction

from goodwill.domain.entries import Entry
from goodwill.store import journal
from goodwill.store.journal import JournalEntry
from goodwill.store.tags import Tag
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
def test_an_entry_is_not_shown_before_a_lower_one_of_a_transaction_that_began_later(cast: Cast) -> None:
    """A deed changes rows first and writes its entry last: who began first may well take the higher id."""
    if connection.vendor == "sqlite":
        return  # writers queue up
    before = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
    began, may_write, wrote, may_end = Event(), Event(), Event(), Event()

    def first() -> int:
        try:
            with transaction.atomic():
                Tag.objects.create(name="changed first")
                began.set()
                assert may_write.wait(30)
                return journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        finally:
            connection.close()

    def second() -> int:
        try:
            with transaction.atomic():
                journal.write_many([(("exported", NOW, NOW, None, None, None, None, None), {})])
                wrote.set()
                assert may_end.wait(30)
                return journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        earlier = pool.submit(first)
        assert began.wait(30)
        later = pool.submit(second)
        assert wrote.wait(30)
        may_write.set()
        high = earlier.result(30)
        assert list(JournalEntry.objects.settled_after(before)) == []
        may_end.set()
        last = later.result(30)
    assert [row.pk for row in JournalEntry.objects.settled_after(before)] == [before + 1, high, last]


@pytest.mark.django_db(transaction=True)
def test_a_deed_taken_back_to_a_savepoint_announces_itself_again(cast: Cast) -> None:
    before = journal.write(Entry.EXPORTED, by=cast.operator, at=NOW).pk
    with transaction.atomic():
        with pytest.raises(LookupError), transaction.atomic():
            journal.write(Entry.EXPORTED, by=cast.operator, at=NOW)
            raise LookupError
        journal.write(Entry.EXPORTED, by=cast.operator, at=NOW)
        if connection.vendor == "postgresql":
            assert list(JournalEntry.objects.settled_after(before)) == [], "one's own are not settled yet"
    assert JournalEntry.objects.settled_after(before).count() == 1


@pytest.mark.parametrize(
    ("whole", "near"),
    [(5, 7), (0, 0), (7, 5), (2**31 - 3, 2**31 + 5), (2**31 + 1, 2**31 - 3), (5 * 2**31 + 9, 5 * 2**31 + 8)],
)
def test_an_announced_number_is_known_by_its_lowest_bits(whole: int, near: int) -> None:
    assert journal._whole(whole & (2**31 - 1), near) == whole
