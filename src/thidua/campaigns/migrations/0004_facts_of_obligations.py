"""An obligation knows the version that set its due date, and its history stands beside it, append-only.

Obligations of before were made by the first version that asks for them, and none moved since.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from thidua.core.obligations import FactKind
from thidua.people.models import choices

FILL = """
with asked as (
    select distinct on (v.campaign_id, planned ->> 'id') v.campaign_id, planned ->> 'id' as key, v.id
      from campaigns_planversion v cross join jsonb_array_elements(v.data -> 'obligations') planned
     where v.published_at is not null
     order by v.campaign_id, planned ->> 'id', v.number)
update campaigns_obligation o set version_id = asked.id
  from asked where asked.campaign_id = o.campaign_id and asked.key = o.key;

update campaigns_obligation o set version_id = c.current_id
  from campaigns_campaign c where c.id = o.campaign_id and o.version_id is null;

insert into campaigns_fact (obligation_id, kind, version_id, due_at, reason, at, by_id)
select o.id, 'new', v.id, o.due_at, '', v.published_at, v.published_by_id
  from campaigns_obligation o join campaigns_planversion v on v.id = o.version_id;

insert into campaigns_fact (obligation_id, kind, due_at, extended_to, reason, at, by_id)
select o.id, acted.kind, o.due_at, case acted.kind when 'extended' then o.extended_to end,
       coalesce(nullif(o.reason, ''), '–'), coalesce(told.at, now()), o.approved_by_id
  from campaigns_obligation o
 cross join (values ('extended', 'campaigns.extend'), ('excused', 'campaigns.excuse')) as acted (kind, verb)
  left join lateral (select max(e.at) as at from ledger_entry e
      where e.verb = acted.verb and e.thing_type = 'campaigns.obligation' and e.thing_id = o.id::text) told on true
 where (acted.kind = 'extended' and o.extended_to is not null) or (acted.kind = 'excused' and o.excused);
"""
SQL = """
create or replace function due_never_moves() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if new.due_at is distinct from old.due_at and new.version_id = old.version_id and old.dropped_in is null then
        raise exception 'The due date of an obligation moves with the version of the plan alone; record an extension.';
    end if;
    return new;
end $$;

create function fact_is_final() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'What is told of an obligation is never changed.';
end $$;
create trigger is_final before update or delete on campaigns_fact for each row execute function fact_is_final();
revoke execute on function due_never_moves(), fact_is_final() from public;
"""
UNDO = """
drop trigger is_final on campaigns_fact;
drop function fact_is_final();
create or replace function due_never_moves() returns trigger language plpgsql
    set search_path = pg_catalog, pg_temp as $$
begin
    if new.due_at is distinct from old.due_at then
        raise exception 'The due date of an obligation never moves; record an extension.';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_triggers_are_shut"),
        ("ledger", "0009_functions_are_shut"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            "obligation",
            "version",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.planversion",
            ),
        ),
        migrations.AddField(
            "obligation",
            "dropped_in",
            models.PositiveSmallIntegerField(null=True, verbose_name="no longer asked from version"),
        ),
        migrations.CreateModel(
            "Fact",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=choices(FactKind), max_length=20)),
                ("due_before", models.DateTimeField(null=True, verbose_name="due until then")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("extended_to", models.DateTimeField(null=True, verbose_name="extended to")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "obligation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="campaigns.obligation"
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="facts",
                        to="campaigns.planversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("version__isnull", False), models.Q(("reason", ""), _negated=True), _connector="OR"),
                        name="act_by_hand_has_a_reason",
                    )
                ]
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            "obligation",
            "version",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="campaigns.planversion",
            ),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
