"""Next year's round: each accepted initiative of last year is carried on or closed, once."""

import uuid

import pytest
from django.urls import reverse
from tests.fixtures import accepted, moment, submitted

from thidua.campaigns.chosen import Chosen
from thidua.core.dossiers import DossierState
from thidua.core.refusals import Denied
from thidua.dossiers import actions
from thidua.ledger.models import Entry
from thidua.people.models import Post

AT = moment("2024-02-01 10:00")


def close(world, dossier, *, by=None, reason="Đã thành quy trình thường xuyên."):
    return actions.close(dossier=dossier, reason=reason, by=by or world.an, at=AT)


def carried_on(world, dossier):
    return actions.begin(
        campaign=world.campaign,
        key="register-2024",
        unit=world.school,
        token=uuid.uuid4(),
        by=world.an,
        at=AT,
        continues=dossier,
    )


def test_a_closed_initiative_stays_accepted_and_is_offered_no_more(world, client, time_machine):
    kept, gone = accepted(world, title="Còn làm tiếp"), accepted(world, title="Thôi không làm")
    time_machine.move_to(AT)
    client.force_login(world.an)
    address = Chosen(world.campaign, 2024).address("dossiers:begin", key="register-2024", unit=world.school.pk)
    assert "Thôi không làm" in client.get(address).content.decode()
    post = {"reason": "Đã thành quy trình thường xuyên.", "key": "register-2024"}
    answer = client.post(reverse("dossiers:close", args=[gone.pk]), post)
    assert answer["Location"] == address
    text = client.get(address, follow=True).content.decode()
    assert kept.title in text
    assert "Thôi không làm" not in text
    gone.refresh_from_db()
    assert (gone.state, gone.closed_by) == (DossierState.ACCEPTED, world.an)
    assert post["reason"] in client.get(gone.get_absolute_url()).content.decode()
    entry = Entry.objects.get(verb="dossiers.close")
    assert (entry.thing_id, entry.note) == (str(gone.pk), post["reason"])


def test_an_initiative_is_carried_on_or_closed_never_both(world):
    first, second = accepted(world), accepted(world)
    close(world, first)
    with pytest.raises(Denied):
        carried_on(world, first)
    carried_on(world, second)
    for again in (close, carried_on):
        with pytest.raises(Denied):
            again(world, second)


def test_closing_needs_a_reason_the_unit_itself_and_an_accepted_registration(world):
    done = accepted(world)
    for change in ({"reason": " "}, {"by": world.dung}, {"by": world.binh}, {"by": world.linh}):
        with pytest.raises(Denied):
            close(world, done, **change)
    with pytest.raises(Denied):
        close(world, submitted(world))
    done.refresh_from_db()
    assert done.closed_at is None


def test_who_left_the_unit_is_no_author_of_what_is_carried_on(world):
    earlier = accepted(world)
    Post.objects.filter(person=world.linh).update(ends_on=moment("2023-12-31 00:00").date())
    dossier = carried_on(world, earlier)
    assert [row["person"] for row in dossier.answers["authors"]] == [str(world.an.pk)]
    assert dossier.answers["solution"] == earlier.answers["solution"]
    rows = [{"person": str(world.linh.pk), "share": "100"}]
    with pytest.raises(Denied):
        actions.save(dossier=dossier, answers={"authors": rows}, revision=1, by=world.an, at=AT)


def test_who_left_stays_where_he_or_she_is_named_already(world, client, time_machine):
    dossier = submitted(world)
    due = moment("2024-03-01 00:00").date()
    actions.return_(dossier=dossier, notes={}, message="Sửa lại", correct_by=due, by=world.binh, at=AT)
    Post.objects.filter(person=world.linh).update(ends_on=moment("2023-12-31 00:00").date())
    time_machine.move_to(AT)
    client.force_login(world.an)
    text = client.get(reverse("dossiers:form", args=[dossier.pk])).content.decode()
    assert f'<option value="{world.linh.pk}" selected>' in text
    actions.save(dossier=dossier, answers={"title": "Tên mới"}, revision=1, by=world.an, at=AT)
    assert dossier.authors.count() == 2
