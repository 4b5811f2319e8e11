"""Tallies: promises counted together with what hangs on their orders.

Written as SQL because the ORM walks through the order's row to reach its ratings and lines, which costs most of the
time; the statements are the same for both databases.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from goodwill.domain.reports import Grouping

_ORDER = "LEFT JOIN store_order o ON o.id = p.order_id"
_LINES = "LEFT JOIN store_orderline l ON l.order_id = p.order_id"
THROUGH_ORDER: dict[Grouping, tuple[str, str]] = {
    Grouping.REGION: ("a.region", f"{_ORDER} LEFT JOIN store_address a ON a.id = o.address_id"),
    Grouping.CATEGORY: ("x.category_id", f"{_LINES} LEFT JOIN store_product x ON x.id = l.product_id"),
    Grouping.SELLER: ("l.seller_id", _LINES),
    Grouping.CARRIER: ("s.carrier", "LEFT JOIN store_shipment s ON s.order_id = p.order_id"),
}
"""The key of a grouping by what hangs on the order of a promise `p`, and how to get there."""

_KEYS: dict[Grouping | None, tuple[str, str]] = {
    None: ("", ""),
    Grouping.MONTH: ("p.promised_on, ", ""),
    Grouping.SITE: ("p.site_id, ", ""),
    Grouping.DELAY_BUCKET: ("p.promised_on, p.acted, ", ""),
    **{by: (f"{column}, ", joins) for by, (column, joins) in THROUGH_ORDER.items()},
}
SEVERAL = frozenset({Grouping.CATEGORY, Grouping.SELLER, Grouping.CARRIER})
"""Groupings in which one promise may stand in several groups."""


def counted(promises: QuerySet[Any, Any], by: Grouping | None, *, stored: bool) -> Iterator[tuple[Any, ...]]:
    """How many promises: rows of the keys of the grouping (none, one or two), the reading, and the number.

    `promises` yields id, order_id, promised_on, site_id, acted and reading; `stored` says that all of these stand
    in the index by due day as they are.
    """
    keys, joins = _keys(by, stored)
    number = "COUNT(DISTINCT p.id)" if by in SEVERAL else "COUNT(*)"
    yield from _rows(
        f"SELECT {keys}p.reading, {number} FROM ({{}}) p {joins} GROUP BY {keys}p.reading",  # noqa: S608
        promises,
    )


def rated(
    promises: QuerySet[Any, Any], by: Grouping | None, until: datetime | None, *, stored: bool
) -> Iterator[tuple[Any, ...]]:
    """How many ratings: rows of the keys, the reading, the scale, the score and the number of rating rows.

    `until` leaves out answers given later.
    """
    keys, joins = _keys(by, stored)
    number = "COUNT(DISTINCT r.id)" if by in SEVERAL else "COUNT(*)"
    given = "AND (r.answered_at IS NULL OR r.answered_at <= %s)" if until else ""
    yield from _rows(
        f"SELECT {keys}p.reading, r.scale, r.overall, {number} FROM ({{}}) p "  # noqa: S608
        f"JOIN store_rating r ON r.order_id = p.order_id {joins} WHERE r.overall IS NOT NULL {given} "
        f"GROUP BY {keys}p.reading, r.scale, r.overall",
        promises,
        *([connection.ops.adapt_datetimefield_value(until)] if until else []),
    )


def _keys(by: Grouping | None, stored: bool) -> tuple[str, str]:
    keys, joins = _KEYS[by]
    # Where the rows themselves are needed, SQLite must not walk the index by day for the sake of its order: every
    # row would be a jump elsewhere. A cast day has no index.
    return (keys if stored else keys.replace("p.promised_on", "CAST(p.promised_on AS text)")), joins


def _rows(statement: str, promises: QuerySet[Any, Any], *values: Any) -> Iterator[tuple[Any, ...]]:
    try:
        inner, parameters = promises.order_by().query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement.format(inner), [*parameters, *values])
        yield from cursor.fetchall()
