"""Figures from records: computed once for each batch and version of a measure, beside what units declare."""

import datetime as dt
import io
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from tests.batches import batch
from tests.core.plans import SHIPPED
from tests.fixtures import IN_TIME, moment, person, unit

from thidua.analytics import storage
from thidua.campaigns import actions as campaigns
from thidua.core.plan.data import from_data
from thidua.core.refusals import Denied
from thidua.core.units import PostKind, UnitKind
from thidua.ledger.models import Entry
from thidua.reports import actions, tasks
from thidua.reports.datasets import DOSSIERS, PAYMENTS
from thidua.reports.models import Result
from thidua.reports.queries import entries

MARCH = dt.date(2023, 3, 10)
LATE = MARCH + dt.timedelta(1)
COUNTED = moment("2024-01-10 08:00")


def dossier(field="Giáo dục trung học", returned=MARCH, **more) -> dict:
    return {"code": "1", "field": field, "received": MARCH, "due": MARCH, "returned": returned, **more}


def command(*words) -> list | dict:
    out = io.StringIO()
    call_command("figures", *words, "--campaign", "cchc-2023-2025", "--year", "2023", json=True, stdout=out)
    return json.loads(out.getvalue())


def shown(*words) -> list[dict]:
    return command("show", *words)


def whole(criterion: str, source="computed", **more) -> dict:
    (entry,) = (each for each in shown("--criterion", criterion) if each["scope"] is None and each["source"] == source)
    return entry


def test_a_batch_becomes_figures_of_its_unit_and_of_each_field(world):
    made = batch(DOSSIERS, world.division, [dossier(), dossier(returned=LATE), dossier("Văn bằng")], at=IN_TIME)
    entries = shown("--unit", "van-phong", "--criterion", "dossiers-on-time")
    values = [(each["scope"], each["numerator"], each["denominator"], each["met"]) for each in entries]
    assert values == [(None, 2, 3, False), ("Giáo dục trung học", 1, 2, False), ("Văn bằng", 1, 1, True)]
    first = entries[0]
    assert first["value"] == pytest.approx(2 / 3)
    assert (first["unit"], first["source"], first["batches"]) == ("van-phong", "computed", [made.pk])
    assert (first["measure_version"], first["engine"], first["threshold"], first["reason"]) == (1, "duckdb", 0.98, None)
    assert first["apart"] == {"pending_overdue": 0, "withdrawn": 0, "letters_late": 0}
    assert dt.datetime.fromisoformat(first["computed_at"]).tzinfo


def test_every_field_with_a_denominator_must_meet_the_target(world):
    """99 of 100 is 99% of the whole, and the one field of two dossiers stands at 50%."""
    rows = [dossier() for _n in range(98)] + [dossier("Tổ chức cán bộ"), dossier("Tổ chức cán bộ", returned=LATE)]
    batch(DOSSIERS, world.division, rows, at=IN_TIME)
    entry = whole("dossiers-on-time")
    assert (entry["value"], entry["met"]) == (0.99, False)


def test_a_field_is_spelt_as_in_the_plan(world):
    batch(DOSSIERS, world.division, [dossier("VĂN BẰNG, CHỨNG CHỈ")], at=IN_TIME)
    assert [each["scope"] for each in shown("--criterion", "dossiers-on-time")] == [None, "Văn bằng, chứng chỉ"]


def test_nothing_to_count_is_neither_0_nor_100_percent(world):
    batch(DOSSIERS, world.division, [dossier(returned=None, due=dt.date(2023, 6, 1))], at=IN_TIME)
    entry = whole("dossiers-on-time")
    assert (entry["numerator"], entry["denominator"], entry["value"], entry["met"]) == (0, 0, None, None)
    assert entry["reason"]
    assert entry["apart"]["pending_overdue"] == 1


def test_a_unit_that_says_nothing_arose_has_no_value_and_the_reason(world):
    batch(DOSSIERS, world.division, [], at=IN_TIME)
    entry = whole("dossiers-on-time")
    assert (entry["numerator"], entry["value"], entry["met"]) == (None, None, None)
    assert "không phát sinh" in entry["reason"]


