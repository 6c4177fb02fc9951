"""Two people at the same moment: one thing is done, the other person is told in a sentence, nothing is lost."""

import uuid
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.failures.parallel import inserts, posting, race, row
from tests.fixtures import IN_TIME, accepted, begun, declared, moment, person, submitted

from thidua.analytics import actions as analytics
from thidua.analytics.models import Upload, UploadState
from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import IndexValue, Obligation
from thidua.core.dossiers import DossierState
from thidua.core.refusals import Denied
from thidua.core.units import PostKind, RoleKind
from thidua.documents import actions as documents
from thidua.documents import registry
from thidua.documents.models import Template
from thidua.dossiers import actions
from thidua.dossiers.models import Dossier, Progress, Version
from thidua.ledger.models import Entry
from thidua.ledger.queries import verify
from thidua.monitoring import actions as monitoring
from thidua.reports import actions as reports
from thidua.reports.models import Figure
from thidua.summaries import actions as summaries

pytestmark = pytest.mark.django_db(transaction=True)
LATER = moment("2023-10-20 10:00")


@pytest.fixture
def world(transactional_db):
    from tests.fixtures import make_world

    return make_world()


def sorted_by_status(answers):
    return sorted(answers, key=lambda answer: answer.status_code)


def confirmed(world) -> Dossier:
    dossier = submitted(world)
    for author in dossier.authors.select_related("person"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)
    return dossier


def trail(dossier, verb) -> int:
    return Entry.objects.filter(thing_type="dossiers.dossier", thing_id=dossier.pk, verb=f"dossiers.{verb}").count()


def test_two_heads_sign_the_same_dossier(world):
    second = person("khoa", "Đặng Anh Khoa", unit=world.school, post=PostKind.HEAD)
    dossier = begun(world)
    path = reverse("dossiers:submit", args=[dossier.pk])
    done, refused = sorted_by_status(race(row(dossier), posting(world.hanh, path, {}), posting(second, path, {})))
    assert (done.status_code, refused.status_code) == (302, 403)
    assert "đang ở trạng thái “Chờ thẩm tra”" in refused.text
    assert Version.objects.filter(dossier=dossier).count() == 1
    assert trail(dossier, "submit") == 1
    assert verify().whole


def test_two_of_the_office_accept(world):
    colleague = person("son", "Phan Sơn", role=RoleKind.OFFICE)
    dossier = confirmed(world)
    path = reverse("dossiers:accept", args=[dossier.pk])
    done, refused = sorted_by_status(race(row(dossier), posting(world.binh, path, {}), posting(colleague, path, {})))
    assert (done.status_code, refused.status_code) == (302, 403)
    assert "đang ở trạng thái “Đã chấp nhận”" in refused.text
    assert trail(dossier, "accept") == 1
    assert world.hanh.letters.filter(kind="dossiers.accept").count() == 1


def test_one_accepts_while_another_returns(world):
    colleague = person("son", "Phan Sơn", role=RoleKind.OFFICE)
    dossier = confirmed(world)
    returning = {"message": "Ghi rõ hơn", "correct_by": "31/12/2099"}
    answers = race(
        row(dossier),
        posting(world.binh, reverse("dossiers:accept", args=[dossier.pk]), {}),
        posting(colleague, reverse("dossiers:return_", args=[dossier.pk]), returning),
    )
    assert sum(answer.status_code == 302 for answer in answers) == 1
    dossier.refresh_from_db()
    won = {DossierState.ACCEPTED: 0, DossierState.RETURNED: 1}[DossierState(dossier.state)]
    assert answers[won].status_code == 302
    assert answers[1 - won].status_code == 403
    assert "hồ sơ đang ở trạng thái" in answers[1 - won].text
    assert trail(dossier, "accept") + trail(dossier, "return_") == 1


def test_the_same_form_sent_twice_at_once_is_one_registration(world):
    form = {"key": "register-2023", "unit": world.school.pk, "token": str(uuid.uuid4())}
    path = reverse("dossiers:begin")
    answers = race(inserts(Dossier), posting(world.an, path, form), posting(world.an, path, form))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert trail(Dossier.objects.get(), "begin") == 1


