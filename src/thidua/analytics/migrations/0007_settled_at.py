"""What was settled before says when, as nearly as is known; a delivery has the states that the API names."""

from django.db import migrations, models
from django.db.models import F


def settle(apps, schema_editor):
    waiting = ["waiting", "reading"]
    apps.get_model("analytics", "Upload").objects.exclude(state__in=waiting).update(settled_at=F("asked_at"))
    settled = apps.get_model("analytics", "Delivery").objects.exclude(state__in=waiting)
    settled.filter(outcome__has_key="problems").update(state="done", settled_at=F("sent_at"))
    settled.exclude(outcome__has_key="problems").update(state="failed", settled_at=F("sent_at"))


class Migration(migrations.Migration):
    dependencies = [("analytics", "0006_deliveries")]

    operations = [
        migrations.AddField("upload", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField("delivery", "settled_at", models.DateTimeField(null=True)),
        migrations.AlterField("delivery", "state", models.CharField(max_length=10, default="waiting")),
        migrations.RunPython(settle, migrations.RunPython.noop),
    ]
