"""Text as some machines type it, letter and mark apart (NFD), by every page: stored composed, and found."""

import unicodedata
import uuid

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.urls import reverse
from django.utils import timezone
from tests.fixtures import begun

from thidua.campaigns.models import Obligation
from thidua.dossiers.models import Dossier
from thidua.people.models import Person, Unit
from thidua.reports.models import Figure

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
TITLE = "Trả học bạ bằng mã QR ở trường Đồi Thông"


def apart(text: str) -> str:
    found = unicodedata.normalize("NFD", text)
    assert found != text
    return found


def decomposed() -> set[str]:
    """Every column of every table of ours that holds text which is not composed."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if not model.__module__.startswith("thidua."):
                continue
            for field in model._meta.concrete_fields:
                if not isinstance(field, models.CharField | models.TextField | models.JSONField):
                    continue
                table, column = model._meta.db_table, field.column
                cursor.execute(f'select count(*) from {table} where ("{column}")::text is not nfc normalized')
                if cursor.fetchone()[0]:
                    found.add(f"{table}.{column}")
    return found


def post(client, person, path, data):
    client.force_login(person)
    answer = client.post(path, data)
    assert answer.status_code in (200, 302), (path, answer.text[-3000:])
    return answer


def registration(world) -> dict[str, str]:
    return {
        "title": apart(TITLE),
        "kind": "giai-phap",
        "field": "thu-tuc",
        "authors-TOTAL_FORMS": "1",
        "authors-0-person": str(world.an.pk),
        "authors-0-share": "100",
        "situation": apart("Phụ huynh đến trường\nba lần."),
        "solution": apart("Hẹn giờ trước."),
        "milestones-TOTAL_FORMS": "1",
        "milestones-0-id": "",
        "milestones-0-title": apart("Chạy thử ở một lớp"),
        "milestones-0-due_on": "15/09/2023",
        "milestones-0-weight": "1",
        "indicator-label": apart("Số lần đến trường"),
        "indicator-before": "3",
        "indicator-after": "1",
        "revision": "0",
    }


def test_a_dossier_from_draft_to_decision(world, client):
    form = {"key": "register-2023", "unit": world.school.pk, "token": str(uuid.uuid4())}
    post(client, world.an, reverse("dossiers:begin"), form)
    pk = Dossier.objects.get().pk
    post(client, world.an, reverse("dossiers:autosave", args=[pk]), registration(world))
    name = apart("Minh chứng số một.pdf")
    files = {"files": SimpleUploadedFile(name, PDF), "question": "files"}
    post(client, world.an, reverse("dossiers:attach", args=[pk]), files)
    post(client, world.hanh, reverse("dossiers:submit", args=[pk]), {})
    back = {
        "note-title": apart("Tên còn dài"),
        "message": apart("Sửa một điểm\nrồi nộp lại"),
        "correct_by": "31/12/2099",
    }
    post(client, world.binh, reverse("dossiers:return_", args=[pk]), back)
    post(client, world.hanh, reverse("dossiers:submit", args=[pk]), {})
    post(client, world.an, reverse("dossiers:confirm", args=[Dossier.objects.get().authors.get().pk]), {})
    post(client, world.binh, reverse("dossiers:accept", args=[pk]), {"message": apart("Rất tốt")})
    news = {"text": apart("Đã chạy thử"), "percent": "50", "upload": SimpleUploadedFile(apart("Ảnh.pdf"), PDF)}
    post(client, world.an, reverse("dossiers:report_progress", args=[pk]), news)
    post(client, world.hanh, reverse("dossiers:withdraw", args=[pk]), {"reason": apart("Trùng giải pháp khác")})
    dossier = Dossier.objects.get()
    assert dossier.title == TITLE
    assert dossier.answers["situation"] == "Phụ huynh đến trường\nba lần."
    assert dossier.attachments.filter(name="Minh chứng số một.pdf").exists()
    assert decomposed() == set()


def test_the_lines_of_a_message_stay_lines(world, client):
    dossier = begun(world)
    post(client, world.hanh, reverse("dossiers:submit", args=[dossier.pk]), {})
    back = {"message": "Sửa hai điểm:\r\n- tên\r\n- số liệu", "correct_by": "31/12/2099"}
    post(client, world.binh, reverse("dossiers:return_", args=[dossier.pk]), back)
    assert Dossier.objects.get().message == "Sửa hai điểm:\n- tên\n- số liệu"


def test_figures_and_what_the_office_writes_beside_them(world, client):
    path = reverse("reports:declare", args=[world.school.code, "documents-signed"])
    figure = {"numerator": "9", "denominator": "10", "explanation": apart("Một văn bản mật")}
    post(client, world.an, f"{path}?year=2023", figure)
    pk = Figure.objects.get().pk
    check = {"numerator": "8", "denominator": "10", "note": apart("Đối chiếu với sổ văn bản")}
    post(client, world.binh, reverse("reports:check", args=[pk]), check)
    owed = Obligation.objects.filter(unit=world.other, person=None).order_by("pk")
    post(client, world.binh, reverse("monitoring:excuse", args=[owed[0].pk]), {"reason": apart("Chuyển trụ sở")})
    later = {"reason": apart("Bão số ba"), "until": "31/12/2026"}
    post(client, world.binh, reverse("monitoring:extend", args=[owed[1].pk]), later)
    assert Figure.objects.get().check_note == "Đối chiếu với sổ văn bản"
    assert decomposed() == set()


def test_units_people_and_delegation(world, client):
    person = {"full_name": apart("Đỗ Thị Mới"), "title": apart("Tổ trưởng")}
    post(client, world.an, reverse("people:add_member"), person)
    days = {"starts_on": "01/01/2026", "ends_on": f"{timezone.localdate():%d/%m/%Y}"}
    away = {"deputy": world.linh.pk, **days, "reason": apart("Đi học")}
    post(client, world.hanh, reverse("people:delegate"), away)
    units = apart("Tên đơn vị,Loại,Địa bàn\nTrường THPT Cẩm Tú Mẫu,Trường,Quận Một\n").encode()
    post(client, world.binh, reverse("people:import_units"), {"file": file("đơn vị.csv", units), "commit": "on"})
    code = Unit.objects.get(name="Trường THPT Cẩm Tú Mẫu").code
    people = apart(f"Họ và tên,Chức vụ,Mã đơn vị\nPhạm Hữu Nghị,Hiệu trưởng,{code}\n").encode()
    post(client, world.binh, reverse("people:import_people"), {"file": file("người.csv", people), "commit": "on"})
    assert Person.objects.filter(full_name="Phạm Hữu Nghị").exists()
    close = {"ends_on": "31/12/2099", "reason": apart("Sáp nhập với trường khác")}
    post(client, world.binh, reverse("people:close_unit", args=[code]), close)
    assert decomposed() == set()
    # The same list again, typed composed: nothing is new.
    again = client.post(
        reverse("people:import_units"),
        {"file": file("đơn vị.csv", unicodedata.normalize("NFC", units.decode()).encode())},
    )
    outcome = again.context["outcome"]
    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, 1)


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(apart(name), content)


@pytest.mark.parametrize(
    ("path", "words", "found"),
    [
        ("/dossiers/?year=2023", "Trả học bạ", "Trả học bạ qua mã QR"),
        ("/search/", "học bạ", "Trả học bạ qua mã QR"),
        ("/trail/", "Nguyễn Thị An", "Nguyễn Thị An"),
        ("/people/units/", "Đồi Thông", "Trường THPT Đồi Thông Mẫu"),
        ("/people/people/", "Trần Minh Dũng", "Trần Minh Dũng"),
        ("/monitoring/board/?year=2023", "Đồi Thông", "Trường THPT Đồi Thông Mẫu"),
    ],
)
def test_search_finds_what_was_typed_apart(world, client, path, words, found):
    dossier = begun(world)
    post(client, world.hanh, reverse("dossiers:submit", args=[dossier.pk]), {})
    client.force_login(world.binh)
    joint = "&" if "?" in path else "?"
    for typed in (words, apart(words), words + "\x00"):
        answer = client.get(f"{path}{joint}q={'%20'.join(typed.split())}".replace("\x00", "%00"))
        assert answer.status_code == 200
        main = answer.text[answer.text.index('id="refusal"') :]
        assert found in main, typed


def test_a_nul_sign_reaches_no_table(world, client):
    dossier = begun(world)
    post(client, world.hanh, reverse("dossiers:submit", args=[dossier.pk]), {})
    back = {"note-title": "Tên\x00dài", "message": "Sửa", "correct_by": "31/12/2099"}
    post(client, world.binh, reverse("dossiers:return_", args=[dossier.pk]), back)
    assert dossier.notes.get().text == "Tên dài"
