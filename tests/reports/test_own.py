"""What the product knows itself becomes figures: answers to surveys, and signatures in papers sent through it."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.batches import batch
from tests.documents import signing
from tests.fixtures import IN_TIME, moment, submitted

from thidua.analytics import actions as records
from thidua.analytics.models import Batch
from thidua.core.satisfaction import Formula
from thidua.documents import tasks as documents
from thidua.dossiers import actions as dossiers
from thidua.reports import tasks
from thidua.reports.datasets import SATISFACTION
from thidua.reports.models import Result
from thidua.surveys import actions as surveys

DAY = dt.date(2023, 9, 10)
ASKED = [{"group": "access", "text": "Giấy tờ rõ không?"}, {"group": "results", "text": "Trả đúng hẹn?"}]


@pytest.fixture
def survey(world):
    return surveys.open_(
        name="Hài lòng không?", year=2023, unit=None, units=[world.division, world.school], asked=ASKED,
        formula=Formula.SHARE, asks_words=True, opens_on=dt.date(2023, 9, 1), closes_on=dt.date(2023, 9, 30),
        by=world.binh, at=moment("2023-09-01 08:00"),
    )  # fmt: skip


def answer(survey, unit, *levels, on=DAY) -> None:
    place = survey.places.get(unit=unit)
    surveys.answer(place=place, levels=levels, words="Ông Nguyễn Văn A hướng dẫn tốt", form=uuid.uuid4(), on=on)


def figure(criterion: str) -> tuple:
    for job in ProcrastinateJob.objects.filter(task_name="reports.compute"):
        tasks.compute(**job.args)
    found = Result.objects.in_force().get(criterion=criterion, scope=None)
    return found.unit.code, found.numerator, found.denominator


def test_answers_to_a_survey_become_the_figure_of_satisfaction(world, survey):
    answer(survey, world.division, 5, 4)
    answer(survey, world.division, None, 2)
    answer(survey, world.school, 1, 1)  # no measure of the plan asks schools
    tasks.keep_own_records()
    assert figure("satisfaction") == ("van-phong", 2, 3)
    made = Batch.objects.get()
    assert (made.unit, made.period, made.imported_by) == (world.division, "2023", None)
    assert "khảo sát" in made.file_name


def test_new_answers_replace_the_figure_and_the_same_ones_change_nothing(world, survey):
    answer(survey, world.division, 5, 4)
    tasks.keep_own_records()
    tasks.keep_own_records()
    assert Batch.objects.count() == 1
    answer(survey, world.division, 1, 1)
    tasks.keep_own_records_nightly()
    assert figure("satisfaction") == ("van-phong", 2, 4)


def test_words_of_ones_own_reach_no_batch(world, survey):
    answer(survey, world.division, 5, 4)
    tasks.keep_own_records()
    path = records.export(batch=Batch.objects.get(), by=None, at=IN_TIME)
    assert b"Nguy" not in path.read_bytes()


def test_what_a_unit_handed_in_goes_before_until_it_is_taken_back(world, survey):
    answer(survey, world.division, 5, 4)
    handed_in = batch(SATISFACTION, world.division, [{"answered": DAY, "level": 1}], at=IN_TIME)
    tasks.keep_own_records()
    tasks.compute(handed_in.pk)
    assert figure("satisfaction") == ("van-phong", 0, 1)
    records.withdraw(batch=handed_in, by=None, at=IN_TIME)
    tasks.keep_own_records()
    assert figure("satisfaction") == ("van-phong", 2, 2)


def test_closing_a_survey_asks_for_its_figures_at_once(world, survey):
    surveys.close(survey=survey, by=world.binh, at=moment("2023-09-20 08:00"))
    assert ProcrastinateJob.objects.filter(task_name="reports.keep_own_records").exists()


def test_papers_sent_through_the_system_count_by_their_signatures(world, settings, tmp_path):
    (tmp_path / "goc.pem").write_bytes(signing.authority().pem)
    settings.TRUST_PUBLIC = [tmp_path / "goc.pem"]
    dossier = submitted(world)
    good = signing.signed(signing.paper(), signing.person("Hoàng Lan Hạnh"))
    for content in (good, signing.paper()):
        dossiers.attachments.keep(
            dossier, "files", SimpleUploadedFile("ke-hoach.pdf", content), by=world.an, at=IN_TIME
        )
    tasks.keep_own_records()
    assert not Batch.objects.exists()  # their signatures are not checked yet
    documents.check_the_rest()
    tasks.keep_own_records()
    assert figure("documents-signed") == ("hoa-sen", 1, 2)
