"""The function that seals serves its own table alone, waits for a bounded time, and nobody may hang it elsewhere.

It has the rights of the tables' owner. Until now whoever could make a table could hang it there, and let a type of his
own decide which functions it called with those rights. Now it refuses every other table and reads the row itself, by its
number; functions of the trail are called by who may read it, or by nobody; and nobody but the owner makes tables,
temporary ones included, or anything else in this database.
"""

from django.db import migrations

SQL = """
create or replace function ledger_seal() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp set lock_timeout = '15s' as $$
declare
    last_n bigint;
    last_hash text;
begin
    if tg_relid is distinct from '{literal}.ledger_entry'::regclass then
        raise exception 'Only rows of the trail are sealed: % is refused.', tg_relid::regclass;
    end if;
    perform pg_advisory_xact_lock(7421);
    select s.n, s.hash into last_n, last_hash from {schema}.ledger_seal s order by s.n desc limit 1;
    insert into {schema}.ledger_seal (n, entry_id, way, hash)
        select coalesce(last_n, 0) + 1, e.id, 2,
               {schema}.ledger_link(2, coalesce(last_n, 0) + 1, coalesce(last_hash, ''), {schema}.ledger_body(2, e))
          from {schema}.ledger_entry e where e.id = new.id;
    return null;
end $$;

-- Takes from everybody but the owner what is more than reading the trail and adding rows; safe to repeat.
create or replace function ledger_guard() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    found record;
    trail constant regclass := '{literal}.ledger_entry';
    place constant regnamespace := '{literal}';
    parts constant text[] := array['ledger_part', 'ledger_fields', 'ledger_digest', 'ledger_body', 'ledger_link'];
begin
    for found in
        with kept (name, rights) as (values ('ledger_entry', array['SELECT', 'INSERT']),
                                            ('ledger_seal', array['SELECT']),
                                            ('ledger_entry_id_seq', array['SELECT', 'USAGE']),
                                            ('django_migrations', array['SELECT'])),
             held as (
                 select c.oid, c.relname, c.relkind, c.relowner, '' as columns, a.grantee, a.privilege_type
                   from pg_class c, aclexplode(c.relacl) a
                 union all
                 select c.oid, c.relname, c.relkind, c.relowner, format('(%I)', t.attname), a.grantee, a.privilege_type
                   from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
             )
        select held.*, coalesce(quote_ident(r.rolname), 'public') as who
          from held join kept on kept.name = held.relname left join pg_roles r on r.oid = held.grantee
         where held.oid = to_regclass(format('%I.%I', '{name}', held.relname))
           and held.grantee <> held.relowner and not held.privilege_type = any (kept.rights)
    loop
        execute format('revoke %s %s on %s %I.%I from %s cascade', found.privilege_type, found.columns,
                       case found.relkind when 'S' then 'sequence' else 'table' end, '{name}', found.relname, found.who);
    end loop;
    -- The parts of the chain are called by who may read the trail; triggers and this function by nobody else.
    for found in
        with readers as (
            select a.grantee from pg_class c, aclexplode(c.relacl) a
             where c.oid = trail and a.privilege_type = 'SELECT' and a.grantee <> c.relowner
        ), ours as (
            select p.oid, p.oid::regprocedure as name, p.proowner, p.proname = any (parts) as is_part,
                   coalesce(p.proacl, acldefault('f', p.proowner)) as rights
              from pg_proc p where p.pronamespace = place and p.proname ^@ 'ledger_'
        ), held as (
            select ours.name, a.grantee from ours, aclexplode(ours.rights) a where a.grantee <> ours.proowner
        ), wanted as (
            select ours.name, readers.grantee from ours, readers where ours.is_part
        )
        select changes.*, coalesce(quote_ident(r.rolname), 'public') as who
          from (select 'revoke' as verb, 'from' as word, held.* from held
                 where (held.name, held.grantee) not in (select name, grantee from wanted)
                 union all
                select 'grant', 'to', wanted.* from wanted
                 where (wanted.name, wanted.grantee) not in (select name, grantee from held)) changes
          left join pg_roles r on r.oid = changes.grantee
    loop
        execute format('%s execute on function %s %s %s', found.verb, found.name, found.word, found.who);
    end loop;
    -- Who makes nothing here hangs nothing on what there is. Of what is another's (as the schema before version 15) the
    -- statements of `thidua roles` take it.
    for found in
        with held as (
            select format('database %I', d.datname) as what, d.datdba as owner, a.*
              from pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
             where d.datname = current_database() and a.privilege_type in ('TEMPORARY', 'CREATE')
            union all
            select format('schema %I', n.nspname), n.nspowner, a.*
              from pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
             where n.oid = place and a.privilege_type = 'CREATE'
        )
        select held.*, coalesce(quote_ident(r.rolname), 'public') as who
          from held join pg_class c on c.oid = trail left join pg_roles r on r.oid = held.grantee
         where held.grantee not in (held.owner, c.relowner) and pg_has_role(held.owner, 'USAGE')
    loop
        execute format('revoke %s on %s from %s cascade', found.privilege_type, found.what, found.who);
    end loop;
end $$;
select ledger_guard();
"""


def shut(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select current_schema(), quote_ident(current_schema())")
        name, schema = cursor.fetchone()
        sql = SQL.replace("{schema}", schema).replace("{literal}", schema.replace("'", "''"))
        cursor.execute(sql.replace("{name}", name.replace("'", "''")))


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_failed_jobs_say_their_sort")]
    # The former version works with these too.
    operations = [migrations.RunPython(shut, migrations.RunPython.noop)]
