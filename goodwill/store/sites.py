"""Sites: the places the firm serves from."""

from django.db import models

from goodwill.domain.sites import Mode


class Site(models.Model):
    """A store, a wholesale base, a web shop or a service, with its own zone and calendar."""

    name = models.CharField(max_length=120, unique=True)
    mode = models.CharField(max_length=12, choices=[(m.value, m.value) for m in Mode])
    zone = models.CharField(max_length=64)
    calendar = models.ForeignKey("store.Calendar", models.PROTECT, null=True, blank=True, related_name="sites")
    source = models.CharField(max_length=32, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        """Known modes only; one row for one outside key."""

        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(mode__in=[m.value for m in Mode]), name="site_mode_known"),
            models.UniqueConstraint(
                fields=["source", "external_key"], condition=~models.Q(external_key=""), name="site_external_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
