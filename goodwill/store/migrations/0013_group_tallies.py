"""Months are counted ahead by category, seller, carrier and region, too, with how early was warned."""

from django.db import migrations, models
from django.db.models import Q

from goodwill.store.month_triggers import watch_months


def watch(apps, editor):
    watch_months(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("store", "0012_month_triggers")]
    operations = [
        # Derived: the worker counts every month anew.
        migrations.DeleteModel("MonthTally"),
        migrations.CreateModel(
            name="MonthTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("rule", models.CharField(max_length=12)),
                ("grouping", models.CharField(max_length=12)),
                ("key", models.CharField(max_length=80)),
                ("site_id", models.BigIntegerField(null=True)),
                ("reading", models.CharField(max_length=20)),
                ("scale", models.PositiveSmallIntegerField(default=0)),
                ("n", models.PositiveIntegerField()),
                ("total", models.BigIntegerField(default=0)),
                ("leads", models.BinaryField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["rule", "grouping", "month"], name="month_tally_by_rule")],
            },
        ),
        *(
            operation
            for owner in ("person", "unit")
            for operation in (
                migrations.RemoveIndex("promise", f"promise_of_{owner}"),
                migrations.AddIndex(
                    "promise",
                    models.Index(
                        fields=[owner, "site"], name=f"promise_of_{owner}", condition=Q((f"{owner}__isnull", False))
                    ),
                ),
            )
        ),
        migrations.RunPython(watch, migrations.RunPython.noop, elidable=False),
    ]
