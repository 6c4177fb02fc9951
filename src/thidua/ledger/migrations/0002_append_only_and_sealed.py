"""Append-only in the database itself, and sealed by the database when a transaction commits.

The seal is a deferred trigger: the advisory lock is taken only at commit, so writers never wait for one another's work.
Statement triggers refuse UPDATE, DELETE and TRUNCATE even where no row would match.
"""

from django.db import migrations

SQL = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'The trail is append-only: % on % is refused.', tg_op, tg_table_name;
end $$;

create function ledger_text(e ledger_entry) returns text language sql immutable as $$
    select concat_ws(E'\\x1f', e.id, extract(epoch from e.at), e.by_id, e.by_name, e.acting_as, e.verb, e.thing_type,
                     e.thing_id, e.thing_label, e.unit_id, e.before::text, e.after::text, e.note)
$$;

create function ledger_seal() returns trigger language plpgsql as $$
declare
    last ledger_seal;
begin
    perform pg_advisory_xact_lock(7421);
    select * into last from ledger_seal order by n desc limit 1;
    insert into ledger_seal (n, entry_id, hash) values (
        coalesce(last.n, 0) + 1, new.id,
        encode(sha256(convert_to(coalesce(last.hash, '') || ledger_text(new), 'UTF8')), 'hex'));
    return null;
end $$;

create constraint trigger seal after insert on ledger_entry
    deferrable initially deferred for each row execute function ledger_seal();
create trigger append_only before update or delete or truncate on ledger_entry
    for each statement execute function ledger_refuse();
create trigger append_only before update or delete or truncate on ledger_seal
    for each statement execute function ledger_refuse();
"""

UNDO = """
drop trigger append_only on ledger_seal;
drop trigger append_only on ledger_entry;
drop trigger seal on ledger_entry;
drop function ledger_seal();
drop function ledger_text(ledger_entry);
drop function ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
