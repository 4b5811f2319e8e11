"""People of the firm and their units, for those who manage them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Prefetch, Q

from goodwill.domain.roles import May, Role
from goodwill.domain.viewers import Viewer
from goodwill.store.customers import Customer
from goodwill.store.people import Assignment, Person, PersonQuerySet
from goodwill.store.sites import Site
from goodwill.store.units import Unit


@dataclass(frozen=True, slots=True)
class Held:
    """A role and where it is held; no unit is the firm as a whole."""

    role: str
    unit_id: int | None
    unit_name: str


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in the list."""

    id: int
    name: str
    email: str
    held: tuple[Held, ...]
    is_active: bool
    has_joined: bool
    last_signed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person with what may be done about them."""

    row: PersonRow
    customers: int
    """How many customers they own or deputise."""
    may_change: bool
    """False where a head is looked at by somebody who is none."""
    may_change_roles: bool
    is_self: bool


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit in the list."""

    id: int
    name: str
    chief_id: int | None
    chief_name: str
    site_names: tuple[str, ...]
    people: int


def listed(viewer: Viewer) -> list[PersonRow]:
    """Everyone who has or had an account, active ones first, by name; nobody for a viewer who manages no people."""
    if not viewer.may(May.MANAGE_PEOPLE):
        return []
    return [_row(person) for person in _people().order_by("-is_active", "name", "pk")]


def shown(viewer: Viewer, person_id: int) -> PersonPage | None:
    """One person; None as if absent for a viewer who manages no people."""
    person = _people().filter(pk=person_id).first() if viewer.may(May.MANAGE_PEOPLE) else None
    if person is None:
        return None
    row = _row(person)
    is_head = viewer.is_operator or Role.HEAD in viewer.roles
    may_change = is_head or all(held.role != Role.HEAD for held in row.held)
    is_self = person.pk == viewer.person_id
    return PersonPage(
        row=row,
        customers=Customer.objects.filter(Q(owner_id=person.pk) | Q(deputy_id=person.pk)).count(),
        may_change=may_change,
        may_change_roles=may_change and (is_head or not is_self),
        is_self=is_self,
    )


def choices(viewer: Viewer) -> list[tuple[int, str]]:
    """Active people by id and name, for fields of whoever manages people or settings."""
    if not (viewer.may(May.MANAGE_PEOPLE) or viewer.may(May.CHANGE_SETTINGS)):
        return []
    return list(Person.objects.active().order_by("name", "pk").values_list("pk", "name"))


def units(viewer: Viewer) -> list[UnitRow]:
    """Every unit with its chief, its sites and how many active people it has."""
    if not (viewer.may(May.MANAGE_PEOPLE) or viewer.may(May.CHANGE_SETTINGS)):
        return []
    sites = Prefetch("sites", queryset=Site.objects.order_by("name", "pk"))
    rows = (
        Unit.objects.select_related("chief")
        .prefetch_related(sites)
        .annotate(people=Count("assignments__person", filter=Q(assignments__person__is_active=True), distinct=True))
        .order_by("name", "pk")
    )
    return [
        UnitRow(
            id=unit.pk,
            name=unit.name,
            chief_id=unit.chief_id,
            chief_name=unit.chief.name if unit.chief else "",
            site_names=tuple(site.name for site in unit.sites.all()),
            people=unit.people,
        )
        for unit in rows
    ]


def unit(viewer: Viewer, unit_id: int) -> tuple[UnitRow, tuple[int, ...]] | None:
    """One unit and the ids of its sites; None as if absent."""
    row = next((row for row in units(viewer) if row.id == unit_id), None)
    if row is None:
        return None
    return row, tuple(Site.objects.filter(units=unit_id).order_by("pk").values_list("pk", flat=True))


def unit_choices(viewer: Viewer) -> list[tuple[int, str]]:
    """Units by id and name, for fields."""
    return [(row.id, row.name) for row in units(viewer)]


def _people() -> PersonQuerySet:
    held = Prefetch("assignments", queryset=Assignment.objects.select_related("unit").order_by("role", "unit__name"))
    return Person.objects.get_queryset().prefetch_related(held)


def _row(person: Person) -> PersonRow:
    return PersonRow(
        id=person.pk,
        name=person.name,
        email=person.email,
        held=tuple(Held(a.role, a.unit_id, a.unit.name if a.unit else "") for a in person.assignments.all()),
        is_active=person.is_active,
        has_joined=person.joined_at is not None,
        last_signed_in_at=person.last_login,
    )
