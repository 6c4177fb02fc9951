"""Personal criteria: who records and who reads, the grid, Excel there and back, and what people owe."""

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from tests.fixtures import moment, person, unit

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.core.refusals import Conflict, Denied
from thidua.exchange.reading import rows_of
from thidua.ledger.models import Entry
from thidua.monitoring import actions as reminders
from thidua.monitoring import queries as monitoring
from thidua.people.models import Person, Post
from thidua.reports import actions, bulk, queries
from thidua.reports.actions import Answer
from thidua.reports.models import PersonalResult

AT = moment("2023-10-10 09:00")
AFTER = moment("2023-11-05 09:00")
PAGE = "/reports/people/hoa-sen/?campaign=cchc-2023-2025&year=2023"
MET, NOT_MET = "Đạt", "Chưa đạt"
GOOD = "Hoàn thành tốt nhiệm vụ"
CRITERIA = [
    "exemplary-head",
    "discipline",
    "yearly-rating",
    "personal-signing",
    "personal-initiative",
    "personal-email",
]


def record(world, answers, *, by=None, at=AT, school=None, year=2023):
    """``answers``: {(person, criterion): value or Answer}."""
    given = {
        (who.pk, criterion): value if isinstance(value, Answer) else Answer(value)
        for (who, criterion), value in answers.items()
    }
    return actions.record(
        campaign=world.campaign, year=year, unit=school or world.school, answers=given, by=by or world.an, at=at
    )


def everything(world, value=MET):
    people = (world.an, world.hanh, world.linh)
    answers = {(who, criterion): value for who in people for criterion in CRITERIA[1:]}
    answers |= {(who, "yearly-rating"): GOOD for who in people}
    return {**answers, (world.hanh, "exemplary-head"): value}


def owed(world, **narrower):
    return Obligation.objects.filter(unit=world.school, year=2023, person__isnull=False, **narrower)


def signed_in(client, who):
    client.force_login(Person.objects.get(pk=who.pk))
    return client


@pytest.fixture(autouse=True)
def _in_october(time_machine):
    time_machine.move_to(AT)


# What people owe


def test_publishing_makes_what_each_person_owes_and_the_heads_criterion_only_for_heads(world):
    assert set(owed(world, person=world.hanh).values_list("criterion", flat=True)) == set(CRITERIA)
    assert set(owed(world, person=world.linh).values_list("criterion", flat=True)) == set(CRITERIA[1:])
    years = Obligation.objects.filter(person=world.linh, criterion="discipline").order_by("year")
    zone = dt.timezone(dt.timedelta(hours=7))
    assert [row.due_at.astimezone(zone).date() for row in years] == [dt.date(y, 10, 31) for y in (2023, 2024, 2025)]


def test_who_left_before_the_due_day_owes_nothing_and_who_came_later_catches_up(world):
    person("moi", "Lê Mới", unit=world.school)
    gone = person("di", "Lê Đi", unit=world.school)
    Post.objects.filter(person=gone).update(ends_on=dt.date(2023, 10, 20))
    assert campaigns.catch_up(campaign=world.campaign, at=AT) == 5 * 3
    assert not Obligation.objects.filter(person=gone).exists()
    assert campaigns.catch_up(campaign=world.campaign, at=AT) == 0


def test_a_recorded_result_is_done_on_the_board_and_a_result_taken_back_is_owed_again(world):
    record(world, {(world.linh, "discipline"): MET})
    one = owed(world).get(person=world.linh, criterion="discipline")
    assert (one.on(AT).state, one.on(AT).done_on) == ("done", AT.date())
    assert owed(world, standing="accepted").count() == 1
    record(world, {(world.linh, "discipline"): NOT_MET}, at=AFTER)
    one.refresh_from_db()
    assert one.submitted_at == AT  # the first recording counts, a correction is not late
    record(world, {(world.linh, "discipline"): ""})
    one.refresh_from_db()
    assert one.on(AT).state == "due"


