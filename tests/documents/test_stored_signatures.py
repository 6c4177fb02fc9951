"""Signatures of stored files: found by the worker once the upload is committed, kept, shown beside the file."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.documents import signing as made
from tests.fixtures import IN_TIME, begun, submitted

from thidua.documents import queries, tasks
from thidua.documents.models import SignatureVerdict
from thidua.dossiers import actions as dossiers
from thidua.ledger import files
from thidua.ledger.models import StoredFile
from thidua.reports import actions as reports
from thidua.reports.models import Evidence

CRITERION = "documents-signed"


def good(name: str = "Hoàng Lan Hạnh") -> bytes:
    return made.signed(made.paper(), made.person(name))


def upload(content: bytes, name="bao-cao.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def trusting(settings, tmp_path):
    """Public units by our authority, private ones by the other."""
    for name, who in (("TRUST_PUBLIC", made.authority()), ("TRUST_PRIVATE", made.other_authority())):
        (tmp_path / f"{name}.pem").write_bytes(who.pem)
        setattr(settings, name, [tmp_path / f"{name}.pem"])


def attach(world, *contents: bytes, dossier=None, name="bao-cao.pdf"):
    dossier = dossier or begun(world)
    uploads = [upload(each, name) for each in contents]
    dossiers.attach(dossier=dossier, question="files", uploads=uploads, by=world.an, at=IN_TIME)
    return dossier


def declare(world, content: bytes, unit=None, by=None) -> Evidence:
    figure = reports.declare(
        campaign=world.campaign, year=2023, unit=unit or world.school, criterion=CRITERION, scope="", numerator=3,
        denominator=4, nothing_arose=False, explanation="Sổ văn bản", by=by or world.an, at=IN_TIME,
        upload=upload(content),
    )  # fmt: skip
    return figure.evidence.latest("pk")


def do_jobs() -> int:
    jobs = ProcrastinateJob.objects.filter(task_name="documents.check_signatures")
    for job in jobs:
        tasks.check_signatures(**job.args)
    return len(jobs)


def test_a_pdf_that_a_dossier_takes_is_checked_by_the_worker(world, trusting):
    attach(world, good())
    assert do_jobs() == 1
    public = SignatureVerdict.objects.get(roots=queries.roots_for(is_public=True).version)
    private = SignatureVerdict.objects.get(roots=queries.roots_for(is_public=False).version)
    assert (public.status, private.status) == ("valid", "untrusted")
    assert public.signatures[0]["signer"] == "Hoàng Lan Hạnh"


def test_evidence_is_checked_too_and_other_files_are_not(world, trusting):
    declare(world, good())
    attach(world, b"\x89PNG\r\n\x1a\n" + bytes(64), name="anh.png")
    assert do_jobs() == 1
    assert SignatureVerdict.objects.filter(status="valid").count() == 1


def test_the_same_file_is_judged_once(world, trusting, monkeypatch):
    twice = good()
    attach(world, twice, twice)
    assert do_jobs() == 2
    assert SignatureVerdict.objects.count() == 2  # one a set of roots
    monkeypatch.setattr(tasks.checker, "check", None)
    do_jobs()  # a job may run twice; nothing is checked again


def test_files_without_a_verdict_are_made_up_for_and_all_of_them_when_the_roots_change(world, settings, trusting):
    attach(world, good(), made.paper())
    tasks.check_the_rest()
    assert sorted(SignatureVerdict.objects.values_list("status", flat=True)) == ["none", "none", "untrusted", "valid"]
    settings.TRUST_PUBLIC, settings.TRUST_PRIVATE = settings.TRUST_PRIVATE, []
    assert queries.without_verdict(queries.roots_for(is_public=False)).count() == 2
    tasks.check_the_rest()
    assert not queries.without_verdict(queries.roots_for(is_public=False)).exists()


def test_a_file_that_is_gone_does_not_keep_the_others_waiting(world, trusting):
    attach(world, good(), made.paper())
    gone = StoredFile.objects.earliest("pk")
    files.default_storage.delete(gone.key)
    tasks.check_the_rest()
    assert SignatureVerdict.objects.count() == 2
    assert not SignatureVerdict.objects.filter(file=gone).exists()
    gone.refresh_from_db()
    assert gone.fault == "missing"  # and is not asked for again until it is well
    tasks.check_signatures(file_id=gone.pk)


def shown(client, who, path: str) -> str:
    client.force_login(who)
    return " ".join(client.get(path).content.decode().split())


def test_the_page_of_a_dossier_says_who_signed_and_when(client, world, trusting):
    dossier = attach(world, good())
    path = f"/dossiers/{dossier.pk}/"
    assert "Đang kiểm tra chữ ký số" in shown(client, world.an, path)
    do_jobs()
    page = shown(client, world.an, path)
    assert "Chữ ký số hợp lệ" in page
    assert "Hoàng Lan Hạnh ký lúc 10:00 20/08/2023, chứng thư số do CA Mẫu khối công cấp" in page
    client.cookies["language"] = "en"
    assert "Signed by Hoàng Lan Hạnh at 10:00 20/08/2023, certificate of CA Mẫu khối công" in shown(
        client, world.an, path
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (lambda: made.with_shadow(good()), "Tệp có nội dung chưa được ký"),
        (lambda: made.signed(made.paper(), made.person("Người Lạ", issuer=made.other_authority)), "đơn vị công lập"),
        (made.paper, "Không có chữ ký số"),
        (lambda: good()[:-200], "Tệp bị hỏng hoặc không phải là tệp PDF."),
        (lambda: made.locked("mat-khau"), "Tệp có mật khẩu bảo vệ."),
    ],
)
def test_what_is_not_well_is_said_in_a_sentence(client, world, trusting, content, words):
    dossier = attach(world, content())
    do_jobs()
    assert words in shown(client, world.an, f"/dossiers/{dossier.pk}/")


def test_of_two_signatures_it_is_said_which_is_which(client, world, trusting):
    stranger = made.person("Người Lạ", issuer=made.other_authority)
    dossier = attach(world, made.signed(good(), stranger, field="Ky2", at=made.SIGNED_AT + dt.timedelta(days=1)))
    do_jobs()
    page = shown(client, world.an, f"/dossiers/{dossier.pk}/")
    assert "do CA Mẫu khối công cấp: Chữ ký số hợp lệ" in page
    assert "do CA Mẫu khác cấp: Chưa xác thực được người ký" in page


def test_without_roots_the_page_says_that_there_are_none(client, world):
    dossier = attach(world, good())
    do_jobs()
    assert "Chưa cấu hình chứng thư gốc" in shown(client, world.an, f"/dossiers/{dossier.pk}/")


def test_a_private_unit_is_judged_by_its_own_roots(client, world, trusting):
    world.other.is_public = False
    world.other.save()
    declare(world, good())
    declare(world, good(), unit=world.other, by=world.dung)
    do_jobs()
    page = shown(client, world.binh, f"/reports/criteria/{CRITERION}/?year=2023")
    assert page.count("Chữ ký số hợp lệ") == 1
    assert page.count("chứng thư gốc được tin cậy cho đơn vị ngoài công lập") == 1
    assert "Chữ ký số hợp lệ" in shown(client, world.an, f"/reports/units/hoa-sen/{CRITERION}/?year=2023")


def test_the_review_desk_shows_it_too(client, world, trusting):
    dossier = submitted(world)
    attachment = dossiers.attachments.keep(dossier, "files", upload(good()), by=world.an, at=IN_TIME)
    do_jobs()
    page = shown(client, world.binh, "/dossiers/review/")
    assert attachment.name in page
    assert "Chữ ký số hợp lệ" in page


@pytest.mark.parametrize(
    "path", ["/dossiers/{dossier}/", "/dossiers/review/", f"/reports/criteria/{CRITERION}/?year=2023"]
)
def test_the_number_of_queries_does_not_grow_with_the_files(client, world, trusting, path):
    dossier = submitted(world)
    path = path.format(dossier=dossier.pk)

    def queries_after(*names: str) -> int:
        for name in names:
            dossiers.attachments.keep(dossier, "files", upload(good(name)), by=world.an, at=IN_TIME)
            declare(world, good(name))
        do_jobs()
        client.force_login(world.binh)
        client.get(path)
        with CaptureQueriesContext(connection) as taken:
            assert "Chữ ký số hợp lệ" in client.get(path).content.decode()
        return len(taken)

    first = queries_after("Một Mẫu")
    assert queries_after("Hai Mẫu", "Ba Mẫu", "Bốn Mẫu") == first <= 12
