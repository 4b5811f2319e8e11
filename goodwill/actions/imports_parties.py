"""Importing who buys and what is sold: customers, addresses, sites, sellers, categories, products."""

from collections.abc import Iterable

from goodwill.actions.customers import index_words
from goodwill.actions.imports_books import Books
from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind
from goodwill.domain.entries import Entry
from goodwill.domain.erasures import key_of_erased
from goodwill.domain.imports import AddressRecord, CategoryRecord, CustomerRecord, ProductRecord, SellerRecord
from goodwill.domain.labels import sort_key
from goodwill.domain.search_words import split, words_of
from goodwill.store import bulk
from goodwill.store.addresses import Address
from goodwill.store.customers import ContactPerson, Customer, SearchWord
from goodwill.store.products import Category, Product, Seller
from goodwill.store.sites import Site

_CUSTOMER = (
    "id",
    "kind",
    "name",
    "sort_name",
    "number",
    "language",
    "site_id",
    "own",
    "created_at",
    "source",
    "external_key",
    "digest",
    "imported_by_id",
)
_ADDRESS = (
    "id",
    "customer_id",
    "kind",
    "value",
    "city",
    "region",
    "postcode",
    "country",
    "source",
    "external_key",
    "digest",
    "imported_by_id",
)
_PRODUCT = ("id", "name", "category_id", "source", "external_key", "digest", "imported_by_id")
_SELLER = ("id", "name", "city", "region", "source", "external_key", "digest", "imported_by_id")


def site_of(books: Books, name: str) -> int:
    """The id of the site of this name (the import's own where a row names none), made where there is none yet."""
    name = name or books.site
    found = books.site_ids.get(name)
    if found is not None:
        return found
    site = Site.objects.filter(name=name).first()
    if site is None:
        site = Site.objects.create(name=name, mode=books.mode, zone=books.zone.key, source=books.source)
        books.created["site"] += 1
        books.keep_made("site", [site.pk])
        books.note(Entry.SITE_CHANGED, books.at)
    books.site_ids[name] = site.pk
    return site.pk


def customers(books: Books, records: dict[str, CustomerRecord], homes: dict[str, str]) -> dict[str, int]:
    """Bring customers in; key → id. One who was entered by hand under the same number or e-mail is the same one."""
    if not records:
        return {}
    there = bulk.known(Customer, books.source, list(records))
    if books.has_erased:
        # An erased person's key was hidden if it told who it was; the file meets the erased row, not a new one.
        hidden = {key_of_erased(books.source, key): key for key in records if key not in there}
        there |= {hidden[key]: row for key, row in bulk.known(Customer, books.source, list(hidden)).items()}
    found = {key: pk for key, (pk, _) in there.items()}
    new = [record for key, record in records.items() if key not in there]
    by_hand = _entered_by_hand(new) if books.has_customers_by_hand else {}
    if by_hand:
        found |= by_hand
        books.unchanged["customer"] += len(by_hand)
        new = [record for record in new if record.key not in by_hand]
    altered = [(pk, records[key]) for key, (pk, digest) in there.items() if digest != records[key].digest]
    _amend_customers(books, altered)
    books.unchanged["customer"] += len(there) - len(altered)
    if new:
        found |= _add_customers(books, new, homes)
    pairs = {
        (found[record.contact_of], found[record.key])
        for record in records.values()
        if record.contact_of and found.get(record.contact_of, 0) != found[record.key]
    }
    ContactPerson.objects.bulk_create(
        [ContactPerson(organisation_id=organisation, person_id=person) for organisation, person in pairs],
        ignore_conflicts=True,
    )
    return found


