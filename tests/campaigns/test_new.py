"""``thidua plan new``: a skeleton that can be published as it is."""

import io
import json

import pytest
from django.core.management import call_command

from thidua.campaigns.models import Obligation
from thidua.core.refusals import Denied

pytestmark = pytest.mark.django_db


def plan(*words) -> dict:
    out = io.StringIO()
    call_command("plan", *map(str, words), json=True, stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def test_the_skeleton_has_no_problem_and_is_loaded_and_published(world, tmp_path):
    file = tmp_path / "ke-hoach.toml"
    assert plan("new", file) == {"file": str(file)}
    assert plan("check", file) == {"ok": True, "problems": []}
    loaded = plan("load", file)
    assert plan("publish", loaded["campaign"])["obligations"] == {"new": 6}  # two of each of three units
    assert Obligation.objects.filter(campaign__code=loaded["campaign"], unit=world.school).count() == 2


def test_a_file_that_is_there_is_not_written_over(tmp_path):
    file = tmp_path / "ke-hoach.toml"
    file.write_text("đang viết")
    with pytest.raises(Denied):
        plan("new", file)
    assert file.read_text() == "đang viết"
    with pytest.raises(Denied):
        plan("new", tmp_path / "khong-co" / "ke-hoach.toml")
