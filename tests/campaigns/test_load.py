"""A plan file from outside is read by a process of its own, on the page and when it is stored."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.fixtures import IN_TIME

from thidua.campaigns import actions, queries
from thidua.campaigns.models import PlanVersion
from thidua.core.refusals import Unfit
from thidua.host.bounded import Ended


def load(client, text: str):
    return client.post("/campaigns/versions/load/", {"file": SimpleUploadedFile("kế hoạch.toml", text.encode())})


def test_a_file_of_hundred_thousands_of_problems_is_answered_with_the_first(client, world):
    client.force_login(world.binh)
    answer = load(client, "[[obligations]]\n" * 62_000)
    assert answer.status_code == 422
    assert len(answer.content) < 500_000
    assert "chưa được liệt kê" in answer.content.decode()


def test_a_file_that_takes_too_much_is_refused_beside_its_field(client, world, monkeypatch):
    def ended(*given, **more):
        raise Ended

    monkeypatch.setattr(queries.plans, "run", ended)
    before = PlanVersion.objects.count()
    client.force_login(world.binh)
    answer = load(client, "id = 'x'")
    assert answer.status_code == 422
    assert "mức một kế hoạch cần" in answer.content.decode()
    with pytest.raises(Unfit):
        actions.load(text="id = 'x'", name="x.toml", by=world.binh, at=IN_TIME)
    assert PlanVersion.objects.count() == before


def test_nothing_of_it_is_read_in_this_process(world, monkeypatch):
    def never(*given, **more):
        raise AssertionError

    monkeypatch.setattr(queries, "read", never)
    plan, problems = queries.read_plan(world.campaign.current.source, "plan.toml")
    assert plan == world.campaign.current.plan
    assert [each for each in problems if each.level == "error"] == []
