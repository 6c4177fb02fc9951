"""The review desk and the conflict page: nothing that was typed is lost, and nobody reads what was not handed in."""

import datetime as dt

import pytest
from django.urls import reverse
from tests.fixtures import IN_TIME, begun, moment, submitted

from thidua.core.dossiers import DossierState
from thidua.dossiers import actions


@pytest.mark.parametrize("day", ["mai", "", "01/01/2020"])
def test_a_refused_return_keeps_the_notes(world, client, day):
    dossier = submitted(world)
    client.force_login(world.binh)
    post = {"note-solution": "Nói rõ cách làm.", "message": "Còn một điểm.", "correct_by": day}
    answer = client.post(reverse("dossiers:return_", args=[dossier.pk]), post)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Nói rõ cách làm." in text
    assert "Còn một điểm." in text
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED


def test_a_stranger_still_cannot_return(world, client):
    dossier = submitted(world)
    client.force_login(world.hanh)
    answer = client.post(reverse("dossiers:return_", args=[dossier.pk]), {"correct_by": "mai"})
    assert answer.status_code == 403


def test_the_office_reads_a_returned_dossier_as_it_was_handed_in(world, client):
    dossier = submitted(world)
    day = dt.date(2023, 8, 28)
    actions.return_(dossier=dossier, notes={}, message="Sửa lại", correct_by=day, by=world.binh, at=IN_TIME)
    actions.save(dossier=dossier, answers={"solution": "Dởdang"}, revision=1, by=world.an, at=IN_TIME)
    for who, seen in ((world.an, True), (world.linh, True), (world.binh, False), (world.leader, False)):
        client.force_login(who)
        for page in ("page", "print", "versions"):
            text = client.get(reverse(f"dossiers:{page}", args=[dossier.pk])).content.decode()
            assert ("Dởdang" in text) is seen, (who, page)


def test_the_notes_of_the_office_stand_on_the_page_of_a_returned_dossier(world, client):
    dossier = submitted(world)
    ask = {"notes": {"solution": "Nói rõ cách làm."}, "message": "", "correct_by": dt.date(2023, 8, 28)}
    actions.return_(dossier=dossier, by=world.binh, at=IN_TIME, **ask)
    for who in (world.an, world.linh, world.binh):
        client.force_login(who)
        assert "Nói rõ cách làm." in client.get(dossier.get_absolute_url()).content.decode()


def test_a_conflict_takes_only_the_ticked_answers(world, client):
    dossier = begun(world)
    actions.save(dossier=dossier, answers={"situation": "Lời của Hạnh"}, revision=1, by=world.hanh, at=IN_TIME)
    client.force_login(world.an)
    mine = {"title": "Tên của An", "situation": "Lời cũ của An", "revision": "1"}
    conflict = client.post(reverse("dossiers:save", args=[dossier.pk]), mine)
    assert conflict.status_code == 409
    assert "Lời cũ của An" in conflict.content.decode()
    dossier.refresh_from_db()
    assert dossier.answers["situation"] == "Lời của Hạnh"
    client.post(
        reverse("dossiers:save", args=[dossier.pk]),
        {**mine, "revision": dossier.revision, "chosen": "1", "keep-title": "mine", "keep-situation": "theirs"},
    )
    dossier.refresh_from_db()
    assert (dossier.title, dossier.answers["situation"]) == ("Tên của An", "Lời của Hạnh")


def test_a_conflict_of_autosave_leads_to_a_page_with_both_texts(world, client):
    dossier = begun(world)
    actions.save(dossier=dossier, answers={"situation": "Lời của Hạnh"}, revision=1, by=world.hanh, at=IN_TIME)
    client.force_login(world.an)
    mine = {"title": dossier.title, "situation": "Lời của An", "revision": "1"}
    told = client.post(reverse("dossiers:autosave", args=[dossier.pk]), mine)
    assert told.status_code == 409
    page = client.post(told.json()["conflict"], mine).content.decode()
    assert "<del>Hạnh</del>" in page
    assert "<ins>An</ins>" in page
    assert 'name="keep-situation" value="mine"' in page
    assert 'name="situation" value="Lời của An"' in page


def test_a_third_hand_while_one_chooses_is_a_conflict_again_and_loses_nothing(world, client):
    dossier = begun(world)
    actions.save(dossier=dossier, answers={"situation": "Lời của Hạnh"}, revision=1, by=world.hanh, at=IN_TIME)
    actions.save(dossier=dossier, answers={"situation": "Lời sau của Hạnh"}, revision=2, by=world.hanh, at=IN_TIME)
    client.force_login(world.an)
    choice = {"title": "Tên của An", "situation": "Lời của An", "keep-title": "mine", "keep-situation": "theirs"}
    answer = client.post(
        reverse("dossiers:save", args=[dossier.pk]), {**choice, "revision": "2", "base": "1", "chosen": "1"}
    )
    text = answer.content.decode()
    assert answer.status_code == 409
    for name in ("keep-title", "keep-situation"):
        assert f'name="{name}" value="mine"' in text
    assert 'name="base" value="1"' in text


def test_what_only_the_other_person_changed_is_no_conflict(world, client):
    dossier = begun(world)
    actions.save(dossier=dossier, answers={"title": "Tên Hạnh sửa"}, revision=1, by=world.hanh, at=IN_TIME)
    client.force_login(world.an)
    mine = {"title": dossier.title, "situation": "Lời của An", "revision": "1"}
    page = client.post(reverse("dossiers:save", args=[dossier.pk]), mine).content.decode()
    assert "keep-situation" in page
    assert "keep-title" not in page
    dossier.refresh_from_db()
    mine |= {"revision": dossier.revision, "base": "1", "chosen": "1", "keep-situation": "mine"}
    client.post(reverse("dossiers:save", args=[dossier.pk]), mine)
    dossier.refresh_from_db()
    assert (dossier.title, dossier.answers["situation"]) == ("Tên Hạnh sửa", "Lời của An")


def test_notes_stand_under_the_hand_in_that_they_answer_newest_first(world, client):
    dossier = submitted(world)
    ask = {"message": "", "correct_by": dt.date(2023, 9, 20), "by": world.binh}
    first = {"solution": "Nói rõ cách làm.", "situation": "Thiếu số liệu."}
    actions.return_(dossier=dossier, notes=first, at=IN_TIME, **ask)
    actions.submit(dossier=dossier, by=world.hanh, at=moment("2023-08-24 10:00"))
    second = {"solution": "Còn thiếu mốc."}
    actions.return_(dossier=dossier, notes=second, at=moment("2023-08-25 10:00"), **ask)
    client.force_login(world.an)
    answer = client.get(dossier.get_absolute_url())
    rounds = answer.context["notes"]
    assert [(each.number, [note.text for note in each.notes]) for each in rounds] == [
        (2, ["Còn thiếu mốc."]),
        (1, ["Thiếu số liệu.", "Nói rõ cách làm."]),
    ]
    text = answer.content.decode()
    assert text.index("Lần nộp 2, ngày 24/08/2023") < text.index("Còn thiếu mốc.") < text.index("Lần nộp 1, ngày 20/08")
    form = client.get(reverse("dossiers:form", args=[dossier.pk])).content.decode()
    solution = form[form.index("Còn thiếu mốc.") :]
    assert solution.index("lần nộp 2") < solution.index("Nói rõ cách làm.") < solution.index("lần nộp 1")
