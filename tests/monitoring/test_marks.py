"""Marks of what should be looked at again: who sees which, where they lead, and how the office sets one aside."""

import datetime as dt
import hashlib
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.batches import batch
from tests.fixtures import IN_TIME, begun, moment, unit

from thidua.core.refusals import Denied
from thidua.core.units import UnitKind
from thidua.documents.models import Picture
from thidua.dossiers import actions as dossiers
from thidua.ledger.models import Entry, StoredFile
from thidua.monitoring import actions, queries
from thidua.reports import actions as reports
from thidua.reports import queries as report_queries
from thidua.reports.datasets import DOSSIERS
from thidua.reports.models import Evidence, Figure

PAGE = "/monitoring/marks/"


def figure(world, of, part, whole, criterion="dossiers-on-time", *, year=2023, at=IN_TIME, file=None) -> Figure:
    made = Figure.objects.create(
        campaign=world.campaign, version=world.campaign.current, year=year, unit=of, criterion=criterion,
        numerator=part, denominator=whole, declared_at=at, declared_by=world.an,
    )  # fmt: skip
    if file:
        Evidence.objects.create(figure=made, name=f"{file.pk}.jpg", file=file, attached_at=at, attached_by=world.an)
    return made


def stored(name: str, outline: str = "") -> StoredFile:
    digest = hashlib.sha256(name.encode()).hexdigest()
    file = StoredFile.objects.create(
        sha256=digest, size=9, content_type="image/jpeg", extension="jpg", stored_at=IN_TIME
    )
    if outline:
        Picture.objects.create(file=file, outline=outline)
    return file


def found(world, by=None, year=2023) -> dict[tuple[str, str], queries.Mark]:
    return {(mark.kind.value, mark.unit.code): mark for mark in queries.marks(by or world.binh, world.campaign, year)}


MARCH = dt.date(2023, 3, 10)
LATER, AFTER = moment("2023-09-01 08:00"), moment("2023-10-01 08:00")


def dossiers_late(late: int, *, of: int) -> list[dict]:
    """Without a field, so that the whole alone is counted."""
    return [
        {"code": f"{n}", "received": MARCH, "due": MARCH, "returned": MARCH + dt.timedelta(n < late)} for n in range(of)
    ]


def compute(world) -> None:
    for measure in world.campaign.current.plan.measures:
        if measure.dataset == DOSSIERS.id:
            reports.compute(campaign=world.campaign, measure=measure, year=2023, by=None, at=AFTER)


def queries_of(world):
    return report_queries.card(world.campaign, world.division, 2023).rows


def on_target(world) -> Figure:
    return figure(world, world.division, 490, 500)


def test_a_checked_value_whose_records_changed_afterwards(world):
    batch(DOSSIERS, world.division, dossiers_late(1, of=4), at=IN_TIME)
    compute(world)
    made = figure(world, world.division, 4, 4, "dossiers-on-time")
    reports.check(
        figure=made, numerator=Decimal(3), denominator=Decimal(4), note="Đối chiếu sổ", by=world.binh, at=LATER
    )
    compute(world)
    assert ("stale", "van-phong") not in found(world)
    batch(DOSSIERS, world.division, dossiers_late(2, of=4), at=AFTER)
    compute(world)
    mark = found(world)["stale", "van-phong"]
    assert str(mark.sentence) == "Đã kiểm tra: 3 / 4. Dữ liệu thay đổi sau đó cho 2 / 4."
    (seen,) = (row.value for row in queries_of(world) if row.criterion.id == "dossiers-on-time" and not row.is_part)
    assert (seen.is_stale, seen.source, seen.numerator) == (True, "checked", 3)


def test_late_dossiers_of_one_criterion_are_the_denominator_of_another(world):
    figure(world, world.division, 446, 500)
    figure(world, world.division, 2800, 2876, "apology-letters")
    mark = found(world)["misfit", "van-phong"]
    assert (mark.key, len(mark.sides)) == ("apology-letters", 2)
    assert "còn 54 trong 500" in str(mark.sentence)
    Figure.objects.filter(criterion="apology-letters").update(numerator=50, denominator=54)
    assert ("misfit", "van-phong") not in found(world)


def test_the_values_of_a_unit_and_of_the_year_before(world):
    on_target(world)
    figure(world, world.division, 400, 500, year=2024)
    mark = found(world)["on-target", "van-phong"]
    assert (mark.key, str(mark.sentence).count("490"), len(mark.sides)) == ("dossiers-on-time", 1, 2)
    jump = found(world, year=2024)["jump", "van-phong"]
    assert "−18" in str(jump.sentence)
    assert [side.url[-4:] for side in jump.sides] == ["2024", "2023"]


def test_what_the_office_checked_goes_before_what_the_unit_declared(world):
    mine = on_target(world)
    mine.checked_numerator, mine.checked_denominator, mine.checked_at = Decimal(489), Decimal(500), IN_TIME
    mine.save()
    assert not found(world)