def test_the_board_shows_one_cell_a_unit_and_its_people_counted(world):
    def cell(now):
        board = monitoring.board(world.binh, world.campaign, 2023, now=now)
        at = [column.key for column in board.columns].index("discipline-2023")
        return next(row for row in board.rows if row.unit == world.school).cells[at]

    record(world, {(who, "discipline"): MET for who in (world.an, world.linh)})
    assert (cell(AT).state, cell(AT).obligation.recorded, cell(AT).obligation.people) == ("due", 2, 3)
    assert (cell(AFTER).state, cell(AFTER).standing.days_late) == ("late", 5)
    last = owed(world).get(person=world.hanh, criterion="discipline")
    campaigns.excuse(obligation=last, reason="Nghỉ thai sản", by=world.binh, at=AT)
    assert (cell(AFTER).state, cell(AFTER).obligation.recorded, cell(AFTER).obligation.people) == ("done", 2, 2)


def test_a_reminder_names_what_is_owed_for_people_and_marks_exactly_these(world):
    record(world, {(world.linh, "discipline"): MET})
    reminders.remind(campaign=world.campaign, year=2023, unit_ids={world.school.pk}, by=world.binh, at=AFTER)
    assert "Kỷ luật, kỷ cương (2023)" in world.an.letters.get(kind="monitoring.remind").body
    assert owed(world, reminded_at=AFTER).count() == 15
    assert not owed(world, reminded_at=AFTER, person=world.linh, criterion="discipline").exists()


def test_the_command_lists_every_person(world):
    import json

    record(world, {(world.linh, "discipline"): MET})
    out = io.StringIO()
    call_command("board", campaign="cchc-2023-2025", year=2023, on=AFTER.date(), json=True, stdout=out)
    rows = {(row["person"], row["obligation"]): row for row in json.loads(out.getvalue()) if row["person"]}
    assert (rows["linh", "discipline-2023"]["state"], rows["linh", "discipline-2023"]["done_on"]) == (
        "done",
        "2023-10-10",
    )
    assert (rows["an", "discipline-2023"]["state"], rows["an", "discipline-2023"]["days_late"]) == ("late", 5)
    assert ("linh", "exemplary-head-2023") not in rows


# Who records, who reads


def test_only_the_unit_itself_records(world):
    for by in (world.binh, world.dung, world.linh, world.leader, world.admin):
        with pytest.raises(Denied):
            record(world, {(world.linh, "discipline"): MET}, by=by)
    for by in (world.an, world.hanh):
        record(world, {(world.linh, "discipline"): MET}, by=by)
    assert PersonalResult.objects.count() == 1


def test_recording_opens_on_the_day_of_the_plan(world):
    with pytest.raises(Denied, match="25/08/2023"):
        record(world, {(world.linh, "discipline"): MET}, at=moment("2023-08-24 09:00"))
    with pytest.raises(Denied):
        record(world, {(world.linh, "discipline"): MET}, year=2024)


def test_a_unit_sees_its_own_people_and_a_member_of_staff_his_own_results(world):
    record(world, everything(world))
    record(world, {(world.dung, "discipline"): MET}, by=world.dung, school=world.other)

    def seen(who):
        rows = PersonalResult.objects.visible_to(Person.objects.get(pk=who.pk))
        return set(rows.values_list("person__username", flat=True))

    assert seen(world.an) == seen(world.hanh) == {"an", "hanh", "linh"}
    assert seen(world.linh) == {"linh"}
    assert seen(world.dung) == {"dung"}
    assert seen(world.binh) == seen(world.leader) == {"an", "hanh", "linh", "dung"}


def test_one_saved_grid_is_one_row_of_the_trail_with_before_and_after(world):
    record(world, {(world.linh, "discipline"): MET, (world.an, "discipline"): MET})
    record(world, {(world.linh, "discipline"): Answer(NOT_MET, "Khiển trách"), (world.an, "discipline"): MET})
    entries = Entry.objects.filter(verb="reports.record").order_by("pk")
    assert [entry.unit_id for entry in entries] == [world.school.pk] * 2
    assert entries[1].before == {"linh discipline": MET}
    assert entries[1].after == {"year": 2023, "linh discipline": "Chưa đạt (Khiển trách)"}


