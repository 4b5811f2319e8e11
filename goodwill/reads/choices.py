"""Choices: what the lists of a form offer to this viewer."""

from dataclasses import dataclass

from goodwill.domain.own_fields import FieldNoun
from goodwill.domain.roles import May, Scope
from goodwill.domain.viewers import Viewer
from goodwill.store.people import Person
from goodwill.store.sites import Site
from goodwill.store.tags import OwnField, Tag


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list."""

    id: int
    name: str


def people(viewer: Viewer, *, always: tuple[int | None, ...] = ()) -> list[Choice]:
    """The active people of the firm, and those of `always` even where their account was closed."""
    if not viewer.may(May.SEE_CUSTOMERS) and not viewer.may(May.CHANGE_SETTINGS):
        return []
    kept = Person.objects.get_queryset().filter(pk__in=[pk for pk in always if pk]) | Person.objects.active()
    return [Choice(pk, name) for pk, name in kept.order_by("name", "id").values_list("pk", "name")]


def sites(viewer: Viewer, *, always: int | None = None) -> list[Choice]:
    """The active sites: all, or for whoever sees by unit those that the units serve."""
    rows = Site.objects.filter(is_active=True)
    if viewer.scope is Scope.UNIT:
        rows = rows.filter(pk__in=viewer.site_ids)
    if always is not None:
        rows = rows | Site.objects.filter(pk=always)
    return [Choice(pk, name) for pk, name in rows.order_by("name", "id").values_list("pk", "name")]


def tags(viewer: Viewer) -> list[Choice]:
    """Every tag in use, by name; none for whoever sees no customers."""
    if not viewer.may(May.SEE_CUSTOMERS):
        return []
    return [Choice(pk, name) for pk, name in Tag.objects.order_by("name").values_list("pk", "name")]


def own_fields(viewer: Viewer, noun: FieldNoun | None = None) -> list[OwnField]:
    """The firm's own fields, in their order; of one noun where one is given."""
    if not viewer.may(May.SEE_CUSTOMERS) and not viewer.may(May.CHANGE_SETTINGS):
        return []
    rows = OwnField.objects.order_by("noun", "position", "id")
    return list(rows.filter(noun=noun.value) if noun else rows)


def own_field(viewer: Viewer, field_id: int) -> OwnField | None:
    """One of them, for whoever may change the settings."""
    if not viewer.may(May.CHANGE_SETTINGS):
        return None
    return OwnField.objects.filter(pk=field_id).first()
