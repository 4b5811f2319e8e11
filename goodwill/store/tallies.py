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

_KEYS: dict[Grouping | None, tuple[tuple[str, ...], str]] = {
    None: ((), ""),
    Grouping.MONTH: (("p.promised_on",), ""),
    Grouping.SITE: (("p.site_id",), ""),
    Grouping.DELAY_BUCKET: (("p.promised_on", "p.acted"), ""),
    **{by: ((column,), joins) for by, (column, joins) in THROUGH_ORDER.items()},
}
SEVERAL = frozenset({Grouping.CATEGORY, Grouping.SELLER, Grouping.CARRIER})
"""Groupings in which one promise may stand in several groups."""


def counted(
    promises: QuerySet[Any, Any], by: Grouping | None, until: datetime | None, *, stored: bool, whole: bool = False
) -> Iterator[tuple[Any, ...]]:
    """How many promises and how many ratings of their orders: rows of whether it is of all groups together (only where
    `whole` asks for that, too), the keys of the grouping (none, one or two), the reading, the scale, the score and the
    number. Scale and score are 0 where promises are counted.

    `promises` yields id, order_id, reading and what the grouping asks for of promised_on, site_id and acted; `stored`
    says that all of these stand in the index by due day as they are. `until` leaves out answers given later.

    What is read of each promise is read once, and what hangs on its order is found once, however often it is counted.
    Only what an index tells is quicker asked again than kept.
    """
    keys, joins = _KEYS[by]
    is_kept = "NOT MATERIALIZED" if stored and not joins else "MATERIALIZED"
    told = "".join(f", {key} AS key_{n}" for n, key in enumerate(keys))
    named = "".join(f"k.key_{n}, " for n in range(len(keys)))
    given = _given(until)
    values = [connection.ops.adapt_datetimefield_value(until)] if until else []
    statement = (
        f"WITH p AS {is_kept} ({{}}), k AS {'MATERIALIZED' if joins else 'NOT MATERIALIZED'} "  # noqa: S608  our own words
        f"(SELECT {'DISTINCT' if by in SEVERAL else ''} p.id, p.order_id, p.reading{told} FROM p {joins}) "
        + _both(0, named, named, "k", given)
    )
    if whole:
        statement += " UNION ALL " + _both(1, "NULL, " * len(keys), "", "p", given)
    yield from _rows(statement, promises, *values * (2 if whole else 1))


def rated(promises: QuerySet[Any, Any], until: datetime | None) -> Iterator[tuple[Any, ...]]:
    """How many ratings alone, without a group: rows of the reading, the scale, the score and the number."""
    values = [connection.ops.adapt_datetimefield_value(until)] if until else []
    yield from _rows(f"SELECT {_ratings('({}) p', 'p.reading', 'p', _given(until))}", promises, *values)


def _both(is_whole: int, keys: str, groups: str, of: str, given: str) -> str:
    """Promises and ratings counted of these."""
    groups = f"{groups}{of}.reading"
    return (
        f"SELECT {is_whole}, {keys}{of}.reading, 0, 0, COUNT(*) FROM {of} GROUP BY {groups} "  # noqa: S608  our own words
        f"UNION ALL SELECT {is_whole}, {keys}{_ratings(of, groups, of, given)}"
    )


def _ratings(source: str, groups: str, of: str, given: str) -> str:
    return (
        f"{of}.reading, r.scale, r.overall, COUNT(*) FROM {source} JOIN store_rating r ON r.order_id = {of}.order_id "
        f"WHERE r.overall IS NOT NULL {given} GROUP BY {groups}, r.scale, r.overall"
    )


def _given(until: datetime | None) -> str:
    return "AND (r.answered_at IS NULL OR r.answered_at <= %s)" if until else ""


def _rows(statement: str, promises: QuerySet[Any, Any], *values: Any) -> Iterator[tuple[Any, ...]]:
    try:
        inner, parameters = promises.order_by().query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(statement.format(inner), [*parameters, *values])
        yield from cursor.fetchall()
