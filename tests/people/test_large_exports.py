"""A long list in Excel is written by the worker: for the person who asked, with progress, kept for a day."""

import datetime as dt
import io
import stat

import openpyxl
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from thidua.core.refusals import TooOften
from thidua.core.writing import WritingState
from thidua.exchange import actions, files, http, tasks
from thidua.exchange.models import Export
from thidua.host import home
from thidua.ledger.kinds import FREE_AFTER
from thidua.ledger.models import Entry
from thidua.people.models import Role

ADDRESS = "/people/people/excel/"


@pytest.fixture(autouse=True)
def small(monkeypatch, settings, tmp_path):
    """Every list is a long one."""
    monkeypatch.setattr(http, "CELLS_AT_ONCE", 0)
    settings.HOME = tmp_path
    home.make(tmp_path)


@pytest.fixture
def office(world, client):
    client.force_login(world.binh)
    return client


def asked(client, address=ADDRESS) -> Export:
    answer = client.get(address)
    export = Export.objects.latest("pk")
    assert (answer.status_code, answer["Location"]) == (302, export.get_absolute_url())
    return export


def fetched(client, export: Export):
    answer = client.get(reverse("exchange:file", args=[export.token]))
    content = b"".join(answer.streaming_content)
    return answer, openpyxl.load_workbook(io.BytesIO(content)).active


def test_the_worker_writes_what_the_person_sees_and_only_that_person_gets_it(world, office):
    export = asked(office)
    assert ProcrastinateJob.objects.filter(task_name="exchange.write", args={"export_id": export.pk}).count() == 1
    waiting = office.get(export.get_absolute_url()).content.decode()
    assert "Tệp đang được lập." in waiting
    tasks.write(export.pk)
    tasks.write(export.pk)  # a job may run twice
    page = office.get(export.get_absolute_url()).content.decode()
    assert "Tệp đã lập xong." in page
    answer, sheet = fetched(office, export)
    assert "Nguyễn Thị An" in {row[1].value for row in sheet.iter_rows(min_row=2)}
    assert answer["Content-Disposition"] == 'attachment; filename="nhan-su.xlsx"'
    assert stat.S_IMODE(files.path_of(export.token).stat().st_mode) == 0o600
    office.force_login(world.admin)
    assert office.get(export.get_absolute_url()).status_code == 404
    assert office.get(reverse("exchange:file", args=[export.token])).status_code == 404


def test_filters_of_the_address_hold_for_the_worker(world, office):
    export = asked(office, "/monitoring/board/excel/?q=hoa+sen&year=2023")
    tasks.write(export.pk)
    _answer, sheet = fetched(office, export)
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"hoa-sen"}


def test_asked_again_while_it_is_written_it_is_the_same(office):
    assert asked(office) == asked(office)
    assert Export.objects.count() == 1


def test_a_person_waits_for_a_few_at_once(world, office):
    for number in range(3):
        actions.ask(address=f"/{number}", name="a", count=1, by=world.binh, at=timezone.now())
    with pytest.raises(TooOften, match="3 tệp Excel"):
        actions.ask(address="/4", name="a", count=1, by=world.binh, at=timezone.now())
    assert office.get(ADDRESS).status_code >= 400
    assert Export.objects.count() == 3


def test_what_is_not_written_for_too_long_is_waited_for_no_more(world, office):
    late = asked(office)
    for number in range(2):
        actions.ask(address=f"/{number}", name="a", count=1, by=world.binh, at=timezone.now())
    then = timezone.now() + FREE_AFTER * 2
    again = actions.ask(address=late.address, name="a", count=1, by=world.binh, at=then)
    late.refresh_from_db()
    assert (late.state, again == late, again.state) == (WritingState.FAILED, False, WritingState.PREPARED)
    assert "hãy yêu cầu lại" in late.failure
    tasks.write(late.pk)  # its job comes after all
    assert not files.path_of(late.token).exists()


def test_who_may_no_longer_see_it_gets_a_sentence_and_no_file(world, office):
    export = asked(office)
    Role.objects.filter(person=world.binh).delete()
    tasks.write(export.pk)
    export.refresh_from_db()
    assert export.state == WritingState.FAILED
    assert "Chỉ bộ phận Thường trực" in export.failure
    assert not files.path_of(export.token).exists()


def test_what_the_worker_gives_up_is_said(office):
    export = asked(office)
    actions.give_up(export.pk)
    assert "Không lập được tệp." in office.get(export.get_absolute_url()).content.decode()


def test_a_day_later_it_is_gone_and_nothing_else_is(office, tmp_path):
    export = asked(office)
    tasks.write(export.pk)
    stranger = tmp_path / "exports" / "ghi-chu.txt"
    stranger.write_text("không phải của hệ thống")
    actions.remove_old(at=timezone.now())
    assert files.path_of(export.token).exists()
    actions.remove_old(at=timezone.now() + dt.timedelta(hours=25))
    assert not files.path_of(export.token).exists()
    assert office.get(export.get_absolute_url()).status_code == 404
    assert stranger.exists()


def test_what_waits_for_the_worker_for_days_is_written_all_the_same(office):
    export = asked(office)
    later = timezone.now() + dt.timedelta(days=3)
    with time_machine.travel(later, tick=False):
        tasks.remove_old()
        tasks.write(export.pk)
    tasks.remove_old()
    export.refresh_from_db()
    assert export.state == WritingState.READY
    assert files.path_of(export.token).exists()


def test_a_short_list_comes_at_once(office, monkeypatch):
    monkeypatch.setattr(http, "CELLS_AT_ONCE", 30_000)
    answer = office.get(ADDRESS)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"PK")  # read to its end, the file is closed
    assert not Export.objects.exists()


def test_it_stands_on_the_trail_and_in_the_list(office):
    export = asked(office)
    assert Entry.objects.get(verb="exchange.ask").thing_id == str(export.pk)
    assert "nhan-su.xlsx" in office.get(reverse("exchange:exports")).content.decode()
