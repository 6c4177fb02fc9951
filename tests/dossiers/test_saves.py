"""What somebody types is kept at once, and stands on the trail as one row for each stretch of minutes."""

import datetime as dt

import pytest
from tests.fixtures import IN_TIME, answers, begun

from thidua.dossiers import actions, queries
from thidua.dossiers.actions import saves
from thidua.dossiers.models import Dossier, Saved
from thidua.ledger.models import Entry
from thidua.ledger.queries import verify

MINUTE = dt.timedelta(minutes=1)


def typed(dossier: Dossier, text: str, *, by, after: float) -> Dossier:
    """The situation as it is typed so far, some minutes after the beginning."""
    values = {"situation": text}
    return actions.save(dossier=dossier, answers=values, revision=dossier.revision, by=by, at=IN_TIME + after * MINUTE)


def rows() -> list[Entry]:
    return list(Entry.objects.filter(verb="dossiers.save").order_by("pk"))


def test_what_is_typed_within_minutes_is_one_row_when_the_step_is_done(world):
    dossier = begun(world)
    for number, text in enumerate(["P", "Phụ", "Phụ huynh"]):
        dossier = typed(dossier, text, by=world.an, after=number)
    assert Dossier.objects.get().answers["situation"] == "Phụ huynh"
    assert rows() == []
    actions.submit(dossier=dossier, by=world.hanh, at=IN_TIME + 20 * MINUTE)
    (row,) = rows()
    assert row.by_id == world.an.pk
    assert row.at == IN_TIME + 2 * MINUTE
    assert row.before == {"situation": "Phụ huynh đến trường ba lần."}
    assert row.after == {"situation": "Phụ huynh", "saves": 3}
    verbs = Entry.objects.order_by("-pk").values_list("verb", flat=True)
    assert list(verbs[:2]) == ["dossiers.submit", "dossiers.save"]


def test_each_person_has_a_row_of_their_own(world):
    dossier = begun(world)
    for who, text in [(world.an, "a"), (world.hanh, "b"), (world.an, "c")]:
        dossier = typed(dossier, text, by=who, after=1)
    actions.present(dossier=dossier, by=world.an, at=IN_TIME + 2 * MINUTE)
    assert [(row.by_id, row.after["situation"]) for row in rows()] == [
        (world.an.pk, "a"),
        (world.hanh.pk, "b"),
        (world.an.pk, "c"),
    ]


def test_a_stretch_ends_after_ten_minutes_though_somebody_types_on(world):
    dossier = begun(world)
    for after in (0, 4, 8, 12, 16):
        dossier = typed(dossier, f"Sau {after} phút", by=world.an, after=after)
    assert [row.after["saves"] for row in rows()] == [3]


def test_a_clock_that_jumps_back_begins_a_new_stretch(world):
    dossier = typed(begun(world), "Trước", by=world.an, after=5)
    typed(dossier, "Sau", by=world.an, after=-55)
    assert [row.after["situation"] for row in rows()] == ["Trước"]


def test_the_worker_tells_what_nobody_went_on_with(world):
    typed(begun(world), "Đang viết", by=world.an, after=0)
    actions.tell_ended(at=IN_TIME + 5 * MINUTE)
    assert rows() == []
    actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    assert [row.after for row in rows()] == [{"situation": "Đang viết"}]


def test_what_is_taken_back_within_the_stretch_leaves_no_row(world):
    dossier = typed(begun(world), "Nhầm", by=world.an, after=0)
    typed(dossier, answers(world)["situation"], by=world.an, after=1)
    actions.tell_ended(at=IN_TIME + 30 * MINUTE)
    assert rows() == []


def test_rows_of_typing_are_sealed(transactional_db):
    from tests.fixtures import make_world

    world = make_world()
    typed(begun(world), "Đang viết", by=world.an, after=0)
    actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    assert verify().whole


def test_whoever_has_an_earlier_text_open_is_shown_what_it_was(world):
    dossier = begun(world)
    first = dossier.revision
    for number, text in enumerate(["một", "hai", "ba"], start=1):
        dossier = typed(dossier, text, by=world.an, after=number)
    assert queries.answers_at(dossier, first)["situation"] == "Phụ huynh đến trường ba lần."
    assert queries.answers_at(dossier, first + 2)["situation"] == "hai"
    actions.present(dossier=dossier, by=world.an, at=IN_TIME + 5 * MINUTE)
    assert queries.answers_at(dossier, first + 1)["situation"] == "một"


def test_saves_are_forgotten_when_they_are_told_and_nobody_can_ask_for_them(world):
    dossier = typed(begun(world), "một", by=world.an, after=0)
    later = IN_TIME + 8 * 24 * 60 * MINUTE
    assert actions.forget_saves(at=later) == 0
    actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    assert actions.forget_saves(at=IN_TIME + 11 * MINUTE) == 0
    assert actions.forget_saves(at=later) == 1
    assert not Saved.objects.exists()
    assert queries.answers_at(dossier, dossier.revision - 1) is None


def test_the_row_says_as_what_one_acted_when_one_typed(world):
    typed(begun(world), "Đang viết", by=world.an, after=0)
    was = world.an.acting_in(world.school.pk)
    world.an.posts.all().delete()
    actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    assert was
    assert [row.acting_as for row in rows()] == [was]


def test_saves_that_cannot_be_told_hold_up_no_other_dossier(world, monkeypatch):
    first = typed(begun(world), "Một", by=world.an, after=0)
    alone = [{"person": str(world.dung.pk), "share": "100"}]
    other = typed(begun(world, unit=world.other, by=world.dung, authors=alone), "Hai", by=world.dung, after=0)
    tell = saves.tell_saves

    def told(dossier):
        if dossier.pk == first.pk:
            raise ZeroDivisionError
        tell(dossier)

    monkeypatch.setattr(saves, "tell_saves", told)
    with pytest.raises(ZeroDivisionError):
        actions.tell_ended(at=IN_TIME + 11 * MINUTE)
    assert [row.thing_id for row in rows()] == [str(other.pk)]