def test_files_pictures_and_nights(world):
    photo, again = stored("photo", "00000000000000ff"), stored("again", "00000000000000fe")
    figure(world, world.school, 3, 4, "documents-signed", file=photo)
    figure(world, world.other, 3, 4, "documents-signed", file=photo)
    figure(world, world.division, 3, 4, "petitions-on-time", file=again)
    for criterion in ("a", "b", "c", "d", "e", "f"):
        figure(world, world.division, 1, 2, criterion, at=moment("2023-08-24 23:30"))
    assert {key: len(mark.sides) for key, mark in found(world).items()} == {
        ("same-file", "hoa-sen"): 2,
        ("same-file", "doi-thong"): 2,
        ("alike", "hoa-sen"): 2,
        ("alike", "doi-thong"): 2,
        ("alike", "van-phong"): 3,
        ("night", "van-phong"): 6,
    }
    assert found(world)["night", "van-phong"].key == "2023-08-24"


def test_a_file_of_a_paper_counts_once_it_is_handed_in_and_while_it_is_attached(world):
    paper = begun(world)
    upload = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")
    (kept,) = dossiers.attach(dossier=paper, question="files", uploads=[upload], by=world.an, at=IN_TIME)
    figure(world, world.other, 3, 4, "documents-signed", file=kept.file)
    assert not found(world)
    dossiers.submit(dossier=paper, by=world.hanh, at=IN_TIME)
    mark = found(world)["same-file", "hoa-sen"]
    assert mark.sides[0].url == paper.get_absolute_url()
    kept.removed_at = IN_TIME
    kept.save()
    assert not found(world)


def test_a_unit_sees_the_marks_about_itself_and_does_not_learn_who_the_other_is(client, world):
    photo = stored("photo")
    for of in (world.school, world.other):
        figure(world, of, 3, 4, "documents-signed", file=photo)
    assert set(found(world, by=world.an)) == {("same-file", "hoa-sen")}
    assert not found(world, by=world.linh)
    client.force_login(world.an)
    page = client.get(f"{PAGE}?year=2023").content.decode()
    assert world.school.name in page
    assert world.other.name not in page
    own, foreign = (f"{PAGE}same-file/{code}/{photo.pk}/?year=2023" for code in ("hoa-sen", "doi-thong"))
    assert client.get(own).status_code == 200
    assert client.get(foreign).status_code == 404
    assert client.post(own.replace("/?", "/set-aside/?"), {"reason": "Đúng"}).status_code == 403


def test_the_office_sets_a_mark_aside_until_the_values_change(client, world):
    mine = on_target(world)
    client.force_login(world.binh)
    address = f"{PAGE}on-target/van-phong/dossiers-on-time/set-aside/?year=2023"
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "Đã đối chiếu sổ một cửa"}).status_code == 302
    row = Entry.objects.get(verb="monitoring.set_aside")
    assert (row.unit_id, row.note) == (world.division.pk, "Đã đối chiếu sổ một cửa")
    assert world.division.name not in client.get(f"{PAGE}?year=2023").content.decode()
    assert "Đã đối chiếu sổ một cửa" in client.get(f"{PAGE}?year=2023&show=aside").content.decode()
    mine.numerator, mine.denominator = 980, 1000
    mine.save()
    again = found(world)["on-target", "van-phong"]
    assert not again.is_aside
    assert again.aside.reason == "Đã đối chiếu sổ một cửa"
    assert "Đã đối chiếu sổ một cửa" in client.get(f"{PAGE}?year=2023").content.decode()
    client.post(address, {"reason": "Vẫn đúng"})
    assert found(world)["on-target", "van-phong"].is_aside


def test_only_the_office_and_not_for_its_own_unit(world):
    on_target(world)
    mark = found(world)["on-target", "van-phong"]
    for by in (world.an, world.leader):
        with pytest.raises(Denied):
            actions.set_aside(campaign=world.campaign, mark=mark, reason="Đúng", by=by, at=IN_TIME)


def test_filters_search_and_excel_say_the_same(client, world):
    on_target(world)
    photo = stored("photo")
    for of in (world.school, world.other):
        figure(world, of, 3, 4, "documents-signed", file=photo)
    client.force_login(world.binh)
    for query, names in (
        ("mark=on-target", [world.division.name]),
        ("kind=school", [world.other.name, world.school.name]),
        ("q=hoa+sen", [world.school.name]),
    ):
        answer = client.get(f"{PAGE}excel/?year=2023&{query}")
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == names
        page = client.get(f"{PAGE}?year=2023&{query}").content.decode()
        assert all(name in page for name in names)


def test_an_empty_page_says_what_to_do_next(client, world):
    client.force_login(world.binh)
    assert '<a class="btn' in client.get(f"{PAGE}?year=2023").content.decode().split('class="empty')[1]


def test_the_page_asks_the_database_the_same_whatever_the_units(client, world):
    client.force_login(world.binh)
    photos = [stored(f"photo-{number}", f"{number:016x}") for number in range(3)]

    def asked(numbers) -> int:
        for number in numbers:
            of = unit(f"phong-{number}", f"Phòng Mẫu số {number}", UnitKind.DIVISION, world.department)
            figure(world, of, 490, 500, file=photos[number % 3])
            figure(world, of, 400, 500, year=2024, file=photos[number % 3])
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            assert client.get(f"{PAGE}?year=2024").status_code == 200
        return len(queries_made)

    client.get(f"{PAGE}?year=2024")
    assert asked(range(1)) == asked(range(1, 9)) <= 12
