"""A milestone is found by its name in the answers; those of before are named by their place."""

from django.db import migrations, models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat


def name_by_place(apps, schema_editor):
    place = Cast(F("position") + 1, models.CharField())
    apps.get_model("dossiers", "Milestone").objects.update(key=Concat(Value("m"), place))


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0001_initial")]
    operations = [
        migrations.AddField(
            "milestone", "key", models.CharField(default="", max_length=12, verbose_name="name in the answers"),
            preserve_default=False,
        ),
        migrations.RunPython(name_by_place, migrations.RunPython.noop),
        migrations.RemoveConstraint("milestone", "milestone_position_once"),
        migrations.AddConstraint(
            "milestone", models.UniqueConstraint(fields=["dossier", "key"], name="milestone_once")
        ),
    ]
