"""A version that changes too much for a page to wait is published by the worker."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0004_facts_of_obligations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publishing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('prepared', 'Being written'), ('ready', 'Ready'), ('failed', 'Could not be written')], default='prepared', max_length=10, verbose_name='state')),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('failure', models.TextField(blank=True)),
                ('asked_at', models.DateTimeField(verbose_name='asked for at')),
                ('completed_at', models.DateTimeField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publishings', to='campaigns.planversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'prepared')), fields=('version',), name='version_is_published_by_one_job')],
            },
        ),
    ]
