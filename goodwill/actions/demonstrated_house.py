"""The simulated firm's house: what stands before its first customer comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from goodwill.domain.customers import CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.simulated_firm import SimulatedFirm
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.people import Assignment, Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.products import Category, Product
from goodwill.store.sites import Site
from goodwill.store.tags import OwnField, Tag
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit

_OPEN = {
    "office": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "shop": {
        **{day: [["10:00", "19:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "sat": [["10:00", "14:00"]],
    },
}


@dataclass(frozen=True, slots=True)
class House:
    """The ids of what stands, in the order of the firm's own lists."""

    calendar_id: int
    policy_id: int
    sites: list[int]
    units: list[int]
    units_as_customers: list[int]
    people: list[int]
    touchpoints: list[int]
    products: list[int]
    tags: list[int]


def stands() -> bool:
    """Whether somebody built here already."""
    return Site.objects.exists()


def find() -> House:
    """The house as it was built earlier: its rows have their ids in the order of the firm's lists."""
    return House(
        calendar_id=Calendar.objects.order_by("pk").values_list("pk", flat=True)[0],
        policy_id=PolicyVersion.objects.order_by("pk").values_list("pk", flat=True)[0],
        sites=list(Site.objects.order_by("pk").values_list("pk", flat=True)),
        units=list(Unit.objects.order_by("pk").values_list("pk", flat=True)),
        units_as_customers=list(Unit.objects.order_by("pk").values_list("customer_id", flat=True)),
        people=list(Person.objects.order_by("pk").values_list("pk", flat=True)),
        touchpoints=list(Touchpoint.objects.order_by("pk").values_list("pk", flat=True)),
        products=list(Product.objects.order_by("pk").values_list("pk", flat=True)),
        tags=list(Tag.objects.order_by("pk").values_list("pk", flat=True)),
    )


def build(firm: SimulatedFirm, begun: datetime, *, by: Viewer) -> House:
    """Write down everything but the firm's own row, which comes last: only with it the house has a firm."""
    # the journal begins with it, so that its entries stand in order of time
    journal.write(Entry.FIRM_SET_UP, by=by, at=begun, currency=firm.currency, year=begun.year)
    calendars = [Calendar.objects.create(name=name) for name in ("Office hours", "Showroom hours")]
    for calendar, weekly in zip(calendars, _OPEN.values(), strict=True):
        CalendarVersion.objects.create(
            calendar=calendar, from_on=date(2020, 1, 1), zone=firm.zone, weekly=weekly, country=firm.country
        )
    PolicyVersion.objects.create(from_on=date(2020, 1, 1))
    sites = [
        Site.objects.create(
            name=site.name, mode=site.mode.value, zone=site.zone, calendar=calendars[1 if number == 0 else 0]
        )
        for number, site in enumerate(firm.sites)
    ]
    _staff(firm, sites, begun, by=by)
    _goods(firm)
    return find()


def open_doors(firm: SimulatedFirm, house: House, begun: datetime) -> Firm:
    """Write down the firm itself."""
    return Firm.objects.create(
        id=1,
        name=firm.name,
        currency=firm.currency,
        zone=firm.zone,
        country=firm.country,
        language="en",
        calendar_id=house.calendar_id,
        is_demonstration=True,
        created_at=begun,
    )


def _staff(firm: SimulatedFirm, sites: list[Site], begun: datetime, *, by: Viewer) -> None:
    """Units with their customer rows, people with their roles, touchpoints."""
    units = []
    for unit in firm.units:
        row = Customer.objects.create(kind=CustomerKind.UNIT.value, name=unit.name, created_at=begun)
        units.append(Unit.objects.create(name=unit.name, customer=row))
        units[-1].sites.set([sites[number] for number in unit.sites])
    people = [
        Person.objects.create_person(person.email, person.name, at=begun, joined_at=begun, language=person.language)
        for person in firm.people
    ]
    Assignment.objects.bulk_create(
        Assignment(person=row, role=person.role.value, unit=None if person.unit is None else units[person.unit])
        for row, person in zip(people, firm.people, strict=True)
    )
    for number, unit_row in enumerate(units):
        unit_row.chief = next(row for row, person in zip(people, firm.people, strict=True) if person.unit == number)
        unit_row.save(update_fields=["chief"])
    for point in firm.touchpoints:
        Touchpoint.objects.create(
            name=point.name,
            channel=point.channel.value,
            owner=None if point.owner is None else people[point.owner],
            site=None if point.site is None else sites[point.site],
            tangible=list(point.tangible),
            intangible=list(point.intangible),
        )
    for person_row in people:
        journal.write(Entry.PERSON_JOINED, by=by, at=begun, person_id=person_row.pk)


def _goods(firm: SimulatedFirm) -> None:
    """Products with categories, tags, own fields."""
    names = dict.fromkeys(category for category, _, _ in firm.products)
    categories = {name: Category.objects.create(name=name) for name in names}
    for category, name, _ in firm.products:
        Product.objects.create(name=name, category=categories[category])
    for name in firm.tags:
        Tag.objects.create(name=name)
    OwnField.objects.bulk_create(
        [
            OwnField(noun="customer", key="card", label="Loyalty card", kind="text", position=1),
            OwnField(
                noun="customer",
                key="credit_days",
                label="Days of credit",
                kind="choice",
                choices=["14", "30", "60"],
                position=2,
            ),
            OwnField(noun="order", key="gift", label="Gift", kind="yes_no", position=1),
        ]
    )
