"""Keys of writes that programs may repeat: one key, one write."""

from django.db import models


class IdemKey(models.Model):
    """A key under which a write was done, a digest of what was asked, and the answer that was given.

    Inserted before the write and in its transaction: the unique constraint makes whoever repeats it wait.
    """

    scope = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    used_at = models.DateTimeField()

    class Meta:
        """One key once in its scope; forgotten by age."""

        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="idem_key_once")]
        indexes = [models.Index(fields=["used_at"], name="idem_key_by_age")]
