"""Extracts: the columns that leave the rows for the lake. Ids, codes, moments, days and sums; no names, no words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import Max

from goodwill.store.journal import JournalEntry

AT_ONCE = 50_000
"""Rows fetched at a time: what is held in memory, however many there are."""


class Column(NamedTuple):
    """A column: its kind is int, text, moment, day or flag; `local_day` and `exponent` are worked out of others."""

    name: str
    kind: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Extract:
    """A table of the lake: columns, where they are read, the column whose month decides the file, whose rows they are.

    `noun` is what an entry of the journal names when rows change (order, promise, customer, interaction); a table
    without one is small and read whole each time.
    """

    name: str
    noun: str
    month_of: str
    origin: str
    columns: tuple[Column, ...]


def _column(words: str) -> Column:
    name, kind, *source = words.split()
    return Column(name, kind, source[0] if source else "")


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(_column(line) for line in text.strip().splitlines())


_OF_ORDER = "JOIN store_order o ON o.id = t.order_id"
_ORDER_PART = """
customer_id int o.customer_id
placed_at moment o.placed_at
"""
_SUM = """
currency text o.currency
exponent exponent currency
"""
EXTRACTS: tuple[Extract, ...] = (
    Extract(
        "customers", "customer", "t.created_at", "store_customer t",
        _columns("""
id int t.id
kind text t.kind
site_id int t.site_id
created_at moment t.created_at
erased_at moment t.erased_at
"""),
    ),
    Extract(
        "orders", "order", "t.placed_at", "store_order t JOIN store_site s ON s.id = t.site_id",
        _columns("""
id int t.id
customer_id int t.customer_id
user_id int t.user_id
site_id int t.site_id
placed_at moment t.placed_at
placed_on local_day s.zone
approved_at moment t.approved_at
status text t.status
currency text t.currency
exponent exponent currency
items_minor int t.items_minor
freight_minor int t.freight_minor
paid_minor int t.paid_minor
line_count int t.line_count
payment_count int t.payment_count
"""),
    ),
    Extract(
        "order_lines", "order", "o.placed_at",
        f"store_orderline t {_OF_ORDER} LEFT JOIN store_product p ON p.id = t.product_id",
        _columns(f"""
id int t.id
order_id int t.order_id
{_ORDER_PART.strip()}
position int t.position
product_id int t.product_id
category_id int p.category_id
seller_id int t.seller_id
quantity_micro int t.quantity_micro
unit_price_micro int t.unit_price_micro
total_minor int t.total_minor
freight_minor int t.freight_minor
{_SUM.strip()}
ship_by_at moment t.ship_by_at
"""),
    ),
    Extract(
        "payments", "order", "o.placed_at", f"store_payment t {_OF_ORDER}",
        _columns(f"""
id int t.id
order_id int t.order_id
{_ORDER_PART.strip()}
position int t.position
kind text t.kind
instalments int t.instalments
amount_minor int t.amount_minor
{_SUM.strip()}
paid_at moment t.paid_at
"""),
    ),
    Extract(
        "shipments", "order", "o.placed_at", f"store_shipment t {_OF_ORDER}",
        _columns(f"""
id int t.id
order_id int t.order_id
{_ORDER_PART.strip()}
position int t.position
carrier text t.carrier
promised_at moment t.promised_at
handed_over_at moment t.handed_over_at
delivered_at moment t.delivered_at
"""),
    ),
    Extract(
        "ratings", "order", "o.placed_at", f"store_rating t {_OF_ORDER}",
        _columns("""
id int t.id
order_id int t.order_id
customer_id int t.customer_id
placed_at moment o.placed_at
product_score int t.product_score
service_score int t.service_score
overall int t.overall
scale int t.scale
asked_at moment t.asked_at
answered_at moment t.answered_at
"""),
    ),
    Extract(
        "promises", "promise", "t.promised_on", "store_promise t",
        _columns("""
id int t.id
customer_id int t.customer_id
order_id int t.order_id
site_id int t.site_id
side text t.side
kind text t.kind
made_at moment t.made_at
late_rule text t.late_rule
promised_at moment t.promised_at
promised_on day t.promised_on
due_at moment t.due_at
outcome text t.outcome
warned_at moment t.warned_at
broken_at moment t.broken_at
acted_at moment t.acted_at
acted_on day t.acted_on
settled_at moment t.settled_at
withdrawn_reason text t.withdrawn_reason
is_history flag t.is_history
"""),
    ),
    Extract(
        "interactions", "interaction", "t.at", "store_interaction t",
        _columns("""
id int t.id
customer_id int t.customer_id
order_id int t.order_id
touchpoint_id int t.touchpoint_id
channel text t.channel
direction text t.direction
at moment t.at
is_mailing flag t.is_mailing
"""),
    ),
    Extract("categories", "", "", "store_category t", _columns("id int t.id\nname text t.name")),
    Extract("sites", "", "", "store_site t", _columns("id int t.id\nmode text t.mode\nzone text t.zone")),
)  # fmt: skip
JOURNAL = Extract(
    "journal", "", "t.recorded_at", "",
    _columns("""
