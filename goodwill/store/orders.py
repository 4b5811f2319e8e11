"""Orders with their lines, shipments and payments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, fetched."""

    def visible_to(self, viewer: Viewer) -> OrderQuerySet:
        """Those of the viewer's sites or of the customers the viewer answers for."""
        if viewer.scope is Scope.ALL:
            return self
        mine = Q(customer__owner_id=viewer.person_id) | Q(customer__deputy_id=viewer.person_id)
        if viewer.scope is Scope.OWN:
            return self.filter(mine)
        if viewer.scope is Scope.UNIT:
            return self.filter(mine | Q(site_id__in=viewer.site_ids))
        return self.none()


class Order(models.Model):
    """A purchase. `customer` is the buyer; `user` is who uses it, where that is somebody else (S2.4).

    Sums are minor units of `currency`: `items_minor` + `freight_minor` is what the lines say,
    `paid_minor` what the payments say; they may differ, and the difference is shown, not hidden.
    """

    number = models.CharField(max_length=64)
    # order_by_customer begins with the customer, so that the key needs no index of its own (and so below).
    customer = models.ForeignKey("store.Customer", models.PROTECT, related_name="orders", db_index=False)
    user = models.ForeignKey(
        "store.Customer", models.PROTECT, null=True, blank=True, related_name="used_orders", db_index=False
    )
    site = models.ForeignKey("store.Site", models.PROTECT, related_name="orders")
    address = models.ForeignKey("store.Address", models.SET_NULL, null=True, blank=True, related_name="orders")
    placed_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20)
    currency = models.CharField(max_length=3)
    items_minor = models.BigIntegerField(default=0)
    freight_minor = models.BigIntegerField(default=0)
    paid_minor = models.BigIntegerField(default=0)
    line_count = models.PositiveIntegerField(default=0)
    payment_count = models.PositiveIntegerField(default=0)
    tags = models.ManyToManyField("store.Tag", related_name="orders", blank=True)
    own = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    objects: ClassVar[OrderQuerySet] = OrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """One row for one outside key; a customer's orders newest first; all orders newest first."""

        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="order_external_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "-placed_at"], name="order_by_customer"),
            models.Index(fields=["placed_at", "id"], name="order_by_placed"),
            models.Index(fields=["user"], name="order_by_user", condition=Q(user__isnull=False)),
            models.Index(fields=["number"], name="order_by_number"),
        ]


class OrderLine(models.Model):
    """One line of an order: `unit_price_micro` is the price ×10⁶, `freight_minor` its share of the freight."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey("store.Product", models.PROTECT, null=True, blank=True, related_name="lines")
    seller = models.ForeignKey("store.Seller", models.PROTECT, null=True, blank=True, related_name="lines")
    quantity_micro = models.BigIntegerField(default=1_000_000)
    unit_price_micro = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    freight_minor = models.BigIntegerField(default=0)
    ship_by_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One line in one position."""

        ordering = ["order_id", "position"]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_line_once")]


class Shipment(models.Model):
    """What left for the customer: promised, handed to the carrier, delivered."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="shipments", db_index=False)
    position = models.PositiveIntegerField(default=1)
    carrier = models.CharField(max_length=80, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One shipment in one position."""

        ordering = ["order_id", "position"]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="shipment_once")]


class Payment(models.Model):
    """Money the customer gave for an order, by kind (card, voucher, …)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="payments", db_index=False)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    instalments = models.PositiveIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    paid_at = models.DateTimeField(null=True, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One payment in one position."""

        ordering = ["order_id", "position"]
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="payment_once")]
