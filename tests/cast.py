"""The standing cast: who asks, in every test of a read, a deed or a page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from goodwill.domain.roles import Role
from goodwill.domain.viewers import OPERATOR, Viewer
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import Customer
from goodwill.store.firms import Firm
from goodwill.store.orders import Order
from goodwill.store.people import Assignment, Person
from goodwill.store.promises import Promise
from goodwill.store.sites import Site
from goodwill.store.units import Unit

NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
"""The moment at which tests happen unless they say otherwise: a Wednesday, 10:00 in Berlin."""
PASSWORD = "correct horse battery staple"
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@dataclass
class Cast:
    """People and rows that tests share. Everyone's password is `cast.PASSWORD`."""

    firm: Firm
    calendar: Calendar
    shop: Site
    elsewhere: Site
    shop_unit: Unit
    other_unit: Unit
    back_unit: Unit
    agent: Person
    mate: Person
    stranger: Person
    head: Person
    administrator: Person
    accountant: Person
    manager: Person
    buyer: Customer
    """A customer of the shop, owned by `manager`."""
    outsider: Customer
    """A customer of the other site."""

    def viewer(self, person: Person) -> Viewer:
        """This person as the viewer that reads and deeds ask for."""
        return person.viewer(zone=self.firm.zone)

    @property
    def operator(self) -> Viewer:
        """Whoever holds the shell."""
        return OPERATOR

    @property
    def customer(self) -> Viewer:
        """The buyer as a viewer: sees nothing of the staff's side."""
        return Viewer(customer_id=self.buyer.pk, name="buyer")

    def order(self, customer: Customer | None = None, **fields: Any) -> Order:
        """A new order of the buyer at the shop."""
        number = fields.pop("number", f"A-{Order.objects.count() + 1}")
        defaults: dict[str, Any] = {
            "site": self.shop,
            "placed_at": NOW - timedelta(days=3),
            "status": "placed",
            "currency": "EUR",
            "items_minor": 12_000,
            "paid_minor": 12_000,
        }
        return Order.objects.create(number=number, customer=customer or self.buyer, **defaults | fields)

    def promise(self, customer: Customer | None = None, **fields: Any) -> Promise:
        """A new open promise of the agent to the buyer, due in two hours."""
        due = fields.pop("due_at", NOW + timedelta(hours=2))
        defaults: dict[str, Any] = {
            "kind": "call",
            "what": "call back about the jacket",
            "site": self.shop,
            "person": self.agent,
            "made_at": NOW - timedelta(hours=1),
            "zone": "Europe/Berlin",
            "late_rule": "moment",
            "target_kind": "moment",
            "promised_at": due,
            "promised_on": due.date(),
            "due_at": due,
            "wakes_at": due,
            "standing": "on_time",
        }
        return Promise.objects.create(customer=customer or self.buyer, **defaults | fields)


def make_person(email: str, name: str, *held: tuple[Role, Unit | None]) -> Person:
    """A person with a password and these roles."""
    person = Person.objects.create_person(email, name, at=NOW, joined_at=NOW)
    person.password = _hashed()
    person.save(update_fields=["password"])
    for role, unit in held:
        Assignment.objects.create(person=person, role=role.value, unit=unit)
    return person


@cache
def _hashed() -> str:
    """The password's hash, made once: Argon2 is slow on purpose."""
    return make_password(PASSWORD)


def make_unit(name: str, *sites: Site) -> Unit:
    """A unit with its customer row."""
    unit = Unit.objects.create(name=name, customer=Customer.objects.create(kind="unit", name=name, created_at=NOW))
    unit.sites.set(sites)
    return unit


def make_cast() -> Cast:
    """The firm and its people, fresh."""
    calendar = Calendar.objects.create(name="Office hours")
    CalendarVersion.objects.create(
        calendar=calendar, from_on=date(2020, 1, 1), zone="Europe/Berlin", weekly=OFFICE, holidays=["2026-04-03"]
    )
    firm = Firm.objects.create(
        id=1, name="Vektor", currency="EUR", zone="Europe/Berlin", country="DE", calendar=calendar, created_at=NOW
    )
    shop = Site.objects.create(name="Shop", mode="store", zone="Europe/Berlin", calendar=calendar)
    elsewhere = Site.objects.create(name="Elsewhere", mode="web_shop", zone="Europe/Berlin", calendar=calendar)
    shop_unit = make_unit("Sales floor", shop)
    other_unit = make_unit("Web team", elsewhere)
    back_unit = make_unit("Accounting")
    agent = make_person("agent@vektor.example", "Anna Agent", (Role.AGENT, shop_unit))
    manager = make_person("manager@vektor.example", "Olga Owner", (Role.ACCOUNT_MANAGER, shop_unit))
    return Cast(
        firm=firm,
        calendar=calendar,
        shop=shop,
        elsewhere=elsewhere,
        shop_unit=shop_unit,
        other_unit=other_unit,
        back_unit=back_unit,
        agent=agent,
        mate=make_person("mate@vektor.example", "Mark Mate", (Role.AGENT, shop_unit)),
        stranger=make_person("stranger@vektor.example", "Stan Stranger", (Role.AGENT, other_unit)),
        head=make_person("head@vektor.example", "Helen Head", (Role.HEAD, None)),
        administrator=make_person("admin@vektor.example", "Adam Admin", (Role.ADMINISTRATOR, None)),
        accountant=make_person("books@vektor.example", "Boris Books", (Role.BACK_OFFICE, back_unit)),
        manager=manager,
        buyer=Customer.objects.create(
            kind="person", name="Berta Buyer", number="K-1", site=shop, owner=manager, created_at=NOW
        ),
        outsider=Customer.objects.create(kind="person", name="Otto Outside", site=elsewhere, created_at=NOW),
    )