id int id
kind text kind
at moment at
recorded_at moment recorded_at
actor_id int actor_id
customer_id int customer_id
order_id int order_id
promise_id int promise_id
import_id int import_id
policy_id int policy_id
facts text facts
"""),
)  # fmt: skip
ROOTS = {"order": "store_order", "promise": "store_promise", "customer": "store_customer",
         "interaction": "store_interaction"}  # fmt: skip
"""Where the rows stand that an entry of the journal names."""
MONTHS = {"order": "placed_at", "promise": "promised_on", "customer": "created_at", "interaction": "at"}


def rows(extract: Extract, alias: str, months: Collection[str] | None = None) -> Iterator[list[tuple[Any, ...]]]:
    """The table's rows in lists of at most `AT_ONCE`, all of them or those of these months (`2026-03`, in UTC).

    Values are as the driver gives them: SQLite's moments and days are text. In place of an `exponent` stands the
    currency, of a `local_day` the site's time zone.
    """
    sources = {column.name: column.source for column in extract.columns}
    chosen = [sources[c.source] if c.kind == "exponent" else c.source for c in extract.columns]
    statement = f"SELECT {', '.join(chosen)} FROM {extract.origin}"  # noqa: S608  names of our own columns
    bounds: list[Any] = []
    if months is not None:
        ranges = [_bounds(month, extract.month_of, alias) for month in sorted(months)]
        within = f"({extract.month_of} >= %s AND {extract.month_of} < %s)"
        statement += f" WHERE {' OR '.join([within] * len(ranges)) or '1 = 0'}"
        bounds = [bound for pair in ranges for bound in pair]
    yield from _fetch(statement, bounds, alias)


def entries(alias: str, after: int, last: int, month: str = "") -> Iterator[list[tuple[Any, ...]]]:
    """The journal's entries after an id up to another, or of these those recorded in one month."""
    found = JournalEntry.objects.using(alias).filter(pk__gt=after, pk__lte=last)
    if month:
        first, end = _ends(month)
        found = found.filter(recorded_at__gte=first, recorded_at__lt=end)
    names = [column.source for column in JOURNAL.columns]
    statement, parameters = found.order_by().values_list(*names).query.sql_with_params()
    yield from _fetch(statement, parameters, alias)


def last_settled() -> int:
    """The last settled entry's id; 0 where there is none.

    Asked before a snapshot is taken: what is settled then is in the snapshot, what is settled later may not be.
    """
    found = JournalEntry.objects.settled_after(0).order_by()
    return found.aggregate(last=Max("pk"))["last"] or 0


def count_entries(alias: str, last: int) -> int:
    """How many entries there are up to an id."""
    return JournalEntry.objects.using(alias).filter(pk__lte=last).count()


def stamp(alias: str, entry_id: int) -> str:
    """What tells an entry from one of the same id in another history; empty where there is none."""
    found = JournalEntry.objects.using(alias).filter(pk=entry_id).values_list("kind", "at", "recorded_at").first()
    return "" if found is None else f"{found[0]} {found[1].isoformat()} {found[2].isoformat()}"


def count(extract: Extract, alias: str) -> int:
    """How many rows the table has now."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {extract.origin.split(' ')[0]}")  # noqa: S608  our own tables
        return int(cursor.fetchone()[0])


def highest(extract: Extract, alias: str) -> int:
    """The highest id in the table, 0 where it is empty."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {extract.origin.split(' ')[0]}")  # noqa: S608  our own tables
        return int(cursor.fetchone()[0] or 0)


def months_of(noun: str, ids: Sequence[int], alias: str) -> set[str]:
    """The months in which these rows stand now; ids without a row give none."""
    found: set[str] = set()
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        with connections[alias].cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT substr(CAST({MONTHS[noun]} AS text), 1, 7) FROM {ROOTS[noun]} "  # noqa: S608
                f"WHERE id IN ({marks})",
                part,
            )
            found |= {row[0] for row in cursor.fetchall()}
    return found


def _fetch(statement: str, parameters: Sequence[Any], alias: str) -> Iterator[list[tuple[Any, ...]]]:
    # A cursor of the server's, so that PostgreSQL, too, hands over a part at a time.
    with connections[alias].chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while part := cursor.fetchmany(AT_ONCE):
            yield part


def _ends(month: str) -> tuple[datetime, datetime]:
    year, number = (int(part) for part in month.split("-"))
    after = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=UTC), datetime(*after, 1, tzinfo=UTC)


def _bounds(month: str, column: str, alias: str) -> tuple[Any, Any]:
    first, end = _ends(month)
    if column.endswith("_on"):
        as_day = connections[alias].ops.adapt_datefield_value
        return as_day(first.date()), as_day(end.date())
    said = connections[alias].ops.adapt_datetimefield_value
    return said(first), said(end)
