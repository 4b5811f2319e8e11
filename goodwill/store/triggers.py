"""Triggers: the database itself refuses to alter the journal, and on PostgreSQL says who is writing it."""

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "store_journalentry"
ANNOUNCED = 1_786_411
"""The class of the advisory locks by which writers of the journal announce themselves (PostgreSQL)."""

_SQLITE = {
    f"journal_no_{verb.lower()}": (
        f"CREATE TRIGGER IF NOT EXISTS journal_no_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
    for verb in ("UPDATE", "DELETE")
}
_POSTGRES = f"""
CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
DROP TRIGGER IF EXISTS journal_no_change ON {TABLE};
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON {TABLE}
  FOR EACH ROW EXECUTE FUNCTION journal_is_append_only();
DROP TRIGGER IF EXISTS journal_no_truncate ON {TABLE};
CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON {TABLE}
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
-- Once in a transaction, before its first entry has a number: the last number that was taken then. The setting and the
-- lock end with the transaction, and with the savepoint if that is taken back.
CREATE OR REPLACE FUNCTION journal_is_written() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF coalesce(current_setting('goodwill.announced', true), '') <> 'yes' THEN
    PERFORM pg_advisory_xact_lock_shared({ANNOUNCED}, (coalesce(pg_sequence_last_value(
      pg_get_serial_sequence('{TABLE}', 'id')::regclass), 0) & 2147483647)::int);
    PERFORM set_config('goodwill.announced', 'yes', true);
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS journal_announced ON {TABLE};
CREATE TRIGGER journal_announced BEFORE INSERT ON {TABLE}
  FOR EACH STATEMENT EXECUTE FUNCTION journal_is_written();
"""


def close_journal(connection: BaseDatabaseWrapper) -> None:
    """Refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE of the journal from here on."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in _SQLITE.values():
                cursor.execute(statement)
        else:
            cursor.execute(_POSTGRES)


def open_journal(connection: BaseDatabaseWrapper) -> None:
    """Lift the refusal: only `restore` and the flush between tests may do this, and close it again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS journal_no_change ON {TABLE}")
            cursor.execute(f"DROP TRIGGER IF EXISTS journal_no_truncate ON {TABLE}")


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that should refuse changes of the journal and are not there."""
    wanted = (
        [*_SQLITE]
        if connection.vendor == "sqlite"
        else [
            *("journal_no_change", "journal_no_truncate"),
            "journal_announced",
        ]
    )
    listing = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor != "sqlite":
        listing = f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{TABLE}'::regclass AND tgenabled <> 'D'"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(listing)
        there = {row[0] for row in cursor.fetchall()}
    return [name for name in wanted if name not in there]
