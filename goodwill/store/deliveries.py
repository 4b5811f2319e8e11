"""Deliveries: everything that leaves the house, at least once, with a key, never inside the deciding transaction."""

from django.db import models
from django.db.models import Q


class Delivery(models.Model):
    """A letter to send. `payload` is emptied once it is delivered: it may hold names and tokens."""

    kind = models.CharField(max_length=12, default="mail")
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        """Waiting ones by the moment of the next attempt."""

        indexes = [
            models.Index(fields=["next_at", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["created_at"], name="delivery_failed", condition=Q(state="failed")),
        ]
