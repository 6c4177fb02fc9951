"""The first accounts of a new machine are opened on its command line."""

import io
import json

import pytest
from django.core.management import call_command
from tests.fixtures import person

from thidua.core.refusals import Denied
from thidua.core.units import RoleKind


def slips(*names):
    out = io.StringIO()
    call_command("people", "slip", *names, json=True, stdout=out)
    return json.loads(out.getvalue())


def test_a_slip_opens_the_account_and_must_be_changed(client, db):
    person("mai", "Võ Ngọc Mai", role=RoleKind.ADMINISTRATOR)
    (slip,) = slips("mai")
    answer = client.post("/account/login/", {"login": "mai", "password": slip["password"]}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/password/change/")


def test_an_unknown_name_is_refused_and_nobody_gets_a_slip(db):
    mai = person("mai", "Võ Ngọc Mai")
    before = mai.password
    with pytest.raises(Denied, match="khong-co"):
        slips("mai", "khong-co")
    mai.refresh_from_db()
    assert mai.password == before
