"""The consolidated report: true numbers, each with its source; Word as the decree lays it out; annexes in Excel."""

import io
import json
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import call_command
from django.utils import translation
from docx import Document
from tests.batches import batch
from tests.fixtures import IN_TIME, accepted, begun, moment, submitted, unit

from thidua.core.refusals import Denied
from thidua.core.units import UnitKind
from thidua.dossiers import actions as dossiers
from thidua.reports import actions as reports
from thidua.reports.datasets import DOSSIERS
from thidua.reports.models import Figure, Result
from thidua.summaries import actions, drafting, numbers, queries, tasks
from thidua.summaries.models import Report

AFTER = moment("2023-11-05 08:00")


def text_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([each.text for each in paper.paragraphs] + cells)


def counted(world, now=AFTER):
    scope = queries.scope(world.campaign, 2023)
    return queries.summary(scope, queries.standings(scope, now=now), now=now)


def number_of(world, key: str) -> str:
    return next(each.text for each in numbers.numbers(counted(world)) if each.key == key)


def target(world, criterion: str):
    scope = queries.scope(world.campaign, 2023)
    return next(each for each in queries.targets(scope, queries.asked(scope)) if each.criterion.id == criterion)


def declare(world, unit, by, numerator, denominator=None, criterion="documents-signed"):
    return reports.declare(
        campaign=world.campaign, year=2023, unit=unit, criterion=criterion, scope="", by=by, at=IN_TIME,
        numerator=Decimal(numerator), denominator=denominator and Decimal(denominator), nothing_arose=False,
        explanation="Sổ văn bản",
    )  # fmt: skip


def test_coverage_counts_units_that_handed_in(world):
    accepted(world)
    assert (number_of(world, "registered_units"), number_of(world, "registered_asked")) == ("1", "3")
    assert number_of(world, "registered_share") == "33,3%"
    assert number_of(world, "registered_school") == "1 / 2 (50%)"


def test_initiatives_are_counted_by_kind_and_field_without_drafts_and_returned_ones(world):
    accepted(world)
    begun(world, title="Bản nháp")
    returned = submitted(world, title="Bị trả lại")
    dossiers.return_(dossier=returned, message="Thiếu", notes={}, correct_by=AFTER.date(), by=world.binh, at=IN_TIME)
    assert number_of(world, "initiatives") == "1"
    assert number_of(world, "initiatives_kind_giai_phap") == "1 đăng ký, 1 được ghi nhận"
    assert number_of(world, "initiatives_field_the_che") == "0 đăng ký, 0 được ghi nhận"


def test_completion_counts_milestones_due_and_registrations_carried_out_in_full(world):
    dossier = accepted(world)
    assert (number_of(world, "due"), number_of(world, "done"), number_of(world, "finished")) == ("1", "0", "0")
    milestone = dossier.milestones.get()
    dossiers.report_progress(
        dossier=dossier, milestone=milestone, percent=100, text="Xong", by=world.an, at=moment("2023-09-20 08:00")
    )
    assert (number_of(world, "done"), number_of(world, "finished_share")) == ("1", "100%")


def test_a_ratio_is_summed_over_units_and_an_accepted_value_wins(world):
    figure = declare(world, world.school, world.an, 90, 100)
    declare(world, world.other, world.dung, 100, 100)
    reports.check(figure=figure, numerator=Decimal(80), denominator=Decimal(100), note="Sổ", by=world.binh, at=AFTER)
    reports.accept(figure=figure, by=world.binh, at=AFTER)
    found = target(world, "documents-signed")
    assert (found.total.amount, found.total.share) == ((180, 200), Decimal("0.9"))
    assert (found.owed, found.total.units, found.total.met) == (2, 2, 1)


