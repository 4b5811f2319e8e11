"""Search: customers and orders by the beginning of any word, in bounded work however many there are.

A word of two letters may begin a hundred thousand words. So no question is asked of all of them: the rarest word
typed yields at most WINDOW candidates in the order of the index (whole words first), and only these are looked at.
Whoever sees few customers is answered from the other side, from the customers seen, and so is whoever sees nobody
in the window. Where the window was too short, the answer says that there may be more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet

from goodwill.adapters import phones
from goodwill.domain.customers import AddressKind
from goodwill.domain.roles import Scope
from goodwill.domain.search_words import digits, phrase
from goodwill.domain.viewers import Viewer
from goodwill.reads import sight
from goodwill.reads.labels import label
from goodwill.store.addresses import Address
from goodwill.store.among import among
from goodwill.store.customers import Customer, SearchWord
from goodwill.store.firms import Firm
from goodwill.store.orders import Order
from goodwill.store.probes import Probe

WINDOW = 5000
OWN_SIDE = 2000
MOST_WORDS = 6
SHOWN = 20
_CHUNKS = (120, 500, 1500, 5000)
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
Word = tuple[str, ...]
"""One word as typed, with its other readings (a telephone number with its country code)."""


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A customer as a search shows it; `hint` tells namesakes apart (number, telephone, e-mail address, place)."""

    id: int
    label: str
    kind: str
    hint: str
    last_heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order as a search shows it."""

    id: int
    number: str
    customer: str
    placed_at: datetime
    site: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found; `has_more` asks for another letter."""

    customers: tuple[FoundCustomer, ...] = ()
    orders: tuple[FoundOrder, ...] = ()
    has_more: bool = False


def find(viewer: Viewer, text: str, *, limit: int = SHOWN) -> Found:
    """The customers and orders of this viewer that the text begins to name, best first."""
    rows, has_more = ranked(viewer, text, limit=limit)
    orders = find_orders(viewer, text, limit=limit + 1)
    return Found(_found(rows), tuple(orders[:limit]), has_more=has_more or len(orders) > limit)


def find_customers(viewer: Viewer, text: str, *, limit: int = SHOWN, kind: str = "") -> list[FoundCustomer]:
    """The customers whom every word of the text begins to name, best first; of one kind where one is given."""
    within = Customer.objects.filter(kind=kind) if kind else None
    return list(_found(ranked(viewer, text, limit=limit, within=within)[0]))


def ranked(
    viewer: Viewer, text: str, *, limit: int, within: QuerySet[Customer] | None = None
) -> tuple[list[Customer], bool]:
    """The rows themselves, and whether there are or may be more: those with most whole words first, then own
    customers, then by name. `within` narrows them further (a site, a tag, an owner).
    """
    words = _words(text)
    if not words or viewer.scope in (Scope.NOTHING, Scope.OWED):
        return [], False
    ids, is_cut = _ids(viewer, words, limit=limit + min(2 * limit, 60), within=within)
    rows = Customer.objects.filter(pk__in=ids).select_related("site", "owner", "deputy")
    spellings = [spelling for word in words for spelling in word]
    whole: dict[int, int] = {}
    for customer_id in SearchWord.objects.filter(customer_id__in=ids, word__in=spellings).values_list(
        "customer_id", flat=True
    ):
        whole[customer_id] = whole.get(customer_id, 0) + 1

    def rank(row: Customer) -> tuple[int, bool, str, int]:
        is_own = viewer.person_id is not None and viewer.person_id in (row.owner_id, row.deputy_id)
        return (-whole.get(row.pk, 0), not is_own, row.sort_name, row.pk)

    return sorted(rows, key=rank)[:limit], is_cut or len(ids) > limit


def find_orders(viewer: Viewer, text: str, *, limit: int = SHOWN) -> list[FoundOrder]:
    """The orders whose number begins with the text, in any case of its letters."""
    typed = text.strip().lstrip("#№").strip()
    if not typed or viewer.scope in (Scope.NOTHING, Scope.OWED):
        return []
    starts = Q()
    for spelling in {typed, typed.upper(), typed.lower()}:
        starts |= Q(number__gte=spelling, number__lt=_next(spelling))
    ids = list(Order.objects.filter(starts).order_by("number", "id").values_list("pk", flat=True)[:WINDOW])
    found = _first(Order.objects.visible_to(viewer), ids, limit)
    rows = Order.objects.filter(pk__in=found).select_related("customer", "site").order_by("number", "id")
    return [FoundOrder(row.pk, row.number, label(row.customer), row.placed_at, row.site.name) for row in rows]


