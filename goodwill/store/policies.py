"""Policies: the rules by which promises are judged, versioned by date."""

from datetime import date

from django.db import models

from goodwill.domain.targets import Handover, Policy, Priority, Reopen

MICRO = 1_000_000


class PolicyVersion(models.Model):
    """How promises made from a date on are judged; shares are scaled by 10⁻⁶."""

    from_on = models.DateField(unique=True)
    late_rule = models.CharField(max_length=12, default="end_of_day")
    at_risk_share_micro = models.PositiveIntegerField(default=250_000)
    at_risk_floor_seconds = models.PositiveIntegerField(default=4 * 3600)
    reopen = models.CharField(max_length=12, default="resume")
    priority = models.CharField(max_length=12, default="retroactive")
    handover = models.CharField(max_length=12, default="piecewise")

    class Meta:
        """Newest first: the first on or before a day is in force."""

        ordering = ["-from_on"]

    @classmethod
    def in_force(cls, on: date) -> "PolicyVersion":
        """The version in force on a day; the house's defaults (unsaved) where none is."""
        return cls.objects.filter(from_on__lte=on).first() or cls(from_on=date(1970, 1, 1))

    def facts(self) -> Policy:
        """The version as the engine reads it; its date is its name."""
        return Policy(
            reopen=Reopen(self.reopen),
            priority=Priority(self.priority),
            handover=Handover(self.handover),
            at_risk_share=self.at_risk_share_micro / MICRO,
            at_risk_floor_seconds=self.at_risk_floor_seconds,
            version=self.from_on.isoformat() if self.pk else "",
        )
