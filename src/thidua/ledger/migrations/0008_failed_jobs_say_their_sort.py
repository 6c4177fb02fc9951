"""Which words are read of a fault is known where it happened; of earlier ones by the name of its class."""

from django.db import migrations, models

SORTS = {
    "OperationalError": "database",
    "InterfaceError": "database",
    "MemoryError": "memory",
    "OSError": "outside",
    "KilledTooOften": "killed",
    "TaskNotFound": "unknown",
}


def tell(apps, schema_editor):
    failed = apps.get_model("ledger", "FailedJob").objects
    for error, sort in SORTS.items():
        failed.filter(error=error).update(sort=sort)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_stored_files_are_looked_at")]

    operations = [
        migrations.AddField("failedjob", "sort", models.CharField(max_length=10, blank=True, default="")),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
