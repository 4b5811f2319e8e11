"""The one journal: past-tense entries, written in the transaction of every change, never altered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection, models, transaction

from goodwill.domain.entries import Entry
from goodwill.domain.viewers import Viewer
from goodwill.store import bulk


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """Entries, fetched."""

    def settled_after(self, last_id: int) -> JournalQuerySet:
        """Those after an id, in their order, none of which can be joined by an earlier one any more.

        Whoever follows the journal (webhooks, notices, the lake) keeps the last id it saw. On SQLite writers queue
        up, so ids come in order. On PostgreSQL a slow transaction may still hold a lower id than one that has ended:
        nothing beyond the lowest id that such a transaction may hold is shown before it is over. Entries of one's own
        unfinished transaction are not among them.
        """
        rows = self.filter(pk__gt=last_id).order_by("pk")
        return rows if connection.vendor == "sqlite" else rows.filter(pk__lte=_settled_until())

    def bulk_create(self, objs: Iterable[JournalEntry], *args: Any, **kwargs: Any) -> list[JournalEntry]:
        """Write entries, having said first from which id on."""
        with transaction.atomic(savepoint=False):
            take_numbers()
            return super().bulk_create(objs, *args, **kwargs)


class JournalEntry(models.Model):
    """Something that happened. Ids, codes, moments and amounts only; names and words live in rows that can be
    emptied. The ids are plain numbers, so that an entry outlives the row it speaks of.

    `at` is when it happened, `recorded_at` when this house wrote it down; `actor_id` is the person who did it
    (null: the operator or the worker).
    """

    kind = models.CharField(max_length=32)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, blank=True)
    customer_id = models.BigIntegerField(null=True, blank=True)
    order_id = models.BigIntegerField(null=True, blank=True)
    promise_id = models.BigIntegerField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, blank=True)
    policy_id = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)

    objects: ClassVar[JournalQuerySet] = JournalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """A customer's entries newest first; a promise's in order; a person's, a kind's and a day's newest first."""

        indexes = [
            models.Index(fields=["customer_id", "-at", "-id"], name="journal_by_customer"),
            models.Index(
                fields=["promise_id", "id"], name="journal_by_promise", condition=models.Q(promise_id__isnull=False)
            ),
            models.Index(fields=["kind", "-id"], name="journal_by_kind"),
            models.Index(
                fields=["actor_id", "-id"], name="journal_by_actor", condition=models.Q(actor_id__isnull=False)
            ),
            models.Index(fields=["recorded_at", "id"], name="journal_by_day"),
        ]


def entry(
    kind: Entry,
    *,
    by: Viewer,
    at: datetime,
    recorded_at: datetime | None = None,
    customer_id: int | None = None,
    order_id: int | None = None,
    promise_id: int | None = None,
    import_id: int | None = None,
    policy_id: int | None = None,
    **facts: Any,
) -> JournalEntry:
    """An unsaved entry, for deeds that write many at once."""
    return JournalEntry(
        kind=kind.value,
        at=at,
        recorded_at=recorded_at or at,
        actor_id=by.person_id,
        customer_id=customer_id,
        order_id=order_id,
        promise_id=promise_id,
        import_id=import_id,
        policy_id=policy_id,
        facts=facts,
    )


def write(kind: Entry, *, by: Viewer, at: datetime, **about: Any) -> JournalEntry:
    """Write one entry; `about` are the ids and small facts that `entry` takes."""
    written = entry(kind, by=by, at=at, **about)
    with transaction.atomic(savepoint=False):
        take_numbers()
        written.save(force_insert=True)
    return written


# Whoever is about to write notes the last id given so far in a lock that holds until the transaction ends: every id it
# takes is higher. Locks are shared, so nobody waits. The key is our mark in the highest bits, and that id.
_MARK = 0x676F << 48
_SEQUENCE = "store_journalentry_id_seq"
_GIVEN = "CASE WHEN is_called THEN last_value ELSE last_value - 1 END"


def take_numbers() -> None:
    """Let PostgreSQL's followers of the journal wait for this transaction: call it in it, before entries are written.

    Does something once in a transaction only; `settled_after` relies on it.
    """
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN current_setting('goodwill.journal', true) IS DISTINCT FROM 'taken' THEN "  # noqa: S608
            f"pg_advisory_xact_lock_shared({_MARK} + {_GIVEN})::text || set_config('goodwill.journal', 'taken', true) "
            f"END FROM {_SEQUENCE}"
        )


def _settled_until() -> int:
    """The highest id up to which no unfinished transaction can hold one.

    First the last id given, then the locks: whoever locks between the two takes a higher id than the first said. What
    is looked up afterwards sees all that ended before.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_GIVEN} FROM {_SEQUENCE}")  # noqa: S608  the same
        given = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT min(((classid::bigint << 32) | objid::bigint) - %s) FROM pg_locks "
            "WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint >> 16) = %s "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [_MARK, _MARK >> 48],
        )
        held = cursor.fetchone()[0]
    return given if held is None else min(given, int(held))


_PLAIN = ("kind", "at", "recorded_at", "actor_id", "customer_id", "order_id", "promise_id", "policy_id")
Plain = tuple[str, datetime, datetime, int | None, int | None, int | None, int | None, int | None]
"""Kind, at, recorded at, and the ids of actor, customer, order, promise and policy."""


def write_many(entries: Iterable[tuple[Plain, dict[str, Any]]]) -> None:
    """Write entries with their facts at one stroke: a sweep writes a hundred thousand of them."""
    with transaction.atomic(savepoint=False):
        take_numbers()
        bulk.insert(JournalEntry, (*_PLAIN, "facts"), [(*plain, json.dumps(facts)) for plain, facts in entries])
