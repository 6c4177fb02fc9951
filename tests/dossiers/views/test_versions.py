"""Any two versions side by side, each with the files it had."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.fixtures import begun, moment

from thidua.dossiers import actions


def upload(world, dossier, name, at):
    content = f"%PDF-1.7\n1 0 obj\n<</Title ({name})>>\nendobj\n%%EOF".encode()
    file = SimpleUploadedFile(name, content)
    return actions.attach(dossier=dossier, question="files", uploads=[file], by=world.an, at=at)[0]


@pytest.fixture
def thrice(world):
    """Handed in three times, with another text and another file each time."""
    dossier = begun(world)
    attachment = None
    for number, word in enumerate(("một", "hai", "ba"), start=1):
        at = moment(f"2023-08-2{number} 10:00")
        if attachment:
            actions.detach(attachment=attachment, by=world.an, at=at)
        attachment = upload(world, dossier, f"tep-{number}.pdf", at)
        dossier.refresh_from_db()
        actions.save(
            dossier=dossier, answers={"solution": f"Cách {word}"}, revision=dossier.revision, by=world.an, at=at
        )
        later = at + dt.timedelta(hours=1)
        dossier = actions.submit(dossier=dossier, by=world.hanh, at=later)
        if number < 3:
            due = dt.date(2023, 9, 1)
            actions.return_(dossier=dossier, notes={}, message="Sửa", correct_by=due, by=world.binh, at=later)
    return dossier


@pytest.mark.parametrize(
    ("asked", "gone", "come"),
    [
        ("?from=1&to=3", "một", "ba"),
        ("?from=1&to=2", "một", "hai"),
        ("", "hai", "ba"),
        ("?from=9&to=x", "hai", "ba"),
        ("?from=3&to=1", "ba", "một"),
    ],
)
def test_two_versions_are_compared(world, client, thrice, asked, gone, come):
    client.force_login(world.binh)
    text = client.get(reverse("dossiers:versions", args=[thrice.pk]) + asked).content.decode()
    assert f"<del>{gone}</del>" in text
    assert f"<ins>{come}</ins>" in text


def test_each_version_lists_the_files_it_had(world, client, thrice):
    from thidua.dossiers import queries

    kept = queries.versions_of(thrice, draft=None)
    assert [[file.name for file in each.files] for each in kept] == [["tep-1.pdf"], ["tep-2.pdf"], ["tep-3.pdf"]]
    client.force_login(world.binh)
    text = client.get(reverse("dossiers:versions", args=[thrice.pk])).content.decode()
    assert "tep-1.pdf" in text


def test_a_draft_is_compared_only_by_those_who_may_read_it(world, client, thrice):
    at = moment("2023-08-24 10:00")
    actions.return_(dossier=thrice, notes={}, message="Sửa", correct_by=dt.date(2023, 9, 1), by=world.binh, at=at)
    actions.save(dossier=thrice, answers={"solution": "Cách bốn"}, revision=4, by=world.an, at=at)
    address = reverse("dossiers:versions", args=[thrice.pk]) + "?from=1&to=draft"
    for who, seen in ((world.an, True), (world.binh, False)):
        client.force_login(who)
        assert ("bốn" in client.get(address).content.decode()) is seen
