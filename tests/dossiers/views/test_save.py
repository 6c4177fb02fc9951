"""Saving a form: whatever is typed is kept, named when it is wrong, and every page still opens."""

import pytest
from django.urls import reverse
from tests.fixtures import IN_TIME, begun, moment, submitted

from thidua.core.refusals import Denied
from thidua.dossiers import actions


def rows(name, *values):
    post = {f"{name}-TOTAL_FORMS": str(len(values))}
    for number, row in enumerate(values):
        post |= {f"{name}-{number}-{key}": value for key, value in row.items()}
    return post


def saved(client, dossier, **data):
    dossier.refresh_from_db()
    return client.post(reverse("dossiers:save", args=[dossier.pk]), {"revision": dossier.revision, **data})


@pytest.mark.parametrize(
    "post",
    [
        rows("authors", {"person": "AN", "share": "abc"}),
        rows("authors", {"person": "AN", "share": "nan"}),
        rows("authors", {"person": "abc", "share": "100"}),
        rows("milestones", {"title": "A", "due_on": "45/13/2023", "weight": "abc"}),
        rows("milestones", {"title": "A", "due_on": "", "weight": "99999"}),
        {"kind": "khong-co"},
        {"indicator-label": "Số lần"},
    ],
)
def test_a_wrong_answer_is_kept_shown_and_cannot_be_handed_in(world, client, post):
    dossier = begun(world)
    client.force_login(world.an)
    post = {key: str(world.an.pk) if value == "AN" else value for key, value in post.items()}
    assert saved(client, dossier, **post).status_code == 302
    for page in ("form", "page", "versions", "print"):
        assert client.get(reverse(f"dossiers:{page}", args=[dossier.pk])).status_code == 200
    with pytest.raises(Denied):
        actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME)


def test_the_nul_sign_is_left_out(world, client):
    dossier = begun(world)
    client.force_login(world.an)
    assert saved(client, dossier, title="Trả\x00 học bạ").status_code == 302
    dossier.refresh_from_db()
    assert dossier.title == "Trả học bạ"


def test_progress_stays_with_its_milestone_when_another_is_taken_away(world, client):
    first, second = ({"title": title, "due_on": "15/09/2023", "weight": "1"} for title in ("Khảo sát", "Chạy thử"))
    dossier = submitted(world, milestones=[first, second])
    survey, trial = dossier.milestones.order_by("position")
    for milestone, percent in ((survey, 100), (trial, 10)):
        actions.report_progress(
            dossier=dossier, milestone=milestone, percent=percent, text="Đã làm.", by=world.an, at=IN_TIME
        )
    due = moment("2023-08-28 00:00").date()
    actions.return_(dossier=dossier, notes={}, message="Bỏ mốc đầu", correct_by=due, by=world.binh, at=IN_TIME)
    client.force_login(world.an)
    assert saved(client, dossier, **rows("milestones", {"id": "m2", **second})).status_code == 302
    kept = dossier.milestones.get(removed_at=None)
    assert (kept.title, kept.percent, kept.progress.count()) == ("Chạy thử", 10, 1)
    assert dossier.progress.count() == 2


def test_laying_an_unfinished_text_before_the_head_keeps_it_and_marks_the_gaps(world, client):
    dossier = begun(world, solution="")
    client.force_login(world.an)
    answer = saved(client, dossier, title="Tên đã sửa", then="present")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'action="/dossiers/{dossier.pk}/save/"' in text
    assert text.count('class="error"') == 1
    dossier.refresh_from_db()
    assert (dossier.title, dossier.state) == ("Tên đã sửa", "draft")
    assert f'name="revision" value="{dossier.revision}"' in text


def test_it_is_said_while_typing_that_the_due_day_has_passed(world, client, time_machine):
    dossier = begun(world)
    client.force_login(world.an)
    address = reverse("dossiers:autosave", args=[dossier.pk])
    time_machine.move_to(moment("2023-08-25 23:59"))
    told = client.post(address, {"revision": 1, "title": "Trước hạn"}).json()
    assert "sentence" not in told
    time_machine.move_to(moment("2023-08-28 00:01"))
    client.force_login(world.an)
    told = client.post(address, {"revision": told["revision"], "title": "Sau hạn"}).json()
    assert "25/08/2023" in told["sentence"]
    assert told["sentence"] in client.get(reverse("dossiers:form", args=[dossier.pk])).content.decode()
    client.force_login(world.hanh)
    assert told["sentence"] in client.get(dossier.get_absolute_url()).content.decode()


def test_an_empty_measure_is_not_shown_as_an_arrow(world, client):
    dossier = begun(world, indicator={"label": "", "before": "", "after": ""})
    client.force_login(world.an)
    assert "→" not in client.get(reverse("dossiers:print", args=[dossier.pk])).content.decode()