def test_the_same_again_changes_nothing_and_leaves_no_row(world):
    assert record(world, everything(world)) == 16
    assert record(world, everything(world)) == 0
    assert Entry.objects.filter(verb="reports.record").count() == 1


@pytest.mark.parametrize(
    ("who", "criterion", "answer"),
    [
        ("linh", "discipline", Answer("Tốt")),
        ("linh", "exemplary-head", Answer(MET)),
        ("linh", "documents-signed", Answer(MET)),
        ("dung", "discipline", Answer(MET)),
        ("linh", "discipline", Answer("", "vì sao")),
        ("linh", "discipline", Answer(NOT_MET, "x" * 301)),
    ],
)
def test_what_a_cell_cannot_hold_refuses_the_whole_grid(world, who, criterion, answer):
    with pytest.raises(Denied):
        record(world, {(world.an, "discipline"): MET, (getattr(world, who), criterion): answer})
    assert not PersonalResult.objects.exists()
    assert not owed(world, standing="accepted").exists()


def test_each_year_has_its_own_results(world):
    record(world, {(world.linh, "discipline"): MET})
    record(world, {(world.linh, "discipline"): NOT_MET}, at=moment("2024-10-01 09:00"), year=2024)
    for year, met in ((2023, 1), (2024, 0)):
        tally = queries.grid(world.campaign, world.school, year).tallies[1]
        assert (tally.people, tally.recorded, tally.met) == (3, 1, met)


def test_who_left_and_still_owes_stays_in_the_grid(world):
    Post.objects.filter(person=world.linh).update(ends_on=dt.date(2023, 9, 30))
    assert "linh" in [row.person.username for row in queries.grid(world.campaign, world.school, 2023).rows]
    assert record(world, {(world.linh, "discipline"): MET}) == 1


def test_a_newcomer_can_be_recorded_at_once_and_then_owes_too(world):
    new = person("moi", "Lê Mới", unit=world.school)
    record(world, {(new, "discipline"): MET})
    assert owed(world, person=new, standing="accepted").count() == 1
    assert owed(world, person=new, standing="none").count() == 4


def test_what_somebody_else_recorded_meanwhile_is_not_overwritten(world):
    empty = queries.stamp("", "")
    record(world, {(world.linh, "discipline"): Answer(MET, seen=empty)})
    with pytest.raises(Conflict):
        record(world, {(world.linh, "discipline"): Answer(NOT_MET, seen=empty)}, by=world.hanh)
    record(world, {(world.linh, "personal-email"): Answer(MET, seen=empty)}, by=world.hanh)
    assert PersonalResult.objects.get(person=world.linh, criterion="discipline").value == MET


# The page


def typed(world, who, criterion, value, was="", note=""):
    at = f"{who.pk}-{criterion}"
    return {f"c-{at}": value, f"w-{at}": queries.stamp(was, "")} | ({f"n-{at}": note} if note else {})


def test_the_page_records_what_was_changed_and_shows_it(client, world):
    signed_in(client, world.an)
    answer = client.post(PAGE, typed(world, world.linh, "yearly-rating", GOOD))
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert f"<option selected>{GOOD}</option>" in client.get(PAGE).content.decode()
    assert PersonalResult.objects.get().recorded_by == world.an


