"""Customers: added, changed, handed over; their search words kept right."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from django.db import transaction

from goodwill.adapters import phones
from goodwill.domain import search_words
from goodwill.domain.customers import AddressKind, CustomerKind
from goodwill.domain.entries import Entry
from goodwill.domain.labels import sort_key
from goodwill.domain.refusals import Reason, Refusal
from goodwill.domain.roles import May, Scope
from goodwill.domain.stamps import stamp
from goodwill.domain.viewers import Viewer
from goodwill.store import journal
from goodwill.store.addresses import Address
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.firms import Firm
from goodwill.store.people import Person
from goodwill.store.sites import Site

BATCH = 500


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """What is said of a customer in a form."""

    kind: CustomerKind
    name: str
    number: str = ""
    language: str = ""
    site_id: int | None = None


EVERY_FACT = frozenset(one.name for one in fields(CustomerFacts))


def stamp_of(customer: Customer) -> str:
    """The stamp of what `change` may alter."""
    return stamp(customer.kind, customer.name, customer.number, customer.language, customer.site_id)


def lock(customer_id: int, by: Viewer) -> Customer | Refusal:
    """The customer, locked for a change by this viewer; refused where the role does not include it, where the
    customer is not the viewer's to see, and where the person was erased."""
    if not (by.may(May.RECORD) and by.may(May.SEE_CUSTOMERS)):
        return Refusal(Reason.NOT_ALLOWED)
    customer = Customer.objects.visible_to(by).select_for_update().filter(pk=customer_id).first()
    if customer is None:
        return Refusal(Reason.NOT_FOUND)
    if customer.erased_at is not None:
        return Refusal(Reason.ERASED)
    return customer


@transaction.atomic
def add(
    facts: CustomerFacts,
    *,
    by: Viewer,
    at: datetime,
    owner_id: int | None = None,
    deputy_id: int | None = None,
) -> Customer | Refusal:
    """A new person or organisation. Whoever sees only own customers becomes the owner, and whoever sees only
    own sites adds to one of these, so that nobody adds a customer out of sight."""
    if not (by.may(May.RECORD) and by.may(May.SEE_CUSTOMERS)):
        return Refusal(Reason.NOT_ALLOWED)
    if by.scope is Scope.OWN and by.person_id not in (owner_id, deputy_id):
        owner_id = by.person_id
    wrong = _wrong(facts, EVERY_FACT, by=by, site_before=None, owner_id=owner_id)
    if wrong is not None:
        return wrong
    for field, person_id in (("owner", owner_id), ("deputy", deputy_id)):
        if not _is_active(person_id):
            return Refusal(Reason.NOT_A_CHOICE, field)
    customer = Customer.objects.create(
        kind=facts.kind.value,
        name=facts.name.strip(),
        number=facts.number.strip(),
        language=facts.language,
        site_id=facts.site_id,
        owner_id=owner_id,
        deputy_id=deputy_id,
        created_at=at,
    )
    journal.write(Entry.CUSTOMER_ADDED, by=by, at=at, customer_id=customer.pk, owner_id=owner_id, deputy_id=deputy_id)
    index_words([customer.pk])
    return customer


@transaction.atomic
def change(
    customer_id: int,
    facts: CustomerFacts,
    *,
    named: Collection[str] = EVERY_FACT,
    seen: str = "",
    by: Viewer,
    at: datetime,
) -> Customer | Refusal:
    """Correct what is said of a customer: of the facts those that are `named`; the others stay, and nothing is refused
    for what they are. `seen` is the stamp of what the form showed: where the row says something else by now, the
    change is refused. Units are changed where units are."""
    customer = lock(customer_id, by)
    if isinstance(customer, Refusal):
        return customer
    if customer.kind == CustomerKind.UNIT.value:
        return Refusal(Reason.NOT_A_CHOICE, "kind")
    if seen and seen != stamp_of(customer):
        return Refusal(Reason.CHANGED_MEANWHILE)
    facts = replace(_facts_of(customer), **{name: getattr(facts, name) for name in named})
    wrong = _wrong(facts, named, by=by, site_before=customer.site_id, owner_id=customer.owner_id)
    if wrong is not None:
        return wrong
    if customer.kind == CustomerKind.ORGANISATION.value != facts.kind.value and customer.contact_people.exists():
        # Somebody speaks for it: a person has no contact people.
        return Refusal(Reason.NOT_A_CHOICE, "kind")
    said = {
        "kind": facts.kind.value,
        "name": facts.name.strip(),
        "number": facts.number.strip(),
        "language": facts.language,
        "site_id": facts.site_id,
    }
    changed = sorted(field for field in named if getattr(customer, field) != said[field])
    if not changed:
        return customer
    for field in changed:
        setattr(customer, field, said[field])
    customer.save(update_fields=[*changed, "sort_name"])
    journal.write(Entry.CUSTOMER_CHANGED, by=by, at=at, customer_id=customer.pk, fields=changed)
    index_words([customer.pk])
    return customer


