"""PostgreSQL compares the rows of a change as sets: breaking a thousand promises marked their month in half a second."""

from django.db import migrations

from goodwill.store.month_triggers import watch_months


def watch(apps, editor):
    if editor.connection.vendor == "postgresql":
        watch_months(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("store", "0011_search_words")]
    operations = [migrations.RunPython(watch, migrations.RunPython.noop, elidable=False)]
