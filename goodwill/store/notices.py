"""Notices: what a person was told of, how that person wants to be told, and how far the journal was read for it."""

from __future__ import annotations

from datetime import time
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from goodwill.domain.notices import USUAL, Kind, Way
from goodwill.domain.quiet_hours import DIGEST_AT, QUIET_FROM, QUIET_UNTIL, Rest, clock_of, minute_of
from goodwill.domain.viewers import Viewer


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices, fetched."""

    def of(self, viewer: Viewer) -> NoticeQuerySet:
        """This viewer's own; nobody reads another's."""
        return self.none() if viewer.person_id is None else self.filter(person_id=viewer.person_id)

    def unread(self) -> NoticeQuerySet:
        """Neither seen by the person nor settled by what happened since."""
        return self.filter(seen_at__isnull=True, done_at__isnull=True)


class Notice(models.Model):
    """One thing a person is told of, or, where `count` is more than one, that many alike within the hour `hour_at`.

    Ids and codes only: words and names come from the rows when it is shown, as far as the person may see them then.
    `last_entry_id` is the newest entry that is counted in; `seen_at` when the person read it, `done_at` when it was
    settled without being read, `mailed_at` when a letter told of it.
    """

    person = models.ForeignKey("store.Person", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    why = models.CharField(max_length=12, blank=True)
    code = models.CharField(max_length=24, blank=True)
    hour_at = models.DateTimeField()
    entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)
    customer_id = models.BigIntegerField(null=True, blank=True)
    order_id = models.BigIntegerField(null=True, blank=True)
    promise_id = models.BigIntegerField(null=True, blank=True)
    import_id = models.BigIntegerField(null=True, blank=True)
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """An entry once for a person and kind; a person's newest first, the unread apart; those about a subject."""

        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "entry_id"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(
                fields=["person", "-id"],
                name="notice_unread",
                condition=Q(seen_at__isnull=True, done_at__isnull=True),
            ),
            models.Index(fields=["person", "kind", "hour_at"], name="notice_by_hour"),
            models.Index(fields=["customer_id"], name="notice_of_customer", condition=Q(customer_id__isnull=False)),
            models.Index(fields=["promise_id"], name="notice_of_promise", condition=Q(promise_id__isnull=False)),
            models.Index(fields=["seen_at"], name="notice_seen", condition=Q(seen_at__isnull=False)),
            models.Index(fields=["done_at"], name="notice_done", condition=Q(done_at__isnull=False)),
        ]


class NoticePlan(models.Model):
    """How a person wants to be told: `ways` is {kind: way} where it differs from the usual; local times of the digest
    and of the quiet hours, in minutes after midnight. `digest_wakes_at` and `letter_wakes_at` are when a letter is
    due, null where none is; `lettered_at` when the last one was written."""

    person = models.OneToOneField("store.Person", models.CASCADE, related_name="+")
    ways = models.JSONField(default=dict, blank=True)
    digest_minute = models.PositiveSmallIntegerField(default=minute_of(DIGEST_AT))
    quiet_from_minute = models.PositiveSmallIntegerField(default=minute_of(QUIET_FROM))
    quiet_until_minute = models.PositiveSmallIntegerField(default=minute_of(QUIET_UNTIL))
    rests_on_days_off = models.BooleanField(default=True)
    digest_wakes_at = models.DateTimeField(null=True, blank=True)
    letter_wakes_at = models.DateTimeField(null=True, blank=True)
    lettered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Waking ones by their moment."""

        indexes = [
            models.Index(
                fields=["digest_wakes_at"], name="notice_digest_waking", condition=Q(digest_wakes_at__isnull=False)
            ),
            models.Index(
                fields=["letter_wakes_at"], name="notice_letter_waking", condition=Q(letter_wakes_at__isnull=False)
            ),
        ]

    @property
    def digest_at(self) -> time:
        """The local time of the digest."""
        return clock_of(self.digest_minute)

    def way(self, kind: str) -> Way:
        """How the person hears of a kind."""
        chosen = self.ways.get(kind)
        return Way(chosen) if chosen in set(Way) else USUAL[Kind(kind)]

    def kinds(self, way: Way) -> list[str]:
        """The kinds that are told in this way."""
        return [kind.value for kind in Kind if self.way(kind) is way]

    def rest(self, zone: str) -> Rest:
        """When the person wants no letters, on the clock of this zone."""
        begins, ends = clock_of(self.quiet_from_minute), clock_of(self.quiet_until_minute)
        return Rest(ZoneInfo(zone), begins, ends, self.rests_on_days_off)


class NoticeBookmark(models.Model):
    """How far the journal was read for notices: one row, moved in the transaction that writes them."""

    last_id = models.BigIntegerField()
    moved_at = models.DateTimeField()

    class Meta:
        """There is one reader."""

        constraints = [models.CheckConstraint(condition=Q(id=1), name="notice_bookmark_is_one")]
