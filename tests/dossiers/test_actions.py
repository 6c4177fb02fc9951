"""A dossier from draft to decision: who may, when, and what follows."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import IN_TIME, accepted, answers, begun, declared, moment, reported, submitted

from thidua.campaigns.models import Obligation
from thidua.core.dossiers import DossierState
from thidua.core.refusals import Conflict, DeadlinePassed, Denied
from thidua.dossiers import actions
from thidua.dossiers.models import Dossier
from thidua.ledger.models import Entry
from thidua.reports import actions as reports

LATE = moment("2023-09-03 10:00")


def standing(world, key="register-2023"):
    return Obligation.objects.get(unit=world.school, key=key)


def test_the_same_form_sent_twice_is_one_registration(world):
    token = uuid.uuid4()
    for _time in range(2):
        actions.begin(
            campaign=world.campaign, key="register-2023", unit=world.school, token=token, by=world.an, at=IN_TIME
        )
    assert Dossier.objects.count() == 1


def test_a_stranger_cannot_begin_for_another_unit(world):
    with pytest.raises(Denied, match=r".+"):
        begun(world, by=world.dung)
    assert not Dossier.objects.exists()


def test_the_form_is_shut_before_it_opens(world):
    with pytest.raises(Denied) as refusal:
        begun(world, moment("2023-08-01 10:00"))
    assert "07/08/2023" in str(refusal.value)


def test_saving_over_somebody_elses_text_is_a_conflict_and_changes_nothing(world):
    dossier = begun(world)
    actions.save(dossier=dossier, answers={"title": "Bản của Hạnh"}, revision=1, by=world.hanh, at=IN_TIME)
    with pytest.raises(Conflict):
        actions.save(dossier=dossier, answers={"title": "Bản của An"}, revision=1, by=world.an, at=IN_TIME)
    dossier.refresh_from_db()
    assert dossier.title == "Bản của Hạnh"


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"title": ""}, "title"),
        ({"authors": []}, "authors"),
        ({"indicator": {"label": "Số lần", "before": "3", "after": ""}}, "indicator"),
    ],
)
def test_an_incomplete_form_is_not_handed_in(world, changed, word):
    dossier = begun(world, **changed)
    with pytest.raises(Denied) as refusal:
        actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME)
    assert word in refusal.value.fields


def test_shares_that_add_to_99_are_refused_with_what_is_missing(world):
    rows = [{"person": str(world.an.pk), "share": "60"}, {"person": str(world.linh.pk), "share": "39"}]
    dossier = begun(world, authors=rows)
    with pytest.raises(Denied) as refusal:
        actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME)
    assert "99" in str(refusal.value.fields["authors"])
    assert "1%" in str(refusal.value.fields["authors"])


def test_only_the_head_signs_off(world):
    dossier = begun(world)
    with pytest.raises(Denied):
        actions.submit(dossier=dossier, by=world.an, at=IN_TIME)
    assert actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME).state == DossierState.SUBMITTED


def test_handing_in_keeps_the_words_and_moves_the_board(world):
    dossier = submitted(world)
    version = dossier.versions.get()
    assert version.answers["title"] == "Trả học bạ qua mã QR"
    assert standing(world).on(IN_TIME).state == "submitted"


def test_a_second_sign_off_is_refused(world):
    dossier = submitted(world)
    with pytest.raises(Denied):
        actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME)
    assert dossier.versions.count() == 1


def test_late_is_marked_where_the_plan_says_so(world):
    dossier = submitted(world, LATE)
    assert dossier.days_late == 9
    assert standing(world).on(LATE).days_late == 9


def test_late_is_refused_where_the_plan_says_so_and_the_text_is_kept(world, monkeypatch):
    import dataclasses

    dossier = begun(world)
    plan = world.campaign.current.plan
    strict = dataclasses.replace(
        plan,
        obligations=tuple(dataclasses.replace(each, late="refused") for each in plan.obligations),
    )
    monkeypatch.setattr("thidua.campaigns.models.PlanVersion.plan", strict)
    with pytest.raises(DeadlinePassed):
        actions.submit(dossier=dossier, by=world.hanh, at=LATE)
    dossier.refresh_from_db()
    assert dossier.answers["title"] == "Trả học bạ qua mã QR"


def test_accepting_waits_for_every_author(world):
    dossier = submitted(world)
    with pytest.raises(Denied):
        actions.accept(dossier=dossier, by=world.binh, at=IN_TIME)
    for author in dossier.authors.select_related("person"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)
    assert actions.accept(dossier=dossier, by=world.binh, at=IN_TIME).state == DossierState.ACCEPTED
    assert standing(world).on(IN_TIME).state == "done"
    assert world.an.letters.filter(kind="dossiers.accept").count() == 1


def test_a_changed_share_must_be_confirmed_again(world):
    dossier = begun(world)
    for author in dossier.authors.select_related("person"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)
    rows = [{"person": str(world.an.pk), "share": "70"}, {"person": str(world.linh.pk), "share": "30"}]
    actions.save(dossier=dossier, answers={"authors": rows}, revision=1, by=world.an, at=IN_TIME)
    assert not dossier.authors.exclude(confirmed_at=None).exists()


def test_an_author_from_another_unit_is_refused(world):
    with pytest.raises(Denied):
        begun(world, authors=[{"person": str(world.dung.pk), "share": "100"}])


def test_returning_tells_the_unit_what_and_by_when(world):
    dossier = submitted(world)
    due = dt.date(2023, 8, 28)
    actions.return_(
        dossier=dossier, notes={"indicator": "Ghi đơn vị đo."}, message="", correct_by=due, by=world.binh, at=IN_TIME
    )
    dossier.refresh_from_db()
    assert dossier.state == DossierState.RETURNED
    assert dossier.notes.get().question == "indicator"
    assert "28/08/2023" in world.an.letters.get(kind="dossiers.return_").body
    assert standing(world).on(IN_TIME).state == "returned"
    again = actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME)
    assert again.versions.count() == 2


def test_returning_without_a_word_is_refused(world):
    dossier = submitted(world)
    with pytest.raises(Denied):
        actions.return_(
            dossier=dossier, notes={}, message=" ", correct_by=dt.date(2023, 8, 28), by=world.binh, at=IN_TIME
        )


def test_withdrawing_makes_the_unit_owe_again(world):
    dossier = submitted(world)
    actions.withdraw(dossier=dossier, reason="Trùng với giải pháp khác.", by=world.hanh, at=IN_TIME)
    assert standing(world).on(IN_TIME).state == "due"


def test_progress_moves_its_milestone(world):
    dossier = accepted(world)
    milestone = dossier.milestones.get()
    actions.report_progress(
        dossier=dossier, milestone=milestone, percent=100, text="Đã chạy thử.", by=world.an, at=IN_TIME
    )
    milestone.refresh_from_db()
    assert (milestone.percent, milestone.done_on) == (100, IN_TIME.date())


def test_a_report_is_done_when_each_registration_has_one(world):
    first, second = accepted(world), accepted(world, title="Ký số học bạ")
    at = moment("2023-10-20 10:00")
    declared(world)
    for subject, expected in ((first, "draft"), (second, "submitted")):
        reported(world, subject, at)
        assert standing(world, "report-2023").on(at).state == expected


def test_a_form_that_was_sent_for_something_else_is_refused(world):
    token = uuid.uuid4()
    common = {"campaign": world.campaign, "unit": world.school, "token": token, "by": world.an, "at": IN_TIME}
    actions.begin(key="register-2023", **common)
    with pytest.raises(Denied):
        actions.begin(key="unit-plan-2023", **common)
    assert Dossier.objects.count() == 1


def test_a_report_needs_the_figures_of_the_unit_and_keeps_them_as_they_were(world):
    registration = accepted(world)
    with pytest.raises(Denied, match="Số liệu"):
        reported(world, registration)
    declared(world)
    Dossier.objects.filter(kind="report").delete()
    report = reported(world, registration)
    kept = report.versions.get().answers["figures"]
    assert ("Ký số văn bản gửi Sở", "75% = 3 / 4", "Tự khai") in {(r["name"], r["value"], r["source"]) for r in kept}
    reports.declare(
        campaign=world.campaign, year=2023, unit=world.school, criterion="documents-signed", scope="", by=world.an,
        at=IN_TIME, numerator=Decimal(4), denominator=Decimal(4), nothing_arose=False, explanation="Sửa",
    )  # fmt: skip
    assert report.versions.get().answers["figures"] == kept


def test_every_step_is_in_the_trail(world):
    accepted(world)
    verbs = list(Entry.objects.filter(thing_type="dossiers.dossier").order_by("id").values_list("verb", flat=True))
    assert verbs == ["dossiers.begin", "dossiers.submit", "dossiers.confirm", "dossiers.confirm", "dossiers.accept"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("anh.pdf", b"<html><script>alert(1)</script></html>"),
        ("trong.pdf", b""),
        ("ve.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'),
        ("gia.docx", b"PK\x03\x04 not really a zip file"),
    ],
)
def test_a_file_is_what_its_content_says(world, name, content):
    dossier = begun(world)
    with pytest.raises(Denied) as refusal:
        actions.attach(
            dossier=dossier, question="files", uploads=[SimpleUploadedFile(name, content)], by=world.an, at=IN_TIME
        )
    assert name in str(refusal.value)
    assert not dossier.attachments.exists()


def test_the_same_bytes_are_stored_once(world):
    dossier = begun(world)
    for name in ("a.pdf", "b.pdf"):
        actions.attach(
            dossier=dossier,
            question="files",
            by=world.an,
            at=IN_TIME,
            uploads=[SimpleUploadedFile(name, b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")],
        )
    assert len({each.file_id for each in dossier.attachments.all()}) == 1


def test_text_in_decomposed_unicode_is_found_and_stored_composed(world):
    import unicodedata

    dossier = begun(world, title="x")
    text = unicodedata.normalize("NFD", "Trả học bạ")
    from django.http import QueryDict

    from thidua.dossiers.forms import answers_from

    post = QueryDict(mutable=True)
    post["title"] = text
    got = answers_from(dossier.plan_form, post)
    assert got["title"] == "Trả học bạ"
    assert answers(world)["title"] == "Trả học bạ qua mã QR"
