"""Units and people from files: sentences for what is wrong, all or nothing, the same file twice."""

import json
import unicodedata
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from tests.fixtures import IN_TIME

from thidua.core.refusals import Denied
from thidua.core.units import is_code
from thidua.exchange.workbook import Column, write
from thidua.people import actions, bulk
from thidua.people.models import Person, Unit

pytestmark = pytest.mark.django_db
UNITS = "code,name,kind,parent\nso,Sở Mẫu,department,\nhs,THPT Hoa Sen,trường,so\n"

SO = {"parent": None, "name": "Sở Mẫu", "kind": "department"}
HOA_SEN = {"parent": "so", "name": "THPT Hoa Sen", "kind": "school"}


def units(text, *, commit=True, name="units.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    return bulk.import_units(content=content, name=name, by=None, at=IN_TIME, commit=commit)


def people(text, *, commit=True):
    return bulk.import_people(content=text.encode(), name="people.csv", by=None, at=IN_TIME, commit=commit)


def test_a_dry_run_writes_nothing():
    assert units(UNITS, commit=False).as_json() == {
        "status": "checked",
        "created": 2,
        "changed": 0,
        "unchanged": 0,
        "errors": [],
        "refused": [],
        "changes": [
            {"row": 2, "thing": "so", "new": True, "before": {}, "after": SO},
            {"row": 3, "thing": "hs", "new": True, "before": {}, "after": HOA_SEN},
        ],
    }
    assert not Unit.objects.exists()


def test_the_same_file_twice_changes_nothing():
    assert units(UNITS).created == 2
    again = units(UNITS)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    assert Unit.objects.get(code="hs").path == "/so/hs/"


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffMã;Tên đơn vị;Loại;Đơn vị cấp trên\nso;Sở Mẫu;Sở;\n".encode(),
        "Mã\tTên đơn vị\tLoại\nso\tSở Mẫu\tSở\n".encode("utf-16"),
        unicodedata.normalize("NFD", "mã,tên đơn vị,loại\nso,Sở Mẫu,Sở\n").encode(),
    ],
    ids=["semicolons", "utf-16", "nfd"],
)
def test_files_as_people_save_them(content):
    assert units(content).created == 1
    assert Unit.objects.get().name == "Sở Mẫu"


def test_an_excel_file():
    columns = [Column("Tên đơn vị"), Column("Loại")]
    with write(columns, [("THPT Hoa Sen", "school"), ("=1+1", "school")], title="units") as file:
        assert units(file.read(), name="units.xlsx").created == 2
    assert set(Unit.objects.values_list("name", flat=True)) == {"THPT Hoa Sen", "=1+1"}


@pytest.mark.parametrize(
    ("rows", "row", "column"),
    [
        ("a,A,school,\na,B,school,\n", 2, "code"),
        ("a,A,castle,\n", 2, "kind"),
        ("a,A,school,nowhere\n", 2, "parent"),
        ("a,A,school,b\nb,B,school,a\n", 2, "parent"),
        ("a,,school,\n", 2, "name"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(rows, row, column):
    outcome = units("code,name,kind,parent\nok,Right,school,\n".replace("ok,Right,school,\n", "") + rows)
    assert (outcome.errors[0].row, outcome.errors[0].column) == (row, column)
    assert str(outcome.errors[0].message).endswith(".")
    assert not outcome.committed
    assert not Unit.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"\xff\xfb\x90", b"PK\x03\x04damaged", b"colour\nred\n"])
def test_a_file_that_is_no_list_is_refused(content):
    with pytest.raises(Denied):
        units(content)


def test_people_get_accounts_posts_and_roles_once():
    units(UNITS)
    text = "username,full_name,email,unit,post,role\nan,Nguyễn Thị An,an@hs.vn,hs,đầu mối,\nbinh,Lê Bình,,so,,office\n"
    assert people(text).created == 2
    an = Person.objects.get(username="an")
    assert an.must_change_password
    assert not an.has_usable_password()
    assert an.posts.get().kind == "focal_point"
    assert Person.objects.get(username="binh").roles.get().kind == "office"
    assert people(text).unchanged == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("a,A,,nowhere,,", "unit"),
        ("a,A,no-address,hs,,", "email"),
        ("a,A,,hs,king,", "post"),
        ("a,A,,hs,,king", "role"),
        ("a,A,,hs,,\na,B,,hs,,", "username"),
    ],
)
def test_a_wrong_person_is_named(row, column):
    units(UNITS)
    outcome = people(f"username,full_name,email,unit,post,role\n{row}\n")
    assert column in {each.column for each in outcome.errors}
    assert not Person.objects.exists()


