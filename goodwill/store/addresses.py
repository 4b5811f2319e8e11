"""Addresses: every way to reach a customer; one has several of each kind."""

from django.db import models
from django.db.models import Q

from goodwill.domain.customers import AddressKind


class Address(models.Model):
    """An e-mail address, a telephone number (E.164 where it could be read) or a postal address."""

    customer = models.ForeignKey("store.Customer", models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in AddressKind])
    value = models.CharField(max_length=254, blank=True)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=64, blank=True)
    postcode = models.CharField(max_length=16, blank=True)
    country = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One row for one outside key."""

        ordering = ["customer_id", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~Q(external_key=""), name="address_external_once"
            )
        ]
