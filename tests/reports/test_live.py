"""What the product keeps itself: a measure of the plan counts registrations where they lie, at once, like records."""

import io
import json

import pytest
from django.core.management import call_command
from tests.core.plans import SHIPPED
from tests.fixtures import IN_TIME, accepted, begun, moment, submitted

from thidua.analytics import actions as records
from thidua.analytics.registry import OWN, dataset_of
from thidua.campaigns import actions as campaigns
from thidua.core.measures import evaluate
from thidua.core.measures.schema import Measure, Period
from thidua.core.records.periods import period
from thidua.core.refusals import Denied
from thidua.dossiers import actions as dossiers
from thidua.people.models import Unit
from thidua.reports import live, queries
from thidua.summaries import queries as summaries

DAY = IN_TIME.date()
COUNTED = moment("2024-01-10 08:00")
MEASURE = "dataset = \"registrations\"\nnumerator = \"state in ('submitted', 'accepted')\""


def shown(*words) -> list[dict]:
    out = io.StringIO()
    call_command("figures", "show", "--campaign", "cchc-2023-2025", "--year", "2023", *words, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_registrations_are_counted_as_they_stand_now(world):
    sent = submitted(world)
    begun(world)  # a draft is no registration yet
    found = {each["unit"]: (each["numerator"], each["met"]) for each in shown("--criterion", "registers")}
    assert found == {"hoa-sen": (1, True), "doi-thong": (0, False), "van-phong": (0, False)}
    dossiers.withdraw(dossier=sent, by=world.hanh, at=IN_TIME, reason="Trùng với năm trước")
    (entry,) = shown("--criterion", "registers", "--unit", "hoa-sen")
    assert (entry["numerator"], entry["denominator"], entry["value"], entry["met"]) == (0, None, None, False)
    assert (entry["source"], entry["batches"], entry["measure_version"], entry["engine"]) == (
        "computed", [], 1, "reference",
    )  # fmt: skip
    assert entry["reason"]
    assert entry["computed_at"]


def plan_with(world, old: str, new: str) -> None:
    assert old in SHIPPED
    version, problems = campaigns.load(text=SHIPPED.replace(old, new), name="cchc", by=None, at=COUNTED)
    assert not [each for each in problems if each.level == "error"]
    campaigns.publish(version=version, by=None, at=COUNTED)
    world.campaign.refresh_from_db()


def test_the_plan_says_which_registrations_count_and_every_page_counts_alike(world):
    submitted(world)
    plan_with(world, MEASURE, MEASURE.replace("in ('submitted', 'accepted')", "= 'accepted'") + "\nversion = 2")
    for met in (False, True):
        (entry,) = shown("--criterion", "registers", "--unit", "hoa-sen")
        (row,) = (
            each for each in queries.card(world.campaign, world.school, 2023).rows if each.criterion.id == "registers"
        )
        counted = summaries.scope(world.campaign, 2023)
        (target,) = (
            each
            for each in summaries.targets(counted, summaries.asked(counted))
            if each.criterion.id == "registers" and each.audience.id == "schools"
        )
        assert [entry["met"], row.value.verdict == "met", target.total.met == 1] == [met] * 3
        accepted(world)


def test_a_unit_that_is_excused_is_not_asked(world):
    accepted(world)
    counted = summaries.scope(world.campaign, 2023)
    (obligation,) = counted.obligations.filter(kind="registration", unit=world.school)
    campaigns.excuse(obligation=obligation, reason="Đơn vị mới", by=world.binh, at=IN_TIME)
    (target,) = (
        each
        for each in summaries.targets(counted, summaries.asked(counted))
        if each.criterion.id == "registers" and each.audience.id == "schools"
    )
    assert (target.total.met, target.owed) == (0, 1)


SHARE = Measure(
    "m", "registers", "registrations", scope="field", day="submitted", filter="days_late = 0",
    numerator="days_between(submitted, until) > 100 and state <> 'withdrawn'", apart={"decided": "decided is not null"},
)  # fmt: skip


def test_groups_of_rows_count_what_the_rows_count(world):
    accepted(world)
    submitted(world)
    submitted(world, field="bo-may")
    dossiers.withdraw(dossier=submitted(world), by=world.hanh, at=IN_TIME, reason="Trùng với năm trước")
    own, dataset = OWN["registrations"], dataset_of("registrations")
    names = [column.name for column in dataset.columns]
    rows = [
        {**dict(zip(names, values, strict=True)), "_unit": str(world.school.pk)}
        for values in own.rows(world.campaign.pk, [2023]).values_list(*(own.columns[name] for name in names))
    ]
    assert len(rows) == 4
    alone = evaluate.evaluate(SHARE, dataset, rows, Period.of_year(2023), Period.of_year(2023).end)
    found = live.counts(SHARE, world.campaign.pk, [2023], Unit.objects.all(), today=COUNTED.date())
    assert found[2023, world.school.pk, "school"] == [each for each in alone if each.month is None]
    assert [(each.numerator, each.denominator) for each in alone[:1]] == [(3, 4)]


def test_no_file_of_registrations_is_taken(world, tmp_path):
    file = tmp_path / "registrations.csv"
    file.write_text("Số\n1\n")
    with pytest.raises(Denied, match="Đăng ký"):
        records.import_records(
            dataset=dataset_of("registrations"), file=file, name=file.name, unit=world.school, period=period("2023"),
            choices=records.Choices(), by=world.an, at=IN_TIME,
        )  # fmt: skip