def _ids(
    viewer: Viewer, words: Sequence[Word], *, limit: int, within: QuerySet[Customer] | None
) -> tuple[list[int], bool]:
    rarest = min(words, key=lambda word: _named(word)[: WINDOW + 1].count()) if len(words) > 1 else words[0]
    named = _named(rarest)
    fitting = named
    # The words first: they refuse more candidates than sight does.
    for word in words:
        if word != rarest:
            fitting = fitting.filter(Probe(_named(word).filter(customer_id=OuterRef("customer_id"))))
    if within is not None or viewer.scope is not Scope.ALL:
        allowed: QuerySet[Customer] = Customer.objects.visible_to(viewer)
        allowed = allowed if within is None else allowed & within
        fitting = fitting.filter(Probe(allowed.filter(pk=OuterRef("customer_id"))))
    few = sight.few_customers(viewer)
    if few is not None:
        return _in_order(fitting.filter(customer_id__in=among(few)), limit), False
    end = named.order_by("word", "customer_id").values_list("word", "customer_id")[WINDOW : WINDOW + 1].first()
    if end is None:
        return _in_order(fitting, limit), False
    found = _in_order(fitting.filter(word__lte=end[0], pk__lt=end), limit)
    if not found and viewer.scope is not Scope.ALL:
        found = _in_order(fitting.filter(customer_id__in=among(sight.customers(viewer, most=OWN_SIDE))), limit)
    return found, len(found) < limit


def _in_order(fitting: QuerySet[SearchWord], limit: int) -> list[int]:
    """The first `limit` customers in the order of the index, each once, however many of its words fit."""
    found: dict[int, None] = {}
    rest = fitting.order_by("word", "customer_id").values_list("word", "customer_id")
    while len(found) < limit:
        part = list(rest[: limit + 1])
        found |= dict.fromkeys(customer_id for _, customer_id in part)
        if len(part) <= limit:
            break
        rest = rest.filter(pk__gt=part[-1])
    return list(found)[:limit]


def _words(text: str) -> list[Word]:
    """The words typed. A number of a telephone is also looked for as dialled from abroad, and without what is dialled
    before it within the country, so that its beginning finds it, too."""
    words: list[Word] = []
    for word in phrase(text)[:MOST_WORDS]:
        spellings = [word]
        if digits(word) == word and len(word) >= 6:
            firm = Firm.the()
            country = firm.country if firm else ""
            number = phones.e164(text, country)
            spellings += [digits(number)] if number else []
            for before in (phones.trunk_prefix(country), "00", "0"):
                spellings += [word.removeprefix(before)] if before and word.startswith(before) else []
        words.append(tuple(dict.fromkeys(spellings)))
    return words


def _named(word: Word) -> QuerySet[SearchWord]:
    begins = Q()
    for spelling in word:
        begins |= Q(word__gte=spelling, word__lt=_next(spelling))
    return SearchWord.objects.filter(begins)


def _next(prefix: str) -> str:
    """The first text by code point after everything that begins with the prefix."""
    last = ord(prefix[-1]) + 1
    if last in _SURROGATES:
        last = _SURROGATES.stop
    if last > _LAST:
        return prefix + chr(_LAST)
    return prefix[:-1] + chr(last)


def _first(allowed: QuerySet[Order], ids: Sequence[int], limit: int) -> list[int]:
    """The first `limit` of these ids that are allowed, in their order, asked for in growing parts."""
    found: list[int] = []
    for part in _parts(ids):
        kept = set(allowed.filter(pk__in=among(part)).values_list("pk", flat=True))
        found += [pk for pk in part if pk in kept]
        if len(found) >= limit:
            break
    return found[:limit]


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    parts, start, turn = [], 0, 0
    while start < len(ids):
        size = _CHUNKS[min(turn, len(_CHUNKS) - 1)]
        parts.append(ids[start : start + size])
        start, turn = start + size, turn + 1
    return parts


def _found(rows: Sequence[Customer]) -> tuple[FoundCustomer, ...]:
    hints = _hints(rows)
    return tuple(FoundCustomer(row.pk, label(row), row.kind, hints[row.pk], row.last_heard_at) for row in rows)


def _hints(rows: Sequence[Customer]) -> dict[int, str]:
    hints = {row.pk: row.number if row.number and row.name else "" for row in rows}
    reached = Address.objects.filter(customer_id__in=list(hints)).order_by("customer_id", "id")
    by_kind: dict[tuple[int, str], str] = {}
    for address in reached:
        shown = address.city if address.kind == AddressKind.POSTAL.value else address.value
        if shown:
            by_kind.setdefault((address.customer_id, address.kind), shown)
    for pk, hint in hints.items():
        if hint:
            continue
        for kind in (AddressKind.PHONE, AddressKind.EMAIL, AddressKind.POSTAL):
            shown = by_kind.get((pk, kind.value), "")
            if shown:
                hints[pk] = phones.readable(shown) if kind is AddressKind.PHONE else shown
                break
    return hints
