"""A run says of which campaign and year its letters are; until now it was the first campaign of the year."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
update apologies_run r
   set year = found.year,
       campaign_id = (select c.id from campaigns_campaign c
                       where c.current_id is not null and found.year between c.first_year and c.last_year
                       order by c.id limit 1)
  from (select l.run_id, min(b.period)::int as year from apologies_letter l join analytics_batch b on b.id = l.batch_id
         group by l.run_id) found
 where found.run_id = r.id
"""


class Migration(migrations.Migration):
    dependencies = [("apologies", "0002_run_asked_at"), ("campaigns", "0001_initial")]
    operations = [
        migrations.AddField(
            "run", "campaign",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="campaigns.campaign"),
        ),
        migrations.AddField("run", "year", models.PositiveSmallIntegerField(null=True, verbose_name="year")),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
