"""Units: departments, each with a customer row of its own, so that it can be promised to and can promise."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from goodwill.domain.customers import CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.search_words import words_of
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.people import Person
from goodwill.store.sites import Site
from goodwill.store.units import Unit

NAME_LENGTH = 120


@transaction.atomic
def add(
    name: str, *, chief_id: int | None = None, site_ids: Collection[int] = (), by: Viewer, at: datetime
) -> Unit | Refusal:
    """A new unit, and the customer row by which others owe it something."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_ALLOWED)
    if (refusal := _judge(name, chief_id, site_ids)) is not None:
        return refusal
    return create(name, chief_id=chief_id, site_ids=site_ids, by=by, at=at)


def create(name: str, *, chief_id: int | None, site_ids: Collection[int], by: Viewer, at: datetime) -> Unit:
    """The rows of a unit, unjudged: for deeds that have judged them, inside their transaction."""
    customer = Customer.objects.create(kind=CustomerKind.UNIT.value, name=name.strip(), created_at=at)
    unit = Unit.objects.create(name=name.strip(), customer=customer, chief_id=chief_id)
    unit.sites.set(site_ids)
    _index(unit)
    journal.write(Entry.UNIT_CHANGED, by=by, at=at, customer_id=customer.pk, unit_id=unit.pk, added=1)
    return unit


@transaction.atomic
def change(
    unit_id: int, name: str, *, chief_id: int | None, site_ids: Collection[int], by: Viewer, at: datetime
) -> Unit | Refusal:
    """Change a unit's name, its chief and the sites it serves."""
    if not by.may(May.CHANGE_SETTINGS):
        return Refusal(Reason.NOT_FOUND)
    unit = Unit.objects.select_for_update().filter(pk=unit_id).first()
    if unit is None:
        return Refusal(Reason.NOT_FOUND)
    if (refusal := _judge(name, chief_id, site_ids, but=unit_id)) is not None:
        return refusal
    before = (unit.name, unit.chief_id, set(unit.sites.values_list("pk", flat=True)))
    if before == (name.strip(), chief_id, set(site_ids)):
        return unit
    unit.name, unit.chief_id = name.strip(), chief_id
    unit.save(update_fields=["name", "chief_id"])
    unit.sites.set(site_ids)
    if before[0] != unit.name:
        customer = Customer.objects.get(pk=unit.customer_id)
        customer.name = unit.name
        customer.save(update_fields=["name", "sort_name"])
        _index(unit)
    journal.write(Entry.UNIT_CHANGED, by=by, at=at, customer_id=unit.customer_id, unit_id=unit.pk)
    return unit


def _index(unit: Unit) -> None:
    SearchWord.objects.filter(customer_id=unit.customer_id).delete()
    SearchWord.objects.bulk_create(
        SearchWord(word=word, customer_id=unit.customer_id) for word in sorted(words_of([unit.name]))
    )


def _judge(name: str, chief_id: int | None, site_ids: Collection[int], *, but: int | None = None) -> Refusal | None:
    name = name.strip()
    if not name:
        return Refusal(Reason.REQUIRED, "name")
    if len(name) > NAME_LENGTH:
        return Refusal(Reason.TOO_LONG, "name", (("most", str(NAME_LENGTH)),))
    if chief_id is not None and not Person.objects.active().filter(pk=chief_id).exists():
        return Refusal(Reason.NOT_A_CHOICE, "chief")
    if Site.objects.filter(pk__in=set(site_ids)).count() != len(set(site_ids)):
        return Refusal(Reason.NOT_A_CHOICE, "sites")
    if Unit.objects.filter(name=name).exclude(pk=but or 0).exists():
        return Refusal(Reason.ALREADY_USED, "name")
    return None