@transaction.atomic
def hand_over(
    customer_id: int, *, owner_id: int | None, deputy_id: int | None, by: Viewer, at: datetime
) -> Customer | Refusal:
    """Give a customer to another owner and deputy; orders, promises and history stay with the customer.

    The owner answers alone for promises made by nobody; promises of a person stay that person's own.
    Whoever sees only own customers may hand one over, and keeps sight of it only as owner or deputy.
    """
    customer = lock(customer_id, by)
    if isinstance(customer, Refusal):
        return customer
    if owner_id is not None and owner_id == deputy_id:
        return Refusal(Reason.NOT_A_CHOICE, "deputy")
    if owner_id is None and deputy_id is not None:
        return Refusal(Reason.REQUIRED, "owner")
    before = {"owner": customer.owner_id, "deputy": customer.deputy_id}
    after = {"owner": owner_id, "deputy": deputy_id}
    if before == after:
        return customer
    for field, person_id in after.items():
        if person_id != before[field] and not _is_active(person_id):
            return Refusal(Reason.NOT_A_CHOICE, field)
    customer.owner_id, customer.deputy_id = owner_id, deputy_id
    customer.save(update_fields=["owner", "deputy"])
    journal.write(
        Entry.OWNER_CHANGED,
        by=by,
        at=at,
        customer_id=customer.pk,
        owner_id=owner_id,
        deputy_id=deputy_id,
        owner_was=before["owner"],
        deputy_was=before["deputy"],
    )
    return customer


def index_words(customer_ids: Iterable[int]) -> None:
    """Make the search words and the sort key of these customers follow their names, numbers and addresses.

    Called in the transaction of every change; the erased keep no word. Batches of 500: six
    queries each, and one for each customer who loses words.
    """
    ids = sorted(set(customer_ids))
    firm = Firm.the()
    country = firm.country if firm else ""
    for start in range(0, len(ids), BATCH):
        _index_batch(ids[start : start + BATCH], country)


@transaction.atomic
def _index_batch(ids: Sequence[int], country: str) -> None:
    rows = list(
        Customer.objects.filter(pk__in=ids).only("pk", "name", "sort_name", "number", "external_key", "erased_at")
    )
    names: dict[int, list[str]] = {row.pk: [] for row in rows if row.erased_at is None}
    telephones: dict[int, list[str]] = {pk: [] for pk in names}
    for row in rows:
        if row.pk in names:
            names[row.pk] += [row.name, row.number] if row.name or row.number else [row.external_key]
    reached = (AddressKind.EMAIL.value, AddressKind.PHONE.value)
    for customer_id, kind, value in Address.objects.filter(customer_id__in=list(names), kind__in=reached).values_list(
        "customer_id", "kind", "value"
    ):
        if kind == AddressKind.EMAIL.value:
            names[customer_id].append(value)
        else:
            within = phones.national(value, country) or value.removeprefix("+")
            telephones[customer_id] += [value, within]
    wanted = {(pk, word) for pk in names for word in search_words.words_of(names[pk], telephones[pk])}
    kept: set[tuple[int, str]] = set()
    stale: dict[int, list[str]] = {}
    for customer_id, word in SearchWord.objects.filter(customer_id__in=ids).values_list("customer_id", "word"):
        if (customer_id, word) in wanted:
            kept.add((customer_id, word))
        else:
            stale.setdefault(customer_id, []).append(word)
    for customer_id, words in stale.items():
        SearchWord.objects.filter(customer_id=customer_id, word__in=words).delete()
    SearchWord.objects.bulk_create(
        [SearchWord(customer_id=pk, word=word) for pk, word in sorted(wanted - kept)], batch_size=BATCH
    )
    unsorted = [row for row in rows if row.sort_name != sort_key(row.name)]
    for row in unsorted:
        row.save(update_fields=["sort_name"])


def _is_active(person_id: int | None) -> bool:
    """True for nobody, too: a customer may have no owner."""
    return person_id is None or Person.objects.get_queryset().active().filter(pk=person_id).exists()


def _facts_of(customer: Customer) -> CustomerFacts:
    kind = CustomerKind(customer.kind)
    return CustomerFacts(kind, customer.name, customer.number, customer.language, customer.site_id)


def _wrong(
    facts: CustomerFacts, named: Collection[str], *, by: Viewer, site_before: int | None, owner_id: int | None
) -> Refusal | None:
    if facts.kind not in (CustomerKind.PERSON, CustomerKind.ORGANISATION):
        return Refusal(Reason.NOT_A_CHOICE, "kind")
    # Imports bring customers without a name: their number may be corrected all the same.
    if "name" in named and not facts.name.strip():
        return Refusal(Reason.REQUIRED, "name")
    limits: Mapping[str, tuple[str, int]] = {"name": (facts.name, 200), "number": (facts.number, 64)}
    for field, (text, most) in limits.items():
        if len(text.strip()) > most:
            return Refusal(Reason.TOO_LONG, field, (("most", str(most)),))
    if facts.site_id is not None and facts.site_id != site_before:
        if not Site.objects.filter(pk=facts.site_id, is_active=True).exists():
            return Refusal(Reason.NOT_A_CHOICE, "site")
        if by.scope is Scope.UNIT and facts.site_id not in by.site_ids:
            return Refusal(Reason.NOT_A_CHOICE, "site")
    if "site_id" in named and facts.site_id is None and by.scope is Scope.UNIT and owner_id != by.person_id:
        return Refusal(Reason.REQUIRED, "site")
    return None
