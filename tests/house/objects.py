"""One real object of every sort, all of An's school, by the names that the table of addresses calls them by.

Records are counted of divisions alone, so the school is one here; it was a school when the plan was published.
"""

import datetime as dt
from types import SimpleNamespace

from allauth.socialaccount.models import SocialAccount
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from procrastinate.contrib.django.models import ProcrastinateJob
from tests import once
from tests.analytics.making import HEADINGS, csv_bytes, row
from tests.fixtures import accepted, begun, make_world, moment, person, submitted, unit
from tests.monitoring.test_marks import figure, stored
from tests.surveys.test_surveys import opened

from thidua.analytics import actions as records
from thidua.analytics import tasks as reading
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.apologies import actions as apologies
from thidua.apologies import tasks as letters
from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.core.records.periods import period
from thidua.core.units import RoleKind, UnitKind
from thidua.dossiers import actions as dossiers
from thidua.exchange import actions as exports
from thidua.exchange import tasks as excel
from thidua.ledger import files
from thidua.ledger.models import FailedJob
from thidua.monitoring import queries as marks
from thidua.people import actions as people
from thidua.people.letters import OBJECTION
from thidua.people.models import Letter, SignIn, Unit
from thidua.reports import tasks as computing
from thidua.reports.models import Evidence
from thidua.summaries import actions as summaries
from thidua.summaries import tasks as writing

AT = moment("2023-09-10 10:00")
ROWS = [
    [*HEADINGS, "Số thư xin lỗi"], row(1), row(2, returned="25/04/2023"), row(3, returned="26/04/2023"),
    row(4, returned="hôm nào"),
]  # fmt: skip
PEOPLE = ("an", "hanh", "linh", "dung", "binh", "leader", "admin", "chi")


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")


def ready(folder) -> SimpleNamespace:
    """A world and the names of its objects, whose files are in this home."""
    return once.made("objects", lambda: _ready(folder), folder)


def _ready(folder) -> SimpleNamespace:
    world = make_world()
    return SimpleNamespace(world=world, names=make(world, folder))


def make(world, folder) -> dict[str, object]:
    world.school.kind = UnitKind.DIVISION
    world.school.save()
    world.chi = person("chi", "Phạm Mai Chi", role=RoleKind.COUNCIL)
    unit("da-dong", "Phòng Đã Đóng Mẫu", UnitKind.DIVISION, world.department)
    Unit.objects.filter(code="da-dong").update(ends_on=dt.date(2024, 3, 1))
    return {**_papers(world), **_records(world, folder), **_figures(world), **_export(world), **_others(world)}


def _papers(world) -> dict[str, object]:
    shown = begun(world, AT)
    dossiers.present(dossier=shown, by=world.an, at=AT)
    draft, sent, ready = begun(world, AT), submitted(world, AT), submitted(world, AT)
    for author in ready.authors.select_related("person"):
        dossiers.confirm(author=author, by=author.person, at=AT)
    (attached,) = dossiers.attach(dossier=draft, question="files", uploads=[pdf()], by=world.an, at=AT)
    owed = Obligation.objects.filter(unit=world.school, submitted_at=None)
    extended, excused = owed.filter(person=None).order_by("-pk")[:2]
    until = moment("2026-06-30 23:59")
    campaigns.extend(obligation=extended, until=until, reason="Bão lũ", by=world.binh, at=AT)
    campaigns.excuse(obligation=excused, reason="Sáp nhập", by=world.binh, at=AT)
    return {
        "draft": draft.pk,
        "shown": shown.pk,
        "sent": sent.pk,
        "ready": ready.pk,
        "done": accepted(world, AT).pk,
        "share": sent.authors.get(person=world.an).pk,
        "attached": attached.pk,
        "owed": owed.filter(person=None).earliest("pk").pk,
        "extended": extended.pk,
        "excused": excused.pk,
        "duty": owed.filter(person=world.linh).earliest("pk").pk,
    }


