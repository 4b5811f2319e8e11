"""Tags and own fields: what a firm adds to customers and orders in its own words."""

from django.db import models


class Tag(models.Model):
    """A word put on customers and orders."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        """Sorted by name."""

        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OwnField(models.Model):
    """A field of the firm's own on customers or orders; its values live in their `own` column by `key`."""

    noun = models.CharField(max_length=12, choices=[("customer", "customer"), ("order", "order")])
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=8, choices=[(k, k) for k in ("text", "number", "date", "yes_no", "choice")], default="text"
    )
    choices = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        """One key of one noun once."""

        ordering = ["noun", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["noun", "key"], name="own_field_once")]
