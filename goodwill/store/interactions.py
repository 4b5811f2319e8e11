"""Interactions: any contact with a customer, by anyone, in the customer's own words."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import OuterRef, Q

from goodwill.domain.interactions import Direction
from goodwill.domain.roles import Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.probes import Probe


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """Interactions, fetched."""

    def visible_to(self, viewer: Viewer) -> InteractionQuerySet:
        """Those with customers the viewer sees, and those the viewer recorded."""
        if viewer.scope is Scope.ALL:
            return self
        own = Q(person_id=viewer.person_id) if viewer.person_id else Q(pk__in=[])
        if viewer.scope in (Scope.OWN, Scope.UNIT):
            from goodwill.store.customers import Customer

            seen = Customer.objects.visible_to(viewer).filter(pk=OuterRef("customer_id"))
            return self.filter(own | Q(Probe(seen)))
        return self.filter(own)

    def care(self) -> InteractionQuerySet:
        """Contacts proper: a mailing is advertising and is not counted (invariant I9)."""
        return self.filter(is_mailing=False)


class Interaction(models.Model):
    """A contact. `words` are the customer's own, before any category (S3.11); `contact` is who spoke."""

    customer = models.ForeignKey("store.Customer", models.PROTECT, related_name="interactions")
    contact = models.ForeignKey("store.Customer", models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey("store.Person", models.PROTECT, null=True, blank=True, related_name="interactions")
    touchpoint = models.ForeignKey(
        "store.Touchpoint", models.PROTECT, null=True, blank=True, related_name="interactions"
    )
    order = models.ForeignKey("store.Order", models.SET_NULL, null=True, blank=True, related_name="interactions")
    channel = models.CharField(max_length=12)
    direction = models.CharField(
        max_length=16, choices=[(d.value, d.value) for d in Direction], default=Direction.FROM_CUSTOMER.value
    )
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    is_mailing = models.BooleanField(default=False)
    """A mass mailing is advertising: it is never counted as care (invariant I9)."""

    objects: ClassVar[InteractionQuerySet] = InteractionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        """A customer's contacts newest first, and a touchpoint's."""

        indexes = [
            models.Index(fields=["customer", "-at"], name="interaction_by_customer"),
            models.Index(fields=["touchpoint", "-at"], name="interaction_by_touchpoint"),
        ]
