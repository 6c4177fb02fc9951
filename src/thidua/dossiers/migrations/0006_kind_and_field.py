"""Kind and field of a registration are columns: which question asks for them is the plan's to say."""

from django.db import migrations, models

# Plans of before asked for them under these names, in every form.
FILL = """
    update dossiers_dossier
       set initiative_kind = left(coalesce(answers ->> 'kind', ''), 80), field = left(coalesce(answers ->> 'field', ''), 80)
     where answers ?| array['kind', 'field']
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_as_what_it_was_saved")]

    operations = [
        migrations.AddField(
            "dossier",
            "initiative_kind",
            models.CharField(blank=True, default="", max_length=80, verbose_name="kind of registration"),
            preserve_default=False,
        ),
        migrations.AddField(
            "dossier",
            "field",
            models.CharField(blank=True, default="", max_length=80, verbose_name="field"),
            preserve_default=False,
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
