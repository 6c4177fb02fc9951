"""A plan that changes: what a later version does to what units and people owe, and what never moves."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.db.models import ProtectedError
from tests.campaigns.versions import SECOND, changed, day_of, due, load, owed, publish, without
from tests.core.plans import SHIPPED
from tests.fixtures import IN_TIME, accepted, begun, moment, person, submitted, unit

from thidua.campaigns import actions, changes, letters, tasks
from thidua.campaigns.chosen import Chosen
from thidua.campaigns.models import Fact, Obligation
from thidua.core.days import end_of_day
from thidua.core.obligations import FactKind
from thidua.core.refusals import Denied, NotThere
from thidua.core.units import PostKind
from thidua.dossiers import actions as dossiers
from thidua.monitoring import queries as monitoring
from thidua.people import bulk

PLACE = "Asia/Ho_Chi_Minh"
LATER = due("register-2023", "2023-09-20")
DROPPED = without("register-2023")


def facts(row: Obligation) -> list[str]:
    return [fact.kind for fact in row.facts.order_by("pk")]


def until(day: str) -> dt.datetime:
    return end_of_day(dt.date.fromisoformat(day), PLACE)


def test_the_first_version_leaves_a_fact_for_each_obligation(world):
    assert Fact.objects.filter(kind=FactKind.NEW).count() == Obligation.objects.count() > 100
    assert facts(owed(world.school)) == ["new"]


def test_a_later_date_moves_what_is_not_handed_in_and_nothing_else(world):
    submitted(world, moment("2023-08-14 10:00"))
    done = publish(world, LATER)
    assert done == {"moved": 2, "kept": 1}
    assert day_of(owed(world.school).due_at) == "25/08/2023"
    assert day_of(owed(world.other).due_at) == "20/09/2023"
    assert facts(owed(world.school)) == ["new", "kept"]
    told = owed(world.other).facts.order_by("pk").last()
    assert (told.kind, day_of(told.due_before), day_of(told.due_at), told.version.number) == (
        "moved", "25/08/2023", "20/09/2023", 2,
    )  # fmt: skip


def test_a_date_never_moves_back_before_the_day_of_publishing(world):
    publish(world, due("register-2023", "2023-08-10"))
    assert day_of(owed(world.school).due_at) == "15/08/2023"
    assert owed(world.school).on(SECOND).state == "due"


def test_what_was_late_when_it_was_handed_in_stays_late(world):
    late = moment("2023-08-28 10:00")
    dossier = submitted(world, late)
    publish(world, LATER, at=moment("2023-08-29 09:00"))
    dossier.refresh_from_db()
    assert (dossier.days_late, dossier.version.number) == (3, 1)
    assert owed(world.school).on(moment("2023-09-01 09:00")).days_late == 3


def test_what_is_taken_back_is_owed_on_the_terms_in_force(world, time_machine):
    dossier = submitted(world, moment("2023-08-14 10:00"))
    publish(world, LATER)
    time_machine.move_to(moment("2023-08-16 10:00"))
    dossiers.withdraw(dossier=dossier, reason="Viết lại", by=world.hanh, at=moment("2023-08-16 10:00"))
    assert day_of(owed(world.school).due_at) == "20/09/2023"
    assert facts(owed(world.school)) == ["new", "kept", "moved"]


def test_an_extension_later_than_the_new_date_stands_and_an_earlier_one_falls(world):
    for school, day in ((world.school, "2023-10-01"), (world.other, "2023-09-01")):
        actions.extend(obligation=owed(school), until=until(day), reason="Sửa trường", by=world.binh, at=IN_TIME)
    second = load(LATER)
    (fell,) = changes.consequences(second, at=IN_TIME).fallen
    assert (fell.unit_id, day_of(fell.outcome.fallen)) == (world.other.pk, "01/09/2023")
    actions.publish(version=second, by=world.binh, at=IN_TIME)
    assert day_of(owed(world.school).closes_at) == "01/10/2023"
    assert (day_of(owed(world.other).closes_at), owed(world.other).reason) == ("20/09/2023", "")
    assert facts(owed(world.other)) == ["new", "extended", "moved", "extension_fell"]


def test_an_excuse_outlives_a_new_date(world):
    actions.excuse(obligation=owed(world.school), reason="Chuyển trụ sở", by=world.binh, at=IN_TIME)
    publish(world, LATER, at=IN_TIME)
    row = owed(world.school)
    assert (row.excused, day_of(row.due_at)) == (True, "20/09/2023")


def test_a_dropped_obligation_is_closed_and_comes_back_with_a_version_that_asks_for_it(world, client):
    dossier = submitted(world, moment("2023-08-14 10:00"))
    assert publish(world, DROPPED) == {"dropped": 3}
    row = owed(world.other)
    assert (row.dropped_in, row.on(moment("2023-12-01 08:00")).state) == (2, "dropped")
    assert row.planned.name == "Đăng ký mô hình, giải pháp, sáng kiến năm 2023"
    client.force_login(world.hanh)
    for path in (f"/monitoring/obligations/{owed(world.school).pk}/", f"/dossiers/{dossier.pk}/", "/"):
        assert client.get(path).status_code == 200
    back = publish(world, LATER, at=moment("2023-08-18 09:00"))
    assert back == {"asked_again": 3}
    assert day_of(owed(world.other).due_at) == "20/09/2023"
    assert (day_of(owed(world.school).due_at), owed(world.school).on(IN_TIME).state) == ("25/08/2023", "submitted")
    assert facts(owed(world.other)) == ["new", "dropped", "asked_again"]


def test_what_is_dropped_is_in_no_count(world):
    at = moment("2023-09-01 08:00")
    year = [Chosen(world.campaign, 2023)]
    before = monitoring.owing(world.binh, year, now=at)[world.campaign.pk]
    publish(world, DROPPED)
    assert monitoring.owing(world.binh, year, now=at)[world.campaign.pk] == (before[0], before[1] - 3)
    board = monitoring.board(world.binh, world.campaign, 2023, now=at)
    assert "register-2023" not in [column.key for column in board.columns]
    assert board.owed_things == before[1] - 3


def test_nothing_is_begun_or_handed_in_for_what_is_dropped(world, client):
    draft = begun(world, moment("2023-08-14 10:00"))
    publish(world, DROPPED)
    with pytest.raises(Denied, match="phiên bản 2"):
        dossiers.submit(dossier=draft, by=world.hanh, at=IN_TIME)
    with pytest.raises(Denied, match="phiên bản 2"):
        begun(world)
    client.force_login(world.an)
    page = client.get(f"/dossiers/begin/?key=register-2023&unit={world.school.pk}")
    assert page.status_code == 200
    assert "phiên bản 2" in page.text
    assert client.get(f"/dossiers/{draft.pk}/form/").status_code == 200


def test_an_audience_that_is_left_out_owes_it_no_more(world):
    text = changed(
        (
            'kind = "registration"\naudiences = ["divisions", "schools", "centres", "institutions"]\n'
            "opens_on = 2023-08-07",
            'kind = "registration"\naudiences = ["schools", "centres", "institutions"]\nopens_on = 2023-08-07',
        )
    )
    assert publish(world, text) == {"dropped": 1}
    assert owed(world.division).dropped_in == 2
    assert owed(world.school).dropped_in is None


def test_what_people_owe_moves_too(world):
    key = "discipline-2023"
    publish(world, due(key, "2023-11-20"))
    row = owed(world.school, key, world.linh)
    assert day_of(row.due_at) == "20/11/2023"
    assert facts(row) == ["new", "moved"]


def test_a_unit_that_was_entered_late_owes_what_has_passed_this_year_by_the_day_it_came(world, time_machine):
    came = moment("2023-09-12 08:00")
    time_machine.move_to(came)
    new = "code,name,kind,parent\nmoi,Trường THPT Mới Mẫu,school,so\n"
    bulk.import_units(content=new.encode(), name="units.csv", by=None, at=came, commit=True)
    tasks.catch_up_soon()
    rows = {row.key: day_of(row.due_at) for row in Obligation.objects.filter(unit__code="moi", person=None)}
    assert (rows["register-2023"], rows["report-2023"]) == ("12/09/2023", "31/10/2023")
    time_machine.move_to(moment("2024-12-20 08:00"))
    unit("sau", "Trường THPT Sau Mẫu")
    tasks.catch_up()
    keys = set(Obligation.objects.filter(unit__code="sau").values_list("key", flat=True))
    assert not {key for key in keys if key.endswith("2023")}
    assert any(key.endswith("2025") for key in keys)


def test_who_came_between_two_versions_owes_by_the_dates_in_force(world):
    publish(world, LATER)
    person("moi", "Lê Mới", unit=unit("moi", "Trường THPT Mới Mẫu"), post=PostKind.HEAD)
    actions.catch_up(campaign=world.campaign, at=moment("2023-08-16 08:00"))
    row = owed(Obligation.objects.filter(unit__code="moi").first().unit)
    assert (day_of(row.due_at), row.version.number) == ("20/09/2023", 2)


def test_catching_up_a_second_time_changes_nothing(world):
    accepted(world)
    publish(world, LATER, at=IN_TIME)
    assert actions.catch_up(campaign=world.campaign, at=IN_TIME) == 0


def test_each_unit_and_person_gets_one_letter_of_a_change(world):
    submitted(world, moment("2023-08-14 10:00"))
    both = due("report-2023", "2023-11-15", LATER)
    publish(world, both)
    letter = world.dung.letters.get(kind="campaigns.publish")
    assert "hạn 25/08/2023 → 20/09/2023" in letter.body
    assert "hạn 31/10/2023 → 15/11/2023" in letter.body
    school = world.an.letters.get(kind="campaigns.publish")
    assert "20/09/2023" not in school.body  # handed in before, so nothing moves for this unit
    assert "15/11/2023" in school.body
    assert not world.linh.letters.filter(kind="campaigns.publish").exists()


def test_the_first_letter_says_what_is_owed_when_and_where_to_begin(world):
    version = world.campaign.current
    told = {each.to: each for each in letters.publish(version, at=version.published_at, is_first=True)}
    assert {world.an, world.hanh, world.dung} <= set(told)
    assert world.linh not in told
    assert "Đăng ký mô hình, giải pháp, sáng kiến năm 2023, hạn 25/08/2023" in told[world.an].body
    assert told[world.an].address == "/"


def test_a_version_that_changes_nothing_writes_to_nobody(world):
    before = world.an.letters.count()
    assert publish(world, f"# Ghi chú\n{SHIPPED}") == {}
    assert world.an.letters.count() == before


def test_consequences_are_what_publishing_then_does(world):
    submitted(world, moment("2023-08-14 10:00"))
    text = without("unit-plan-2023", due("report-2023", "2023-11-15", LATER))
    version = load(text)
    lines = changes.consequences(version, at=SECOND).lines
    actions.publish(version=version, by=None, at=SECOND)
    version.refresh_from_db()
    assert changes.told(version) == lines
    assert {line.kind for line in lines} == {"moved", "kept", "dropped"}


@pytest.mark.parametrize("text", [LATER, DROPPED])
def test_consequences_cost_the_same_whatever_the_size(world, text, django_assert_max_num_queries):
    version = load(text)
    with django_assert_max_num_queries(8):
        assert changes.consequences(version, at=SECOND).lines


def test_a_due_date_moves_with_its_version_alone_and_a_fact_never(world):
    row = owed(world.school)
    with pytest.raises(DatabaseError), transaction.atomic():
        Obligation.objects.filter(pk=row.pk).update(due_at=SECOND)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.facts.update(due_at=SECOND)
    with pytest.raises(ProtectedError):
        row.delete()


def test_what_an_address_names_and_no_plan_has_is_not_there(client, world):
    client.force_login(world.binh)
    with pytest.raises(NotThere):
        world.campaign.current.plan.criterion("khong-co")
    assert client.get(f"/dossiers/begin/?key=khong-co&unit={world.school.pk}").status_code in (403, 404)
