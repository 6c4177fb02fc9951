"""The demonstration: complete, the same for the same seed, and only into an empty database."""

import json
from collections import Counter, defaultdict
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction
from tests import once
from tests.fixtures import IN_TIME

from thidua.campaigns.models import Campaign, IndexValue, Obligation
from thidua.core.refusals import Denied
from thidua.demo import filling
from thidua.demo.filling import PLANS, STAGES
from thidua.dossiers.models import Dossier
from thidua.ledger.models import Entry
from thidua.monitoring.queries import marks
from thidua.people.models import Person, Unit
from thidua.reports.models import Figure, PersonalResult

pytestmark = pytest.mark.django_db
NAMED = {"an", "hanh", "binh", "chi", "giam-doc", "lanh-dao", "mai"}
PAPERS = ("year", "kind", "state", "title", "unit__code", "submitted_at")
OWED = ("year", "key", "unit__code", "person__username", "standing", "submitted_at", "excused")


def demo(**options):
    out = StringIO()
    call_command("demo", **{"units": 30, "json": True, "stdout": out, "stderr": StringIO()} | options)
    return json.loads(out.getvalue())


def filled(stage="report"):
    """What the command says of thirty units, which are filled once and put back after that."""
    return once.made(f"demo {stage}", lambda: SimpleNamespace(said=demo(stage=stage))).said


def told():
    """Everything that a random number decided."""
    return [
        list(
            Dossier.objects.order_by("pk").values_list("year", "kind", "state", "title", "unit__name", "submitted_at")
        ),
        list(Obligation.objects.order_by("year", "key", "unit__code", "person__username").values_list(*OWED)),
        list(Figure.objects.order_by("pk").values_list("criterion", "numerator", "denominator", "accepted_at")),
        list(PersonalResult.objects.order_by("pk").values_list("person__full_name", "criterion", "value")),
        list(IndexValue.objects.order_by("pk").values_list("index", "year", "score")),
        [
            (
                verb,
                who,
                thing,
                {name: value for name, value in after.items() if name != "batch"},
            )
            for verb, who, thing, after in Entry.objects.order_by("pk").values_list(
                "verb", "by_name", "thing_label", "after"
            )
        ],
    ]


def test_the_demonstration_is_complete():
    assert filled()["filled"]
    assert Unit.objects.count() == 31
    assert not Unit.objects.filter(is_sample=False).exists()
    assert all("Mẫu" in name for name in Unit.objects.values_list("name", flat=True))
    assert set(Person.objects.filter(username__in=NAMED).values_list("username", flat=True)) == NAMED
    assert Person.objects.get(username="hanh").check_password("thidua-2023")
    assert set(Dossier.objects.values_list("year", flat=True)) == {2023, 2024, 2025}
    assert Dossier.objects.filter(days_late__gt=0).exists()
    assert Obligation.objects.filter(excused=True).exists()


@pytest.mark.parametrize(("stage", "key"), [("register", "register-2025"), ("report", "report-2025")])
def test_the_accounts_of_the_readme_find_something_to_do(client, stage, key):
    filled(stage)
    client.force_login(Person.objects.get(username="an"))
    home = client.get("/?year=2025").content.decode()
    assert f"key={key}" in home  # a paper to fill in
    client.force_login(Person.objects.get(username="hanh"))
    assert "Ký duyệt" in client.get("/?year=2025").content.decode()


def story(seed: int, stage: str) -> list[object]:
    with transaction.atomic():
        demo(seed=seed, stage=stage, units=15)
        found = told()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_the_same_seed_tells_the_same_story(stage):
    assert story(7, stage) == story(7, stage)


def test_another_seed_tells_another_story():
    assert story(7, STAGES[0]) != story(8, STAGES[0])


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_come_so_far(stage):
    demo(stage=stage, units=45)
    last = {"year": 2025}
    states = {
        kind: Counter(Dossier.objects.filter(kind=kind, **last).values_list("state", flat=True))
        for kind in ("registration", "report")
    }
    owed = Obligation.objects.filter(kind="report", **last)
    assert states["registration"]["accepted"] > 15
    assert {"submitted", "returned"} <= set(Dossier.objects.values_list("state", flat=True))
    assert Dossier.objects.filter(days_late__gt=0, **last).exists()
    assert Obligation.objects.filter(kind="registration", standing="none", excused=False).exists()  # missing
    assert Figure.objects.filter(**last).exists() == PersonalResult.objects.filter(**last).exists()
    if stage == "register":
        assert not states["report"]
        assert not Figure.objects.filter(**last).exists()
        assert states["registration"]["submitted"] >= 2
    elif stage == "report":
        assert states["report"]["accepted"] < 25
        assert states["report"]["submitted"] >= 3
        assert owed.filter(standing="none").count() >= 2
        assert Figure.objects.filter(accepted_at=None, **last).count() > Figure.objects.filter(**last).count() / 2
        assert Obligation.objects.filter(person__isnull=False, standing="none", **last).exists()
    else:
        assert states["report"]["accepted"] >= 0.7 * sum(states["report"].values())
        assert Figure.objects.filter(accepted_at=None, **last).count() < Figure.objects.filter(**last).count() / 3


