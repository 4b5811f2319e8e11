"""Units: departments of the firm, which serve sites and are customers and suppliers of each other."""

from django.db import models


class Unit(models.Model):
    """A department. Its `customer` row lets it be promised to and promise, through the same tables as anyone."""

    name = models.CharField(max_length=120, unique=True)
    customer = models.OneToOneField("store.Customer", models.PROTECT, related_name="unit")
    chief = models.ForeignKey("store.Person", models.SET_NULL, null=True, blank=True, related_name="+")
    sites = models.ManyToManyField("store.Site", related_name="units", blank=True)

    class Meta:
        """Sorted by name."""

        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
