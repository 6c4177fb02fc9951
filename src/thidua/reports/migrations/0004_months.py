from django.db import migrations, models


def remove_results(apps, schema_editor):
    """Results are counted from batches, which stay: the worker counts them again, now by month too."""
    apps.get_model("reports", "Result").objects.all().delete()


class Migration(migrations.Migration):

    says = "Figures from records are counted again by the worker, now by month; until then their pages say so."

    dependencies = [
        ("reports", "0003_results"),
    ]

    operations = [
        migrations.RunPython(remove_results, migrations.RunPython.noop),
        migrations.AddField(
            model_name="result",
            name="months",
            field=models.JSONField(default=dict, verbose_name="by month"),
        ),
    ]
