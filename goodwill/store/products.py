"""Products, their categories, and the sellers who supply them."""

from django.db import models
from django.db.models import Q

_EXTERNAL = ~Q(external_key="")


class Category(models.Model):
    """A product category, in the source's own word and an English one where it gives one."""

    name = models.CharField(max_length=120)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)

    class Meta:
        """One row for one outside key."""

        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=_EXTERNAL, name="category_external_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """A thing or a service sold."""

    name = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="products")
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One row for one outside key."""

        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=_EXTERNAL, name="product_external_once"
            )
        ]


class Seller(models.Model):
    """Who supplies an order's line: a marketplace's seller or the firm's own supplier."""

    name = models.CharField(max_length=200)
    city = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=32, blank=True)
    imported_by = models.ForeignKey(
        "store.Import", models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        """One row for one outside key."""

        constraints = [
            models.UniqueConstraint(fields=["source", "external_key"], condition=_EXTERNAL, name="seller_external_once")
        ]
