"""A form that changes under a draft: nothing that was typed is lost, and the questions in force are asked."""

import pytest
from django.urls import reverse
from tests.campaigns.versions import SECOND, changed, load, publish
from tests.fixtures import begun, moment, submitted

from thidua.campaigns import changes, followers
from thidua.core.refusals import Denied
from thidua.dossiers import actions
from thidua.dossiers.models import Dossier

EARLY = moment("2023-08-14 10:00")
SITUATION = 'id = "situation"'
LONG = f'{SITUATION}\nlabel = "Thực trạng trước khi áp dụng"\n'
AFRESH = changed((SITUATION, 'id = "hien-trang"'))


@pytest.fixture
def draft(world) -> Dossier:
    return begun(world, EARLY)


def form_of(draft, client, person) -> str:
    client.force_login(person)
    return client.get(reverse("dossiers:form", args=[draft.pk])).text


def posted(draft, **typed) -> dict:
    return {"revision": draft.revision, "version": draft.version_id, **typed}


def test_a_draft_goes_on_with_the_form_in_force_and_what_left_it_is_kept(draft, world, client):
    publish(world, AFRESH)
    draft.refresh_from_db()
    assert draft.version.number == 2
    page = form_of(draft, client, world.an)
    assert "Phần còn lại của biểu mẫu trước" in page
    assert "Phụ huynh đến trường ba lần." in page
    assert 'name="hien-trang"' in page
    with pytest.raises(Denied, match="mục thiếu"):
        actions.submit(dossier=draft, by=world.hanh, at=SECOND)


def test_what_is_typed_in_a_page_of_before_arrives(draft, world, client):
    data = posted(draft, situation="Gõ trước khi ban hành")
    publish(world, AFRESH)
    client.force_login(world.an)
    assert client.post(reverse("dossiers:autosave", args=[draft.pk]), data).status_code == 200
    draft.refresh_from_db()
    assert draft.answers["situation"] == "Gõ trước khi ban hành"
    assert "Gõ trước khi ban hành" in client.get(reverse("dossiers:form", args=[draft.pk])).text


def test_a_question_of_another_type_starts_empty_and_its_answer_is_kept(draft, world, client):
    choice = 'type = "choices"\nchoices = [{ id = "xa", label = "Ở xa" }]'
    publish(world, changed((f'{LONG}type = "long_text"', f"{LONG}{choice}")))
    page = form_of(draft, client, world.an)
    assert 'name="situation" value="xa"' in page
    assert "Phụ huynh đến trường ba lần." in page
    assert client.get(reverse("dossiers:page", args=[draft.pk])).status_code == 200


def test_what_was_handed_in_keeps_its_form(world, client):
    sent = submitted(world, EARLY)
    publish(world, AFRESH)
    sent.refresh_from_db()
    assert sent.version.number == 1
    client.force_login(world.binh)
    assert "Phụ huynh đến trường ba lần." in client.get(sent.get_absolute_url()).text


def test_the_page_that_asks_says_how_many_drafts_go_on(draft, world):
    step = changes.step_to(load(AFRESH), at=SECOND)
    assert [str(each) for each in followers.warnings(step)] == [
        "1 bản nháp chuyển sang biểu mẫu đã đổi; mọi nội dung đã nhập được giữ nguyên."
    ]
