"""Addresses of numbers in reports of before said their year alone; they go on opening the campaign that they counted."""

from django.db import migrations

SAY_IT = """
update summaries_report r
   set numbers = replace(r.numbers::text, '?year=', '?campaign=' || c.code || '&year=')::jsonb
  from campaigns_campaign c
 where c.id = r.campaign_id and r.numbers::text like '%?year=%'
"""


class Migration(migrations.Migration):
    dependencies = [("summaries", "0001_initial")]
    operations = [migrations.RunSQL(SAY_IT, migrations.RunSQL.noop)]
