import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("apologies", "0003_run_of_campaign")]
    operations = [
        migrations.AlterField(
            "run", "campaign",
            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="campaigns.campaign"),
        ),
        migrations.AlterField("run", "year", models.PositiveSmallIntegerField(verbose_name="year")),
    ]
