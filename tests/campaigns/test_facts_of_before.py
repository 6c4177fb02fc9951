"""An installation of before is brought up: obligations get their version and history, figures their version."""

import json

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from tests.ledger.test_upgrade import database

BEFORE = [("campaigns", "0003_triggers_are_shut"), ("reports", "0004_months"), ("ledger", "0009_functions_are_shut")]
AFTER = [("campaigns", "0004_facts_of_obligations"), ("reports", "0005_declared_under_a_version")]
MADE = """
insert into people_person (username, password, full_name, title, email, phone, is_active, must_change_password,
        is_sample, joined_at, sort_key, folded)
     values ('binh', '', 'Bình', '', '', '', true, false, true, now(), 'binh', 'binh');
insert into people_unit (code, name, short_name, kind, is_public, path, place, email, phone, starts_on, is_sample,
        sort_key, folded)
     values ('a', 'A', '', 'school', true, '/a/', '', '', '', '2000-01-01', true, 'a', 'a');
insert into campaigns_campaign (code, name, short_name, first_year, last_year, is_sample)
     values ('c', 'C', 'C', 2023, 2025, false);
insert into campaigns_planversion (campaign_id, number, source, data, sha256, loaded_at, published_at, published_by_id)
     select c.id, n, '', jsonb_build_object('obligations', jsonb_build_array(
                jsonb_build_object('id', 'old'), jsonb_build_object('id', case n when 1 then 'gone' else 'new' end))),
            repeat(n::text, 64), now(), timestamptz '2023-01-01' + n * interval '1 month', p.id
       from campaigns_campaign c, people_person p, generate_series(1, 2) n;
update campaigns_campaign set current_id = (select id from campaigns_planversion where number = 2);
insert into campaigns_obligation (campaign_id, key, kind, year, unit_id, criterion, opens_on, due_at, at_least,
        standing, excused, reason, extended_to, approved_by_id)
     select c.id, key, 'figure', 2023, u.id, '', '2023-01-01', '2023-08-25', 1, 'none', key = 'gone',
            case when key = 'new' then '' else 'Lý do' end, case when key = 'old' then date '2023-09-25' end,
            case when key <> 'new' then p.id end
       from campaigns_campaign c, people_unit u, people_person p, unnest(array['old', 'gone', 'new']) key;
insert into reports_figure (campaign_id, year, unit_id, criterion, scope, nothing_arose, explanation, declared_at,
        declared_by_id, check_note)
     select c.id, 2023, u.id, scope, scope, false, '', moment::timestamptz, p.id, ''
       from campaigns_campaign c, people_unit u, people_person p,
            (values ('early', '2023-01-15'), ('first', '2023-02-15'), ('second', '2023-04-15')) as f (scope, moment);
"""


@pytest.mark.slow
def test_what_stood_is_told_from_now_on(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), database(f"{connections['default'].settings_dict['NAME']}_facts") as link:
        MigrationExecutor(link).migrate(BEFORE)
        with link.cursor() as cursor:
            cursor.execute(MADE)
        MigrationExecutor(link).migrate(AFTER)
        with link.cursor() as cursor:
            cursor.execute(
                "select o.key, v.number, array_agg(f.kind || coalesce(' ' || nullif(f.reason, ''), '') order by f.id)"
                "  from campaigns_obligation o join campaigns_planversion v on v.id = o.version_id"
                "  join campaigns_fact f on f.obligation_id = o.id group by 1, 2 order by 1"
            )
            found = json.loads(json.dumps(cursor.fetchall()))
            cursor.execute(
                "select f.scope, v.number from reports_figure f join campaigns_planversion v on v.id = f.version_id"
            )
            figures = dict(cursor.fetchall())
    assert found == [["gone", 1, ["new", "excused Lý do"]], ["new", 2, ["new"]], ["old", 1, ["new", "extended Lý do"]]]
    assert figures == {"early": 1, "first": 1, "second": 2}
