"""Jobs: long work only (import, export, nightly), claimed by a worker under a lease."""

import uuid

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """Long work. A worker that dies lets its lease run out, and another takes the job up again.

    `fence` counts the claims: a worker that lost its lease can no longer write results.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=12, default="ready")
    run_after = models.DateTimeField(null=True, blank=True)
    enqueued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    last_attempted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=64, blank=True)
    fence = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        """Claimable ones first by priority, then by age."""

        indexes = [
            models.Index(
                fields=["-priority", "enqueued_at"], name="job_claimable", condition=Q(state__in=["ready", "running"])
            )
        ]