def test_the_command_answers_in_json(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text(UNITS)
    out = StringIO()
    call_command("units", "import", str(file), json=True, stdout=out)
    assert json.loads(out.getvalue())["created"] == 2
    out = StringIO()
    call_command("units", "list", "--search", "hoa sen", json=True, stdout=out)
    assert [row["code"] for row in json.loads(out.getvalue())] == ["hs"]


def test_the_command_refuses_a_wrong_file(tmp_path):
    file = tmp_path / "units.csv"
    file.write_text("code,name,kind\na,A,castle\n")
    with pytest.raises(CommandError):
        call_command("units", "import", str(file), stdout=StringIO(), stderr=StringIO())
    assert not Unit.objects.exists()


def test_private_schools_and_affiliated_units():
    assert units("name,kind,district\nHoa Sen,school-private-multilevel,Quận 1\nViện,affiliated,\n").created == 2
    assert list(Unit.objects.order_by("code").values_list("kind", "is_public", "place")) == [
        ("school", False, "Quận 1"),
        ("institution", True, ""),
    ]


ODD = [".", "..", "a/b", "a\\b", "x?y=1", "a b", "a:b[1]*", "-a", "a#b", "a%20b", "ex\u200bcel", "\u0301a"]


@pytest.mark.parametrize("code", [*ODD, "excel", "import", "a" * 41])
def test_a_code_that_no_address_can_hold_is_a_sentence_by_its_line(code):
    outcome = units(f'code,name,kind\nso,Sở Mẫu,department\n"{code}",Trường Mẫu,school\n')
    assert [(each.row, each.column) for each in outcome.errors] == [(3, "code")]
    assert not Unit.objects.exists()


@pytest.mark.parametrize("code", ["H29.12", "000.00.28.H29", "sc_0013", "đơn-vị", "TH+THCS", "2"])
def test_codes_as_offices_have_them_are_taken(code):
    assert units(f"code,name,kind\n{code},Sở Mẫu,department\n").created == 1


@pytest.mark.parametrize("name", ODD)
def test_a_sign_in_name_that_no_address_can_hold_is_a_sentence_by_its_line(name):
    units(UNITS)
    outcome = people(f'username,full_name,unit\nan,Lê An,hs\n"{name}",Lê Mẫu,hs\n')
    assert [(each.row, each.column) for each in outcome.errors] == [(3, "username")]
    assert not Person.objects.exists()


def test_who_and_what_had_an_odd_name_before_keeps_it(client):
    units(UNITS)
    people("username,full_name,unit\nmai,Võ Mai,hs\nan,Lê An,hs\n")
    Unit.objects.filter(code="hs").update(code="a:b[1]*", path="/so/a:b[1]*/")
    Person.objects.filter(username="an").update(username="lê an")
    outcome = units("code,name,kind\na:b[1]*,Trường Hoa Sen,school\n")
    assert (outcome.errors, outcome.changed) == ([], 1)
    outcome = people("username,full_name,title,unit\nlê an,Lê An,Tổ trưởng,a:b[1]*\n")
    assert (outcome.errors, outcome.changed) == ([], 1)


@pytest.mark.parametrize("name", ["Nguyễn Văn A/B", "..", "ThS. Lê An", "?"])
def test_a_colleague_gets_a_sign_in_name_that_an_address_can_hold(world, name):
    added = actions.add_member(unit=world.school, full_name=name, title="", by=world.an, at=IN_TIME)
    assert is_code(added.username)
