from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0006_waiting_addresses")]
    operations = [
        migrations.AddField(
            "letter", "about", models.CharField(blank=True, default="", max_length=120, verbose_name="campaign"),
            preserve_default=False,
        ),
    ]