def test_the_trail_tells_of_each_step_and_of_the_last_year():
    filled()
    steps = [entry.after for entry in Entry.objects.filter(verb="demo.fill").order_by("pk")]
    assert steps[0] == {"units": 31}
    years = [step for step in steps if "year" in step]
    assert [step["year"] for step in years] == [2023, 2024, 2025, 2023, 2024]
    assert years[2]["dossiers"] == Dossier.objects.filter(year=2025).count()
    assert steps[-1] == {"seed": 1, "stage": "report"}
    by_hand = Entry.objects.filter(verb__startswith="dossiers.")
    assert by_hand.count() > 100
    accepted = by_hand.filter(verb="dossiers.accept").order_by("pk").last()
    assert (accepted.by_name, accepted.acting_as, accepted.after) == ("Lê Văn Bình", "office", {"state": "accepted"})
    assert by_hand.filter(verb="dossiers.submit").first().acting_as == "head"


def test_a_filling_that_is_broken_off_leaves_nothing():
    steps = filling.fill(units=15, seed=1, stage="done", registrations=None, at=IN_TIME)
    assert next(steps) == "units"
    steps.close()
    assert not Unit.objects.exists()


@pytest.mark.parametrize("units", [1, 3, 12])
def test_a_small_demonstration_has_everything_that_so_few_units_can_have(units):
    demo(units=units)
    assert Unit.objects.count() == units + 1
    assert Unit.objects.get(posts__person__username="an").kind == "school"
    assert Campaign.objects.filter(is_sample=True, current__isnull=False).count() == len(PLANS)
    of_each = Dossier.objects.values("campaign").distinct()
    assert of_each.count() == len(PLANS)


def test_each_campaign_is_filled_by_its_own_forms():
    filled()
    for campaign in Campaign.objects.select_related("current"):
        plan = campaign.current.plan
        for dossier in Dossier.objects.filter(campaign=campaign).select_related("version")[:40]:
            asked = {each.id for each in dossier.plan_form.questions}
            assert set(dossier.answers) <= asked
            assert dossier.title
            needed = {each.id for each in dossier.plan_form.questions if each.required and each.type != "files"}
            assert needed <= set(dossier.answers)
        declared = set(Figure.objects.filter(campaign=campaign).values_list("criterion", flat=True))
        assert declared == {each.criterion for each in plan.obligations if each.kind == "figure"}
        personal = set(PersonalResult.objects.filter(campaign=campaign).values_list("criterion", flat=True))
        assert personal == {each.criterion for each in plan.obligations if each.kind == "personal"}


def test_what_is_late_by_one_criterion_is_what_the_letters_are_about():
    filled("done")
    campaign = Campaign.objects.get(code=PLANS[0])
    late = defaultdict(int)
    for each in Figure.objects.filter(campaign=campaign, criterion="dossiers-on-time", denominator__isnull=False):
        late[each.unit_id, each.year] += each.denominator - each.numerator
    letters = Figure.objects.filter(campaign=campaign, criterion="apology-letters", denominator__isnull=False)
    assert letters.count() > 5
    assert {(each.unit_id, each.year): each.denominator for each in letters}.items() <= late.items()


@pytest.mark.parametrize("stage", ["report", "done"])
def test_only_the_marks_that_are_shown_on_purpose_are_there(stage):
    filled(stage)
    office = Person.objects.get(username="binh")
    found = [
        (campaign.code, year, str(mark.kind))
        for campaign in Campaign.objects.select_related("current").order_by("pk")
        for year in campaign.years
        for mark in marks(office, campaign, year)
    ]
    assert found == [(PLANS[0], 2025, "jump"), (PLANS[1], 2023, "on-target")]


def test_nothing_is_filled_over_units_that_are_there():
    filled()
    count = Dossier.objects.count()
    assert not demo(if_empty=True)["filled"]
    assert Dossier.objects.count() == count
    with pytest.raises(Denied):
        demo()
