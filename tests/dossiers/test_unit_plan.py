"""A unit plan is filled in from the form, or handed in as a file with a title."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import IN_TIME

from thidua.core.dossiers import DossierState
from thidua.core.refusals import Denied
from thidua.dossiers import actions


@pytest.fixture
def unit_plan(world):
    return actions.begin(
        campaign=world.campaign,
        key="unit-plan-2023",
        unit=world.school,
        token=uuid.uuid4(),
        by=world.an,
        at=IN_TIME,
        answers={"title": "Kế hoạch thi đua năm 2023"},
    )


def attach(world, dossier):
    upload = SimpleUploadedFile("ke-hoach.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")
    return actions.attach(dossier=dossier, question="files", uploads=[upload], by=world.an, at=IN_TIME)[0]


def test_a_title_and_a_file_are_a_unit_plan(world, unit_plan):
    with pytest.raises(Denied) as refusal:
        actions.submit(dossier=unit_plan, by=world.hanh, at=IN_TIME)
    assert set(refusal.value.fields) == {"goals", "tasks"}
    attach(world, unit_plan)
    assert actions.submit(dossier=unit_plan, by=world.hanh, at=IN_TIME).state == DossierState.SUBMITTED


def test_a_file_that_was_taken_off_answers_nothing(world, unit_plan):
    actions.detach(attachment=attach(world, unit_plan), by=world.an, at=IN_TIME)
    with pytest.raises(Denied):
        actions.submit(dossier=unit_plan, by=world.hanh, at=IN_TIME)


def test_a_file_gives_no_title(world, unit_plan):
    attach(world, unit_plan)
    actions.save(dossier=unit_plan, answers={"title": ""}, revision=1, by=world.an, at=IN_TIME)
    with pytest.raises(Denied) as refusal:
        actions.submit(dossier=unit_plan, by=world.hanh, at=IN_TIME)
    assert set(refusal.value.fields) == {"title"}
