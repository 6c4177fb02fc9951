"""Published values of the indices: recorded by the office with their document, shown to all."""

from decimal import Decimal

import pytest
from tests.fixtures import moment

from thidua.campaigns import actions
from thidua.campaigns.models import IndexValue
from thidua.core.refusals import Denied
from thidua.ledger.models import Entry

AT = moment("2024-05-01 08:00")


def record(world, by=None, **changed):
    values = {"index": "par", "year": 2023, "score": Decimal("87.9"), "rank": 8, "source": "1234/QĐ-UBND"}
    return actions.record_index(campaign=world.campaign, by=by or world.binh, at=AT, **{**values, **changed})


def test_a_value_is_kept_with_its_document_and_replaced_with_a_trail(world):
    record(world)
    record(world, score=Decimal("88.1"))
    assert IndexValue.objects.get().score == Decimal("88.1")
    last = Entry.objects.filter(verb="campaigns.record_index").order_by("-id").first()
    assert (last.before["score"], last.after["score"]) == ("87.900", "88.1")


@pytest.mark.parametrize(
    "changed",
    [
        {"index": "khong-co"},
        {"year": 1999},
        {"year": 2030},
        {"score": None, "rank": None},
        {"rank": 0},
        {"source": " "},
    ],
)
def test_what_cannot_be_is_refused(world, changed):
    with pytest.raises(Denied):
        record(world, **changed)
    assert not IndexValue.objects.exists()


def test_only_the_office_records(client, world):
    for who in ("an", "leader", "admin"):
        with pytest.raises(Denied):
            record(world, by=getattr(world, who))


def test_the_page_takes_vietnamese_numbers_and_the_overview_shows_the_trend(client, world):
    client.force_login(world.binh)
    data = {"index": "par", "year": "2023", "score": "87,9", "rank": "8", "source": "1234/QĐ-UBND"}
    assert client.post("/campaigns/indices/", data).status_code == 302
    assert "1234/QĐ-UBND" in client.get("/campaigns/indices/").content.decode()
    assert "PAR Index: 2023 87,9" in client.get("/overview/?year=2023").content.decode()
    assert client.post("/campaigns/indices/", {**data, "score": "tám"}).status_code == 422
