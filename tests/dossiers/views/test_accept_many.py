"""Many at once: the office is asked first, and sees what cannot be accepted, without script too."""

from django.urls import reverse
from tests.fixtures import IN_TIME, START, submitted

from thidua.core.dossiers import DossierState
from thidua.core.units import PostKind
from thidua.dossiers import actions
from thidua.people.models import Post


def test_nothing_is_accepted_before_one_is_sure(world, client):
    ready, waits = submitted(world, title="Đủ xác nhận"), submitted(world, title="Chưa xác nhận")
    for author in ready.authors.select_related("person"):
        actions.confirm(author=author, by=author.person, at=IN_TIME)
    client.force_login(world.binh)
    address, ticked = reverse("dossiers:accept_many"), {"dossier": [ready.pk, waits.pk]}
    text = client.post(address, ticked).content.decode()
    assert "Đủ xác nhận" in text
    assert "Chưa xác nhận" in text
    assert f'name="dossier" value="{ready.pk}"' in text
    assert f'name="dossier" value="{waits.pk}"' not in text
    ready.refresh_from_db()
    assert ready.state == DossierState.SUBMITTED
    assert client.post(address, {"dossier": [ready.pk], "sure": "1"}).status_code == 302
    ready.refresh_from_db()
    assert ready.state == DossierState.ACCEPTED


def test_a_stranger_is_asked_nothing(world, client):
    sent = submitted(world)
    client.force_login(world.dung)
    assert client.post(reverse("dossiers:accept_many"), {"dossier": [sent.pk]}).status_code == 403


def test_the_queue_is_turned_in_pages_and_opens_where_the_dossier_stands(world, client, monkeypatch):
    monkeypatch.setattr("thidua.ui.pagination.PER_PAGE", 2)
    monkeypatch.setattr("thidua.dossiers.views.desk.PER_PAGE", 2)
    monkeypatch.setattr("thidua.ui.pagination.page_of.__defaults__", (2, 1))
    sent = [submitted(world, title=f"Giải pháp {n}") for n in range(5)]
    client.force_login(world.binh)

    def shown(address):
        answer = client.get(address)
        assert answer.status_code == 200
        return [each.pk for each in answer.context["waiting"]], answer.content.decode()

    desk = reverse("dossiers:review")
    pks = [each.pk for each in sent]
    listed, text = shown(desk)
    assert listed == pks[:2]
    assert "1–2 trong 5" in text
    assert "Dấu chọn chỉ có hiệu lực trong trang này" in text
    assert shown(f"{desk}?dossier={pks[3]}")[0] == pks[2:4]
    assert shown(f"{desk}?dossier={pks[3]}&page=3")[0] == pks[4:]
    assert shown(f"{desk}?page=99")[0] == pks[4:]


def test_what_the_reviewers_own_unit_handed_in_is_neither_queued_nor_counted(world, client):
    submitted(world)
    Post.objects.create(person=world.binh, unit=world.school, kind=PostKind.FOCAL_POINT, starts_on=START)
    client.force_login(world.binh)
    answer = client.get("/")
    assert answer.context["waiting_count"] == 0
