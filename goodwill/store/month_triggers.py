"""Triggers of the month tallies: whatever changes what a month's tally counts marks the month as stale.

The database does it, not the deeds, because a figure that is wrong for one forgotten line of code is worth nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

_VERBS = ("insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class _Watched:
    """What of the rows `n` of a table is counted, and among what and how their promises `p` are found. A row that a
    promise can only reach through another row's key counts once that key changes, so that only its own updates are
    watched."""

    columns: tuple[str, ...]
    among: str = "store_promise p"
    where: str = "p.order_id = n.order_id"
    day: str = "p.promised_on"
    verbs: tuple[str, ...] = _VERBS


def _with_promises(noun: str) -> str:
    return f"store_{noun} JOIN store_promise p ON p.order_id = "


_WATCHED = {
    "promise": _Watched(
        (
            *("promised_on", "side", "outcome", "site_id", "order_id", "due_at"),
            *("acted_on", "acted_at", "promised_at", "warned_at", "settled_at", "is_history"),
        ),
        among="",
        where="",
        day="n.promised_on",
    ),
    "rating": _Watched(("order_id", "overall", "scale")),
    "orderline": _Watched(("order_id", "product_id", "seller_id")),
    "shipment": _Watched(("order_id", "carrier")),
    "order": _Watched(("address_id",), where="p.order_id = n.id", verbs=("update",)),
    "address": _Watched(
        ("region",), f"{_with_promises('order o')}o.id", where="o.address_id = n.id", verbs=("update",)
    ),
    "product": _Watched(
        ("category_id",), f"{_with_promises('orderline l')}l.order_id", where="l.product_id = n.id", verbs=("update",)
    ),
}


def _names() -> Iterator[tuple[str, str, str]]:
    """Each trigger: its name, the table's noun and the verb."""
    for noun, watched in _WATCHED.items():
        for verb in watched.verbs:
            yield f"{noun}_month_{verb}", noun, verb


def _sqlite() -> Iterator[str]:
    for name, noun, verb in _names():
        watched = _WATCHED[noun]
        when = f"AFTER {verb.upper()}"
        if verb == "update":
            changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in watched.columns)
            when = f"AFTER UPDATE OF {', '.join(watched.columns)}"
        rows = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}[verb]
        does = " ".join(_mark(watched, row) for row in rows)
        condition = f"WHEN {changed} " if verb == "update" else ""
        yield f"CREATE TRIGGER IF NOT EXISTS {name} {when} ON store_{noun} {condition}BEGIN {does} END"


def _mark(watched: _Watched, row: str) -> str:
    mark = "INSERT OR IGNORE INTO store_stalemonth (month, xact)"
    day, where = (words.replace("n.", f"{row}.") for words in (watched.day, watched.where))
    if not watched.among:
        return f"{mark} VALUES (date({day}, 'start of month'), 0);"
    return f"{mark} SELECT date({day}, 'start of month'), 0 FROM {watched.among} WHERE {where};"  # noqa: S608  our own words


# Of rows before and after a change PostgreSQL knows no numbers: joined, a thousand of each may become a million pairs.
_MARKED = """
CREATE OR REPLACE FUNCTION {noun}_months_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint FROM new_rows n {promises}
      ON CONFLICT DO NOTHING;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint FROM old_rows n {promises}
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint
      FROM (
        (SELECT {counted} FROM new_rows EXCEPT SELECT {counted} FROM old_rows)
        UNION ALL
        (SELECT {counted} FROM old_rows EXCEPT SELECT {counted} FROM new_rows)
      ) n {promises}
      ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
"""
_TRANSITIONS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}


def _postgres() -> Iterator[str]:
    for noun, watched in _WATCHED.items():
        counted = ", ".join(("id", *watched.columns))
        promises = f"CROSS JOIN {watched.among} WHERE {watched.where}" if watched.among else ""
        yield _MARKED.format(noun=noun, day=watched.day, promises=promises, counted=counted)
    for name, noun, verb in _names():
        yield f"DROP TRIGGER IF EXISTS {name} ON store_{noun}"
        yield (
            f"CREATE TRIGGER {name} AFTER {verb.upper()} ON store_{noun} {_TRANSITIONS[verb]} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {noun}_months_stale()"
        )


def watch_months(connection: BaseDatabaseWrapper) -> None:
    """Mark months as stale from here on, and all that have promises now."""
    forget_months(connection)  # an older one of the same name may watch less
    with connection.cursor() as cursor:
        for statement in _sqlite() if connection.vendor == "sqlite" else _postgres():
            cursor.execute(statement)
        month = "date(promised_on, 'start of month')"
        if connection.vendor != "sqlite":
            month = "date_trunc('month', promised_on)::date"
        cursor.execute(
            "INSERT INTO store_stalemonth (month, xact) "  # noqa: S608  our own words
            f"SELECT DISTINCT {month}, 0 FROM store_promise WHERE true ON CONFLICT DO NOTHING"
        )


def forget_months(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers away."""
    with connection.cursor() as cursor:
        for name, noun, _ in _names():
            where = "" if connection.vendor == "sqlite" else f" ON store_{noun}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def missing_watches(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that are not there: on SQLite a table that a migration makes anew loses its own."""
    listing = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor != "sqlite":
        listing = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(listing)
        there = {row[0] for row in cursor.fetchall()}
    return [name for name, _, _ in _names() if name not in there]