def test_a_file_without_letters_leaves_that_measure_without_a_value_and_the_others_computed(world):
    had = [column.name for column in DOSSIERS.columns if not column.name.startswith("letter")]
    batch(DOSSIERS, world.division, [dossier(returned=LATE)], at=IN_TIME, columns=had)
    entry = whole("apology-letters")
    assert (entry["value"], entry["met"]) == (None, None)
    assert "Thư xin lỗi" in entry["reason"]
    assert whole("dossiers-on-time")["value"] == 0


def test_what_is_computed_is_not_computed_again(world):
    batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    assert command("compute")["computed"] == 3  # on time, petitions, letters
    assert command("compute")["computed"] == 0
    other = unit("phong-b", "Phòng B Mẫu", UnitKind.DIVISION, world.department)
    batch(DOSSIERS, other, [dossier()], at=IN_TIME)
    assert command("compute")["computed"] == 3
    assert Entry.objects.filter(verb="reports.compute").count() == 6


def test_a_newer_batch_replaces_the_figure_and_withdrawing_it_brings_the_older_back(world):
    older = batch(DOSSIERS, world.division, [dossier(returned=LATE)], at=IN_TIME)
    command("compute")
    assert whole("dossiers-on-time")["batches"] == [older.pk]
    newer = batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    assert (whole("dossiers-on-time")["batches"], whole("dossiers-on-time")["value"]) == ([newer.pk], 1)
    newer.withdrawn_at = COUNTED
    newer.save()
    assert command("compute")["computed"] == 0  # kept since the first time
    assert (whole("dossiers-on-time")["batches"], whole("dossiers-on-time")["value"]) == ([older.pk], 0)


def test_a_lost_file_keeps_no_other_batch_from_being_counted(world, caplog, capsys):
    lost = batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    there = batch(
        DOSSIERS, unit("phong-b", "Phòng B Mẫu", UnitKind.DIVISION, world.department), [dossier()], at=IN_TIME
    )
    path = storage.path_of(lost)
    away = path.rename(path.with_suffix(".away"))
    tasks.compute_waiting()
    assert {each.batch_id for each in Result.objects.all()} == {there.pk}
    assert lost.key in caplog.text
    assert [each["unit"] for each in shown("--criterion", "dossiers-on-time")] == ["phong-b", "phong-b"]
    assert f"{lost.pk} của {world.division.name} không được tính" in capsys.readouterr().err
    away.rename(path)
    assert command("compute")["computed"] == 3


def test_only_units_of_the_criterion_are_computed(world):
    batch(DOSSIERS, world.school, [dossier()], at=IN_TIME)
    assert shown("--criterion", "dossiers-on-time") == []


def test_one_electronic_payment_meets_the_target(world):
    rows = [{"code": f"{n}", "paid": MARCH, "means": "cash" if n else "electronic"} for n in range(4)]
    batch(PAYMENTS, world.school, rows, at=IN_TIME)
    entry = whole("electronic-payment")
    assert (entry["numerator"], entry["denominator"], entry["value"], entry["met"]) == (1, 4, 0.25, True)
    batch(PAYMENTS, world.school, rows[1:], at=IN_TIME)
    assert whole("electronic-payment")["met"] is False


def test_declared_checked_and_computed_stand_side_by_side(world):
    batch(PAYMENTS, world.school, [{"code": "1", "paid": MARCH, "means": "electronic"}], at=IN_TIME)
    figure = actions.declare(
        campaign=world.campaign, year=2023, unit=world.school, criterion="electronic-payment", scope="",
        numerator=Decimal(7), nothing_arose=False, explanation="Sổ thu", by=world.an, at=IN_TIME,
    )  # fmt: skip
    actions.check(figure=figure, numerator=Decimal(5), note="Đối chiếu sao kê", by=world.binh, at=IN_TIME)
    entries = shown("--criterion", "electronic-payment")
    assert [(each["source"], each["numerator"]) for each in entries] == [
        ("declared", 7),
        ("checked", 5),
        ("computed", 1),
    ]


def changed(text: str) -> str:
    return SHIPPED.replace('numerator = "returned <= due"', text, 1)


