"""Erasures: a person's names, addresses and words go; the anonymous history stays."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from goodwill.actions import customers, idempotency, photos, tags
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.erasures import key_of_erased
from goodwill.domain.labels import NAMELESS
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer
from goodwill.store.imports import ImportChange
from goodwill.store.interactions import Interaction
from goodwill.store.journal import JournalEntry
from goodwill.store.notices import Notice
from goodwill.store.orders import Order
from goodwill.store.promises import Promise
from goodwill.store.ratings import Rating


@transaction.atomic
def erase(customer_id: int, *, by: Viewer, at: datetime) -> Customer | Refusal:
    """Empty everything that says who a person is: names, addresses, own words, photos from their door, the firm's
    own fields and tags, what imports remember of them and what programs were answered. Orders, promises, ratings and
    moments stay, as somebody's.

    Cannot be undone; twice is once, and the second time writes nothing.
    """
    if not by.may(May.ERASE):
        return Refusal(Reason.NOT_ALLOWED)
    customer = Customer.objects.visible_to(by).select_for_update().filter(pk=customer_id).first()
    if customer is None:
        return Refusal(Reason.NOT_FOUND)
    if customer.kind != CustomerKind.PERSON.value:
        return Refusal(Reason.NOT_A_PERSON)
    if customer.erased_at is None:
        _empty(customer, at)
        journal.write(Entry.PERSON_ERASED, by=by, at=at, customer_id=customer.pk)
    return customer


@transaction.atomic
def replay(customer_ids: Iterable[int], *, by: Viewer, at: datetime) -> int:
    """Erase again, after an older backup was put back, whom the journal says was erased since; how many there
    were. Ids that the backup does not know are passed over."""
    count = 0
    for customer_id in sorted(set(customer_ids)):
        customer = Customer.objects.select_for_update().filter(pk=customer_id, erased_at__isnull=True).first()
        if customer is None:
            continue
        _empty(customer, at)
        journal.write(Entry.PERSON_ERASED, by=by, at=at, customer_id=customer.pk, replayed=True)
        count += 1
    return count


def _empty(customer: Customer, at: datetime) -> None:
    tag_ids = list(customer.tags.values_list("pk", flat=True))
    customer.tags.clear()
    tags.forget_unused(tag_ids)
    ImportChange.objects.filter(noun="customer", row_id=customer.pk).exclude(before={}).delete()
    for noun, ids in (
        ("address", list(Address.objects.filter(customer=customer).values_list("pk", flat=True))),
        ("order", list(Order.objects.filter(customer=customer).values_list("pk", flat=True))),
        ("rating", list(Rating.objects.filter(customer=customer).values_list("pk", flat=True))),
    ):
        for start in range(0, len(ids), customers.BATCH):
            told = ImportChange.objects.filter(noun=noun, row_id__in=ids[start : start + customers.BATCH])
            told.exclude(before={}).delete()
    idempotency.forget_answers_about(customer.pk, _address_ids(customer))
    _empty_addresses(customer)
    Interaction.objects.filter(Q(customer=customer) | Q(contact=customer)).update(words="")
    photos.forget_of_customer(customer.pk)
    Rating.objects.filter(customer=customer).update(title="", words="")
    Promise.objects.filter(customer=customer).update(what="")
    Order.objects.filter(customer=customer).exclude(own={}).update(own={})
    ContactPerson.objects.filter(person=customer).delete()
    Notice.objects.filter(customer_id=customer.pk).delete()
    customer.name, customer.number, customer.own, customer.language = "", "", {}, ""
    customer.external_key = key_of_erased(customer.source, customer.external_key)
    customer.erased_at = at
    customer.save()
    assert customer.sort_name == NAMELESS  # noqa: S101 - the list must not keep the name either
    customers.index_words([customer.pk])


def _address_ids(customer: Customer) -> list[int]:
    """Those of the addresses that are there, and of those that were taken away: an answer may still tell them."""
    noted = JournalEntry.objects.filter(customer_id=customer.pk, kind=Entry.CUSTOMER_CHANGED.value)
    told = [facts.get("address_id") for facts in noted.values_list("facts", flat=True)]
    here = Address.objects.filter(customer=customer).values_list("pk", flat=True)
    return [*here, *(address_id for address_id in told if isinstance(address_id, int))]


def _empty_addresses(customer: Customer) -> None:
    """Addresses go; of one that an order went to, region and country stay for the reports. The digest of the line
    that brought it stays, too: the same file brings nothing back."""
    mine = Address.objects.filter(customer=customer)
    mine.exclude(kind=AddressKind.POSTAL.value).delete()
    mine.filter(orders__isnull=True).delete()
    for address in mine:
        address.value = address.city = address.postcode = ""
        address.external_key = key_of_erased(address.source, address.external_key)
        address.save()