def _add_customers(books: Books, new: list[CustomerRecord], homes: dict[str, str]) -> dict[str, int]:
    ids = dict(zip((record.key for record in new), bulk.reserve(Customer, len(new)), strict=True))
    rows, addresses, words = [], [], []
    for record in new:
        pk = ids[record.key]
        rows.append(
            (
                pk,
                record.kind,
                record.name,
                sort_key(record.name),
                record.number,
                "",
                site_of(books, homes.get(record.key, "")),
                "{}",
                books.at,
                books.source,
                record.key,
                record.digest,
                books.run_id,
            )
        )
        for kind, values in ((AddressKind.EMAIL, record.emails), (AddressKind.PHONE, record.phones)):
            for value in values:
                addresses.append((pk, kind.value, value, "", "", "", "", "", "", "", books.run_id))
        for word in _words(record):
            words.append((word, pk))
    bulk.insert(Customer, _CUSTOMER, rows)
    bulk.insert(Address, _ADDRESS[1:], addresses)
    bulk.insert(SearchWord, ("word", "customer_id"), sorted(words))
    books.created["customer"] += len(new)
    return ids


def _words(record: CustomerRecord) -> Iterable[str]:
    """A customer without a name is found by the source's key."""
    if not record.name and not record.number and not record.emails and not record.phones:
        return split(record.key)
    within = [phones.national_of_e164(value) for value in record.phones]
    return words_of((record.name, record.number, *record.emails), (*record.phones, *within))


def _entered_by_hand(new: list[CustomerRecord]) -> dict[str, int]:
    """Customers of no import who have the same number or e-mail address, by the record's key."""
    marks: dict[str, str] = {}
    for record in new:
        for mark in (record.number, *record.emails):
            if mark:
                marks[mark] = record.key
    if not marks:
        return {}
    words = {word for mark in marks for word in split(mark)}
    ids = set(
        SearchWord.objects.filter(word__in=words, customer__imported_by__isnull=True, customer__erased_at__isnull=True)
        .exclude(customer__kind="unit")
        .values_list("customer_id", flat=True)
    )
    if not ids:
        return {}
    by_hand: dict[str, int] = {}
    for number, pk in Customer.objects.filter(pk__in=ids, number__in=marks).values_list("number", "pk"):
        by_hand.setdefault(marks[number], pk)
    mails = Address.objects.filter(customer_id__in=ids, kind=AddressKind.EMAIL.value, value__in=marks)
    for value, pk in mails.values_list("value", "customer_id"):
        by_hand.setdefault(marks[value], pk)
    return by_hand


def _amend_customers(books: Books, altered: list[tuple[int, CustomerRecord]]) -> None:
    rows = Customer.objects.in_bulk([pk for pk, _ in altered])
    for pk, record in altered:
        row = rows[pk]
        if row.erased_at is not None or row.imported_by_id == books.run_id:
            continue  # what was erased stays erased; of one import the first word on a customer stands
        books.keep(row, ("name", "sort_name", "number", "digest"))
        row.name, row.number, row.digest = record.name, record.number, record.digest
        row.save(update_fields=["name", "sort_name", "number", "digest"])
        held = set(row.addresses.values_list("kind", "value"))
        for kind, values in ((AddressKind.EMAIL, record.emails), (AddressKind.PHONE, record.phones)):
            for value in values:
                if (kind.value, value) not in held:
                    row.addresses.create(kind=kind.value, value=value, imported_by_id=books.run_id)
        books.note(Entry.CUSTOMER_CHANGED, books.at, customer_id=pk)
        books.updated["customer"] += 1
    index_words(pk for pk, _ in altered)


def addresses(books: Books, records: dict[str, AddressRecord], customer_ids: dict[str, int]) -> None:
    """Bring postal addresses in."""
    there = bulk.known(Address, books.source, list(records))
    erased = books.erased(customer_ids[record.customer] for record in records.values())
    rows = []
    for key, record in records.items():
        if key not in there:
            rows.append(
                (
                    customer_ids[record.customer],
                    AddressKind.POSTAL.value,
                    "",
                    "" if customer_ids[record.customer] in erased else record.city,
                    record.region,
                    "" if customer_ids[record.customer] in erased else record.postcode,
                    record.country or books.country,
                    books.source,
                    key,
                    record.digest,
                    books.run_id,
                )
            )
        elif there[key][1] == record.digest or customer_ids[record.customer] in erased:
            books.unchanged["address"] += 1
        else:
            row = Address.objects.get(pk=there[key][0])
            books.keep(row, ("customer_id", "city", "region", "postcode", "country", "digest"))
            row.customer_id = customer_ids[record.customer]
            row.city, row.region, row.postcode = record.city, record.region, record.postcode
            row.country, row.digest = record.country or row.country, record.digest
            row.save()
            books.note(Entry.CUSTOMER_CHANGED, books.at, customer_id=row.customer_id)
            books.updated["address"] += 1
    bulk.insert(Address, _ADDRESS[1:], rows)
    books.created["address"] += len(rows)


