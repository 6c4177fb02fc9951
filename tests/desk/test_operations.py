"""How the system runs: the administrator sees what failed, has it tried again, or sets it aside with a reason."""

import io
import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.fixtures import moment

from thidua.ledger import looks
from thidua.ledger.models import Entry, FailedJob
from thidua.summaries import actions as summaries
from thidua.summaries import tasks
from thidua.summaries.models import Report

AT = moment("2023-09-10 10:00")
LIST = "/operations/jobs/"


@pytest.fixture
def failed(world):
    """A report that could not be written, in the words of its page, and its job in the list."""
    report = summaries.prepare(campaign=world.campaign, year=2023, by=world.binh, at=AT)
    tasks._give_up(report.pk)
    return FailedJob.objects.create(
        job_id=99, name="summaries.complete", arguments={"report_id": report.pk}, tries=6, error="OperationalError",
        sort="database", failed_at=AT, given_up_at=AT,
    )  # fmt: skip


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="summaries.complete", status="todo").count()


def test_failed_work_is_told_in_words_and_tried_again(world, failed, client):
    client.force_login(world.admin)
    assert "1 công việc chạy nền" in client.get("/operations/").text
    page = client.get(LIST, {"show": "waits", "q": "bao cao"}).text
    for words in ("Soạn báo cáo tổng hợp", "Báo cáo tổng hợp 2023", "Cơ sở dữ liệu không kết nối được", "6 lần thử"):
        assert words in page
    before = waiting()
    answer = client.post(f"{LIST}{failed.pk}/try-again/", follow=True)
    assert "Đã yêu cầu thực hiện lại" in answer.text
    assert (waiting(), FailedJob.objects.count()) == (before + 1, 0)
    assert Report.objects.get().state == "prepared"
    assert Entry.objects.filter(verb="ledger.try_again", by_id=world.admin.pk).exists()
    assert "Yêu cầu thử lại công việc bị lỗi" in client.get("/trail/").text


def test_what_is_set_aside_has_its_reason_and_alarms_no_more(world, failed, client):
    client.force_login(world.admin)
    path = f"{LIST}{failed.pk}/set-aside/"
    assert client.post(path, {"why": ""}).status_code == 422
    assert client.post(path, {"why": "Đã soạn báo cáo khác"}).status_code == 302
    assert "Đã soạn báo cáo khác" in client.get(LIST, {"show": "aside"}).text
    assert [sign.is_well for sign in looks.jobs(AT)] == [True]
    again = client.post(f"{LIST}{failed.pk}/try-again/")
    assert (again.status_code, "Đã có người xử lý" in again.text) == (403, True)


def test_the_office_reads_and_nobody_else(world, failed, client):
    for who, opens in ((world.binh, 200), (world.hanh, 403)):
        client.force_login(who)
        assert client.get(LIST).status_code == opens
    client.force_login(world.binh)
    assert "Thử lại</button>" not in client.get(LIST).text


def test_the_list_is_had_in_excel(world, failed, client):
    client.force_login(world.admin)
    content = b"".join(client.get(f"{LIST}excel/").streaming_content)
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[-1][:5] == (
        "Soạn báo cáo tổng hợp", "Báo cáo tổng hợp 2023", "Cơ sở dữ liệu không kết nối được.", "OperationalError", 6,
    )  # fmt: skip


def test_queries_stay_flat(world, failed, client, django_assert_max_num_queries):
    for number in range(40):
        FailedJob.objects.create(
            job_id=number, name="summaries.complete", arguments=failed.arguments, failed_at=AT, given_up_at=AT
        )
    client.force_login(world.admin)
    client.get(LIST)
    with django_assert_max_num_queries(12):
        assert client.get(LIST).text.count("Soạn báo cáo tổng hợp") > 40


def test_the_command_lists_retries_and_sets_aside(world, failed):
    def said(*words):
        out = io.StringIO()
        call_command("jobs", *words, json=True, stdout=out)
        return json.loads(out.getvalue())

    (row,) = said("list")
    assert (row["job"], row["error"]) == ("summaries.complete", "OperationalError")
    said("set-aside", str(failed.pk), "--why", "Không cần")
    assert said("list") == []
    failed.refresh_from_db()
    assert (failed.why, failed.set_aside_by_name) == ("Không cần", "thidua")
    FailedJob.objects.update(set_aside_at=None)
    said("retry", str(failed.pk))
    assert not FailedJob.objects.exists()
