"""A criterion that a later version changes or drops: the figures of before keep what they were declared under."""

from decimal import Decimal

import pytest
from tests.campaigns.versions import SECOND, changed, load, publish
from tests.core.plans import SHIPPED
from tests.fixtures import moment

from thidua.campaigns import changes, followers
from thidua.reports import actions
from thidua.reports.models import Figure

EARLY = moment("2023-08-14 10:00")
PATH = "/reports/criteria/documents-signed/"
BLOCK = SHIPPED[SHIPPED.index('id = "documents-signed"') :].partition("\n[[")[0]
STRICTER = changed((BLOCK, BLOCK.replace("threshold = 1\n", "threshold = 0.9\n")))


def without_the_criterion() -> str:
    """The plan without the criterion, its measure and what is owed of it."""
    named = ('id = "documents-signed"', 'criterion = "documents-signed"')
    return "\n[[".join(block for block in SHIPPED.split("\n[[") if not any(each in block for each in named))


def declared(world, numerator: int = 3) -> Figure:
    return actions.declare(
        campaign=world.campaign, year=2023, unit=world.school, criterion="documents-signed", scope="",
        numerator=Decimal(numerator), denominator=Decimal(4), nothing_arose=False, explanation="Sổ", by=world.an,
        at=EARLY,
    )  # fmt: skip


@pytest.fixture
def figure(world) -> Figure:
    made = declared(world)
    actions.accept(figure=made, by=world.binh, at=EARLY)
    return made


def warned(text: str) -> list[str]:
    return [str(each) for each in followers.warnings(changes.step_to(load(text), at=SECOND))]


def test_an_accepted_figure_of_a_dropped_criterion_stays_to_be_read(figure, world, client):
    text = without_the_criterion()
    assert any("bị bỏ; 1 số liệu" in each for each in warned(text))
    publish(world, text)
    figure.refresh_from_db()
    assert figure.accepted_numerator == 3
    client.force_login(world.binh)
    page = client.get(f"{PATH}?year=2023").text
    assert "không còn yêu cầu chỉ tiêu này" in page
    assert world.school.name in page
    assert client.get("/reports/criteria/khong-co/?year=2023").status_code == 404
    assert client.get(f"/reports/units/{world.school.code}/?year=2023").status_code == 200


def test_a_changed_criterion_begins_a_new_series(figure, world, client):
    assert any("bắt đầu chuỗi số liệu mới; 1 số liệu" in each for each in warned(STRICTER))
    publish(world, STRICTER)
    assert Figure.objects.get().wanted.threshold == 1.0
    client.force_login(world.binh)
    assert "Khai theo phiên bản 1 của kế hoạch" in client.get(f"{PATH}?year=2023").text
    again = declared(world)  # the same numbers, said of what is asked now
    assert (again.version.number, again.accepted_at) == (2, None)
    assert "Khai theo phiên bản 1" not in client.get(f"{PATH}?year=2023").text
