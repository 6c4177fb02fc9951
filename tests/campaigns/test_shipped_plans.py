"""Each shipped plan is lived through: published, registered, reported, counted, drafted; nothing of another shows."""

import datetime as dt
import io
import re
import uuid
from decimal import Decimal
from types import SimpleNamespace

import openpyxl
import pytest
from django.urls import reverse
from docx import Document
from tests.core.plans import SHIPPED_PLANS
from tests.fixtures import ZONE, make_people

from thidua.campaigns import actions as campaigns
from thidua.campaigns import queries as campaign_queries
from thidua.campaigns.models import Campaign, Obligation
from thidua.core.dossiers import DossierKind
from thidua.core.figures import verdict
from thidua.core.plan.diff import differences
from thidua.core.plan.show import show
from thidua.dossiers import actions as dossiers
from thidua.dossiers import workbook
from thidua.dossiers.models import Dossier
from thidua.people.models import Person
from thidua.reports import actions as reports
from thidua.reports import queries as report_queries
from thidua.reports.actions import Answer
from thidua.summaries import charts, drafting, queries

pytestmark = pytest.mark.django_db
OTHERS = sorted(set(SHIPPED_PLANS) - {"cchc-2023-2025"})


def on(day: dt.date, hour: int = 9) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), ZONE)


@pytest.fixture(params=OTHERS)
def lived(request):
    """The plan in force over two schools and a division."""
    world = make_people()
    text = SHIPPED_PLANS[request.param]
    plan, _problems = campaign_queries.read_plan(text, "plan.toml")
    before = on(min(each.opens_on for each in plan.obligations) - dt.timedelta(days=1))
    version, _problems = campaigns.load(text=text, name="plan.toml", by=None, at=before)
    campaigns.publish(version=version, by=None, at=before)
    campaign = Campaign.objects.select_related("current").get()
    return SimpleNamespace(**vars(world), campaign=campaign, plan=plan, year=plan.first_year)


def answer(question, world):
    day = f"{world.plan.obligations[0].due_on:%d/%m/%Y}"
    return {
        "text": f"{question.label}: trả lời",
        "long_text": "Việc đã làm.",
        "choice": question.choices[0].id if question.choices else "",
        "number": "120",
        "yes_no": "yes",
        "authors": [{"person": str(world.an.pk), "share": "100"}],
        "milestones": [{"title": "Bước một", "due_on": day, "weight": "1"}],
        "indicator": {"label": "Số giờ", "before": "3", "after": "1"},
    }.get(question.type)


def filled(form, world) -> dict:
    answers = {each.id: answer(each, world) for each in form.questions}
    return {id: value for id, value in answers.items() if value is not None}


def owed(world, kind):
    return next((each for each in world.plan.obligations if each.kind == kind), None)


def handed_in(world, kind, about=None) -> Dossier:
    planned = owed(world, kind)
    at = on(planned.due_on)
    form = next(each for each in world.plan.forms if each.kind == kind)
    dossier = dossiers.begin(
        campaign=world.campaign, key=planned.id, unit=world.school, token=uuid.uuid4(), by=world.an, at=at,
        answers=filled(form, world), about=about,
    )  # fmt: skip
    dossier = dossiers.submit(dossier=dossier, by=world.hanh, at=at)
    for author in dossier.authors.select_related("person"):
        dossiers.confirm(author=author, by=author.person, at=at)
    return dossiers.accept(dossier=dossier, by=world.binh, at=at)


def declare(world, criterion, numerator, denominator=None, nothing_arose=False):
    planned = next(each for each in world.plan.obligations if each.criterion == criterion)
    return reports.declare(
        campaign=world.campaign, year=world.year, unit=world.school, criterion=criterion, scope="", by=world.an,
        at=on(planned.due_on), numerator=Decimal(numerator), denominator=denominator and Decimal(denominator),
        nothing_arose=nothing_arose, explanation="Sổ của đơn vị",
    )  # fmt: skip


def declare_all(world):
    for each in world.plan.obligations:
        if each.kind == "figure":
            criterion = world.plan.criterion(each.criterion)
            needs_file = criterion.evidence  # nothing arose: no file is asked for
            declare(world, criterion.id, 3, None if criterion.kind == "count" else 100, nothing_arose=needs_file)


def text_of(content: bytes) -> str:
    paper = Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([each.text for each in paper.paragraphs] + cells)