def test_a_new_version_of_a_measure_is_computed_anew_and_the_old_results_stay(world):
    batch(DOSSIERS, world.division, [dossier(returned=LATE)], at=IN_TIME)
    assert whole("dossiers-on-time")["value"] == 0
    text = changed('numerator = "days_between(due, returned) <= 1"\nversion = 2')
    version, _problems = campaigns.load(text=text, name="cchc", by=None, at=COUNTED)
    campaigns.publish(version=version, by=None, at=COUNTED)
    entry = whole("dossiers-on-time")
    assert (entry["value"], entry["measure_version"]) == (1, 2)
    assert Result.objects.filter(criterion="dossiers-on-time", measure_version=1, scope=None).exists()


def test_a_measure_that_changes_without_a_new_version_is_refused(world):
    text = changed('numerator = "days_between(due, returned) <= 1"')
    with pytest.raises(Denied, match="dossiers-on-time"):
        campaigns.load(text=text, name="cchc", by=None, at=COUNTED)


def test_the_job_computes_what_an_import_changed(world):
    made = batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    tasks.compute(made.pk)
    assert Result.objects.filter(batch=made, scope=None).count() == 3
    tasks.compute_waiting()
    assert Result.objects.filter(batch=made, scope=None).count() == 3


def test_overdue_in_a_year_that_still_runs_is_judged_again_each_day(world):
    batch(DOSSIERS, world.division, [dossier(returned=None, due=dt.date(2023, 8, 15))], at=IN_TIME)
    (measure,) = (each for each in world.campaign.current.plan.measures if each.id == "dossiers-on-time")

    def on(day: str) -> int:
        return actions.compute(campaign=world.campaign, measure=measure, year=2023, by=None, at=moment(day))

    assert (on("2023-08-10 08:00"), on("2023-08-10 09:00"), on("2023-08-20 08:00")) == (1, 0, 1)
    assert Result.objects.get(scope=None).apart["pending_overdue"] == 1


def test_spark_without_an_address_is_refused(world):
    batch(DOSSIERS, world.division, [dossier()], at=IN_TIME)
    with pytest.raises(Denied, match="THIDUA_ENGINE"):
        shown("--engine", "spark")


def test_reading_a_plan_of_before_measures_still_works(world):
    data = {key: value for key, value in world.campaign.current.data.items() if key != "measures"}
    assert from_data(data).measures == ()


def test_computing_a_city_costs_the_same_queries_for_two_units_as_for_one(world, django_assert_max_num_queries):
    for n in range(3):
        made = unit(f"phong-{n}", f"Phòng {n} Mẫu", UnitKind.DIVISION, world.department)
        batch(DOSSIERS, made, [dossier()], at=IN_TIME)
    with django_assert_max_num_queries(8 * 10 + 8):
        command("compute")
    with django_assert_max_num_queries(8 * 9 + 2):
        found = shown()
    counted = {each["unit"] for each in found if each["criterion"] == "dossiers-on-time"}
    assert counted == {"phong-0", "phong-1", "phong-2"}


def test_the_scorecard_shows_what_records_say_beside_what_was_declared(world, client):
    field = "Giáo dục trung học"
    batch(DOSSIERS, world.division, [dossier(), dossier(returned=LATE)], at=IN_TIME)
    sheet = SimpleUploadedFile("so-theo-doi.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    clerk = person("phuc", "Đỗ Hồng Phúc", unit=world.division, post=PostKind.FOCAL_POINT)
    actions.declare(
        campaign=world.campaign, year=2023, unit=world.division, criterion="dossiers-on-time", scope=field,
        numerator=Decimal(2), denominator=Decimal(2), nothing_arose=False, explanation="Sổ", by=clerk, at=IN_TIME,
        upload=sheet,
    )  # fmt: skip
    shown()
    client.force_login(world.binh)
    page = client.get("/reports/units/van-phong/?year=2023").content.decode()
    assert "khai 100" in page
    assert "tính 50" in page
    assert "1 / 2" in page


def test_what_is_computed_for_a_unit_costs_two_queries(world, django_assert_num_queries):
    batch(DOSSIERS, world.division, [dossier(), dossier(returned=LATE), dossier("Văn bằng")], at=IN_TIME)
    shown()
    plan = world.campaign.current.plan
    with django_assert_num_queries(2):  # records, and registrations
        found = entries.of_unit(plan, world.campaign.pk, world.division, [2023], plan.criteria)[2023]
    assert set(found["dossiers-on-time"]) == {None, "Giáo dục trung học", "Văn bằng"}
