"""A last day that was set by mistake is taken back by an administrator, while nothing rests on it."""

import datetime as dt

import pytest
from django.urls import reverse
from tests.fixtures import moment

from thidua.campaigns.models import Obligation
from thidua.core.refusals import Denied
from thidua.core.writing import WritingState
from thidua.ledger.models import Entry
from thidua.people import actions
from thidua.people.models import Unit
from thidua.summaries.models import Report

SET_AT, NOW = moment("2023-09-10 08:00"), moment("2023-11-10 08:00")
LAST_DAY = dt.date(2023, 9, 30)
PAGE = "/people/units/hoa-sen/"


@pytest.fixture
def closed(world):
    actions.close_unit(unit=world.school, ends_on=LAST_DAY, reason="Ghi nhầm trường", by=world.binh, at=SET_AT)
    world.school.refresh_from_db()
    return world


def report(world, written_at, state=WritingState.READY):
    return Report.objects.create(
        campaign=world.campaign, year=2023, state=state, prepared_at=written_at, completed_at=written_at,
        prepared_by=world.binh,
    )  # fmt: skip


def reopen(world, by=None, unit=None, reason="Ghi nhầm"):
    actions.reopen_unit(unit=unit or world.school, reason=reason, by=by or world.admin, at=NOW)


def test_the_unit_owes_again_and_the_trail_says_why(closed):
    reopen(closed)
    unit = Unit.objects.get(pk=closed.school.pk)
    assert unit.ends_on is None
    owed = Obligation.objects.select_related("unit").get(unit=unit, key="report-2023")
    assert owed.on(NOW).state == "late"
    entry = Entry.objects.get(verb="people.reopen_unit")
    assert (entry.before, entry.after, entry.note) == ({"ends_on": "2023-09-30"}, {"ends_on": None}, "Ghi nhầm")


@pytest.mark.parametrize(("who", "status"), [("an", 403), ("hanh", 403), ("dung", 404), ("binh", 403), ("leader", 403)])
def test_only_an_administrator_takes_it_back(closed, client, who, status):
    client.force_login(getattr(closed, who))
    assert client.post(reverse("people:reopen_unit", args=["hoa-sen"]), {"why": "Ghi nhầm"}).status_code == status
    assert Unit.objects.get(pk=closed.school.pk).ends_on == LAST_DAY


def test_the_page_offers_it_to_the_administrator_and_tells_the_office_who_can(closed, client):
    client.force_login(closed.binh)
    text = client.get(PAGE).text
    assert "Chỉ quản trị" in text
    client.force_login(closed.hanh)
    assert "/reopen/" not in client.get(PAGE).text
    client.force_login(closed.admin)
    address = reverse("people:reopen_unit", args=["hoa-sen"])
    assert address in client.get(PAGE).text
    assert client.post(address, {"why": " "}).status_code == 422
    assert client.post(address, {"why": "Ghi nhầm"}).status_code == 302
    assert "/reopen/" not in client.get(PAGE).text


def test_a_report_that_counts_it_as_closed_holds_it(closed, client):
    report(closed, moment("2023-10-05 08:00"))
    with pytest.raises(Denied, match="05/10/2023"):
        reopen(closed)
    client.force_login(closed.admin)
    text = client.get(PAGE).text
    assert "05/10/2023" in text
    assert "disabled" in text


@pytest.mark.parametrize(
    ("written_at", "state"),
    [
        (moment("2023-09-20 08:00"), WritingState.READY),
        (moment("2023-09-05 08:00"), WritingState.READY),
        (moment("2023-10-05 08:00"), WritingState.FAILED),
    ],
)
def test_a_report_before_the_last_day_or_never_written_does_not_hold_it(closed, written_at, state):
    report(closed, written_at, state)
    reopen(closed)
    assert Unit.objects.get(pk=closed.school.pk).ends_on is None


def test_a_day_set_backwards_is_not_held_by_what_was_written_before_it_was_set(world):
    report(world, moment("2023-10-05 08:00"))
    at = moment("2023-10-20 08:00")
    actions.close_unit(unit=world.school, ends_on=LAST_DAY, reason="Ghi nhầm", by=world.binh, at=at)
    reopen(world)
    assert Unit.objects.get(pk=world.school.pk).ends_on is None


def test_the_unit_above_comes_first(closed):
    Unit.objects.filter(pk=closed.department.pk).update(ends_on=LAST_DAY)
    with pytest.raises(Denied, match="Sở Giáo dục và Đào tạo Mẫu"):
        reopen(closed)
    reopen(closed, unit=closed.department)
    reopen(closed)


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(closed, reason):
    with pytest.raises(Denied):
        reopen(closed, reason=reason)


def test_an_open_unit_has_nothing_to_take_back(world):
    with pytest.raises(Denied):
        reopen(world)


def test_a_last_day_that_means_none_is_taken_back_too(world, client):
    Unit.objects.filter(pk=world.school.pk).update(ends_on=dt.date.max)
    client.force_login(world.admin)
    assert client.get(PAGE).status_code == 200
    assert client.post(f"{PAGE}reopen/", {"why": "Không có ngày cuối"}).status_code == 302
