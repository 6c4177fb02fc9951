"""The lists that go out in Excel come back unchanged; what differs in a list is named, and nothing else is touched."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.translation import override
from tests.fixtures import IN_TIME

from thidua.core.refusals import Denied
from thidua.core.units import PostKind
from thidua.ledger.models import Entry
from thidua.people import actions, bulk
from thidua.people.models import Person, Post, Role, Unit

pytestmark = pytest.mark.django_db


def units(text, **options):
    return bulk.import_units(content=text.encode(), name="units.csv", by=None, at=IN_TIME, commit=True, **options)


def people(text, by=None):
    return bulk.import_people(content=text.encode(), name="people.csv", by=by, at=IN_TIME, commit=True)


@pytest.fixture
def full(world):
    """A world in which every column holds something."""
    Unit.objects.filter(code="hoa-sen").update(
        is_public=False, place="Quận 1", email="hs@mau.vn", phone="028 3829 0000", ends_on=dt.date(2099, 12, 31)
    )
    Person.objects.filter(username="an").update(title="Văn thư", email="an@mau.vn", phone="0903 000 001")
    Post.objects.create(
        person=world.an, unit=world.division, kind=PostKind.MEMBER, starts_on=dt.date(2023, 3, 1),
        ends_on=dt.date(2099, 1, 31),
    )  # fmt: skip
    Role.objects.create(person=world.binh, kind="council", starts_on=dt.date(2023, 1, 1))
    return world


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("away", "run", "things", "headings"),
    [
        ("people:units_excel", bulk.import_units, 4, bulk.UNIT_HEADINGS),
        ("people:people_excel", bulk.import_people, 7, bulk.PEOPLE_HEADINGS),
    ],
)
def test_what_goes_out_comes_back_unchanged(full, client, language, away, run, things, headings):
    client.force_login(full.binh)
    client.cookies["language"] = language
    content = b"".join(client.get(reverse(away)).streaming_content)
    with override("en" if language == "vi" else "vi"):  # whoever brings it back may read the other language
        outcome = run(content=content, name="list.xlsx", by=full.binh, at=IN_TIME, commit=True)
    assert (outcome.errors, outcome.changes, outcome.unchanged) == ([], [], things)
    with override(language):
        columns = full_rows(content, headings)
    assert set(columns) == set(headings)


def full_rows(content, headings):
    from thidua.exchange.reading import rows_of

    return rows_of(content, "list.xlsx", headings, ("email",))[0].values


def test_phone_ownership_and_days_of_a_unit(world):
    text = (
        "Mã,Tên,Công lập hay ngoài công lập,Điện thoại,Hiệu lực từ,Hiệu lực đến\n"
        "hoa-sen,Trường THPT Hoa Sen Mẫu,Ngoài công lập,0281234567,01/09/2010,31/08/2030\n"
    )
    change = units(text).changes[0]
    assert change.before == {"phone": "", "is_public": True, "starts_on": "2023-01-01", "ends_on": None}
    unit = Unit.objects.get(code="hoa-sen")
    assert (unit.is_public, unit.phone, unit.ends_on) == (False, "0281234567", dt.date(2030, 8, 31))
    assert (unit.kind, unit.parent.code) == ("school", "so")
    entry = Entry.objects.filter(verb="people.import_units").latest("id")
    assert (entry.before["phone"], entry.after["phone"]) == ("", "0281234567")
    assert units("code,name,valid to\nhoa-sen,Trường THPT Hoa Sen Mẫu,\n").unchanged == 1


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("code,name,valid to\nhoa-sen,Hoa Sen,31/02/2030\n", "ends_on"),
        ("code,name,valid to\nhoa-sen,Hoa Sen,2001-01-01\n", "ends_on"),
        ("code,name,valid to\nso,Sở,2030-01-01\n", "ends_on"),  # its schools are open
        ("code,name,public or private\nhoa-sen,Hoa Sen,both\n", "ownership"),
        ("code,name,e-mail\nhoa-sen,Hoa Sen,no-address\n", "email"),
        (f"code,name,phone\nhoa-sen,Hoa Sen,{'1' * 41}\n", "phone"),
        ("code,name,parent\nso,Sở,hoa-sen\n", "parent"),
    ],
)
def test_a_wrong_cell_of_a_unit_is_named(world, text, column):
    outcome = units(text)
    assert {each.column for each in outcome.errors} == {column}
    assert not outcome.committed


def test_units_below_move_with_their_parent(world):
    below = Unit.objects.create(code="to-van", name="Tổ Văn", kind="group", parent=world.school)
    assert units("code,name,parent\nhoa-sen,Trường THPT Hoa Sen Mẫu,van-phong\n").changed == 1
    below.refresh_from_db()
    assert below.path == "/so/van-phong/hoa-sen/to-van/"


def test_a_column_that_is_missing_leaves_what_is_recorded(full):
    assert people("username,full_name,unit,post\nan,Nguyễn Thị An,hoa-sen,đầu mối\n").unchanged == 1
    assert Person.objects.get(username="an").email == "an@mau.vn"


def test_days_of_a_post_are_put_right(full):
    head = "username,full_name,unit,post,from,to\n"
    row = "hanh,Hoàng Lan Hạnh,hoa-sen,thủ trưởng"
    assert people(f"{head}{row},01/01/2020,31/08/2023\n{row},01/09/2023,\n").changed == 1
    days = Post.objects.filter(person=full.hanh).order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(days) == [(dt.date(2020, 1, 1), dt.date(2023, 8, 31)), (dt.date(2023, 9, 1), None)]
    again = people(f"{head}{row},01/01/2020,31/08/2023\n{row},01/09/2023,\n")
    assert (again.changed, again.unchanged) == (0, 1)
    outcome = people(f"{head}{row},01/01/2023,31/12/2024\n")
    assert [each.column for each in outcome.errors] == ["starts_on"]


def test_an_address_belongs_to_one_person(full):
    outcome = people("username,full_name,email,unit\nmoi,Mới,an@mau.vn,hoa-sen\nla,Lạ,la@mau.vn,hoa-sen\n")
    assert [(each.row, each.column) for each in outcome.errors] == [(2, "email")]


def test_an_address_is_no_name_that_another_of_the_list_signs_in_with(full):
    """Nor an address by which somebody is still recovered; a new sign-in name neither."""
    Person.objects.filter(username="hanh").update(last_login=IN_TIME, email="hanh@mau.vn")
    hanh = Person.objects.get(username="hanh")
    actions.change_address(account=hanh, email="hanh.moi@mau.vn", by=hanh, at=IN_TIME)
    for row in ("moi,Mới,HANH@mau.vn,hoa-sen", "hanh@mau.vn,Mới,,hoa-sen", "moi,Mới,An,hoa-sen"):
        assert people(f"username,full_name,email,unit\n{row}\n").errors, row


def test_an_objection_takes_no_address_that_somebody_signs_in_by(full):
    Person.objects.filter(username="an").update(last_login=IN_TIME)
    an = Person.objects.get(username="an")
    change = actions.change_address(account=an, email="an.moi@mau.vn", by=an, at=IN_TIME)
    Person.objects.filter(username="dung").update(username="an@mau.vn")
    with pytest.raises(Denied):
        actions.object_to_address(change=change, at=IN_TIME)


def test_only_an_administrator_brings_a_new_role(full):
    same = "username,full_name,unit,role\nbinh,Lê Văn Bình,,office\n"
    assert people(same, by=full.binh).unchanged == 1
    refused = people("username,full_name,unit,role\nan,Nguyễn Thị An,hoa-sen,office\n", by=full.binh).refused
    assert [(each.row, each.column) for each in refused] == [(2, "role")]
    made = people("username,full_name,unit,role\nan,Nguyễn Thị An,hoa-sen,office;council\n", by=full.admin)
    assert made.changes[0].after["roles"] == "office, council"


def test_the_list_of_people_is_for_those_who_may_import(full, client):
    client.force_login(full.an)
    assert client.get(reverse("people:people_excel")).status_code == 403


def test_the_page_shows_what_would_change(full, client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(full.binh)
    sheet = SimpleUploadedFile("units.csv", "code,name,phone\nhoa-sen,Trường THPT Hoa Sen Mẫu,0909\n".encode())
    page = client.post(reverse("people:import_units"), {"file": sheet}).text
    assert "028 3829 0000 → 0909" in page
