"""Shipment reports: what drivers said at the customers' doors, with their photos."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import OuterRef, Q

from goodwill.domain.shipment_reports import Effect, ReportOutcome
from goodwill.domain.viewers import Viewer
from goodwill.store.probes import Probe
from goodwill.store.promises import Promise


class ShipmentReportQuerySet(models.QuerySet["ShipmentReport"]):
    """Reports, fetched."""

    def visible_to(self, viewer: Viewer) -> ShipmentReportQuerySet:
        """Those on promises that the viewer sees, and one's own."""
        own = Q(person_id=viewer.person_id) if viewer.person_id is not None else Q(pk__in=[])
        return self.filter(own | Q(Probe(Promise.objects.visible_to(viewer).filter(pk=OuterRef("promise_id")))))

    def slipping(self, promise_ids: Iterable[int]) -> set[int]:
        """Of these promises, those that a driver said will slip."""
        told = self.filter(promise_id__in=list(promise_ids), effect=Effect.ENDANGERS.value)
        return set(told.values_list("promise_id", flat=True))


class ShipmentReport(models.Model):
    """One report. `said_at` is the moment of the driver's device, `received_at` when it reached us: without a signal
    hours may lie between. `key` was made on the device: the same report sent twice is one.

    `expected_at` and `cause` belong to a late one (`is_told`: the driver told the customer himself), `condition` and
    `is_accepted` to a damaged one; `effect` is what it did to the promise. The customer's words stand in the
    interaction.
    """

    promise = models.ForeignKey("store.Promise", models.PROTECT, related_name="shipment_reports", db_index=False)
    shipment = models.ForeignKey(
        "store.Shipment", models.SET_NULL, null=True, blank=True, related_name="reports", db_constraint=False
    )
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="shipment_reports", db_index=False)
    interaction = models.ForeignKey(
        "store.Interaction", models.SET_NULL, null=True, blank=True, related_name="shipment_reports"
    )
    key = models.CharField(max_length=100)
    outcome = models.CharField(max_length=12)
    effect = models.CharField(max_length=12)
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=20, blank=True)
    is_told = models.BooleanField(default=False)
    condition = models.CharField(max_length=20, blank=True)
    is_accepted = models.BooleanField(null=True, blank=True)

    objects: ClassVar[ShipmentReportQuerySet] = ShipmentReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """One key of one person once; a promise's in order; a person's newest first."""

        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="shipment_report_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=[outcome.value for outcome in ReportOutcome]),
                name="shipment_report_outcome_known",
            ),
        ]
        indexes = [
            models.Index(fields=["promise", "id"], name="shipment_report_by_promise"),
            models.Index(fields=["person", "-said_at"], name="shipment_report_by_person"),
        ]


class ShipmentPhoto(models.Model):
    """A photo of a report. The file lies in MEDIA_ROOT/photos under a `name` that nobody can guess; it was made
    anew from what was sent, so that it holds nothing but the picture. `size` is in bytes."""

    report = models.ForeignKey(ShipmentReport, models.CASCADE, related_name="photos")
    name = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        """In the order in which they were taken."""

        ordering = ["report_id", "id"]
