"""A version is published while somebody signs, begins, extends or publishes: one after the other, nothing half."""

import uuid

import pytest
from tests.campaigns.versions import SECOND, day_of, due, load, owed
from tests.failures.parallel import posting, race, row
from tests.fixtures import begun, moment, person, submitted, unit

from thidua.campaigns import actions
from thidua.campaigns.actions.publishing import in_force
from thidua.campaigns.models import Fact, Obligation, PlanVersion
from thidua.core.days import end_of_day
from thidua.core.refusals import Denied
from thidua.core.units import RoleKind
from thidua.dossiers import actions as dossiers
from thidua.dossiers.models import Dossier
from thidua.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)
EARLY = moment("2023-08-14 10:00")
LATER = due("register-2023", "2023-09-20")


@pytest.fixture
def world(transactional_db):
    from tests.fixtures import make_world

    return make_world()


def publishing(version):
    return lambda: actions.publish(version=PlanVersion.objects.get(pk=version.pk), by=None, at=SECOND)


def test_a_signature_stands_under_one_version_and_is_never_lost(world):
    draft, version = begun(world, EARLY), load(LATER)
    signed, published = race(
        row(draft), lambda: dossiers.submit(dossier=draft, by=world.hanh, at=SECOND), publishing(version)
    )
    assert not isinstance(signed, Denied)
    assert not isinstance(published, Denied)
    draft.refresh_from_db()
    mine = owed(world.school)
    assert (draft.state, mine.standing) == ("submitted", "submitted")
    assert mine.version_id == draft.version_id
    assert day_of(mine.due_at) == {1: "25/08/2023", 2: "20/09/2023"}[draft.version.number]
    assert day_of(owed(world.other).due_at) == "20/09/2023"


def test_what_is_taken_back_at_that_moment_is_owed_by_the_new_date(world):
    sent, version = submitted(world, EARLY), load(LATER)
    mine = owed(world.school)
    withdrawn, published = race(
        f"{row(mine)[: -len('update')]}no key update",
        lambda: dossiers.withdraw(dossier=sent, reason="Viết lại", by=world.hanh, at=SECOND),
        publishing(version),
    )
    assert not isinstance(withdrawn, Denied)
    assert not isinstance(published, Denied)
    now = owed(world.school)
    assert (now.standing, now.version.number) == ("none", 2)
    assert now.due_at.astimezone(SECOND.tzinfo).date() >= moment("2023-09-20 00:00").date()


def test_a_draft_that_is_begun_at_that_moment_is_of_the_version_in_force(world):
    version = load(LATER)
    done, begun_ = race(
        f"select pg_advisory_xact_lock(hashtextextended('{in_force(world.campaign.pk)}', 0))",
        publishing(version),
        lambda: dossiers.begin(
            campaign=world.campaign, key="register-2023", unit=world.school, token=uuid.uuid4(), by=world.an, at=SECOND
        ),
    )
    assert not isinstance(done, Denied)
    draft = Dossier.objects.get(pk=begun_.pk)
    assert draft.version.number == 2


def test_two_offices_publish_at_once_and_it_is_done_once(world):
    version, colleague = load(LATER), person("son", "Phan Sơn", role=RoleKind.OFFICE)
    path = f"/campaigns/versions/{version.pk}/publish/"
    answers = race(row(world.campaign), posting(world.binh, path, {}), posting(colleague, path, {}))
    assert sorted(answer.status_code for answer in answers) == [302, 403]
    assert Entry.objects.filter(verb="campaigns.publish", after__version=2).count() == 1
    assert Fact.objects.filter(kind="moved").count() == 3


def test_an_extension_given_at_that_moment_is_judged_against_the_new_date(world):
    version, mine = load(LATER), owed(world.school)
    until = end_of_day(moment("2023-09-05 08:00").date(), "Asia/Ho_Chi_Minh")
    race(
        f"{row(mine)}",
        lambda: actions.extend(obligation=mine, until=until, reason="Bão lũ", by=world.binh, at=SECOND),
        publishing(version),
    )
    now = owed(world.school)
    assert (day_of(now.due_at), now.extended_to) == ("20/09/2023", None)
    kinds = list(now.facts.order_by("pk").values_list("kind", flat=True))
    assert kinds in (["new", "extended", "moved", "extension_fell"], ["new", "moved"])


def test_catching_up_at_that_moment_makes_nothing_twice(world):
    version = load(LATER)
    unit("moi", "Trường THPT Mới Mẫu", parent=world.department)
    gate = f"select pg_advisory_xact_lock(hashtextextended('{in_force(world.campaign.pk)}', 0))"
    race(gate, publishing(version), lambda: actions.catch_up(campaign=world.campaign, at=SECOND))
    rows = Obligation.objects.filter(unit__code="moi")
    assert {row.version.number for row in rows.filter(key="register-2023")} == {2}
    assert Fact.objects.filter(obligation__in=rows, kind="new").count() == rows.count()
