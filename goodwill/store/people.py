"""People of the firm: who signs in, with which roles in which units."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from goodwill.domain.roles import Role
from goodwill.domain.viewers import Viewer


class PersonQuerySet(models.QuerySet["Person"]):
    """People, fetched."""

    def active(self) -> PersonQuerySet:
        """Those who may sign in."""
        return self.filter(is_active=True)

    def holding(self, role: Role) -> PersonQuerySet:
        """Active people who hold this role anywhere."""
        return self.active().filter(assignments__role=role).distinct()


class PersonManager(BaseUserManager["Person"]):
    """Creates people; e-mail addresses are kept in lower case, so that one address is one person."""

    def get_queryset(self) -> PersonQuerySet:
        """Every person."""
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        """Those who may sign in."""
        return self.get_queryset().active()

    def holding(self, role: Role) -> PersonQuerySet:
        """Active people who hold this role anywhere."""
        return self.get_queryset().holding(role)

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person of this e-mail address, in any case."""
        return self.get(email=(username or "").strip().lower())

    def create_person(self, email: str, name: str, *, at: datetime, **fields: Any) -> Person:
        """A new person with no usable password: one is chosen through the invitation's link."""
        person = self.model(email=email.strip().lower(), name=name.strip(), created_at=at, **fields)
        person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """A member of staff."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, default="en")
    zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=8, default="auto")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        """Sorted as people are looked for."""

        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    def viewer(self, *, zone: str = "UTC") -> Viewer:
        """This person as plain facts: roles, units, and the sites those units serve (one query)."""
        held = list(self.assignments.values_list("role", "unit_id", "unit__sites"))
        return Viewer(
            person_id=self.pk,
            name=self.name,
            roles=frozenset(Role(role) for role, _, _ in held) if self.is_active else frozenset(),
            unit_ids=frozenset(unit_id for _, unit_id, _ in held if unit_id is not None),
            site_ids=frozenset(site_id for _, _, site_id in held if site_id is not None),
            language=self.language,
            zone=self.zone or zone,
        )


class Assignment(models.Model):
    """A role that a person holds, in a unit or in the firm as a whole."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    unit = models.ForeignKey("store.Unit", models.PROTECT, null=True, blank=True, related_name="assignments")

    class Meta:
        """One role once in one unit; a role without a unit once."""

        constraints = [
            models.UniqueConstraint(fields=["person", "role", "unit"], name="assignment_once_in_unit"),
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(unit__isnull=True), name="assignment_once_in_firm"
            ),
            models.CheckConstraint(condition=models.Q(role__in=[r.value for r in Role]), name="assignment_role_known"),
        ]