def computed(world, unit, numerator, denominator, criterion="dossiers-on-time", fields=()):
    """What a measure of the plan counted in a batch of the unit."""
    made = batch(DOSSIERS, unit, [], at=IN_TIME)
    for scope, top, bottom in ((None, numerator, denominator), *fields):
        Result.objects.create(
            campaign=world.campaign, criterion=criterion, measure_version=1, batch=made, unit=unit, year=2023,
            scope=scope, numerator=top, denominator=bottom, judged_on=AFTER.date(), engine="duckdb", computed_at=AFTER,
        )  # fmt: skip


def divisions(world) -> list:
    return [unit(f"phong-{number}", f"Phòng {number}", UnitKind.DIVISION, world.department) for number in range(3)]


def test_each_target_says_from_where_the_values_of_its_units_come(world):
    """Records go before what a unit says, and what the office checked before both."""
    first, second, third = divisions(world)
    said = {"campaign": world.campaign, "year": 2023, "criterion": "petitions-on-time", "declared_by": world.an}
    said |= {"version": world.campaign.current, "declared_at": IN_TIME, "numerator": 9, "denominator": 10}
    for of in (first, second, third):
        Figure.objects.create(unit=of, **said)
    for of in (first, second, world.division):
        computed(world, of, 80, 100, "petitions-on-time")
    checked = {"checked_numerator": 5, "checked_denominator": 10, "checked_at": AFTER}
    Figure.objects.filter(unit=second).update(**checked)
    found = target(world, "petitions-on-time")
    assert found.total.amount == (80 + 80 + 5 + 9, 100 + 100 + 10 + 10)
    with translation.override("vi"):
        words = "Từ dữ liệu 2/4, văn phòng đã kiểm tra 1/4, đơn vị tự khai 1/4"
        assert found.total.told == words
        source = {each.key: each.source for each in numbers.numbers(counted(world))}
        assert source["target_petitions_on_time_divisions"] == words
    assert all(source.values())
    drafted = drafting.draft(world.campaign, 2023, now=AFTER)
    assert text_of(drafted.word).count(words) == 2  # beside its value, and in the annex
    book = openpyxl.load_workbook(io.BytesIO(drafted.annexes))
    assert words in {row[4] for row in book["Nguồn của số liệu"].iter_rows(values_only=True)}
    rows = book["Chỉ tiêu theo đơn vị"].iter_rows(min_row=2, values_only=True)
    assert {row[0]: row[9] for row in rows if row[3] == found.criterion.short} == {
        "phong-0": "Từ dữ liệu", "phong-1": "Đã kiểm tra", "phong-2": "Tự khai", "van-phong": "Từ dữ liệu",
    }  # fmt: skip


def test_a_value_from_records_opens_down_to_them_and_its_fields_stand_in_the_annex(client, world):
    fields = (("Giáo dục trung học", 190, 200), ("Tổ chức cán bộ", 800, 800))
    computed(world, world.division, 990, 1000, fields=fields)
    found_there = target(world, "dossiers-on-time")
    assert (found_there.total.met, found_there.total.verdict) == (0, "missed")
    found = {each.key: each.address for each in numbers.numbers(counted(world))}
    address = found["target_dossiers_on_time_divisions"]
    assert address == "/reports/explorer/dossiers-on-time/?campaign=cchc-2023-2025&year=2023&audience=divisions"
    book = openpyxl.load_workbook(io.BytesIO(drafting.draft(world.campaign, 2023, now=AFTER).annexes))
    sheet = book["Chỉ tiêu theo đơn vị"].iter_rows(min_row=2, values_only=True)
    rows = [row for row in sheet if row[3] == found_there.criterion.short]
    assert [row[4:7] for row in rows] == [(None, 990, 1000), fields[0], fields[1]]
    assert [row[8] for row in rows] == ["Chưa đạt", "Chưa đạt", "Đạt"]
    client.force_login(world.binh)
    page = client.get("/overview/?year=2023").content.decode()
    assert "Từ dữ liệu 1/1" in page
    assert "/reports/explorer/dossiers-on-time/?campaign=cchc-2023-2025&amp;year=2023&amp;audience=divisions" in page
    assert client.get(address).status_code == 200


