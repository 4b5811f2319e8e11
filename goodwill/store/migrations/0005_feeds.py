import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0004_running'),
    ]

    operations = [
        migrations.CreateModel(
            name='AllowedHost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=253, unique=True)),
                ('created_at', models.DateTimeField()),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['host'],
            },
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('kind', models.CharField(choices=[('folder', 'folder'), ('url', 'url')], max_length=8)),
                ('place', models.CharField(max_length=2000)),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('options', models.JSONField(blank=True, default=dict)),
                ('every_minutes', models.PositiveIntegerField(blank=True, null=True)),
                ('daily_at', models.CharField(blank=True, max_length=5)),
                ('moves_files', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField()),
                ('paused_reason', models.CharField(blank=True, max_length=16)),
                ('wakes_at', models.DateTimeField(blank=True, null=True)),
                ('looks', models.PositiveIntegerField(default=0)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('looked_at', models.DateTimeField(blank=True, null=True)),
                ('result', models.CharField(blank=True, max_length=24)),
                ('detail', models.CharField(blank=True, max_length=255)),
                ('access', models.CharField(blank=True, max_length=8)),
                ('access_user', models.CharField(blank=True, max_length=120)),
                ('secret', models.CharField(blank=True, max_length=2000)),
                ('etag', models.CharField(blank=True, max_length=500)),
                ('last_modified', models.CharField(blank=True, max_length=100)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='feeds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name', 'id'],
            },
        ),
        migrations.CreateModel(
            name='FeedFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=255)),
                ('size', models.BigIntegerField(default=0)),
                ('mtime_ns', models.BigIntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('state', models.CharField(choices=[('growing', 'growing'), ('taken', 'taken'), ('imported', 'imported'), ('seen_already', 'seen_already'), ('empty', 'empty'), ('unreadable', 'unreadable'), ('a_link', 'a_link'), ('not_a_table', 'not_a_table'), ('refused', 'refused'), ('vanished', 'vanished')], max_length=16)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('path', models.CharField(blank=True, max_length=1000)),
                ('moved_to', models.CharField(blank=True, max_length=8)),
                ('is_current', models.BooleanField(default=True)),
                ('feed', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='store.feed')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='feed_files', to='store.import')),
                ('same_as', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='store.feedfile')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddIndex(
            model_name='feed',
            index=models.Index(condition=models.Q(('wakes_at__isnull', False)), fields=['wakes_at', 'id'], name='feed_waking'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['folder', 'url'])), name='feed_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='feed',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('daily_at', ''), ('every_minutes__isnull', False)), models.Q(('every_minutes__isnull', True), models.Q(('daily_at', ''), _negated=True)), _connector='OR'), name='feed_rhythm_is_one'),
        ),
        migrations.AddConstraint(
            model_name='feedfile',
            constraint=models.UniqueConstraint(condition=models.Q(('sha256', ''), _negated=True), fields=('feed', 'sha256'), name='feed_content_once'),
        ),
        migrations.AddConstraint(
            model_name='feedfile',
            constraint=models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('feed', 'name'), name='feed_name_once'),
        ),
    ]
