"""Declared, checked and accepted values stay apart; a changed figure loses its acceptance."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import moment

from thidua.campaigns.models import Obligation
from thidua.core.refusals import Denied
from thidua.reports import actions, queries
from thidua.reports.models import Figure

AT = moment("2023-10-10 09:00")


def declare(world, numerator, denominator, *, nothing=False, words="Theo sổ văn thư", by=None, **more):
    values = {"criterion": "documents-signed", "scope": "", **more}
    return actions.declare(
        campaign=world.campaign,
        year=2023,
        unit=world.school,
        by=by or world.an,
        at=AT,
        nothing_arose=nothing,
        explanation=words,
        numerator=None if numerator is None else Decimal(numerator),
        denominator=None if denominator is None else Decimal(denominator),
        **values,
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "field"),
    [
        (11, 10, "numerator"),
        (None, 10, "numerator"),
        (5, None, "denominator"),
        (0, 0, "denominator"),
        (-1, 10, "numerator"),
    ],
)
def test_what_cannot_be_true_is_refused_at_its_field(world, numerator, denominator, field):
    with pytest.raises(Denied) as refusal:
        declare(world, numerator, denominator)
    assert field in refusal.value.fields
    assert not Figure.objects.exists()


def test_nothing_arose_needs_a_reason_and_does_not_apply(world):
    with pytest.raises(Denied):
        declare(world, None, None, nothing=True, words=" ")
    declare(world, None, None, nothing=True, words="Trường không gửi văn bản")
    row = next(
        each
        for each in queries.declarable(world.campaign.current.plan, world.campaign.pk, world.school, 2023)
        if each.criterion.id == "documents-signed"
    )
    assert row.value.verdict == "not_applicable"


def test_the_three_values_and_the_lost_acceptance(world):
    figure = declare(world, 90, 100)
    actions.check(
        figure=figure,
        numerator=Decimal(88),
        denominator=Decimal(100),
        note="Đối chiếu trục văn bản",
        by=world.binh,
        at=AT,
    )
    actions.accept(figure=figure, by=world.binh, at=AT)
    figure.refresh_from_db()
    assert (figure.numerator, figure.checked_numerator, figure.accepted_numerator) == (90, 88, 88)
    obligation = Obligation.objects.get(unit=world.school, key="figure-documents-signed-2023")
    assert obligation.standing == "accepted"
    declare(world, 95, 100)
    figure.refresh_from_db()
    obligation.refresh_from_db()
    assert figure.accepted_at is None
    assert figure.acceptance_lost_at == AT
    assert obligation.standing == "submitted"


def test_declaring_the_same_again_keeps_the_acceptance(world):
    figure = declare(world, 90, 100)
    actions.accept(figure=figure, by=world.binh, at=AT)
    declare(world, 90, 100)
    figure.refresh_from_db()
    assert figure.accepted_at == AT


def test_a_figure_with_evidence_needs_its_file(world):
    with pytest.raises(Denied):
        declare(world, 7, 8, criterion="project-06")
    pdf = SimpleUploadedFile("minh-chung.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF")
    assert declare(world, 7, 8, criterion="project-06", upload=pdf).evidence.count() == 1


def test_a_stranger_cannot_declare(world):
    with pytest.raises(Denied):
        declare(world, 1, 2, by=world.dung)
