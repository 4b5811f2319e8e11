"""Deliveries: everything that leaves the house, at least once, with a key, never inside the deciding transaction."""

from django.db import models
from django.db.models import Q

_FIRST_IN_LANE = Q(kind="webhook", state="waiting")


class Delivery(models.Model):
    """Something to send. `kind` is mail, webhook or test (an event to a webhook that happened to nobody).

    A letter's `payload` is emptied once it is delivered: it may hold names and tokens. An event's `body` holds ids and
    codes only; it is written once and stays as long as the row. Events of one webhook about one customer form a `lane`
    (the customer's id, 0 for nobody's): the first of a lane is `waiting`, those behind it are `queued`. A state is one
    of waiting, queued, delivered, failed. `spent` are attempts made before it was last sent again by hand.
    """

    kind = models.CharField(max_length=12, default="mail")
    key = models.CharField(max_length=120, unique=True)
    payload = models.JSONField(default=dict, blank=True)
    webhook = models.ForeignKey(
        "store.Webhook", models.CASCADE, related_name="deliveries", null=True, blank=True, db_index=False
    )
    lane = models.BigIntegerField(default=0)
    event = models.CharField(max_length=32, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=12, default="waiting")
    attempts = models.PositiveIntegerField(default=0)
    spent = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        """Waiting ones by the moment of the next attempt; a lane's in order; a webhook's newest first."""

        indexes = [
            models.Index(fields=["kind", "next_at", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["created_at"], name="delivery_failed", condition=Q(state="failed")),
            models.Index(fields=["webhook", "next_at", "id"], name="delivery_first", condition=_FIRST_IN_LANE),
            models.Index(fields=["webhook", "lane", "id"], name="delivery_behind", condition=Q(state="queued")),
            models.Index(fields=["webhook", "state", "id"], name="delivery_by_state"),
            models.Index(fields=["webhook", "id"], name="delivery_by_webhook"),
        ]
        constraints = [
            # One event of a lane is under way at a time, whoever writes.
            models.UniqueConstraint(fields=["webhook", "lane"], name="delivery_lane", condition=_FIRST_IN_LANE),
        ]
