"""What an account is recovered by is the last address that settled: rows that wait from before say so too."""

from itertools import groupby

from django.db import migrations
from django.db.models import Count
from django.utils import timezone


def align(apps, schema_editor):
    """Of each account in which something waits: back to the first change after the last one that settled in peace."""
    changes = apps.get_model("people", "AddressChange").objects.filter(ended_at=None).order_by("person", "pk")
    for _person, rows in groupby(changes, key=lambda change: change.person_id):
        chain = []
        for change in rows:
            chain = [*chain, change] if chain and chain[-1].settles_at > change.at else [change]
        if chain[-1].settles_at > timezone.now():
            same = changes.filter(pk__in=[change.pk for change in chain])
            same.update(before=chain[0].before, settles_at=chain[-1].settles_at)


def keep_one_identity(apps, schema_editor):
    """Where several of one provider sign in to an account nobody knows which is the owner's: each attaches anew by the
    address that counts."""
    identities = apps.get_model("socialaccount", "SocialAccount").objects.all()
    several = identities.order_by().values("user", "provider").annotate(times=Count("pk")).filter(times__gt=1)
    for each in several:
        identities.filter(user=each["user"], provider=each["provider"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0005_delegation_revoked"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [
        migrations.RunPython(align, migrations.RunPython.noop),
        migrations.RunPython(keep_one_identity, migrations.RunPython.noop),
    ]
