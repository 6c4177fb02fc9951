"""The test people of the house: An (focal point), Hạnh (head), Bình (standing office), Dũng (a stranger's unit)."""

import datetime as dt
import uuid
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from types import SimpleNamespace
from unittest import mock

from django.utils import timezone
from tests import once

from thidua.campaigns import actions as campaigns
from thidua.campaigns import queries as campaign_queries
from thidua.campaigns.models import Campaign
from thidua.core.units import PostKind, RoleKind, UnitKind
from thidua.dossiers import actions as dossiers
from thidua.dossiers.models import Dossier
from thidua.people.models import Letter, Person, Post, Role, Unit
from thidua.reports import actions as reports
from thidua.reports.queries import declarable

START = dt.date(2023, 1, 1)
ZONE = timezone.get_fixed_timezone(7 * 60)


def moment(text: str) -> dt.datetime:
    """ "2023-08-20 10:00" in the plan's time zone."""
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


IN_TIME = moment("2023-08-20 10:00")
REPORTED = moment("2023-10-20 10:00")


def person(username: str, name: str, *, unit: Unit | None = None, post=PostKind.MEMBER, role=None) -> Person:
    made = Person(username=username, full_name=name)
    made.set_password("thidua-2023")
    made.save()
    if unit:
        Post.objects.create(person=made, unit=unit, kind=post, starts_on=START)
    if role:
        Role.objects.create(person=made, kind=role, starts_on=START)
    return made


def unit(code: str, name: str, kind=UnitKind.SCHOOL, parent: Unit | None = None) -> Unit:
    return Unit.objects.create(code=code, name=name, kind=kind, parent=parent, starts_on=START)


# Hundreds of tests begin with the same plan: it is read and checked once.
_read_once = lru_cache(campaign_queries.read_plan)


def make_world() -> SimpleNamespace:
    """A department with a division and two schools, their people, and the shipped plan in force."""
    return once.made("world", _make_world)


def make_people() -> SimpleNamespace:
    """The department, its units and people, without a campaign."""
    department = unit("so", "Sở Giáo dục và Đào tạo Mẫu", UnitKind.DEPARTMENT)
    school = unit("hoa-sen", "Trường THPT Hoa Sen Mẫu", parent=department)
    other = unit("doi-thong", "Trường THPT Đồi Thông Mẫu", parent=department)
    division = unit("van-phong", "Phòng Văn phòng Mẫu", UnitKind.DIVISION, department)
    people = SimpleNamespace(
        an=person("an", "Nguyễn Thị An", unit=school, post=PostKind.FOCAL_POINT),
        hanh=person("hanh", "Hoàng Lan Hạnh", unit=school, post=PostKind.HEAD),
        linh=person("linh", "Bùi Khánh Linh", unit=school),
        dung=person("dung", "Trần Minh Dũng", unit=other, post=PostKind.HEAD),
        binh=person("binh", "Lê Văn Bình", role=RoleKind.OFFICE),
        leader=person("ha", "Nguyễn Thu Hà", role=RoleKind.LEADERSHIP),
        admin=person("mai", "Võ Ngọc Mai", role=RoleKind.ADMINISTRATOR),
    )
    return SimpleNamespace(**vars(people), department=department, school=school, other=other, division=division)


def _make_world() -> SimpleNamespace:
    people = make_people()
    text = resources.files("thidua").joinpath("plans", "cchc-2023-2025.toml").read_text(encoding="utf-8")
    with mock.patch.object(campaign_queries, "read_plan", _read_once):
        version, _problems = campaigns.load(text=text, name="cchc", by=None, at=moment("2023-08-01 08:00"))
    campaigns.publish(version=version, by=None, at=moment("2023-08-01 09:00"))
    Letter.objects.all().delete()  # what publishing told everybody is looked at where it is tested
    return SimpleNamespace(**vars(people), campaign=Campaign.objects.select_related("current").get())


def answers(world, **changed) -> dict:
    """A complete registration by An and Linh."""
    return {
        "title": "Trả học bạ qua mã QR",
        "kind": "giai-phap",
        "field": "thu-tuc",
        "authors": [{"person": str(world.an.pk), "share": "60"}, {"person": str(world.linh.pk), "share": "40"}],
        "situation": "Phụ huynh đến trường ba lần.",
        "solution": "Hẹn giờ trước bằng mã QR.",
        "milestones": [{"title": "Chạy thử", "due_on": "15/09/2023", "weight": "1"}],
        "indicator": {"label": "Số lần đến trường", "before": "3", "after": "1"},
        **changed,
    }


def begun(world, at=IN_TIME, *, key="register-2023", unit=None, by=None, **changed) -> Dossier:
    return dossiers.begin(
        campaign=world.campaign,
        key=key,
        unit=unit or world.school,
        token=uuid.uuid4(),
        by=by or world.an,
        at=at,
        answers=answers(world, **changed),
    )


def submitted(world, at=IN_TIME, **changed) -> Dossier:
    return dossiers.submit(dossier=begun(world, at, **changed), by=world.hanh, at=at)


def accepted(world, at=IN_TIME, **changed) -> Dossier:
    dossier = submitted(world, at, **changed)
    for author in dossier.authors.select_related("person").order_by("position"):
        dossiers.confirm(author=author, by=author.person, at=at)
    return dossiers.accept(dossier=dossier, by=world.binh, at=at)


def declared(world, unit=None, by=None, at=IN_TIME) -> None:
    """Every figure that the plan asks of the unit, so that its report can be handed in."""
    unit = unit or world.school
    for row in declarable(world.campaign.current.plan, world.campaign.pk, unit, 2023):
        is_count = row.criterion.kind == "count"
        reports.declare(
            campaign=world.campaign, year=2023, unit=unit, criterion=row.criterion.id, scope=row.scope,
            numerator=Decimal(3), denominator=None if is_count else Decimal(4), nothing_arose=row.criterion.evidence,
            explanation="Sổ theo dõi của đơn vị", by=by or world.an, at=at,
        )  # fmt: skip


def reported(world, about: Dossier, at=REPORTED) -> Dossier:
    """A result report on a registration, signed off by the head."""
    report = dossiers.begin(
        campaign=world.campaign,
        key="report-2023",
        unit=world.school,
        token=uuid.uuid4(),
        by=world.an,
        at=at,
        about=about,
        answers={"result": "Đã xong.", "completion": "100"},
    )
    return dossiers.submit(dossier=report, by=world.hanh, at=at)