@pytest.mark.parametrize("name", SHIPPED_PLANS)
def test_a_shipped_plan_has_no_problem_and_is_shown(name):
    plan, problems = campaign_queries.read_plan(SHIPPED_PLANS[name], f"{name}.toml")
    assert plan is not None
    assert not [each for each in problems if each.level == "error"]
    assert name in OTHERS or problems  # the first one is told of rounds that meet, the others of nothing
    assert not problems or name not in OTHERS
    shown = show(plan)
    assert all(each.wording in shown for each in plan.criteria)
    assert all(each.name in shown for each in plan.obligations)


def test_two_plans_differ_key_by_key():
    first, second = (campaign_queries.read_plan(SHIPPED_PLANS[name], "plan.toml")[0] for name in OTHERS)
    found = {each.path for each in differences(first, second)}
    assert {"id", "name", "first_year"} <= found
    assert differences(first, first) == ()


def test_units_and_people_owe_what_the_plan_says(lived):
    found = Obligation.objects.filter(unit=lived.school)
    assert {each.key for each in found} == {
        each.id
        for each in lived.plan.obligations
        if any("school" in lived.plan.audience(id).kinds for id in each.audiences)
    }
    assert {each.year for each in found} == {lived.year}
    assert all(each.due_at.date() >= each.opens_on for each in found)


def test_a_registration_is_called_by_the_question_that_plays_its_title(lived):
    dossier = handed_in(lived, DossierKind.REGISTRATION)
    title = dossier.plan_form.playing("title")
    assert dossier.title == f"{title.label}: trả lời"
    assert str(dossier) == dossier.title
    field = dossier.plan_form.playing("field")
    assert dossier.field == (field.choices[0].id if field else "")
    columns, rows = workbook.sheet(Dossier.objects.all(), person=Person.objects.get(pk=lived.binh.pk))
    line = dict(zip([each.heading for each in columns], next(iter(rows)), strict=True))
    told = [each for each in dossier.plan_form.questions if each.type in ("long_text", "number", "yes_no")]
    assert told
    assert all(line[each.label] for each in told)