def test_a_count_becomes_a_share_of_units(world):
    declare(world, world.school, world.an, 2, criterion="electronic-payment")
    declare(world, world.other, world.dung, 0, criterion="electronic-payment")
    found = target(world, "electronic-payment")
    assert (found.total.amount, found.total.verdict) == ((1, 2), "missed")


def test_who_owes_is_counted_by_obligation(world):
    accepted(world)
    late = submitted(world, at=moment("2023-08-28 10:00"), title="Nộp trễ")
    assert late.days_late == 3
    row = next(row for row in counted(world).owing if row.key == "register-2023")
    assert (row.asked, row.in_time, row.late_but_in, row.open) == (3, 1, 0, 2)


def test_the_paper_says_the_numbers_in_vietnamese_and_names_their_sources(world):
    accepted(world)
    drafted = drafting.draft(world.campaign, 2023, now=AFTER)
    text = text_of(drafted.word)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "/BC-SGDĐT" in text
    assert "Căn cứ Kế hoạch số 3669/KH-UBND ngày 28 tháng 7 năm 2023 của Ủy ban nhân dân Thành phố về phát động" in text
    assert "Có 1/3 đơn vị (33,3%) đăng ký, với 1 mô hình, giải pháp, sáng kiến" in text
    assert "{{" not in text
    assert "{%" not in text
    sources = {row["key"]: row for row in drafted.numbers}
    opened = "/monitoring/board/?campaign=cchc-2023-2025&year=2023&show=handed_in&what=all.registration"
    assert sources["registered_units"]["address"] == opened
    assert all(row["how"] and row["address"].startswith("/") for row in drafted.numbers)


def test_the_report_goes_to_those_who_are_informed_and_says_that_it_is_a_draft(world):
    text = text_of(drafting.draft(world.campaign, 2023, now=AFTER).word)
    _body, recipients = text.rsplit("Nơi nhận:", 1)
    assert "- Ủy ban nhân dân Thành phố (để báo cáo);" in recipients
    assert "- Lưu: VT, VP." in recipients
    assert "để thực hiện" not in recipients
    assert "DỰ THẢO" in text


def test_a_plan_that_does_not_say_who_is_informed_reports_to_the_body_above(world):
    from dataclasses import replace

    plan = replace(world.campaign.current.plan, report_recipients=())
    assert [each.name for each in plan.informed] == [plan.letterhead.superior, "Lưu: VT"]


def test_nobody_signs_an_empty_page_and_tables_stay_with_their_names(world):
    from thidua.apologies import papers as letters
    from thidua.dossiers import papers as dossier_papers
    from thidua.summaries import papers

    for made in (papers.template(), dossier_papers.template(), letters.template()):
        body = list(Document(io.BytesIO(made)).element.body)
        signed = max(at for at, each in enumerate(body) if "Nơi nhận" in "".join(each.itertext()))
        before = body[signed - 1]
        assert "./." in "".join(before.itertext()), "the text ends before the signature, and no steering line"
        assert before.pPr.keepNext is not None


def test_where_the_numbers_come_from_is_said_once_and_by_kind(world, settings):
    accepted(world)
    drafted = drafting.draft(world.campaign, 2023, now=AFTER)
    text = text_of(drafted.word)
    assert text.count("nguồn và cách tính ở Phụ lục") == 1
    annex = Document(io.BytesIO(drafted.word)).tables[-1]
    assert len(annex.rows) < len(drafted.numbers) / 2
    assert [cell.text for cell in annex.rows[0].cells] == ["TT", "Số liệu", "Cách tính", "Nguồn", "Trang tra cứu"]
    assert "Bảng tiến độ" in {row.cells[4].text for row in annex.rows}


def links_of(content: bytes) -> set[str]:
    return {each.target_ref for each in Document(io.BytesIO(content)).part.rels.values() if each.is_external}


