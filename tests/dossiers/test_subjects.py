"""What a report is about, and what a registration continues."""

import uuid

import pytest
from tests.fixtures import accepted, begun, moment, submitted

from thidua.core.refusals import Denied
from thidua.dossiers import actions
from thidua.dossiers.models import Dossier

AT = moment("2024-02-01 10:00")
LATER = moment("2023-10-20 10:00")


def begin(world, key, at, **subject):
    return actions.begin(
        campaign=world.campaign, key=key, unit=world.school, token=uuid.uuid4(), by=world.an, at=at, **subject
    )


def test_a_report_needs_a_registration_that_was_handed_in(world):
    for about in (None, begun(world)):
        with pytest.raises(Denied):
            begin(world, "report-2023", LATER, about=about)
    assert begin(world, "report-2023", LATER, about=submitted(world)).about is not None


def test_a_registration_has_one_report(world):
    registration = accepted(world)
    begin(world, "report-2023", LATER, about=registration)
    with pytest.raises(Denied):
        begin(world, "report-2023", LATER, about=registration)
    assert Dossier.objects.filter(about=registration).count() == 1


def test_only_an_accepted_registration_of_the_year_before_is_carried_forward(world):
    draft, good = begun(world), accepted(world)
    with pytest.raises(Denied):
        begin(world, "register-2024", AT, continues=draft)
    with pytest.raises(Denied):
        begin(world, "register-2023", moment("2023-08-20 10:00"), continues=good)
    assert begin(world, "register-2024", AT, continues=good).continues == good


def test_files_go_only_where_the_form_asks_for_them_and_all_or_none(world):
    from django.core.files.uploadedfile import SimpleUploadedFile

    dossier = begun(world)
    good = SimpleUploadedFile("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")
    bad = SimpleUploadedFile("b.pdf", b"<html></html>")
    for question, uploads in (("x" * 70, [good]), ("title", [good]), ("files", [good, bad])):
        with pytest.raises(Denied):
            actions.attach(
                dossier=dossier, question=question, uploads=uploads, by=world.an, at=moment("2023-08-20 10:00")
            )
    assert not dossier.attachments.exists()
