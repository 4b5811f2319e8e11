"""The books of the simulated firm: a block of customers with their history, as rows by plain INSERTs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from goodwill.actions.demonstrated_house import House
from goodwill.actions.demonstrated_journal import Entries
from goodwill.adapters import phones
from goodwill.domain import search_words
from goodwill.domain.contacts import is_heard
from goodwill.domain.customers import AddressKind
from goodwill.domain.labels import sort_key
from goodwill.domain.simulated_firm import SimulatedBlock, SimulatedCustomer, SimulatedPromise
from goodwill.domain.simulated_truth import overall
from goodwill.domain.targets import LateRule, Outcome
from goodwill.store import bulk
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.interactions import Interaction
from goodwill.store.orders import Order, OrderLine, Payment, Shipment
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating

_CUSTOMER = (
    *("id", "kind", "name", "sort_name", "number", "language", "owner_id", "deputy_id", "site_id", "own"),
    *("created_at", "last_heard_at", "source", "external_key", "digest"),
)
_ADDRESS = (
    *("id", "customer_id", "kind", "value", "city", "region", "postcode", "country"),
    *("source", "external_key", "digest"),
)
_ORDER = (
    *("id", "number", "customer_id", "user_id", "site_id", "address_id", "placed_at", "approved_at", "status"),
    *("currency", "items_minor", "freight_minor", "paid_minor", "line_count", "payment_count", "own"),
    *("source", "external_key", "digest"),
)
_LINE = (
    *("order_id", "position", "product_id", "quantity_micro", "unit_price_micro", "total_minor", "freight_minor"),
    "digest",
)
_SHIPMENT = ("order_id", "position", "carrier", "promised_at", "handed_over_at", "delivered_at")
_PAYMENT = ("order_id", "position", "kind", "instalments", "amount_minor", "paid_at", "digest")
_INTERACTION = (
    *("id", "customer_id", "contact_id", "person_id", "touchpoint_id", "order_id", "channel", "direction", "at"),
    *("words", "is_mailing"),
)
_PROMISE = (
    *("id", "customer_id", "side", "kind", "what", "order_id", "interaction_id", "site_id", "person_id", "unit_id"),
    *("made_at", "zone", "late_rule", "target_kind", "calendar_id", "policy_id", "promised_at", "promised_on"),
    *("due_at", "outcome", "standing", "wakes_at", "warned_at", "broken_at", "acted_at", "acted_on", "settled_at"),
    *("withdrawn_reason", "money_waiting_minor", "currency", "is_history", "version", "source", "external_key"),
)
_RATING = (
    *("order_id", "customer_id", "product_score", "service_score", "overall", "scale", "title", "words"),
    *("asked_at", "answered_at", "source", "external_key", "digest"),
)
_ASKED_BEFORE = timedelta(hours=4)
_NOTHING = "{}"
_POSTAL = AddressKind.POSTAL.value


def write(block: SimulatedBlock, house: House, *, currency: str, country: str, actor_id: int | None) -> None:
    """Write a block down with its journal, in the transaction that is open."""
    books = _Books(block, house, currency, country, Entries(actor_id, house.policy_id))
    books.customers()
    books.orders()
    books.contacts()
    books.promises()
    books.ratings()
    books.entries.write()


class _Books:
    """The ids of the rows as they are written; each list stands in the order of the block's own."""

    def __init__(self, block: SimulatedBlock, house: House, currency: str, country: str, entries: Entries) -> None:
        self.block, self.house, self.currency, self.country = block, house, currency, country
        self.entries = entries
        self.customer_ids = list(bulk.reserve(Customer, len(block.customers)))
        self.address_ids = list(bulk.reserve(Address, 3 * len(block.customers)))
        self.order_ids = list(bulk.reserve(Order, len(block.orders)))
        self.interaction_ids = list(bulk.reserve(Interaction, len(block.interactions)))
        self.promise_ids = list(bulk.reserve(Promise, len(block.promises)))

    def customers(self) -> None:
        """People and organisations, how they are reached and found, and who speaks for whom."""
        block, ids, people = self.block, self.customer_ids, self.house.people
        heard: dict[int, datetime] = {}
        for said in block.interactions:
            if is_heard(said.channel, said.direction, is_mailing=said.is_mailing):
                heard[said.customer] = max(said.at, heard.get(said.customer, said.at))
        rows: list[tuple[Any, ...]] = []
        addresses: list[tuple[Any, ...]] = []
        words: list[tuple[str, int]] = []
        speakers: list[tuple[int, int, str]] = []
        tagged: list[tuple[int, int]] = []
        for number, customer in enumerate(block.customers):
            pk = ids[number]
            owner_id = None if customer.owner is None else people[customer.owner]
            deputy_id = None if customer.deputy is None else people[customer.deputy]
            rows.append(
                (
                    *(pk, customer.kind.value, customer.name, sort_key(customer.name), customer.number),
                    *(customer.language, owner_id, deputy_id, self.house.sites[customer.site]),
                    json.dumps(customer.own) if customer.own else _NOTHING,
                    *(customer.created_at, heard.get(number), "", "", ""),
                )
            )
            addresses += self._addresses(number, customer)
            words += [(word, pk) for word in sorted(self._words(customer))]
            speakers += [(ids[organisation], pk, customer.position) for organisation in customer.speaks_for]
            tagged += [(pk, self.house.tags[tag]) for tag in customer.tags]
            self.entries.customer(pk, customer.created_at, owner_id, deputy_id)
        bulk.insert(Customer, _CUSTOMER, rows)
        bulk.insert(Address, _ADDRESS, addresses)
        bulk.insert(SearchWord, ("word", "customer_id"), words)
        bulk.insert(ContactPerson, ("organisation_id", "person_id", "position"), speakers)
        bulk.insert(Customer.tags.through, ("customer_id", "tag_id"), tagged)

    def _addresses(self, number: int, customer: SimulatedCustomer) -> list[tuple[Any, ...]]:
        pk, (mail, phone, postal) = self.customer_ids[number], self.address_ids[3 * number : 3 * number + 3]
        where = (customer.city, "", customer.postcode, customer.country)
        return [
            (mail, pk, AddressKind.EMAIL.value, customer.email, "", "", "", "", "", "", ""),
            (phone, pk, AddressKind.PHONE.value, customer.phone, "", "", "", "", "", "", ""),
            (postal, pk, _POSTAL, customer.street, *where, "", "", ""),
        ]

    def _words(self, customer: SimulatedCustomer) -> frozenset[str]:
        names = (customer.name, customer.number, customer.email)
        # the same words that `index_words` would find, which reads every telephone anew
        return search_words.words_of(names, (customer.phone, phones.national_of_e164(customer.phone)))

    def orders(self) -> None:
        """Orders with lines, shipments and payments."""
        house, customer_ids, currency = self.house, self.customer_ids, self.currency
        rows: list[tuple[Any, ...]] = []
        lines: list[tuple[Any, ...]] = []
        shipments: list[tuple[Any, ...]] = []
        payments: list[tuple[Any, ...]] = []
        tagged: list[tuple[int, int]] = []
        for pk, order in zip(self.order_ids, self.block.orders, strict=True):
            customer_id, placed_at = customer_ids[order.customer], order.placed_at
            items = 0
            for position, (product, quantity, price) in enumerate(order.lines, 1):
                total = quantity * price
                items += total
                freight = order.freight_minor if position == 1 else 0
                sums = (quantity * 1_000_000, price * 10_000, total, freight)
                lines.append((pk, position, house.products[product], *sums, ""))
            rows.append(
                (
                    *(pk, order.number, customer_id, None if order.user is None else customer_ids[order.user]),
                    *(house.sites[order.site], self.address_ids[3 * order.customer + 2], placed_at, placed_at),
                    *(order.status, currency, items, order.freight_minor, order.paid_minor, len(order.lines), 1),
                    json.dumps(order.own) if order.own else _NOTHING,
                    *("", "", ""),
                )
            )
            shipments.append((pk, 1, order.carrier, order.promised_at, order.handed_over_at, order.delivered_at))
            payments.append((pk, 1, order.payment, 1, order.paid_minor, placed_at, ""))
            tagged += [(pk, house.tags[tag]) for tag in order.tags]
            self.entries.order(pk, customer_id, placed_at)
        bulk.insert(Order, _ORDER, rows)
        bulk.insert(OrderLine, _LINE, lines)
        bulk.insert(Shipment, _SHIPMENT, shipments)
        bulk.insert(Payment, _PAYMENT, payments)
        bulk.insert(Order.tags.through, ("order_id", "tag_id"), tagged)

    def contacts(self) -> None:
        """Interactions in the customers' own words."""
        house, customer_ids, order_ids = self.house, self.customer_ids, self.order_ids
        rows: list[tuple[Any, ...]] = []
        for pk, said in zip(self.interaction_ids, self.block.interactions, strict=True):
            customer_id = customer_ids[said.customer]
            person_id, touchpoint_id = house.people[said.person], house.touchpoints[said.touchpoint]
            order_id = None if said.order is None else order_ids[said.order]
            contact_id = None if said.contact is None else customer_ids[said.contact]
            rows.append(
                (
                    *(pk, customer_id, contact_id, person_id, touchpoint_id, order_id),
                    *(said.channel.value, said.direction.value, said.at, said.words, said.is_mailing),
                )
            )
            self.entries.interaction(said, (pk, person_id, customer_id, order_id, touchpoint_id))
        bulk.insert(Interaction, _INTERACTION, rows)

    def promises(self) -> None:
        """Promises as they stand."""
        rows: list[tuple[Any, ...]] = []
        for pk, promise in zip(self.promise_ids, self.block.promises, strict=True):
            if promise.customer is not None:
                customer_id = self.customer_ids[promise.customer]
            else:
                customer_id = self.house.units_as_customers[promise.to_unit or 0]
            order_id = None if promise.order is None else self.order_ids[promise.order]
            person_id = None if promise.person is None else self.house.people[promise.person]
            rows.append(self._promise(pk, promise, customer_id, order_id, person_id))
            self.entries.promise(promise, pk, customer_id, order_id, person_id)
        bulk.insert(Promise, _PROMISE, rows)

    def _promise(
        self, pk: int, promise: SimulatedPromise, customer_id: int, order_id: int | None, person_id: int | None
    ) -> tuple[Any, ...]:
        house, outcome, due_at = self.house, promise.outcome, promise.due_at
        interaction_id = None if promise.interaction is None else self.interaction_ids[promise.interaction]
        site_id = None if promise.site is None else house.sites[promise.site]
        target = "day" if promise.late_rule is LateRule.END_OF_DAY else "moment"
        money = promise.money_waiting_minor
        return (
            *(pk, customer_id, "ours", promise.kind.value, promise.what, order_id, interaction_id, site_id),
            *(person_id, house.units[promise.unit], promise.made_at, promise.zone, promise.late_rule.value, target),
            *(house.calendar_id, house.policy_id, promise.promised_at, promise.promised_on, due_at, outcome.value),
            *(promise.standing.value if promise.standing else "", promise.wakes_at, promise.warned_at),
            *(due_at if outcome.is_broken else None, promise.acted_at, promise.acted_on, promise.settled_at),
            *("cancelled" if outcome is Outcome.WITHDRAWN else "", money, self.currency if money else ""),
            *(False, 0, "", ""),
        )

    def ratings(self) -> None:
        """What customers said of purchases."""
        rows: list[tuple[Any, ...]] = []
        for rating in self.block.ratings:
            order_id = self.order_ids[rating.order]
            customer_id = self.customer_ids[self.block.orders[rating.order].customer]
            product, service, answered_at = rating.product, rating.service, rating.answered_at
            rows.append(
                (
                    *(order_id, customer_id, product, service, overall(product, service), 10, "", rating.words),
                    *(answered_at.astimezone(UTC) - _ASKED_BEFORE, answered_at, "", "", ""),
                )
            )
            self.entries.rating(order_id, customer_id, answered_at, product, service)
        bulk.insert(Rating, _RATING, rows)