def test_links_of_the_paper_open_where_others_reach_the_pages_and_are_words_elsewhere(world, settings):
    settings.BASE_URL = "http://127.0.0.1:8000"
    assert not links_of(drafting.draft(world.campaign, 2023, now=AFTER).word)
    settings.BASE_URL = "https://thidua.example.vn"
    found = links_of(drafting.draft(world.campaign, 2023, now=AFTER).word)
    assert found
    assert all(each.startswith("https://thidua.example.vn/") for each in found)


def test_a_table_of_counts_ends_with_their_sum(world):
    accepted(world)
    tables = Document(io.BytesIO(drafting.draft(world.campaign, 2023, now=AFTER).word)).tables
    summed = {table.rows[0].cells[0].text: table.rows[-1].cells[0].text for table in tables}
    assert summed["Khối đơn vị"] == summed["Loại"] == "Cộng"
    completion = next(table for table in tables if "Mốc đến hạn" in {cell.text for cell in table.rows[0].cells})
    assert [cell.text for cell in completion.rows[-1].cells] == ["Cộng", "1", "0", "1", "0"]


def test_no_chart_cuts_a_label_and_a_bar_beyond_its_mark_that_misses_says_why(world):
    from thidua.summaries import charts

    computed(world, world.division, 990, 1000, fields=(("A", 190, 200), ("B", 800, 800)))
    with translation.override("vi"):
        drawn = charts.targets([target(world, "dossiers-on-time")])
    assert "tính chung thì đạt" in " ".join(drawn["data"]["values"][0]["met"])
    said = json.dumps(drawn, ensure_ascii=False)
    assert " %" not in said
    assert '"labelLimit": 0' in said
    assert "Times New Roman" in said


def test_every_number_of_the_shipped_template_has_a_source_row(world):
    """A placeholder ``n.…`` that no source explains cannot be in the template."""
    import re

    from thidua.summaries import papers

    paper = Document(io.BytesIO(papers.template()))
    named = set(re.findall(r"\bn\.(\w+)", "\n".join(each.text for each in paper.paragraphs)))
    assert named
    assert named <= {each.key for each in numbers.numbers(counted(world))}


def test_every_source_opens(client, world):
    accepted(world)
    client.force_login(world.binh)
    for address in {each.address for each in numbers.numbers(counted(world))}:
        assert client.get(address).status_code == 200, address


def test_the_paper_is_laid_out_as_the_decree_says(world):
    section = Document(io.BytesIO(drafting.draft(world.campaign, 2023, now=AFTER).word)).sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert [round(each.mm) for each in (section.top_margin, section.left_margin, section.right_margin)] == [20, 30, 15]
    assert section.different_first_page_header_footer


def test_the_annexes_hold_registrations_results_who_owes_criteria_and_sources(world):
    accepted(world)
    declare(world, world.school, world.an, 90, 100)
    book = openpyxl.load_workbook(io.BytesIO(drafting.draft(world.campaign, 2023, now=AFTER).annexes))
    assert book.sheetnames == [
        "Đăng ký", "Kết quả", "Đơn vị còn nợ", "Chỉ tiêu theo đơn vị", "Nguồn của số liệu",
    ]  # fmt: skip
    registrations, owing = book["Đăng ký"], book["Đơn vị còn nợ"]
    assert registrations["B2"].value == "Trường THPT Hoa Sen Mẫu"
    late = [row for row in owing.iter_rows(min_row=2, values_only=True) if row[0] == "doi-thong"]
    assert "Đăng ký mô hình, giải pháp, sáng kiến năm 2023" in {row[3] for row in late}
    rows = book["Chỉ tiêu theo đơn vị"].iter_rows(min_row=2, values_only=True)
    of_school, stated = [row for row in rows if row[0] == "hoa-sen"]
    assert of_school[5:7] == (1, None)
    assert (of_school[8], of_school[9]) == ("Đạt", "Từ đăng ký")
    assert stated[5] == 90


