"""Calendars: opening hours and holidays, versioned by date."""

import json

from django.db import models

from goodwill.domain.versions import HoursVersion


class Calendar(models.Model):
    """A named calendar; what it says on a day is its version of that day."""

    name = models.CharField(max_length=120, unique=True)

    class Meta:
        """Sorted by name."""

        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def facts(self) -> "tuple[HoursVersion, ...]":
        """All its versions, oldest first, as facts."""
        return tuple(version.facts() for version in self.versions.all())


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

    def facts(self) -> HoursVersion:
        """The version as a fact."""
        return HoursVersion(
            from_on=self.from_on,
            zone=self.zone,
            weekly=json.dumps(self.weekly, sort_keys=True),
            country=self.country,
            subdivision=self.subdivision,
            holidays=tuple(self.holidays),
            special=json.dumps(self.special, sort_keys=True),
        )
