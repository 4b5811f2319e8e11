"""The one journal: past-tense entries, written in the transaction of every change, never altered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import connection, models

from goodwill.domain.entries import Entry
from goodwill.domain.viewers import Viewer
from goodwill.store import bulk
from goodwill.store.triggers import ANNOUNCED


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    """Entries, fetched."""

    def settled_after(self, last_id: int) -> JournalQuerySet:
        """Those after an id, in their order, none of which can be joined by an earlier one any more.

        Whoever follows the journal (webhooks, notices, the lake) keeps the last id it saw. On SQLite writers queue
        up, so ids come in order. On PostgreSQL a slower transaction may still hold a lower id than one that has
        ended: entries are shown once no transaction at work can hold one before them. Entries of one's own
        unfinished transaction are not among them. Not for connections that read one snapshot.
        """
        rows = self.filter(pk__gt=last_id).order_by("pk")
        return rows if connection.vendor == "sqlite" else rows.filter(pk__lte=_settled())


def _settled() -> int:
    """The last id before which nothing comes any more, on PostgreSQL.

    Every transaction that writes entries announces, before it takes its first id, the last id that was taken then
    (`triggers.ANNOUNCED`, a lock that ends with it). Asked in this order: which is the last entry to be seen; who has
    announced something. Whoever took an id below that entry either still holds the announcement, so that we stop
    before it, or has ended, so that what it wrote is seen by the next question.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM store_journalentry")
        last: int = cursor.fetchone()[0] or 0
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [ANNOUNCED],
        )
        return min([last, *(_whole(low, last) for (low,) in cursor.fetchall())])


def _whole(low: int, near: int) -> int:
    """The id of which these are the lowest 31 bits: a lock holds no more. It is the nearest to one that we know."""
    step = 1 << 31
    return low + step * round((near - low) / step)


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
    written.save(force_insert=True)
    return written


_PLAIN = ("kind", "at", "recorded_at", "actor_id", "customer_id", "order_id", "promise_id", "policy_id")
Plain = tuple[str, datetime, datetime, int | None, int | None, int | None, int | None, int | None]
"""Kind, at, recorded at, and the ids of actor, customer, order, promise and policy."""


def write_many(entries: Iterable[tuple[Plain, dict[str, Any]]]) -> None:
    """Write entries with their facts at one stroke: a sweep writes a hundred thousand of them."""
    bulk.insert(JournalEntry, (*_PLAIN, "facts"), [(*plain, json.dumps(facts)) for plain, facts in entries])