def test_a_wrong_cell_saves_nothing_and_keeps_what_was_typed(client, world):
    signed_in(client, world.an)
    data = typed(world, world.linh, "yearly-rating", "Xuất sắc lắm") | typed(world, world.an, "discipline", NOT_MET)
    answer = client.post(PAGE, data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "<option selected>Xuất sắc lắm</option>" in text
    assert "<option selected>Chưa đạt</option>" in text
    assert 'aria-invalid="true"' in text
    assert not PersonalResult.objects.exists()


def test_all_who_are_still_empty_get_the_answer_of_the_first_line(client, world):
    record(world, {(world.linh, "discipline"): NOT_MET})
    signed_in(client, world.an)
    data = {"fill-discipline": MET} | typed(world, world.linh, "discipline", NOT_MET, was=NOT_MET)
    data |= typed(world, world.an, "discipline", "") | typed(world, world.hanh, "discipline", "")
    client.post(PAGE, data)
    values = dict(PersonalResult.objects.values_list("person__username", "value"))
    assert values == {"linh": NOT_MET, "an": MET, "hanh": MET}


def test_a_page_older_than_the_results_overwrites_nothing(client, world):
    record(world, {(world.linh, "discipline"): MET, (world.an, "discipline"): MET})
    signed_in(client, world.hanh)
    old = typed(world, world.an, "discipline", "") | typed(world, world.hanh, "discipline", MET)
    assert client.post(PAGE, old).status_code == 302  # untouched cells do not take back what came meanwhile
    assert PersonalResult.objects.count() == 3
    answer = client.post(PAGE, typed(world, world.linh, "discipline", NOT_MET))
    assert answer.status_code == 409
    assert "<option selected>Chưa đạt</option>" in answer.content.decode()
    assert PersonalResult.objects.get(person=world.linh).value == MET


def test_those_above_read_and_cannot_record(client, world):
    record(world, {(world.linh, "discipline"): Answer(NOT_MET, "Khiển trách tháng 5")})
    for who in (world.binh, world.leader):
        text = signed_in(client, who).get(PAGE).content.decode()
        assert "Khiển trách tháng 5" in text
        assert "<select" not in text.split("people-grid")[1].split("</table>")[0]
        assert client.post(PAGE, typed(world, world.linh, "discipline", MET)).status_code == 403
    for who in (world.dung, world.linh):
        signed_in(client, who)
        for address in (PAGE, "/reports/people/hoa-sen/excel/", "/reports/people/hoa-sen/import/"):
            assert client.get(address).status_code == 404


def test_the_number_of_queries_does_not_grow_with_people(client, world, django_assert_max_num_queries):
    signed_in(client, world.an)
    for number in range(20):
        person(f"gv-{number}", f"Giáo viên {number}", unit=world.school)
    record(world, everything(world))
    for address in (PAGE, "/reports/units/hoa-sen/?year=2023", "/"):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200


def test_the_scorecard_says_how_many_people_meet_a_criterion(client, world):
    record(world, everything(world) | {(world.linh, "discipline"): NOT_MET})
    text = signed_in(client, world.an).get("/reports/units/hoa-sen/?year=2023").content.decode()
    assert "2 / 3" in text
    tallies = {each.criterion.id: each for each in queries.grid(world.campaign, world.school, 2023).tallies}
    assert (tallies["discipline"].verdict, tallies["exemplary-head"].people) == ("missed", 1)
    assert tallies["yearly-rating"].verdict == "met"


def test_a_home_page_shows_ones_own_results_and_the_unit_its_task(client, world, time_machine):
    record(world, {(world.linh, "yearly-rating"): GOOD})
    time_machine.move_to(AT)
    text = signed_in(client, world.linh).get("/").content.decode()
    assert GOOD in text
    assert "/reports/people/hoa-sen/" not in text
    unit_home = signed_in(client, world.hanh).get("/").content.decode()
    assert "1 trên 16 kết quả" in unit_home


# Excel


def sheet(client):
    answer = client.get("/reports/people/hoa-sen/excel/?year=2023")
    return b"".join(answer.streaming_content)


def table(rows):
    return "\n".join(";".join(row) for row in rows).encode()


def imported(world, content, *, commit=True, name="ca-nhan.csv"):
    return bulk.import_results(
        campaign=world.campaign, year=2023, unit=world.school, content=content, name=name, by=world.an, at=AT,
        commit=commit,
    )  # fmt: skip


def test_the_sheet_goes_out_filled_and_comes_back_without_a_change(client, world):
    record(world, everything(world) | {(world.linh, "discipline"): Answer(NOT_MET, "Khiển trách")})
    content = sheet(signed_in(client, world.an))
    rows = rows_of(content, "a.xlsx", bulk.headings(queries.grid(world.campaign, world.school, 2023).criteria), ())
    by_name = {row.values["username"]: row.values for row in rows}
    assert by_name["linh"]["discipline"] == NOT_MET
    assert by_name["linh"]["note discipline"] == "Khiển trách"
    assert by_name["hanh"]["exemplary-head"] == MET
    for commit in (False, True):
        outcome = imported(world, content, commit=commit, name="a.xlsx")
        assert (outcome.created, outcome.changed, outcome.unchanged, outcome.errors) == (0, 0, 16, [])
    assert Entry.objects.filter(verb="reports.record").count() == 1


def test_a_filled_in_sheet_is_checked_then_recorded(world):
    content = table(
        [["Tên đăng nhập", "Kỷ luật, kỷ cương", "Xếp loại cuối năm"], ["linh", "đạt", "HOÀN THÀNH TỐT NHIỆM VỤ"]]
    )
    assert imported(world, content, commit=False).created == 2
    assert not PersonalResult.objects.exists()
    assert imported(world, content).committed
    assert dict(PersonalResult.objects.values_list("criterion", "value")) == {
        "discipline": MET,
        "yearly-rating": GOOD,
    }
    again = imported(world, content)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)


