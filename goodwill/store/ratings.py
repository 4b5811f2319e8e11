"""Ratings of a purchase: product and service apart, tied to one order (requirements S2.11)."""

from django.db import models
from django.db.models import Q


class Rating(models.Model):
    """What a customer said of one purchase. Satisfaction, never loyalty (invariant I2).

    Scores are on 1…`scale`. A source that gives one score without parts fills `overall` only.
    """

    order = models.ForeignKey("store.Order", models.CASCADE, related_name="ratings", db_index=False)
    customer = models.ForeignKey("store.Customer", models.PROTECT, related_name="ratings", db_index=False)
    product_score = models.PositiveSmallIntegerField(null=True, blank=True)
    service_score = models.PositiveSmallIntegerField(null=True, blank=True)
    overall = models.PositiveSmallIntegerField(null=True, blank=True)
    scale = models.PositiveSmallIntegerField(default=10)
    title = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One row for one outside key; scores within the scale."""

        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="rating_external_once"
            ),
            models.CheckConstraint(
                condition=(Q(overall__isnull=True) | Q(overall__gte=1, overall__lte=models.F("scale")))
                & (Q(product_score__isnull=True) | Q(product_score__gte=1, product_score__lte=models.F("scale")))
                & (Q(service_score__isnull=True) | Q(service_score__gte=1, service_score__lte=models.F("scale"))),
                name="rating_within_scale",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-answered_at"], name="rating_by_customer"),
            # Begins with the order, so it serves the foreign key; carries the score, so a report reads no words.
            models.Index(fields=["order", "scale", "overall"], name="rating_of_order"),
        ]
