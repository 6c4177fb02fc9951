"""What the two triggers call is fixed when they are made, and nobody hangs them elsewhere."""

from django.db import migrations

SQL = """
alter function plan_version_is_final() set search_path = pg_catalog, pg_temp;
alter function due_never_moves() set search_path = pg_catalog, pg_temp;
revoke execute on function plan_version_is_final(), due_never_moves() from public;
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_published_is_final")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
