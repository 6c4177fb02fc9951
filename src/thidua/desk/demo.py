"""A believable campaign of made-up units and people, the same for the same seed. Every name ends in "Mẫu".

Written in bulk, below the actions: the demonstration is many years of many people's work in a minute. The trail says
so in one row.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources

from django.contrib.auth.hashers import make_password
from django.db import transaction

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Campaign, IndexValue, Obligation
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.obligations import StandingKind, days_past
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.desk import demo_personal
from thidua.desk import demo_words as words
from thidua.dossiers.models import Author, Dossier, Milestone, Version
from thidua.ledger import actions as ledger
from thidua.people.models import Person, Post, Role, Unit
from thidua.reports.models import Figure

PLAN = "cchc-2023-2025.toml"
PASSWORD = "thidua-2023"  # noqa: S105 — printed for everybody who tries the demonstration
COLLEAGUES = 24  # of the first school, beside the named ones: a unit whose lists are as long as in life
BEGAN = dt.date(2023, 1, 1)
FIRST_MEASURED = 2021
INDEX_TRENDS = ((82, 3), (66, 1), (42, 1), (80, 2), (61, 6))  # first score, rise a year, in the plan's order
STAGES = ("register", "report", "done")
# username, name, position, role
OFFICE_PEOPLE = (
    ("binh", "Lê Văn Bình", "Chuyên viên Văn phòng Sở", RoleKind.OFFICE),
    ("chi", "Phạm Linh Chi", "Ủy viên Hội đồng", RoleKind.COUNCIL),
    ("giam-doc", "Trần Quốc Việt", "Giám đốc Sở", RoleKind.DIRECTOR),
    ("lanh-dao", "Nguyễn Thu Hà", "Phó Giám đốc Sở", RoleKind.LEADERSHIP),
    ("mai", "Võ Ngọc Mai", "Quản trị hệ thống", RoleKind.ADMINISTRATOR),
)
STANDING = {
    DossierState.ACCEPTED: StandingKind.ACCEPTED,
    DossierState.SUBMITTED: StandingKind.SUBMITTED,
    DossierState.RETURNED: StandingKind.RETURNED,
    DossierState.DRAFT: StandingKind.DRAFT,
}


@dataclass
class World:
    """What the steps hand on to one another."""

    seed: int
    rng: random.Random
    campaign: Campaign
    units: list[Unit] = field(default_factory=list)
    heads: dict[int, Person] = field(default_factory=dict)
    focal_points: dict[int, Person] = field(default_factory=dict)
    office: Person | None = None


def accounts() -> list[tuple[str, str]]:
    """Sign-in names to try, and what each is for; all with the same password."""
    of_school = [("an", PostKind.FOCAL_POINT), ("hanh", PostKind.HEAD), ("dung", PostKind.MEMBER)]
    office = [(username, role) for username, _name, _title, role in OFFICE_PEOPLE]
    return [(username, str(kind.label)) for username, kind in [*of_school, *office]]


def has_data() -> bool:
    return Unit.objects.exists()


@transaction.atomic
def fill(*, units: int, seed: int, stage: str, registrations: int | None, at: dt.datetime) -> Iterator[str]:
    """Fill an empty database; yields the name of each step as it ends, for a progress bar."""
    text = resources.files("thidua").joinpath("plans", PLAN).read_text(encoding="utf-8")
    version, _problems = campaigns.load(text=text, name=PLAN, by=None, at=at)
    world = World(seed, random.Random(seed), version.campaign)  # noqa: S311 — replayable on purpose
    _units(world, units)
    yield "units"
    _people(world)
    yield "people"
    campaigns.publish(version=version, by=None, at=at)
    Campaign.objects.filter(pk=version.campaign_id).update(is_sample=True)
    world.campaign = Campaign.objects.select_related("current").get(pk=version.campaign_id)
    _indices(world)
    yield "obligations"
    per_unit = max(round((registrations or 0) / max(units * 3, 1)), 1)
    for year in world.campaign.current.plan.years:
        last = year == world.campaign.last_year
        _year(world, year, stage=stage if last else "done", per_unit=per_unit)
        yield str(year)
    ledger.record(
        by=None, at=at, verb="desk.demo", thing=world.campaign, after={"units": units, "seed": seed, "stage": stage}
    )


def _indices(world: World) -> None:
    """Made-up values of the years before and in the campaign, so that the trends have something to show."""
    plan = world.campaign.current.plan
    IndexValue.objects.bulk_create(
        IndexValue(
            campaign=world.campaign,
            index=index.id,
            year=year,
            score=Decimal(start + step * (year - FIRST_MEASURED)) + Decimal(world.rng.randint(-9, 9)) / 10,
            rank=max(14 - 3 * (year - FIRST_MEASURED), 3) if index.target_rank else None,
            source=f"Báo cáo công bố mẫu năm {year}",
        )
        for index, (start, step) in zip(plan.indices, INDEX_TRENDS, strict=False)
        for year in range(FIRST_MEASURED, world.campaign.last_year)
    )


def _units(world: World, count: int) -> None:
    department = Unit(
        code="so-mau", name="Sở Giáo dục và Đào tạo Mẫu", kind=UnitKind.DEPARTMENT, is_sample=True, starts_on=BEGAN
    )
    department.save()
    divisions = min(12, count)
    rest = count - divisions
    kinds = [UnitKind.DIVISION] * divisions
    kinds += [
        world.rng.choices([UnitKind.SCHOOL, UnitKind.CENTRE, UnitKind.INSTITUTION], [70, 12, 18])[0]
        for _n in range(max(rest - 1, 0))
    ]
    kinds[divisions:divisions] = [UnitKind.SCHOOL] * min(rest, 1)
    names = words.unit_names(world.rng)
    for number, kind in enumerate(kinds, start=1):
        unit = Unit(
            code=f"{kind.value[:2]}-{number:04d}",
            name=names(kind, number),
            kind=kind,
            parent=department,
            is_sample=True,
            starts_on=BEGAN,
        )
        unit.fill_computed()
        world.units.append(unit)
    Unit.objects.bulk_create(world.units, batch_size=1000)


def _people(world: World) -> None:
    password = make_password(PASSWORD)
    people, posts = [], []
    first_school = next((unit for unit in world.units if unit.kind == UnitKind.SCHOOL), world.units[0])
    for unit in world.units:
        named = unit is first_school
        for kind, title, name, fixed in (
            (PostKind.HEAD, words.head_title(unit.kind), "Hoàng Lan Hạnh", "hanh"),
            (PostKind.FOCAL_POINT, "Nhân viên văn thư", "Nguyễn Thị An", "an"),
            (PostKind.MEMBER, "Giáo viên, chuyên viên", "Trần Minh Dũng", "dung"),
        ):
            person = Person(
                username=fixed if named else f"{unit.code}-{kind.value}",
                full_name=name if named else words.person_name(world.rng),
                title=title,
                password=password,
                is_sample=True,
            )
            person.fill_computed()
            people.append(person)
            posts.append(Post(person=person, unit=unit, kind=kind, starts_on=BEGAN))
    for number in range(1, COLLEAGUES + 1):
        person = Person(
            username=f"{first_school.code}-{number:02d}",
            full_name=words.person_name(world.rng),
            title="Giáo viên",
            password=password,
            is_sample=True,
        )
        person.fill_computed()
        people.append(person)
        posts.append(Post(person=person, unit=first_school, kind=PostKind.MEMBER, starts_on=BEGAN))
    office = [
        Person(username=username, full_name=name, title=title, password=password, is_sample=True)
        for username, name, title, _role in OFFICE_PEOPLE
    ]
    for person in office:
        person.fill_computed()
    Person.objects.bulk_create([*people, *office], batch_size=2000)
    Post.objects.bulk_create(posts, batch_size=2000)
    Role.objects.bulk_create(
        Role(person=person, kind=each[3], starts_on=BEGAN) for person, each in zip(office, OFFICE_PEOPLE, strict=True)
    )
    world.office = office[0]
    world.heads = {post.unit_id: post.person for post in posts if post.kind == PostKind.HEAD}
    world.focal_points = {post.unit_id: post.person for post in posts if post.kind == PostKind.FOCAL_POINT}


def _year(world: World, year: int, *, stage: str, per_unit: int) -> None:
    plan = world.campaign.current.plan
    owed = Obligation.objects.filter(campaign=world.campaign, year=year, person=None)
    obligations = list(owed.order_by("key", "unit__code"))  # one order, so that one seed tells one story
    by_kind: dict[str, dict[int, Obligation]] = {}
    for obligation in obligations:
        by_kind.setdefault(obligation.kind, {})[obligation.unit_id] = obligation
    forms = {
        (form.kind, kind): form
        for form in plan.forms
        for audience in form.audiences
        for kind in plan.audience(audience).kinds
    }
    _papers(world, by_kind.get(DossierKind.UNIT_PLAN, {}), forms, year, [84, 8, 2, 2, 4], 1)
    mix = [70, 16, 5, 4, 5] if stage == "register" else [90, 4, 1, 2, 3]
    registered = _papers(world, by_kind.get(DossierKind.REGISTRATION, {}), forms, year, mix, per_unit)
    if stage != "register":
        reports = by_kind.get(DossierKind.REPORT, {})
        mix = [40, 25, 6, 9, 20] if stage == "report" else [88, 4, 1, 1, 6]
        _papers(world, reports, forms, year, mix, 1, about=registered)
        _figures(world, [each for each in obligations if each.kind == "figure"], year, done=stage == "done")
        demo_personal.fill(world.campaign, world.focal_points, world.rng, year, done=stage == "done")
    excused = [each for each in obligations if each.standing == StandingKind.NONE]
    for obligation in world.rng.sample(excused, min(2, len(excused))):
        Obligation.objects.filter(pk=obligation.pk).update(
            excused=True, reason="Đơn vị chuyển trụ sở, chưa hoạt động trong kỳ.", approved_by=world.office
        )


def _papers(
    world: World,
    obligations: dict[int, Obligation],
    forms: dict,
    year: int,
    mix: list[int],
    per_unit: int,
    *,
    about: dict[int, list[Dossier]] | None = None,
) -> dict[int, list[Dossier]]:
    """Dossiers of one kind: accepted, submitted, returned, draft and missing in the shares of ``mix``."""
    states = [DossierState.ACCEPTED, DossierState.SUBMITTED, DossierState.RETURNED, DossierState.DRAFT, None]
    made: dict[int, list[Dossier]] = {}
    for unit in world.units:
        obligation = obligations.get(unit.pk)
        state = world.rng.choices(states, mix)[0]
        if obligation is None or state is None:
            continue
        subjects = about.get(unit.pk, []) if about is not None else [None] * per_unit
        subjects = [each for each in subjects if each is None or each.state == DossierState.ACCEPTED]
        form = forms[(obligation.kind, unit.kind)]
        made[unit.pk] = [_dossier(world, unit, obligation, form.id, year, state, subject) for subject in subjects]
    dossiers = [each for several in made.values() for each in several]
    Dossier.objects.bulk_create(dossiers, batch_size=1000)
    _parts(dossiers, world)
    _standings(made, obligations)
    return made


def _dossier(world: World, unit: Unit, obligation: Obligation, form: str, year: int, state, subject) -> Dossier:
    rng, writer, head = world.rng, world.focal_points[unit.pk], world.heads[unit.pk]
    opens = dt.datetime.combine(obligation.opens_on, dt.time(8), obligation.due_at.tzinfo)
    window = obligation.due_at - opens
    late = rng.random() < 0.06
    moment = obligation.due_at + dt.timedelta(days=rng.randint(1, 20)) if late else opens + window * rng.random()
    handed_in = state != DossierState.DRAFT
    decided = (
        moment + dt.timedelta(days=rng.randint(1, 6))
        if state in {DossierState.ACCEPTED, DossierState.RETURNED}
        else None
    )
    colleague = Person(pk=writer.pk + 1)
    answers = words.answers(rng, obligation.kind, year, [writer.pk, colleague.pk], subject)
    dossier = Dossier(
        kind=obligation.kind,
        campaign=world.campaign,
        version=world.campaign.current,
        form=form,
        obligation_key=obligation.key,
        year=year,
        unit=unit,
        about=subject,
        state=state,
        answers=answers,
        revision=1,
        token=uuid.UUID(int=rng.getrandbits(128)),
        created_at=opens,
        created_by=writer,
        saved_at=moment,
        saved_by=writer,
        submitted_at=moment if handed_in else None,
        submitted_by=head if handed_in else None,
        days_late=days_past(obligation.due_at, moment, words.ZONE) if handed_in else 0,
        decided_at=decided,
        decided_by=world.office if decided else None,
        is_sample=True,
        title=subject.title if subject else "",
        message="Đề nghị ghi rõ số đo trước và sau khi áp dụng." if state == DossierState.RETURNED else "",
        correct_by=(decided + dt.timedelta(days=7)).date() if state == DossierState.RETURNED else None,
    )
    dossier.fill_computed()
    return dossier


def _parts(dossiers: list[Dossier], world: World) -> None:
    """Versions, authors and milestones of dossiers that are in the database."""
    handed_in = [each for each in dossiers if each.submitted_at]
    Version.objects.bulk_create(
        [
            Version(
                dossier=each,
                number=1,
                answers=each.answers,
                submitted_at=each.submitted_at,
                submitted_by=each.submitted_by,
            )
            for each in handed_in
        ],
        batch_size=2000,
    )
    Author.objects.bulk_create(
        [
            Author(
                dossier=each,
                person_id=row["person"],
                share=row["share"],
                position=position,
                confirmed_at=each.submitted_at,
            )
            for each in dossiers
            for position, row in enumerate(each.answers.get("authors", []))
        ],
        batch_size=2000,
    )
    Milestone.objects.bulk_create(
        [
            _milestone(each, position, row, world)
            for each in dossiers
            for position, row in enumerate(each.answers.get("milestones", []))
        ],
        batch_size=2000,
    )


def _milestone(dossier: Dossier, position: int, row: dict, world: World) -> Milestone:
    due_on = dt.datetime.strptime(row["due_on"], "%d/%m/%Y").date()  # noqa: DTZ007 — a day, no moment
    done = dossier.state == DossierState.ACCEPTED and world.rng.random() < 0.85
    return Milestone(
        dossier=dossier,
        key=f"m{position + 1}",
        position=position,
        title=row["title"],
        due_on=due_on,
        weight=int(row["weight"]),
        percent=100 if done else world.rng.choice([0, 30, 60]),
        done_on=due_on if done else None,
    )


def _standings(made: dict[int, list[Dossier]], obligations: dict[int, Obligation]) -> None:
    changed = []
    for unit_id, dossiers in made.items():
        if not dossiers:
            continue
        obligation = obligations[unit_id]
        obligation.standing = STANDING[dossiers[0].state]
        obligation.submitted_at = dossiers[0].submitted_at
        changed.append(obligation)
    Obligation.objects.bulk_update(changed, ["standing", "submitted_at"], batch_size=500)


def _figures(world: World, obligations: list[Obligation], year: int, *, done: bool) -> None:
    plan, figures, declared = world.campaign.current.plan, [], []
    for obligation in obligations:
        if world.rng.random() > (0.97 if done else 0.94):
            continue
        criterion = plan.criterion(obligation.criterion)
        accepted = world.rng.random() < (0.85 if done else 0.3)
        moment = obligation.due_at - dt.timedelta(days=world.rng.randint(1, 30))
        figures += [_figure(world, obligation, scope, year, moment, accepted) for scope in criterion.scopes or ("",)]
        obligation.standing = StandingKind.ACCEPTED if accepted else StandingKind.SUBMITTED
        obligation.submitted_at = moment
        declared.append(obligation)
    Figure.objects.bulk_create(figures, batch_size=2000)
    Obligation.objects.bulk_update(declared, ["standing", "submitted_at"], batch_size=500)


def _figure(world: World, obligation: Obligation, scope: str, year: int, moment: dt.datetime, accepted: bool) -> Figure:
    counts = world.campaign.current.plan.criterion(obligation.criterion).kind == "count"
    whole = world.rng.randint(20, 400)
    part = whole - (world.rng.randint(0, max(whole // 25, 1)) if world.rng.random() < 0.35 else 0)
    figure = Figure(
        campaign=world.campaign,
        year=year,
        unit_id=obligation.unit_id,
        criterion=obligation.criterion,
        scope=scope,
        numerator=world.rng.randint(0, 6) if counts else part,
        denominator=None if counts else whole,
        explanation="Theo sổ theo dõi của đơn vị.",
        declared_at=moment,
        declared_by=world.focal_points[obligation.unit_id],
        accepted_at=moment + dt.timedelta(days=3) if accepted else None,
        accepted_by=world.office if accepted else None,
    )
    if accepted:
        figure.accepted_numerator, figure.accepted_denominator = figure.numerator, figure.denominator
    return figure
