"""The firm whose books these are: one row."""

from django.db import models


class Firm(models.Model):
    """Name, currency, zone and language of the firm; there is one, and it is made by the first-run set-up."""

    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    zone = models.CharField(max_length=64)
    country = models.CharField(max_length=2, blank=True)
    language = models.CharField(max_length=8, default="en")
    calendar = models.ForeignKey("store.Calendar", models.PROTECT, null=True, related_name="+")
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        """There is one firm in one house."""

        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="firm_is_one")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def the(cls) -> "Firm | None":
        """The firm, or None before set-up."""
        return cls.objects.filter(pk=1).first()
