"""A published version never changes and an obligation's due moment never moves; the database holds both."""

from django.db import migrations

SQL = """
create function plan_version_is_final() returns trigger language plpgsql as $$
begin
    if old.published_at is not null then
        raise exception 'A published plan version never changes.';
    end if;
    return coalesce(new, old);
end $$;
create trigger is_final before update or delete on campaigns_planversion
    for each row execute function plan_version_is_final();

create function due_never_moves() returns trigger language plpgsql as $$
begin
    if new.due_at is distinct from old.due_at then
        raise exception 'The due date of an obligation never moves; record an extension.';
    end if;
    return new;
end $$;
create trigger due_never_moves before update on campaigns_obligation
    for each row execute function due_never_moves();
"""
UNDO = """
drop trigger due_never_moves on campaigns_obligation;
drop function due_never_moves();
drop trigger is_final on campaigns_planversion;
drop function plan_version_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunSQL(SQL, UNDO)]
