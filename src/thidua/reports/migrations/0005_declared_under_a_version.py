"""A figure and a personal result keep the version of the plan that they were declared under."""

import django.db.models.deletion
from django.db import migrations, models

# The version that was in force then; of what is older than all of them, the first.
FILL = """
update {table} t set version_id = coalesce(
    (select v.id from campaigns_planversion v
      where v.campaign_id = t.campaign_id and v.published_at <= t.{moment} order by v.number desc limit 1),
    (select v.id from campaigns_planversion v
      where v.campaign_id = t.campaign_id and v.published_at is not null order by v.number limit 1));
"""
TABLES = (("figure", "declared_at"), ("personalresult", "recorded_at"))


def version(**more):
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="campaigns.planversion", **more
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_facts_of_obligations"), ("reports", "0004_months")]
    operations = [
        *(migrations.AddField(model, "version", version(null=True)) for model, _moment in TABLES),
        *(
            migrations.RunSQL(FILL.format(table=f"reports_{model}", moment=moment), migrations.RunSQL.noop)
            for model, moment in TABLES
        ),
        *(migrations.AlterField(model, "version", version()) for model, _moment in TABLES),
    ]
