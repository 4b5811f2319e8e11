"""Triggers of the month tallies: whatever changes what a month's tally counts marks the month as stale.

The database does it, not the deeds, because a figure that is wrong for one forgotten line of code is worth nothing.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_COUNTED = (
    *("promised_on", "side", "outcome", "site_id", "order_id"),
    *("acted_on", "acted_at", "promised_at", "warned_at", "settled_at", "is_history"),
)
_RATED = ("order_id", "overall", "scale")
_MONTH = "date({row}.promised_on, 'start of month')"
_MARK = "INSERT OR IGNORE INTO store_stalemonth (month, xact) "


def _sqlite() -> dict[str, str]:
    changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _COUNTED)
    rated = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in _RATED)
    old, new = (f"{_MARK}VALUES ({_MONTH.format(row=row)}, 0);" for row in ("OLD", "NEW"))
    of_old, of_new = (
        f"{_MARK}SELECT {_MONTH.format(row='p')}, 0 FROM store_promise p WHERE p.order_id = {row}.order_id;"  # noqa: S608  our own words
        for row in ("OLD", "NEW")
    )
    of_promises = {
        "insert": ("AFTER INSERT", "", new),
        "update": (f"AFTER UPDATE OF {', '.join(_COUNTED)}", f"WHEN {changed} ", f"{old} {new}"),
        "delete": ("AFTER DELETE", "", old),
    }
    of_ratings = {
        "insert": ("AFTER INSERT", "", of_new),
        "update": (f"AFTER UPDATE OF {', '.join(_RATED)}", f"WHEN {rated} ", f"{of_old} {of_new}"),
        "delete": ("AFTER DELETE", "", of_old),
    }
    return {
        f"{noun}_month_{verb}": (
            f"CREATE TRIGGER IF NOT EXISTS {noun}_month_{verb} {when} ON store_{noun} {condition}BEGIN {does} END"
        )
        for noun, triggers in (("promise", of_promises), ("rating", of_ratings))
        for verb, (when, condition, does) in triggers.items()
    }


# Of rows before and after a change PostgreSQL knows no numbers: joined, a thousand of each may become a million pairs.
_MARKED = """
CREATE OR REPLACE FUNCTION {noun}_months_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint FROM new_rows n {join_new}
      ON CONFLICT DO NOTHING;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint FROM old_rows n {join_new}
      ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO store_stalemonth (month, xact)
      SELECT DISTINCT date_trunc('month', {day})::date, pg_current_xact_id()::text::bigint
      FROM (
        (SELECT {counted} FROM new_rows EXCEPT SELECT {counted} FROM old_rows)
        UNION ALL
        (SELECT {counted} FROM old_rows EXCEPT SELECT {counted} FROM new_rows)
      ) n {join_new}
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


def _postgres() -> list[str]:
    statements = []
    for noun, columns, day, join in (
        ("promise", _COUNTED, "n.promised_on", ""),
        ("rating", _RATED, "p.promised_on", "JOIN store_promise p ON p.order_id = n.order_id"),
    ):
        counted = ", ".join(("id", *columns))
        statements.append(_MARKED.format(noun=noun, day=day, join_new=join, counted=counted))
        for verb, tables in _TRANSITIONS.items():
            name = f"{noun}_month_{verb}"
            statements.append(f"DROP TRIGGER IF EXISTS {name} ON store_{noun}")
            statements.append(
                f"CREATE TRIGGER {name} AFTER {verb.upper()} ON store_{noun} {tables} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {noun}_months_stale()"
            )
    return statements


def watch_months(connection: BaseDatabaseWrapper) -> None:
    """Mark months as stale from here on, and all that have promises now."""
    with connection.cursor() as cursor:
        for statement in _sqlite().values() if connection.vendor == "sqlite" else _postgres():
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
        for name in _sqlite():
            noun = name.partition("_")[0]
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
    return [name for name in _sqlite() if name not in there]
