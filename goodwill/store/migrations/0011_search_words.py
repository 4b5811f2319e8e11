"""A search word is its word and its customer: no number of its own, and on SQLite one tree instead of two."""

import django.db.models.fields.composite
from django.db import migrations

_SQLITE = (
    'CREATE TABLE "search_word_anew" ("word" varchar(40) NOT NULL, "customer_id" bigint NOT NULL '
    'REFERENCES "store_customer" ("id") DEFERRABLE INITIALLY DEFERRED, '
    'PRIMARY KEY ("word", "customer_id")) WITHOUT ROWID',
    'INSERT INTO "search_word_anew" SELECT "word", "customer_id" FROM "store_searchword" ORDER BY 1, 2',
    'DROP TABLE "store_searchword"',
    'ALTER TABLE "search_word_anew" RENAME TO "store_searchword"',
    'CREATE INDEX "store_searchword_customer_id_54ff1b7f" ON "store_searchword" ("customer_id")',
)
_POSTGRES = (
    'ALTER TABLE "store_searchword" DROP CONSTRAINT "store_searchword_pkey"',
    'ALTER TABLE "store_searchword" DROP CONSTRAINT "search_word_once"',
    'ALTER TABLE "store_searchword" DROP COLUMN "id"',
    'ALTER TABLE "store_searchword" ADD CONSTRAINT "store_searchword_pkey" PRIMARY KEY ("word", "customer_id")',
)


def make_anew(apps, editor):
    for statement in _SQLITE if editor.connection.vendor == "sqlite" else _POSTGRES:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("store", "0010_findings")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(make_anew, elidable=False)],
            state_operations=[
                migrations.RemoveConstraint("SearchWord", "search_word_once"),
                migrations.RemoveField("SearchWord", "id"),
                migrations.AddField(
                    "SearchWord",
                    "pk",
                    django.db.models.fields.composite.CompositePrimaryKey(
                        "word", "customer_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        )
    ]