def test_the_office_asks_and_the_worker_writes(client, world):
    accepted(world)
    client.force_login(world.binh)
    answer = client.post("/summaries/prepare/?year=2023")
    report = Report.objects.get()
    assert answer["Location"] == f"/summaries/{report.pk}/"
    assert "Đang lập báo cáo" in client.get(answer["Location"]).content.decode()
    tasks.complete(report_id=report.pk)
    tasks.complete(report_id=report.pk)  # a job may run twice
    page = client.get(answer["Location"]).content.decode()
    assert "Từng số liệu và nguồn" in page
    for part, start in (("word", b"PK"), ("annexes", b"PK")):
        file = client.get(f"/summaries/{report.pk}/{part}/")
        assert b"".join(file.streaming_content).startswith(start)
        assert "attachment" in file["Content-Disposition"]


def test_only_the_office_asks_and_only_the_department_reads(client, world):
    with pytest.raises(Denied):
        actions.prepare(campaign=world.campaign, year=2023, by=world.leader, at=AFTER)
    report = actions.prepare(campaign=world.campaign, year=2023, by=world.binh, at=AFTER)
    for who, status in (("leader", 200), ("admin", 200), ("an", 404)):
        client.force_login(getattr(world, who))
        assert client.get(f"/summaries/{report.pk}/").status_code == status, who
    assert client.get("/summaries/?year=2023").status_code == 403


def test_the_command_writes_both_files(world, tmp_path):
    out = io.StringIO()
    call_command(
        "report", "consolidated", campaign=world.campaign.code, year=2023, output=tmp_path / "b.docx", json=True,
        stdout=out,
    )  # fmt: skip
    document = json.loads(out.getvalue())
    assert (tmp_path / "b.docx").read_bytes().startswith(b"PK")
    assert (tmp_path / "b.xlsx").read_bytes().startswith(b"PK")
    assert document["word"] == str(tmp_path / "b.docx")
    assert {"key", "name", "text", "how", "address"} <= set(document["numbers"][0])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"year": 2031}, "2023"),
        ({"campaign": "khong-co"}, "cchc-2023-2025"),
        ({"output": "/khong/co/b.docx"}, "/khong/co"),
        ({"output": "/dev/full"}, "/dev/full"),
    ],
)
def test_the_command_refuses_with_a_sentence(world, tmp_path, changed, words):
    from pathlib import Path

    given = {"campaign": world.campaign.code, "year": 2023, "output": tmp_path / "b.docx"} | changed
    with pytest.raises(Denied, match=words):
        call_command("report", "consolidated", **{**given, "output": Path(given["output"])})
    assert not list(tmp_path.iterdir())


def test_personal_criteria_count_people_whom_they_are_about(world):
    scope = queries.scope(world.campaign, 2023)

    def head_of_schools():
        found = queries.personal_targets(scope, queries.asked(scope))
        return next(t for t in found if (t.criterion.id, t.audience.id) == ("exemplary-head", "staff-of-units"))

    assert (head_of_schools().people, head_of_schools().recorded, head_of_schools().verdict) == (2, 0, None)
    at = moment("2023-10-20 10:00")
    answers = {(world.hanh.pk, "exemplary-head"): reports.Answer("Đạt")}
    reports.record(campaign=world.campaign, year=2023, unit=world.school, answers=answers, by=world.an, at=at)
    assert (head_of_schools().people, head_of_schools().met, head_of_schools().value) == (2, 1, Decimal("0.5"))


def test_reports_of_before_go_on_opening_what_they_counted(world):
    from importlib import import_module

    from django.db import connection

    report = Report.objects.create(
        campaign=world.campaign, year=2023, prepared_at=AFTER, prepared_by=world.binh,
        numbers=[{"key": "units", "address": "/monitoring/board/?year=2023&show=owing"}, {"key": "x", "address": "/"}],
    )  # fmt: skip
    with connection.cursor() as cursor:
        for _twice in range(2):
            cursor.execute(import_module("thidua.summaries.migrations.0002_numbers_say_their_campaign").SAY_IT)
    report.refresh_from_db()
    assert report.numbers[0]["address"] == "/monitoring/board/?campaign=cchc-2023-2025&year=2023&show=owing"
