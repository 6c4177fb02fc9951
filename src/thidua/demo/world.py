"""Units and people of the demonstration, and the values of its indices."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.hashers import make_password

from thidua.campaigns.models import Campaign, IndexValue
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.demo import words
from thidua.people.models import Person, Post, Role, Unit

PASSWORD = "thidua-2023"  # noqa: S105 — printed for everybody who tries the demonstration
COLLEAGUES = 24  # of the first school, beside the named ones: a unit whose lists are as long as in life
BEGAN = dt.date(2023, 1, 1)
FIRST_MEASURED = 2021
INDEX_TRENDS = ((82, 3), (66, 1), (42, 1), (80, 2), (61, 6))  # first score, rise a year, in the plan's order
# username, name, position, role
OFFICE_PEOPLE = (
    ("binh", "Lê Văn Bình", "Chuyên viên Văn phòng Sở", RoleKind.OFFICE),
    ("chi", "Phạm Linh Chi", "Ủy viên Hội đồng", RoleKind.COUNCIL),
    ("giam-doc", "Trần Quốc Việt", "Giám đốc Sở", RoleKind.DIRECTOR),
    ("lanh-dao", "Nguyễn Thu Hà", "Phó Giám đốc Sở", RoleKind.LEADERSHIP),
    ("mai", "Võ Ngọc Mai", "Quản trị hệ thống", RoleKind.ADMINISTRATOR),
)


@dataclass
class World:
    """What the steps hand on to one another; ``campaign`` is the one that is being filled."""

    seed: int
    rng: random.Random
    campaign: Campaign | None = None
    units: list[Unit] = field(default_factory=list)
    heads: dict[int, Person] = field(default_factory=dict)
    focal_points: dict[int, Person] = field(default_factory=dict)
    office: Person | None = None
    # What records of the year say that the figures of it are to say too (records.counted).
    counted: dict[tuple[int, str], dict[str, tuple[int, int]]] = field(default_factory=dict)

    @property
    def first_school(self) -> Unit:
        """The unit of An, Hạnh and Dũng."""
        return next(unit for unit in self.units if unit.kind == UnitKind.SCHOOL)


def make_units(world: World, count: int) -> None:
    department = Unit(
        code="so-mau", name="Sở Giáo dục và Đào tạo Mẫu", kind=UnitKind.DEPARTMENT, is_sample=True, starts_on=BEGAN
    )
    department.save()
    divisions = min(12, count // 2)  # a school first of all: it is the unit of An, Hạnh and Dũng
    kinds = [UnitKind.DIVISION] * divisions + [UnitKind.SCHOOL]
    kinds += [
        world.rng.choices([UnitKind.SCHOOL, UnitKind.CENTRE, UnitKind.INSTITUTION], [70, 12, 18])[0]
        for _n in range(count - len(kinds))
    ]
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


def make_people(world: World) -> None:
    password = make_password(PASSWORD)
    people, posts = [], []
    first_school = world.first_school
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


def make_indices(world: World) -> None:
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