def _records(world, folder) -> dict[str, object]:
    wanted = {"dataset": dataset_of("dossiers"), "unit": world.school, "period": period("2023")}
    content = csv_bytes(ROWS)
    upload = records.hand_in(**wanted, file=SimpleUploadedFile("hs.csv", content), by=world.an, at=AT)
    reading.read(**ProcrastinateJob.objects.filter(task_name="analytics.read").latest("id").args)
    (folder / "hs.csv").write_bytes(content)
    outcome = records.import_records(
        **wanted, file=folder / "hs.csv", name="hs.csv", choices=records.Choices(), by=world.an, at=AT
    )
    computing.compute(outcome.batch)
    batch = Batch.objects.select_related("unit").get(pk=outcome.batch)
    late = {
        "code": "H29-0002", "procedure": "", "field": "", "received": dt.date(2023, 4, 3), "due": dt.date(2023, 4, 20),
        "returned": dt.date(2023, 4, 25), "new_due": None, "_unit": world.school.code,
    }  # fmt: skip
    run = apologies.issue(
        campaign=world.campaign,
        year=2023,
        rows=[late],
        batches=[batch],
        reason="Chậm",
        new_due=None,
        by=world.an,
        at=AT,
    )
    letters.complete(run.pk)
    return {"upload": upload.pk, "batch": batch.pk, "run": run.pk}


def _export(world) -> dict[str, object]:
    export = exports.ask(address="/reports/units/hoa-sen/excel/", name="chi-tieu", count=1, by=world.an, at=AT)
    excel.write(export.pk)
    return {"export": export.token}


def _figures(world) -> dict[str, object]:
    """A figure with evidence, and a file that two units show, which is a mark."""
    declared = figure(world, world.school, 3, 4, "documents-signed", at=AT)
    kept = files.store(pdf(), by=world.an, at=AT)
    evidence = Evidence.objects.create(figure=declared, name="a.pdf", file=kept, attached_at=AT, attached_by=world.an)
    photo = stored("photo")
    for of, criterion in ((world.school, "documents-electronic"), (world.other, "documents-signed")):
        figure(world, of, 3, 4, criterion, at=AT, file=photo)
    (mark,) = (each for each in marks.marks(world.an, world.campaign, 2023) if each.unit == world.school)
    return {"figure": declared.pk, "evidence": evidence.pk, "mark": f"{mark.kind}/{mark.unit.code}/{mark.key}"}


def _others(world) -> dict[str, object]:
    survey = opened(world, unit=world.school, by=world.an)
    token, secret = people.issue_token(
        unit=world.school, name="Một cửa", expires_on=dt.date(2024, 6, 30), by=world.an, at=AT
    )
    text = world.campaign.current.source.replace("Cải cách hành chính 2023–2025", "CCHC 2023–2025", 1)
    version, _problems = campaigns.load(text=text, name="cchc", by=world.binh, at=AT)
    world.hanh.last_login = AT
    world.hanh.save()
    moved = people.change_address(account=world.hanh, email="hanh.moi@mau.vn", by=world.hanh, at=AT)
    delegation = people.delegate(
        unit=world.school, deputy=world.linh, starts_on=dt.date(2023, 10, 1), ends_on=dt.date(2023, 10, 9),
        reason="Đi học", by=world.hanh, at=AT,
    )  # fmt: skip
    browser = SignIn.objects.create(person=world.hanh, begun_at=AT, seen_at=AT)
    identity = SocialAccount.objects.create(user=world.hanh, provider="oidc", uid="1")
    report = summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=AT)
    writing.complete(report.pk)
    refused = Letter.objects.create(
        to=world.linh, sent_to="linh@mau.vn", kind="test", subject="Hạn", body="Hạn", failure="550", written_at=AT
    )
    unwritten = summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=AT)
    writing._give_up(unwritten.pk)
    failed = FailedJob.objects.create(
        job_id=1, name="summaries.complete", arguments={"report_id": unwritten.pk}, failed_at=AT, given_up_at=AT
    )
    return {
        "survey": survey.pk,
        "place": survey.places.get().token,
        "token": token.pk,
        "moved": moved.pk,
        "delegation": delegation.pk,
        "sign_in": browser.pk,
        "identity": identity.pk,
        "objection": signing.dumps(moved.pk, salt=OBJECTION),
        "secret": secret,
        "report": report.pk,
        "version": world.campaign.current_id,
        "failed": failed.pk,
        "refused": refused.pk,
        "planned": version.pk,
    }
