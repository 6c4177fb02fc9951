"""Many at once: the office is asked first, and sees what cannot be accepted, without script too."""

from django.urls import reverse
from tests.fixtures import IN_TIME, submitted

from thidua.core.dossiers import DossierState
from thidua.dossiers import actions


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
