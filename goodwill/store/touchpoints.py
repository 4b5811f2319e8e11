"""Touchpoints: the places where customers meet the firm, each with an owner and two kinds of parts."""

from django.db import models

from goodwill.domain.interactions import Channel


class Touchpoint(models.Model):
    """A point of contact (requirements S0.14, S3.2): `tangible` and `intangible` are lists of named parts."""

    name = models.CharField(max_length=120, unique=True)
    channel = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Channel])
    owner = models.ForeignKey("store.Person", models.SET_NULL, null=True, blank=True, related_name="touchpoints")
    site = models.ForeignKey("store.Site", models.PROTECT, null=True, blank=True, related_name="touchpoints")
    tangible = models.JSONField(default=list, blank=True)
    intangible = models.JSONField(default=list, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        """Sorted by name."""

        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in Channel]), name="touchpoint_channel_known"
            )
        ]

    def __str__(self) -> str:
        return self.name
