"""Calendars: opening hours and holidays, versioned by date."""

from django.db import models


class Calendar(models.Model):
    """A named calendar; what it says on a day is its version of that day."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        """Sorted by name."""

        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """What a calendar says from a date on; today's edit is a new version and never re-judges yesterday.

    `weekly` is {"mon": [["09:00", "17:00"]], …}; `holidays` is ["2026-01-01", …]; `special` is
    {"2026-12-24": [["09:00", "12:00"]], …}; `country` and `subdivision` add the country's own days.
    """

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="versions")
    from_on = models.DateField()
    zone = models.CharField(max_length=64)
    weekly = models.JSONField(default=dict)
    country = models.CharField(max_length=2, blank=True)
    subdivision = models.CharField(max_length=12, blank=True)
    holidays = models.JSONField(default=list, blank=True)
    special = models.JSONField(default=dict, blank=True)

    class Meta:
        """One version a day."""

        ordering = ["calendar_id", "from_on"]
        constraints = [models.UniqueConstraint(fields=["calendar", "from_on"], name="calendar_version_once_a_day")]