def categories(books: Books, records: dict[str, CategoryRecord], *, renames: bool = True) -> dict[str, int]:
    """Bring categories in; key → id. Without `renames` one that is there keeps its name."""
    if not records:
        return {}
    there = {row.external_key: row for row in bulk.having_keys(Category, books.source, list(records))}
    found = {key: row.pk for key, row in there.items()}
    new = [record for key, record in records.items() if key not in there]
    for key, row in there.items():
        if renames and row.name != records[key].name:
            books.keep(row, ("name",))
            row.name = records[key].name
            row.save(update_fields=["name"])
            books.updated["category"] += 1
        elif renames:
            books.unchanged["category"] += 1
    ids = list(bulk.reserve(Category, len(new)))
    bulk.insert(
        Category,
        ("id", "name", "source", "external_key"),
        [(pk, record.name, books.source, record.key) for pk, record in zip(ids, new, strict=True)],
    )
    books.keep_made("category", ids)
    books.created["category"] += len(new)
    return found | {record.key: pk for pk, record in zip(ids, new, strict=True)}


def products(books: Books, records: dict[str, ProductRecord], category_ids: dict[str, int]) -> dict[str, int]:
    """Bring products in; key → id. A category nobody has named yet is named by its own key."""
    if not records:
        return {}
    there = bulk.known(Product, books.source, list(records))
    found = {key: pk for key, (pk, _) in there.items()}
    pending = {key: record for key, record in records.items() if there.get(key, (0, None))[1] != record.digest}
    books.unchanged["product"] += len(records) - len(pending)
    unnamed = {
        record.category: CategoryRecord(record.category, record.category)
        for record in pending.values()
        if record.category and record.category not in category_ids
    }
    category_ids = category_ids | categories(books, unnamed, renames=False)
    new = [record for key, record in pending.items() if key not in there]
    ids = dict(zip((record.key for record in new), bulk.reserve(Product, len(new)), strict=True))
    bulk.insert(
        Product,
        _PRODUCT,
        [
            (
                ids[record.key],
                record.name,
                category_ids.get(record.category),
                books.source,
                record.key,
                record.digest,
                books.run_id,
            )
            for record in new
        ],
    )
    books.created["product"] += len(new)
    for key, record in pending.items():
        if key in there:
            row = Product.objects.get(pk=there[key][0])
            books.keep(row, ("name", "category_id", "digest"))
            row.name, row.category_id, row.digest = record.name, category_ids.get(record.category), record.digest
            row.save()
            books.updated["product"] += 1
    return found | ids


def sellers(books: Books, records: dict[str, SellerRecord]) -> dict[str, int]:
    """Bring sellers in; key → id."""
    if not records:
        return {}
    there = bulk.known(Seller, books.source, list(records))
    new = [record for key, record in records.items() if key not in there]
    ids = dict(zip((record.key for record in new), bulk.reserve(Seller, len(new)), strict=True))
    bulk.insert(
        Seller,
        _SELLER,
        [(ids[r.key], r.name, r.city, r.region, books.source, r.key, r.digest, books.run_id) for r in new],
    )
    books.created["seller"] += len(new)
    for key, (pk, digest) in there.items():
        record = records[key]
        if digest == record.digest:
            books.unchanged["seller"] += 1
            continue
        row = Seller.objects.get(pk=pk)
        books.keep(row, ("name", "city", "region", "digest"))
        row.name, row.city, row.region, row.digest = record.name, record.city, record.region, record.digest
        row.save()
        books.updated["seller"] += 1
    return {key: pk for key, (pk, _) in there.items()} | ids