def test_an_empty_cell_takes_nothing_back(world):
    record(world, {(world.linh, "discipline"): MET})
    outcome = imported(world, table([["Tên đăng nhập", "Kỷ luật, kỷ cương"], ["linh", ""]]))
    assert (outcome.changed, PersonalResult.objects.get().value) == (0, MET)


def test_every_wrong_row_is_named_and_nothing_is_recorded(world):
    content = table(
        [
            ["Tên đăng nhập", "Người đứng đầu gương mẫu", "Kỷ luật, kỷ cương"],
            ["an", "", "Đạt"],
            ["khong-co", "", "Đạt"],
            ["dung", "", "Đạt"],
            ["linh", "Đạt", "Tuyệt vời"],
            ["hanh", "", "Đạt"],
            ["hanh", "", "Đạt"],
        ]
    )
    outcome = imported(world, content)
    assert [(each.row, each.column) for each in outcome.errors] == [
        (3, "username"),
        (4, "username"),
        (5, "Người đứng đầu gương mẫu"),
        (5, "Kỷ luật, kỷ cương"),
        (6, "username"),
        (7, "username"),
    ]
    assert not PersonalResult.objects.exists()


def test_the_import_page_checks_first_and_says_what_is_no_sheet_of_results(client, world):
    signed_in(client, world.an)
    address = "/reports/people/hoa-sen/import/?year=2023"
    good = table([["Tên đăng nhập", "Kỷ luật, kỷ cương"], ["linh", "Đạt"]])

    def post(content, **more):
        return client.post(address, {"file": SimpleUploadedFile("a.csv", content), **more})

    assert post(good).status_code == 200
    assert not PersonalResult.objects.exists()
    assert post(good, commit="on").status_code == 200
    assert PersonalResult.objects.count() == 1
    for wrong in (table([["a", "b"], ["c", "d"]]), table([["Tên đăng nhập", "Tuổi"], ["linh", "30"]])):
        assert post(wrong).status_code == 422


def test_only_the_unit_imports(world):
    for by in (world.binh, world.dung):
        with pytest.raises(Denied):
            bulk.import_results(
                campaign=world.campaign, year=2023, unit=world.school, content=b"x", name="a.csv", by=by, at=AT,
                commit=True,
            )  # fmt: skip


def test_a_unit_without_people_says_so(client, world):
    unit("rong", "Trường THPT Vắng Mẫu", parent=world.department)
    text = signed_in(client, world.binh).get("/reports/people/rong/?year=2023").content.decode()
    assert "people-grid" not in text
