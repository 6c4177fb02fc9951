"""A unit closes in the middle of a campaign: it owes nothing any more, and what it did before stays."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.management import call_command
from django.urls import reverse
from openpyxl import load_workbook
from tests.fixtures import accepted, begun, moment, unit

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.core.refusals import Denied
from thidua.dossiers import actions
from thidua.ledger.models import Entry
from thidua.monitoring import actions as monitoring
from thidua.people import actions as people
from thidua.people.models import Unit

LAST_DAY = dt.date(2023, 9, 30)
AFTER = moment("2023-11-10 08:00")
SENTENCE = "Đơn vị đã kết thúc hoạt động ngày 30/09/2023"


@pytest.fixture
def closed(world):
    """The school handed one registration in, wrote on another, and closes on 30/09/2023."""
    world.kept = accepted(world)
    world.draft = begun(world, title="Bản soạn dở")
    at = moment("2023-09-10 08:00")
    people.close_unit(unit=world.school, ends_on=LAST_DAY, reason="Sáp nhập trường", by=world.binh, at=at)
    world.school.refresh_from_db()
    return world


def states(world, at) -> dict[str, str]:
    rows = Obligation.objects.filter(unit=world.school, year=2023, person=None).select_related("unit")
    return {row.key: str(row.on(at).state) for row in rows}


def test_it_owes_until_its_last_day_and_nothing_after(closed):
    assert states(closed, moment("2023-09-30 23:59"))["report-2023"] in {"due", "not_due"}
    after = states(closed, AFTER)
    assert after["register-2023"] == "done"
    assert set(after.values()) == {"done", "closed"}


def test_nothing_more_is_written_and_the_sentence_says_why(closed, client):
    client.force_login(closed.hanh)
    form = {"key": "report-2023", "unit": closed.school.pk, "token": str(uuid.uuid4()), "about": closed.kept.pk}
    for path, data in (
        (reverse("dossiers:begin"), form),
        (reverse("dossiers:save", args=[closed.draft.pk]), {"title": "Muộn", "revision": "1"}),
        (reverse("dossiers:present", args=[closed.draft.pk]), {}),
        (reverse("dossiers:submit", args=[closed.draft.pk]), {}),
        (reverse("dossiers:report_progress", args=[closed.kept.pk]), {"text": "Tin"}),
    ):
        answer = client.post(path, data)
        assert answer.status_code in (403, 422), path
        assert SENTENCE in answer.text, path
    figure = {"numerator": "9", "denominator": "10", "explanation": "Thiếu chữ ký số."}
    answer = client.post(reverse("reports:declare", args=[closed.school.code, "documents-signed"]), figure)
    assert (answer.status_code, SENTENCE in answer.text) == (422, True)
    closed.draft.refresh_from_db()
    assert (closed.draft.title, closed.draft.state) == ("Bản soạn dở", "draft")


def test_handing_in_on_the_last_day_still_works(closed):
    last = moment("2023-09-30 23:00")
    assert actions.submit(dossier=closed.draft, by=closed.hanh, at=last).state == "submitted"
    with pytest.raises(Denied):
        actions.submit(dossier=begun(closed), by=closed.hanh, at=moment("2023-10-01 00:00"))


def test_the_board_excel_and_command_line_say_closed(closed, client):
    client.force_login(closed.binh)
    page = client.get("/monitoring/board/?year=2023&q=hoa+sen")
    assert "Đơn vị ngừng hoạt động" in page.text
    content = b"".join(client.get(reverse("monitoring:excel") + "?year=2023").streaming_content)
    rows = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows()]
    said = {row[5] for row in rows if row[0] == "hoa-sen"}
    assert said == {"Đã xong", "Đơn vị ngừng hoạt động"}
    out = io.StringIO()
    call_command("board", campaign="cchc-2023-2025", year=2023, unit="hoa-sen", json=True, stdout=out)
    assert {row["state"] for row in json.loads(out.getvalue()) if row["person"] is None} == {"done", "closed"}


def test_nobody_is_reminded_of_what_a_closed_unit_does_not_owe(closed):
    everybody = {closed.school.pk, closed.other.pk}
    monitoring.remind(campaign=closed.campaign, year=2023, unit_ids=everybody, by=closed.binh, at=AFTER)
    assert not closed.hanh.letters.filter(kind="monitoring.remind").exists()
    assert closed.dung.letters.filter(kind="monitoring.remind").count() == 1


def test_what_it_did_stays_readable_and_decidable(closed, client):
    waiting = actions.submit(dossier=closed.draft, by=closed.hanh, at=moment("2023-09-20 08:00"))
    for author in waiting.authors.select_related("person"):
        actions.confirm(author=author, by=author.person, at=AFTER)
    actions.accept(dossier=waiting, by=closed.binh, at=AFTER)
    for person in (closed.hanh, closed.binh, closed.leader):
        client.force_login(person)
        for dossier in (closed.kept, waiting):
            assert dossier.title in client.get(dossier.get_absolute_url()).text
    registered = {row.kind: row for row in client.get("/overview/?year=2023").context["registered"]}
    assert registered["school"].accepted == 1


def test_only_the_office_closes_a_unit_and_the_trail_says_why(world, client):
    path = reverse("people:close_unit", args=[world.school.code])
    form = {"ends_on": "30/09/2023", "reason": "Sáp nhập trường"}
    client.force_login(world.hanh)
    assert client.post(path, form).status_code == 403
    client.force_login(world.binh)
    assert client.post(path, {"ends_on": "hôm nay"}).status_code == 422
    assert Unit.objects.get(pk=world.school.pk).ends_on is None
    assert client.post(path, form).status_code == 302
    assert Unit.objects.get(pk=world.school.pk).ends_on == LAST_DAY
    entry = Entry.objects.get(verb="people.close_unit")
    assert (entry.note, entry.after) == ("Sáp nhập trường", {"ends_on": "2023-09-30"})
    assert client.post(path, form).status_code == 403
    above = client.post(reverse("people:close_unit", args=[world.department.code]), form)
    assert "Trường THPT Đồi Thông Mẫu" in above.text


def test_a_plan_published_later_asks_nothing_of_it(world):
    ended = unit("cu", "Trường THPT Cũ Mẫu", parent=world.department)
    Unit.objects.filter(pk=ended.pk).update(ends_on=dt.date(2023, 7, 1))
    campaigns.catch_up(campaign=world.campaign, at=moment("2023-08-02 08:00"))
    assert not ended.obligations.exists()
