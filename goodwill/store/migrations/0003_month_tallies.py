"""Months counted ahead, and the triggers that say which of them do not hold."""
from django.db import migrations, models

from goodwill.store.month_triggers import forget_months, watch_months


def watch(apps, editor):
    watch_months(editor.connection)


def forget(apps, editor):
    forget_months(editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0002_journal_and_prefixes'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('rule', models.CharField(max_length=12)),
                ('site_id', models.BigIntegerField(null=True)),
                ('bucket', models.CharField(max_length=16)),
                ('reading', models.CharField(max_length=20)),
                ('scale', models.PositiveSmallIntegerField(default=0)),
                ('score', models.PositiveSmallIntegerField(default=0)),
                ('n', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='StaleMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('xact', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.AddIndex(
            model_name='promise',
            index=models.Index(condition=models.Q(('warned_at__isnull', False)), fields=['outcome', 'warned_at', 'due_at'], name='promise_warned'),
        ),
        migrations.AddIndex(
            model_name='monthtally',
            index=models.Index(fields=['rule', 'month'], name='month_tally_by_rule'),
        ),
        migrations.AddConstraint(
            model_name='stalemonth',
            constraint=models.UniqueConstraint(fields=('month', 'xact'), name='stale_month_once'),
        ),
        migrations.RunPython(watch, forget, elidable=False),
    ]
