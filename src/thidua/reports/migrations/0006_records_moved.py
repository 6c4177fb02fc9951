"""Figures keep when the records behind them last changed."""

from django.db import migrations, models

FILL = """
update reports_figure f set records_moved_at = moved.at
from (
  select r.campaign_id, r.criterion, r.unit_id, r.year, max(greatest(b.imported_at, b.withdrawn_at)) as at
  from reports_result r join analytics_batch b on b.id = r.batch_id
  group by r.campaign_id, r.criterion, r.unit_id, r.year
) moved
where (f.campaign_id, f.criterion, f.unit_id, f.year)
    = (moved.campaign_id, moved.criterion, moved.unit_id, moved.year)
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_declared_under_a_version")]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="records_moved_at",
            field=models.DateTimeField(null=True, verbose_name="records changed at"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
