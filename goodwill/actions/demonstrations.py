"""Demonstrations: the simulated firm, written down as rows and journal, into an empty house."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from goodwill.actions import customers as customer_deeds
from goodwill.actions.demonstrated_journal import entries_of
from goodwill.domain.contacts import is_heard
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import Role
from goodwill.domain.simulated_firm import SimulatedCustomer, SimulatedFirm, SimulatedPromise
from goodwill.domain.simulated_truth import overall
from goodwill.domain.targets import LateRule, Outcome
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.addresses import Address
from goodwill.store.calendars import Calendar, CalendarVersion
from goodwill.store.customers import ContactPerson, Customer
from goodwill.store.firms import Firm
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.people import Assignment, Person
from goodwill.store.policies import PolicyVersion
from goodwill.store.products import Category, Product
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating
from goodwill.store.sites import Site
from goodwill.store.tags import OwnField, Tag
from goodwill.store.touchpoints import Touchpoint
from goodwill.store.units import Unit

SOURCE = "demonstration"
_BATCH = 500
_OPEN = {
    "office": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "shop": {
        **{day: [["10:00", "19:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "sat": [["10:00", "14:00"]],
    },
}


@transaction.atomic
def load(firm: SimulatedFirm, *, by: Viewer, at: datetime) -> Firm | Refusal:
    """Write the firm down, all or nothing. Refused to all but the operator, and in a house that has a firm."""
    if not by.is_operator:
        return Refusal(Reason.NOT_ALLOWED)
    if Firm.the() is not None:
        return Refusal(Reason.ALREADY_SET_UP)
    begun = at - timedelta(days=400)
    books = _Books(firm, begun)
    books.house(by)
    books.staff()
    books.goods()
    books.customers()
    books.orders()
    books.contacts()
    books.promises()
    books.ratings()
    written = entries_of(firm, books, begun, by=by)
    JournalEntry.objects.bulk_create(sorted(written, key=lambda entry: entry.at), batch_size=_BATCH)
    customer_deeds.index_words([row.pk for row in books.customer_rows])
    return books.firm_row


class _Books:
    """The rows as they are written; each list stands in the order of the firm's own."""

    def __init__(self, firm: SimulatedFirm, begun: datetime) -> None:
        self.firm, self.begun = firm, begun

    def house(self, by: Viewer) -> None:
        """Calendars, policy, firm, sites."""
        firm, on = self.firm, self.begun.date()
        calendars = [Calendar.objects.create(name=name) for name in ("Office hours", "Showroom hours")]
        for calendar, weekly in zip(calendars, _OPEN.values(), strict=True):
            CalendarVersion.objects.create(
                calendar=calendar, from_on=date(2020, 1, 1), zone=firm.zone, weekly=weekly, country=firm.country
            )
        self.policy = PolicyVersion.objects.create(from_on=date(2020, 1, 1))
        self.firm_row = Firm.objects.create(
            id=1,
            name=firm.name,
            currency=firm.currency,
            zone=firm.zone,
            country=firm.country,
            language="en",
            calendar=calendars[0],
            is_demonstration=True,
            created_at=self.begun,
        )
        journal.write(Entry.FIRM_SET_UP, by=by, at=self.begun, currency=firm.currency, year=on.year)
        self.site_rows = [
            Site.objects.create(
                name=site.name, mode=site.mode.value, zone=site.zone, calendar=calendars[1 if number == 0 else 0]
            )
            for number, site in enumerate(firm.sites)
        ]

    def staff(self) -> None:
        """Units with their customer rows, people with their roles, touchpoints."""
        firm = self.firm
        self.unit_rows = []
        for unit in firm.units:
            row = Customer.objects.create(kind=CustomerKind.UNIT.value, name=unit.name, created_at=self.begun)
            self.unit_rows.append(Unit.objects.create(name=unit.name, customer=row))
            self.unit_rows[-1].sites.set([self.site_rows[number] for number in unit.sites])
        self.person_rows = [
            Person.objects.create_person(
                person.email, person.name, at=self.begun, joined_at=self.begun, language=person.language
            )
            for person in firm.people
        ]
        Assignment.objects.bulk_create(
            Assignment(person=row, role=person.role.value, unit=self._unit(person.unit))
            for row, person in zip(self.person_rows, firm.people, strict=True)
        )
        for number, unit_row in enumerate(self.unit_rows):
            unit_row.chief = next(
                row for row, person in zip(self.person_rows, firm.people, strict=True) if person.unit == number
            )
            unit_row.save(update_fields=["chief"])
        self.touchpoint_rows = [
            Touchpoint.objects.create(
                name=point.name,
                channel=point.channel.value,
                owner=self._person(point.owner),
                site=self._site(point.site),
                tangible=list(point.tangible),
                intangible=list(point.intangible),
            )
            for point in firm.touchpoints
        ]

    def goods(self) -> None:
        """Products with categories, tags, own fields."""
        names = dict.fromkeys(category for category, _, _ in self.firm.products)
        categories = {name: Category.objects.create(name=name) for name in names}
        self.product_rows = [
            Product.objects.create(name=name, category=categories[category]) for category, name, _ in self.firm.products
        ]
        self.tag_rows = [Tag.objects.create(name=name) for name in self.firm.tags]
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

    def customers(self) -> None:
        """People and organisations, how they are reached, and who speaks for whom."""
        firm = self.firm
        heard: dict[int, datetime] = {}
        for said in firm.interactions:
            if is_heard(said.channel, said.direction, is_mailing=said.is_mailing):
                heard[said.customer] = max(said.at, heard.get(said.customer, said.at))
        self.customer_rows = Customer.objects.bulk_create(
            [
                Customer(
                    kind=customer.kind.value,
                    name=customer.name,
                    number=customer.number,
                    language=customer.language,
                    owner=self._person(customer.owner),
                    deputy=self._person(customer.deputy),
                    site=self.site_rows[customer.site],
                    own=customer.own,
                    created_at=customer.created_at,
                    last_heard_at=heard.get(number),
                )
                for number, customer in enumerate(firm.customers)
            ],
            batch_size=_BATCH,
        )
        pairs = list(zip(self.customer_rows, firm.customers, strict=True))
        addresses = Address.objects.bulk_create(
            [address for row, customer in pairs for address in self._addresses(row, customer)], batch_size=_BATCH
        )
        self.postal = {a.customer_id: a for a in addresses if a.kind == AddressKind.POSTAL.value}
        ContactPerson.objects.bulk_create(
            ContactPerson(organisation=self.customer_rows[number], person=row, position=customer.position)
            for row, customer in pairs
            for number in customer.speaks_for
        )
        tagged = Customer.tags.through
        tagged.objects.bulk_create(
            tagged(customer_id=row.pk, tag_id=self.tag_rows[tag].pk) for row, customer in pairs for tag in customer.tags
        )

    def _addresses(self, row: Customer, customer: SimulatedCustomer) -> list[Address]:
        reach = {AddressKind.EMAIL: customer.email, AddressKind.PHONE: customer.phone}
        found = [Address(customer=row, kind=kind.value, value=value) for kind, value in reach.items()]
        where = {"city": customer.city, "postcode": customer.postcode, "country": customer.country}
        return [*found, Address(customer=row, kind=AddressKind.POSTAL.value, value=customer.street, **where)]

    def orders(self) -> None:
        """Orders with lines, shipments and payments."""
        firm = self.firm
        self.order_rows = Order.objects.bulk_create(
            [
                Order(
                    number=order.number,
                    customer=self.customer_rows[order.customer],
                    user=None if order.user is None else self.customer_rows[order.user],
                    site=self.site_rows[order.site],
                    address=self.postal.get(self.customer_rows[order.customer].pk),
                    placed_at=order.placed_at,
                    approved_at=order.placed_at,
                    status=order.status,
                    currency=firm.currency,
                    items_minor=order.items_minor,
                    freight_minor=order.freight_minor,
                    paid_minor=order.paid_minor,
                    line_count=len(order.lines),
                    payment_count=1,
                    own=order.own,
                )
                for order in firm.orders
            ],
            batch_size=_BATCH,
        )
        pairs = list(zip(self.order_rows, firm.orders, strict=True))
        OrderLine.objects.bulk_create(
            [
                OrderLine(
                    order=row,
                    position=position,
                    product=self.product_rows[product],
                    quantity_micro=quantity * 1_000_000,
                    unit_price_micro=price * 10_000,
                    total_minor=quantity * price,
                    freight_minor=order.freight_minor if position == 1 else 0,
                )
                for row, order in pairs
                for position, (product, quantity, price) in enumerate(order.lines, 1)
            ],
            batch_size=_BATCH,
        )
        Shipment.objects.bulk_create(
            [
                Shipment(
                    order=row,
                    carrier=order.carrier,
                    promised_at=order.promised_at,
                    handed_over_at=order.handed_over_at,
                    delivered_at=order.delivered_at,
                )
                for row, order in pairs
            ],
            batch_size=_BATCH,
        )
        Payment.objects.bulk_create(
            [
                Payment(
                    order=row, position=1, kind=order.payment, amount_minor=order.paid_minor, paid_at=order.placed_at
                )
                for row, order in pairs
            ],
            batch_size=_BATCH,
        )
        tagged = Order.tags.through
        tagged.objects.bulk_create(
            tagged(order_id=row.pk, tag_id=self.tag_rows[tag].pk) for row, order in pairs for tag in order.tags
        )

    def contacts(self) -> None:
        """Interactions in the customers' own words."""
        self.interaction_rows = Interaction.objects.bulk_create(
            [
                Interaction(
                    customer=self.customer_rows[said.customer],
                    contact=None if said.contact is None else self.customer_rows[said.contact],
                    person=self.person_rows[said.person],
                    touchpoint=self.touchpoint_rows[said.touchpoint],
                    order=None if said.order is None else self.order_rows[said.order],
                    channel=said.channel.value,
                    direction=said.direction.value,
                    at=said.at,
                    words=said.words,
                    is_mailing=said.is_mailing,
                )
                for said in self.firm.interactions
            ],
            batch_size=_BATCH,
        )

    def promises(self) -> None:
        """Promises as they stand."""
        self.promise_rows = Promise.objects.bulk_create(
            [Promise(**self._promise(promise)) for promise in self.firm.promises], batch_size=_BATCH
        )

    def _promise(self, promise: SimulatedPromise) -> dict[str, Any]:
        by_day = promise.late_rule is LateRule.END_OF_DAY
        owed_to = (
            self.customer_rows[promise.customer]
            if promise.customer is not None
            else self.unit_rows[promise.to_unit or 0].customer
        )
        return {
            "customer": owed_to,
            "kind": promise.kind.value,
            "what": promise.what,
            "order": None if promise.order is None else self.order_rows[promise.order],
            "interaction": None if promise.interaction is None else self.interaction_rows[promise.interaction],
            "site": self._site(promise.site),
            "person": self._person(promise.person),
            "unit": self._unit(promise.unit),
            "made_at": promise.made_at,
            "zone": promise.zone,
            "late_rule": promise.late_rule.value,
            "target_kind": "day" if by_day else "moment",
            "calendar": self.firm_row.calendar,
            "policy": self.policy,
            "promised_at": promise.promised_at,
            "promised_on": promise.promised_on,
            "due_at": promise.due_at,
            "outcome": promise.outcome.value,
            "standing": promise.standing.value if promise.standing else "",
            "wakes_at": promise.wakes_at,
            "warned_at": promise.warned_at,
            "broken_at": promise.due_at if promise.outcome.is_broken else None,
            "acted_at": promise.acted_at,
            "acted_on": promise.acted_at.astimezone(ZoneInfo(promise.zone)).date() if promise.acted_at else None,
            "settled_at": promise.settled_at,
            "withdrawn_reason": "cancelled" if promise.outcome is Outcome.WITHDRAWN else "",
            "money_waiting_minor": promise.money_waiting_minor,
            "currency": self.firm.currency if promise.money_waiting_minor else "",
        }

    def ratings(self) -> None:
        """What customers said of purchases."""
        Rating.objects.bulk_create(
            [
                Rating(
                    order=self.order_rows[rating.order],
                    customer=self.order_rows[rating.order].customer,
                    product_score=rating.product,
                    service_score=rating.service,
                    overall=overall(rating.product, rating.service),
                    scale=10,
                    words=rating.words,
                    asked_at=rating.answered_at.astimezone(UTC) - timedelta(hours=4),
                    answered_at=rating.answered_at,
                )
                for rating in self.firm.ratings
            ],
            batch_size=_BATCH,
        )

    def _person(self, number: int | None) -> Person | None:
        return None if number is None else self.person_rows[number]

    def _site(self, number: int | None) -> Site | None:
        return None if number is None else self.site_rows[number]

    def _unit(self, number: int | None) -> Unit | None:
        return None if number is None else self.unit_rows[number]


def head_of_demonstration() -> int | None:
    """The person whom the sign-in link of the demonstration lets in; None where there is no demonstration."""
    firm = Firm.the()
    if firm is None or not firm.is_demonstration:
        return None
    return Person.objects.get_queryset().holding(Role.HEAD).order_by("pk").values_list("pk", flat=True).first()
