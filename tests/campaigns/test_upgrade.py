"""A plan published by an earlier version of the product: what it lacks is told, and brought up when somebody asks."""

import io
import json
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from tests.core.plans import SHIPPED
from tests.fixtures import submitted

from thidua.campaigns import editions, queries
from thidua.campaigns.models import Campaign, PlanVersion
from thidua.core.plan.data import as_data
from thidua.core.plan.editions import with_measures
from thidua.core.refusals import Denied
from thidua.dossiers.models import Dossier
from thidua.ui import starting

BLOCK = """[[measures]]
id = "registers"
criterion = "registers"
dataset = "registrations"
numerator = "state in ('submitted', 'accepted')"
"""
OURS = "# Văn phòng ghi chú: giữ dòng này"


@pytest.fixture
def earlier(world):
    """As the version before left it: published without the measure, with a word of the office in it. It is made past
    the checks of today, which would not take it."""
    assert BLOCK in SHIPPED
    text = f"{OURS}\n{SHIPPED.replace(BLOCK, '')}"
    plan, _problems = queries.read_plan(SHIPPED, "cchc.toml")
    plan = replace(plan, measures=tuple(each for each in plan.measures if each.id != "registers"))
    version = PlanVersion.objects.create(
        campaign=world.campaign, number=9, source=text, data=as_data(plan), sha256="9" * 64,
        loaded_at=timezone.now(), published_at=timezone.now(),
    )  # fmt: skip
    Campaign.objects.filter(pk=world.campaign.pk).update(current=version)
    world.campaign.refresh_from_db()
    return world


def computed(criterion: str) -> list[dict]:
    out = io.StringIO()
    words = ["show", "--campaign", "cchc-2023-2025", "--year", "2023", "--criterion", criterion]
    call_command("figures", *words, json=True, stdout=out)
    return [each for each in json.loads(out.getvalue()) if each["source"] == "computed"]


def upgrade(*words: str) -> dict:
    out = io.StringIO()
    call_command("plan", "upgrade", "cchc-2023-2025", *words, json=True, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_what_is_no_longer_computed_is_told_at_init_and_as_a_sign(earlier):
    submitted(earlier)
    assert computed("registers") == []
    (sentence,) = [str(each) for each in starting.changes()]
    assert "thidua plan upgrade cchc-2023-2025" in sentence
    assert earlier.campaign.current.plan.criterion("registers").short in sentence
    (sign,) = editions.look(timezone.now())
    assert (sign.is_well, sign.count) == (False, 1)


def test_an_upgrade_computes_it_again_and_keeps_every_word_and_obligation(earlier):
    submitted(earlier)
    owed = earlier.campaign.obligations.count()
    assert upgrade("--publish") == {"campaign": "cchc-2023-2025", "version": 10, "published": True}
    earlier.campaign.refresh_from_db()
    assert {each["unit"]: each["numerator"] for each in computed("registers")}["hoa-sen"] == 1
    assert earlier.campaign.current.source.startswith(OURS)
    assert earlier.campaign.obligations.count() == owed
    assert list(starting.changes()) == []
    assert next(editions.look(timezone.now())).is_well
    with pytest.raises(Denied, match="cchc-2023-2025"):
        upgrade()


def test_without_publish_it_is_a_draft_that_changes_nothing(earlier):
    assert upgrade()["published"] is False
    earlier.campaign.refresh_from_db()
    assert earlier.campaign.current.number == 9
    assert computed("registers") == []


def test_a_plan_that_lacks_nothing_is_told_nothing(world):
    assert list(starting.changes()) == []


def test_a_migration_that_changes_figures_says_so():
    """What ``init`` prints before it runs."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    silent = [
        key
        for key, migration in migrations.items()
        if key[0] in {"reports", "campaigns"}
        and any(isinstance(each, RunPython) for each in migration.operations)
        and not getattr(migration, "says", "")
    ]
    assert not silent, f"add a line `says` to them: {silent}"


def test_blocks_are_taken_whole_with_the_tables_below_them():
    without = SHIPPED[: SHIPPED.index("[[measures]]")]
    criteria = {"dossiers-on-time", "registers"}
    text = with_measures(without, SHIPPED, criteria)
    assert text.count("[[measures]]") == 2
    assert text.count("[measures.apart]") == 1


def test_kind_and_field_of_papers_before_are_read_from_their_answers(world):
    """Plans of before asked for both under these names."""
    dossier = submitted(world)
    Dossier.objects.update(initiative_kind="", field="")
    migration = MigrationLoader(connection).get_migration("dossiers", "0006_kind_and_field")
    (fill,) = [each for each in migration.operations if isinstance(each, RunSQL)]
    with connection.cursor() as cursor:
        cursor.execute(fill.sql)
    dossier.refresh_from_db()
    assert (dossier.initiative_kind, dossier.field) == ("giai-phap", "thu-tuc")