def test_two_begin_a_report_on_the_same_registration(world):
    subject = accepted(world)

    def begin(by):
        return lambda: actions.begin(
            campaign=world.campaign,
            key="report-2023",
            unit=world.school,
            token=uuid.uuid4(),
            by=by,
            at=LATER,
            about=subject,
        )

    answers = race(row(subject), begin(world.an), begin(world.hanh))
    refused = next(each for each in answers if isinstance(each, Denied))
    assert "báo cáo" in str(refused)
    assert Dossier.objects.filter(about=subject).count() == 1


def test_the_last_two_reports_handed_in_at_once_settle_what_is_owed(world):
    declared(world)
    reports_ = [
        actions.begin(
            campaign=world.campaign,
            key="report-2023",
            unit=world.school,
            token=uuid.uuid4(),
            by=world.an,
            at=LATER,
            about=subject,
            answers={"result": "Đã xong.", "completion": "100"},
        )
        for subject in (accepted(world), accepted(world, title="Ký số học bạ"))
    ]
    owed = Obligation.objects.get(unit=world.school, key="report-2023")
    race(
        f"{row(owed)[: -len('update')]}no key update",
        *(lambda each=each: actions.submit(dossier=each, by=world.hanh, at=LATER) for each in reports_),
    )
    owed.refresh_from_db()
    assert owed.on(LATER).state == "submitted"


def test_progress_told_twice_at_once_keeps_both(world):
    dossier = accepted(world)
    step = dossier.milestones.get()

    def told(percent):
        return lambda: actions.report_progress(
            dossier=dossier,
            milestone=dossier.milestones.get(),
            percent=percent,
            text=f"Xong {percent} %",
            by=world.an,
            at=IN_TIME,
        )

    race(row(dossier), told(40), told(100))
    assert Progress.objects.filter(milestone=step).count() == 2
    step.refresh_from_db()
    last = Entry.objects.filter(verb="dossiers.report_progress").order_by("-id").first()
    # The trail tells the same story as the row: the second step started where the first had ended.
    assert last.after["percent"] == step.percent
    assert last.before["percent"] == 140 - step.percent
    assert (step.done_on is None) == (step.percent < 100)


def test_progress_on_a_milestone_that_was_just_removed_is_refused(world):
    dossier = accepted(world)
    step = dossier.milestones.get()
    dossier.milestones.update(removed_at=IN_TIME)
    with pytest.raises(Denied, match=r"\w"):
        actions.report_progress(dossier=dossier, milestone=step, percent=50, text="Tin", by=world.an, at=IN_TIME)
    assert not Progress.objects.exists()


def test_a_figure_declared_twice_at_once_is_one_figure(world):
    def declared(numerator):
        return lambda: reports.declare(
            campaign=world.campaign,
            year=2023,
            unit=world.school,
            criterion="documents-signed",
            scope="",
            numerator=Decimal(numerator),
            denominator=Decimal(100),
            nothing_arose=False,
            explanation="Thiếu chữ ký số của hai phòng.",
            by=world.an,
            at=IN_TIME,
        )

    answers = race(f"select 1 from people_unit where id = {world.school.pk} for update", declared(90), declared(95))
    assert not [each for each in answers if isinstance(each, Denied)], answers
    assert Figure.objects.get().numerator in {90, 95}


def owed_by(world) -> Obligation:
    return Obligation.objects.get(unit=world.school, key="register-2023")


def test_the_same_extension_told_twice_at_once_is_one(world, time_machine):
    time_machine.move_to(LATER)
    owed = owed_by(world)
    path = reverse("monitoring:extend", args=[owed.pk])
    form = {"until": "31/12/2024", "reason": "Bão lũ"}
    answers = race(row(owed), posting(world.binh, path, form), posting(world.binh, path, form))
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Entry.objects.filter(verb="campaigns.extend").count() == 1


