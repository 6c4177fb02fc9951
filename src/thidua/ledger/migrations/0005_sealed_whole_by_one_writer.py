"""Sealed whole, and by one writer.

Until now fields were joined by a sign, so that an empty ``by_id`` let its neighbour move into its place, the folded text
was not sealed, and whoever could write rows could write seals too. From here on (way 2) every field stands behind its
length, an empty one apart from none; seals are written by one function with the rights of the tables' owner, which names
everything by its schema; nobody else may do more than read the trail and add rows to it.

Rows sealed before (way 1) stay valid below a marked row, "ledger.change_way", which holds their number, the head of
their chain and the digest of all of them in the new way: from here on they are as safe as the new ones. There is no way
back: the former version could not read these seals.
"""

from django.db import migrations, models

from thidua.core.vietnamese import fold

# Functions with a body that is read once, when they are made, mean the same tables and functions for ever.
SQL = """
create function ledger_part(value text) returns text language sql immutable parallel safe
return coalesce(octet_length(value)::text || ':' || value, '-') || ',';

create function ledger_fields(e ledger_entry) returns text language sql stable parallel safe
return ledger_part(e.id::text) || ledger_part(extract(epoch from e.at)::text) || ledger_part(e.by_id::text)
    || ledger_part(e.by_name) || ledger_part(e.acting_as) || ledger_part(e.verb) || ledger_part(e.thing_type)
    || ledger_part(e.thing_id) || ledger_part(e.thing_label) || ledger_part(e.unit_id::text)
    || ledger_part(e.before::text) || ledger_part(e.after::text) || ledger_part(e.note) || ledger_part(e.folded);

create function ledger_digest(e ledger_entry) returns bytea language sql stable parallel safe
return sha256(convert_to(ledger_fields(e), 'UTF8'));

create function ledger_body(way integer, e ledger_entry) returns text language sql stable parallel safe
return case when way = 1 then concat_ws(E'\\x1f', e.id, extract(epoch from e.at), e.by_id, e.by_name, e.acting_as, e.verb,
                                        e.thing_type, e.thing_id, e.thing_label, e.unit_id, e.before::text,
                                        e.after::text, e.note)
            else encode(ledger_digest(e), 'hex') end;

-- The body stands last, once, so that the planner can put this in line: a million rows are verified in half the time.
create function ledger_link(way integer, n bigint, previous text, body text) returns text
language sql stable parallel safe
return encode(sha256(convert_to(
    case when way = 1 then previous else ledger_part(way::text) || ledger_part(n::text) || ledger_part(previous) end
    || body, 'UTF8')), 'hex');

create or replace function ledger_seal() returns trigger language plpgsql
security definer set search_path = pg_catalog, pg_temp as $$
declare
    last_n bigint;
    last_hash text;
begin
    perform pg_advisory_xact_lock(7421);
    select s.n, s.hash into last_n, last_hash from {schema}.ledger_seal s order by s.n desc limit 1;
    insert into {schema}.ledger_seal (n, entry_id, way, hash) values (
        coalesce(last_n, 0) + 1, new.id, 2,
        {schema}.ledger_link(2, coalesce(last_n, 0) + 1, coalesce(last_hash, ''), {schema}.ledger_body(2, new)));
    return null;
end $$;

create or replace function ledger_refuse() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    raise exception 'The trail is append-only: % on % is refused.', tg_op, tg_table_name;
end $$;

drop function ledger_text(ledger_entry);

-- Where one role owns and runs everything, this alone stands before a seal that somebody else writes.
create function ledger_only_sealed() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
    if pg_trigger_depth() < 2 then
        raise exception 'Only the database seals a row: % on % is refused.', tg_op, tg_table_name;
    end if;
    return null;
end $$;
create trigger only_sealed before insert on ledger_seal
    for each statement execute function ledger_only_sealed();

-- Takes from everybody but the owner what is more than reading the trail and adding rows; safe to repeat.
create function ledger_guard() returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    found record;
begin
    for found in
        with kept (name, rights) as (values ('ledger_entry', array['SELECT', 'INSERT']),
                                            ('ledger_seal', array['SELECT']),
                                            ('ledger_entry_id_seq', array['SELECT', 'USAGE'])),
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
end $$;
select ledger_guard();
"""

# The digest of all rows that were sealed in the first way, in their order.
MARK = """
insert into ledger_entry (at, by_id, by_name, acting_as, verb, thing_type, thing_id, thing_label, unit_id,
                          before, after, note, folded)
select now(), null, 'thidua', '', 'ledger.change_way', 'ledger.seal', max(s.n)::text, '1–' || max(s.n), null,
       '{}', jsonb_build_object(
           'way', 2, 'rows', max(s.n), 'head', (select hash from ledger_seal order by n desc limit 1),
           'digest', encode(sha256(string_agg(ledger_digest(e), ''::bytea order by s.n)), 'hex')),
       '', %s
  from ledger_seal s left join ledger_entry e on e.id = s.entry_id
having count(*) > 0
"""


def change_way(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select current_schema(), quote_ident(current_schema())")
        name, schema = cursor.fetchone()
        cursor.execute(SQL.replace("{schema}", schema).replace("{name}", name.replace("'", "''")))
        cursor.execute("select coalesce(max(n), 0) from ledger_seal")
        cursor.execute(MARK, [fold(f"thidua 1–{cursor.fetchone()[0]} ")])
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_limits")]
    operations = [
        migrations.AddField("seal", "way", models.SmallIntegerField(default=1), preserve_default=False),
        migrations.RunPython(change_way),
    ]
