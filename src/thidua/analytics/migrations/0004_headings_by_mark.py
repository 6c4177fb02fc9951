"""What headings meant is remembered by their marks, no longer by their texts."""

import hashlib

from django.db import migrations


def mark(apps, schema_editor):
    for known in apps.get_model("analytics", "KnownHeadings").objects.all():
        known.columns = {hashlib.sha256(key.encode()).hexdigest(): column for key, column in known.columns.items()}
        known.save()


class Migration(migrations.Migration):
    dependencies = [("analytics", "0003_batch_key")]
    operations = [migrations.RunPython(mark)]