def test_another_extension_at_once_tells_what_the_first_did(world, time_machine):
    time_machine.move_to(LATER)
    owed = owed_by(world)
    path = reverse("monitoring:extend", args=[owed.pk])
    days = ("30/12/2024", "31/12/2024")
    race(row(owed), *(posting(world.binh, path, {"until": day, "reason": "Bão lũ"}) for day in days))
    first, second = Entry.objects.filter(verb="campaigns.extend").order_by("pk")
    assert first.before == {"until": None}
    assert second.before["until"] is not None


def test_the_same_excuse_told_twice_at_once_is_one(world):
    owed = owed_by(world)
    path = reverse("monitoring:excuse", args=[owed.pk])
    race(row(owed), *[posting(world.binh, path, {"reason": "Sáp nhập"})] * 2)
    assert Entry.objects.filter(verb="campaigns.excuse").count() == 1


def test_reminders_sent_twice_at_once_are_one_letter(world):
    def remind():
        return monitoring.remind(
            campaign=world.campaign, year=2023, unit_ids={world.school.pk}, by=world.binh, at=moment("2023-12-01 09:00")
        )

    answers = race(row(world.campaign), remind, remind)
    assert sorted(isinstance(each, Denied) for each in answers) == [False, True]
    assert Entry.objects.filter(verb="monitoring.remind").count() == 1


def test_an_index_recorded_twice_at_once_is_one_value(world):
    def record():
        return campaigns.record_index(
            campaign=world.campaign, index=world.campaign.current.plan.indices[0].id, year=2020, score=Decimal(80),
            rank=3, source="Công bố", by=world.binh, at=IN_TIME,
        )  # fmt: skip

    race(row(world.campaign), record, record)
    assert IndexValue.objects.count() == 1
    assert Entry.objects.filter(verb="campaigns.record_index").count() == 1


def test_a_template_restored_twice_at_once_is_one_version(world):
    paper = registry.PAPERS["registration"]

    def restore():
        return documents.restore(paper=paper, by=world.binh, at=IN_TIME)

    answers = race(inserts(Template), restore, restore)
    assert not [each for each in answers if isinstance(each, Denied)]
    assert Template.objects.count() == 1


def test_an_author_taken_out_meanwhile_is_told_in_a_sentence(world):
    dossier = submitted(world)
    author = dossier.authors.select_related("dossier", "person").first()
    dossier.authors.all().delete()
    with pytest.raises(Denied, match=r"\w"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)


def test_a_file_of_records_is_confirmed_and_dropped_at_once(world):
    upload = Upload.objects.create(
        dataset="dossiers", unit=world.school, period="2023", file_name="a.csv", handed_in_by=world.an,
        handed_in_at=IN_TIME, asked_at=IN_TIME, state=UploadState.CHECKED,
    )  # fmt: skip

    def drop():
        return analytics.drop(upload=upload, by=world.an, at=IN_TIME)

    answers = race(row(upload), drop, drop)
    assert sorted(isinstance(each, Denied) for each in answers) == [False, True]
    with pytest.raises(Denied, match=r"\w"):
        analytics.confirm(upload=upload, nothing_arose=False, by=world.an, at=IN_TIME)
    assert Entry.objects.filter(verb="analytics.drop").count() == 1


@pytest.mark.parametrize("until", ["31/12/9999", "01/01/2027"])
def test_an_extension_beyond_the_campaign_is_refused_beside_its_field(world, client, until):
    owed = owed_by(world)
    client.force_login(world.binh)
    path = reverse("monitoring:extend", args=[owed.pk])
    answer = client.post(path, {"until": until, "reason": "Bão lũ"})
    assert answer.status_code == 422
    assert answer.context["extend_form"].errors["until"]


def test_a_report_asked_for_twice_at_once_is_one(world):
    def prepare():
        return summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=IN_TIME)

    first, second = race(row(world.campaign), prepare, prepare)
    assert first == second
    assert Entry.objects.filter(verb="summaries.prepare").count() == 1
