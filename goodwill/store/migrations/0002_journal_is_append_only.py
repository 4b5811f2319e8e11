"""The database itself refuses to alter the journal."""

from django.db import migrations

from goodwill.store.triggers import close_journal, open_journal


def close(apps, editor):
    close_journal(editor.connection)


def open_(apps, editor):
    open_journal(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_rows")]
    operations = [migrations.RunPython(close, open_, elidable=False)]
