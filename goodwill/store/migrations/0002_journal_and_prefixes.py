"""What Django cannot say of the rows: the journal is append-only, and prefixes are compared by code point."""

from django.db import migrations

from goodwill.store.triggers import close_journal, open_journal

PREFIXED = (("store_searchword", "word", 40), ("store_order", "number", 64), ("store_customer", "sort_name", 200))


def close(apps, editor):
    close_journal(editor.connection)


def open_(apps, editor):
    open_journal(editor.connection)


def compare_by_code_point(apps, editor):
    """PostgreSQL sorts by the cluster's language, where a range of words is no prefix; SQLite goes by code point."""
    if editor.connection.vendor == "postgresql":
        for table, column, length in PREFIXED:
            editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar({length}) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("store", "0001_rows")]
    operations = [
        migrations.RunPython(close, open_, elidable=False),
        migrations.RunPython(compare_by_code_point, migrations.RunPython.noop),
    ]