def test_the_report_says_what_this_campaign_asks_and_nothing_else(lived):
    about = handed_in(lived, DossierKind.REGISTRATION)
    declare_all(lived)
    if owed(lived, DossierKind.REPORT):
        handed_in(lived, DossierKind.REPORT, about=about)
    now = on(max(each.due_on for each in lived.plan.obligations))
    drafted = drafting.draft(lived.campaign, lived.year, now=now)
    said = text_of(drafted.word)
    for other, text in SHIPPED_PLANS.items():
        if other != lived.plan.id:
            strange = campaign_queries.read_plan(text, other)[0]
            assert not [each.label for each in (*strange.kinds, *strange.fields) if each.label in said]
            assert not strange.word_for("field") or strange.word_for("field") not in said
    assert str(lived.plan.year_name(lived.year)) in said
    assert ("Mức độ hoàn thành" in said) == lived.plan.asks("milestones")
    assert ("Báo cáo kết quả theo khối" in said) == bool(owed(lived, DossierKind.REPORT))
    assert ("chỉ tiêu cá nhân" in said) == any(each.kind == "personal" for each in lived.plan.criteria)
    assert "1 nội dung đã được bộ phận Thường trực ghi nhận" in said
    assert "Bảng 1." in said
    assert "{{" not in said
    numbers = [int(found) for found in re.findall(r"^Bảng (\d+)\.", said, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    book = openpyxl.load_workbook(io.BytesIO(drafted.annexes))
    headings = [cell.value for sheet in book for cell in sheet[1]]
    assert (lived.plan.word_for("field") in headings) == bool(lived.plan.fields)


def test_what_shall_not_exceed_is_met_below_and_missed_above():
    plan = campaign_queries.read_plan(SHIPPED_PLANS["truong-hoc-2023-2024"], "plan.toml")[0]
    criterion = next(each for each in plan.criteria if each.direction == "at_most")
    assert [str(verdict(criterion, Decimal(part), Decimal(100))) for part in (4, 5, 6, 9)] == [
        "met", "met", "near", "missed",
    ]  # fmt: skip


def test_the_people_of_a_unit_have_their_grid_where_the_plan_asks_for_them(lived):
    grid = report_queries.grid(lived.campaign, lived.school, lived.year)
    personal = [each for each in lived.plan.criteria if each.kind == "personal"]
    assert bool(grid.cells) == bool(personal)
    if personal:
        criterion = personal[0]
        planned = next(each for each in lived.plan.obligations if each.criterion == criterion.id)
        given = {(lived.an.pk, criterion.id): Answer(criterion.passing[0], "")}
        changed = reports.record(
            campaign=lived.campaign, year=lived.year, unit=lived.school, answers=given, by=lived.an,
            at=on(planned.due_on),
        )  # fmt: skip
        assert changed == 1


def test_the_overview_counts_only_what_is_asked(lived):
    handed_in(lived, DossierKind.REGISTRATION)
    counted = queries.scope(lived.campaign, lived.year)
    found = queries.initiatives(counted)
    assert (found.all, found.accepted) == (1, 1)
    assert bool(found.by_kind) == bool(lived.plan.kinds)
    assert bool(found.by_field) == bool(lived.plan.fields)
    assert sum(each.registered for each in found.by_field) == (1 if lived.plan.fields else 0)
    assert bool(queries.completion(counted, today=dt.date(2024, 6, 1))) == lived.plan.asks("milestones")


def test_every_page_speaks_of_this_campaign_alone(client, lived):
    handed_in(lived, DossierKind.REGISTRATION)
    declare_all(lived)
    strange = {
        name: campaign_queries.read_plan(text, name)[0] for name, text in SHIPPED_PLANS.items() if name != lived.plan.id
    }
    said = {"campaign": lived.campaign.code, "year": lived.year}
    views = ["desk:overview", "dossiers:list", "monitoring:board", "monitoring:marks", "campaigns:plan",
             "campaigns:indices", "reports:explorer", "summaries:list"]  # fmt: skip
    addresses = [reverse(view) for view in views]
    addresses += [reverse(f"reports:{view}", args=[lived.school.code]) for view in ("scorecard", "record")]
    addresses += [reverse("reports:criterion", args=[each.id]) for each in lived.plan.criteria if each.kind == "ratio"]
    for person in (lived.binh, lived.hanh):
        client.force_login(Person.objects.get(pk=person.pk))
        for address in addresses:
            answer = client.get(address, said)
            if answer.status_code in (403, 404):  # what this person or campaign has not
                continue
            page = answer.content.decode()
            assert answer.status_code == 200, address
            for other in strange.values():
                words = [other.word_for("field"), *(each.label for each in (*other.kinds, *other.fields))]
                assert not [word for word in words if len(word) > 9 and word in page], (address, other.id)
    client.force_login(Person.objects.get(pk=lived.binh.pk))
    assert client.get(reverse("desk:overview"), said).status_code == 200
    listed = client.get(reverse("dossiers:list"), said).content.decode()
    assert ('name="field"' in listed) == bool(lived.plan.fields)
    assert ('name="type"' in listed) == bool(lived.plan.kinds)


def test_the_form_of_the_campaign_is_opened_and_saved(client, lived):
    planned = owed(lived, DossierKind.REGISTRATION)
    at = on(planned.due_on)
    dossier = dossiers.begin(
        campaign=lived.campaign, key=planned.id, unit=lived.school, token=uuid.uuid4(), by=lived.an, at=at
    )
    client.force_login(Person.objects.get(pk=lived.an.pk))
    page = client.get(reverse("dossiers:form", args=[dossier.pk])).content.decode()
    assert all(each.label in page for each in dossier.plan_form.questions)
    assert str(Dossier.objects.get(pk=dossier.pk)) == "Chưa đặt tên"


def test_the_chart_draws_what_shall_not_exceed_below_its_mark(lived):
    criterion = next((each for each in lived.plan.criteria if each.direction == "at_most"), None)
    if criterion is None:
        pytest.skip("this plan has no such target")
    declare(lived, criterion.id, 3, 100)
    counted = queries.scope(lived.campaign, lived.year)
    drawn = charts.targets(queries.targets(counted, queries.asked(counted)))
    (bar,) = [each for each in drawn["data"]["values"] if each["name"].startswith(criterion.short)]
    assert (bar["value"], bar["target"], bar["words"], bar["colour"]) == (0.03, 0.05, "3%", charts.GREEN)


def test_a_scorecard_of_one_year_has_no_column_of_years(client, lived):
    client.force_login(Person.objects.get(pk=lived.an.pk))
    said = {"campaign": lived.campaign.code, "year": lived.year}
    page = client.get(reverse("reports:scorecard", args=[lived.school.code]), said).content.decode()
    assert f"{lived.year} – {lived.year}" not in page
    assert lived.plan.criteria[0].short in page
