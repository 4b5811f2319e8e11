"""Feeds: watched folders and fetched addresses, the files seen there, and the hosts that may be fetched from."""

from django.db import models
from django.db.models import Q

from goodwill.domain.feeds import FileState, Kind


class Feed(models.Model):
    """Where a daily file comes from, how it is read, and when to look next.

    `place` is a folder's absolute path or an address, whose part after the question mark is `query`; `options` says
    how the files are read, as an import has it. Of `every_minutes` and `daily_at` ("HH:MM", in the firm's zone) one
    is given. `person` is who answers for what comes in (null: the operator). `wakes_at` is when to look next, null
    while paused; `looks` counts the looks begun: a worker that was overtaken writes nothing. `result` is how the last
    look ended, `detail` a host, a status or a code that it names. `secret` is a password or a token, and `query` may
    hold one: they are shown to nobody, and are in no export.
    """

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in Kind])
    place = models.CharField(max_length=2000)
    query = models.CharField(max_length=2000, blank=True)
    options = models.JSONField(default=dict, blank=True)
    every_minutes = models.PositiveIntegerField(null=True, blank=True)
    daily_at = models.CharField(max_length=5, blank=True)
    moves_files = models.BooleanField(default=False)
    person = models.ForeignKey("store.Person", models.PROTECT, null=True, blank=True, related_name="feeds")
    created_at = models.DateTimeField()
    paused_reason = models.CharField(max_length=16, blank=True)
    wakes_at = models.DateTimeField(null=True, blank=True)
    looks = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=24, blank=True)
    detail = models.CharField(max_length=255, blank=True)
    access = models.CharField(max_length=8, blank=True)
    access_user = models.CharField(max_length=120, blank=True)
    secret = models.CharField(max_length=2000, blank=True)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)

    class Meta:
        """By name; waking ones by waking moment."""

        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in Kind]), name="feed_kind_known"),
            models.CheckConstraint(
                condition=Q(every_minutes__isnull=False, daily_at="")
                | (Q(every_minutes__isnull=True) & ~Q(daily_at="")),
                name="feed_rhythm_is_one",
            ),
        ]
        indexes = [models.Index(fields=["wakes_at", "id"], name="feed_waking", condition=Q(wakes_at__isnull=False))]

    def __str__(self) -> str:
        return self.name


class FeedFile(models.Model):
    """A file that was seen at a feed, in one of its contents; a changed file is a new row.

    `is_current` marks the row that speaks for the file of this name as it lies there now. `sha256` is set once the
    content was taken, and then it is the feed's only row of that content; `same_as` names that row where the content
    was seen already. `path` is the copy in the house, below its
    folder of files; `detail` the refusal,
    {"reason", "field", "values"}, where no import could be made.
    """

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    size = models.BigIntegerField(default=0)
    mtime_ns = models.BigIntegerField(default=0)
    since = models.DateTimeField()
    state = models.CharField(max_length=16, choices=[(s.value, s.value) for s in FileState])
    detail = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=1000, blank=True)
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    run = models.ForeignKey("store.Import", models.SET_NULL, null=True, blank=True, related_name="feed_files")
    moved_to = models.CharField(max_length=8, blank=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        """Newest first; a content is taken once, a name has one present row."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["feed", "sha256"], condition=~Q(sha256=""), name="feed_content_once"),
            models.UniqueConstraint(fields=["feed", "name"], condition=Q(is_current=True), name="feed_name_once"),
        ]


class AllowedHost(models.Model):
    """A host from which files may be fetched, in lower case."""

    host = models.CharField(max_length=253, unique=True)
    person = models.ForeignKey("store.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering = ["host"]

    def __str__(self) -> str:
        return self.host
