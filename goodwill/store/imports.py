"""Imports: which files came in, how far they got, what was refused, and how to take them back."""

from django.db import models
from django.db.models import Q


class Import(models.Model):
    """One import of one or several files; resumable, and reversible as a whole.

    `state` is ready, running, stopped, finished, failed or taken_back. `counts` is
    {"created": {noun: n}, "updated": {…}, "unchanged": {…}}.
    """

    preset = models.CharField(max_length=32)
    mapping = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, default="ready")
    as_of = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey("store.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    site = models.ForeignKey("store.Site", models.PROTECT, null=True, blank=True, related_name="+")
    counts = models.JSONField(default=dict, blank=True)
    money = models.JSONField(default=dict, blank=True)
    seconds = models.FloatField(default=0)
    stop_asked = models.BooleanField(default=False)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        """Newest first."""

        ordering = ["-id"]


class ImportFile(models.Model):
    """A file of an import; `rows_done` is the checkpoint written in the transaction of each batch.

    `member` is the table in a ZIP file, `sheet` that of a workbook.
    """

    run = models.ForeignKey(Import, models.CASCADE, related_name="files")
    position = models.PositiveIntegerField()
    path = models.CharField(max_length=1000)
    name = models.CharField(max_length=255)
    role = models.CharField(max_length=32)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(default=0)
    encoding = models.CharField(max_length=32, blank=True)
    delimiter = models.CharField(max_length=4, blank=True)
    decimal = models.CharField(max_length=1, blank=True)
    kind = models.CharField(max_length=12, default="csv", blank=True)
    member = models.CharField(max_length=1000, blank=True)
    sheet = models.CharField(max_length=64, blank=True)
    rows_done = models.BigIntegerField(default=0)
    bytes_done = models.BigIntegerField(default=0)
    good = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    is_done = models.BooleanField(default=False)

    class Meta:
        """In the order in which they are read."""

        ordering = ["run_id", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="import_file_once")]


class BadRow(models.Model):
    """A row that could not enter: where, which field, why. `is_held` rows wait for a parent that was refused."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="bad_rows")
    line = models.BigIntegerField()
    raw = models.TextField()
    field = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=32)
    values = models.JSONField(default=dict, blank=True)
    is_held = models.BooleanField(default=False)
    waits_for = models.CharField(max_length=160, blank=True)
    entered_by = models.ForeignKey(Import, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        """In file order; held ones by the parent they wait for."""

        ordering = ["file_id", "line"]
        indexes = [
            models.Index(
                fields=["waits_for"], name="bad_row_waiting", condition=Q(is_held=True, entered_by__isnull=True)
            )
        ]


class ImportChange(models.Model):
    """What a row said before an import altered it, so that the import can be taken back."""

    run = models.ForeignKey(Import, models.CASCADE, related_name="changes")
    noun = models.CharField(max_length=32)
    row_id = models.BigIntegerField()
    before = models.JSONField()

    class Meta:
        """Undone from the last to the first."""

        ordering = ["-id"]
