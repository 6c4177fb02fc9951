"""Figures over the API: the list of the command, for the units that an access code sees."""

import io
import json
import re
import shlex
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from tests.fixtures import moment

from thidua.analytics.models import Batch
from thidua.config.api import api
from thidua.people import actions
from thidua.reports.api import FigureOut

NOW = moment("2024-01-10 08:00")
DOCS = Path(__file__).resolve().parents[2] / "docs"
FIGURES = "/api/v1/figures?campaign=cchc-2023-2025&year=2023"
ROW = {"code": "1", "field": "Văn bằng", "received": "2023-03-01", "due": "2023-03-10", "returned": "2023-03-11"}


@pytest.fixture
def secret(world):
    """Of the division, made by the standing office."""
    with time_machine.travel(NOW, tick=False):
        day = moment("2024-12-31 00:00").date()
        _token, secret = actions.issue_token(unit=world.division, name="Một cửa", expires_on=day, by=world.binh, at=NOW)
        yield secret


def curl(client, command: str, secret: str):
    """What a line of curl says, said by the test client."""
    words = shlex.split(command.replace("\\\n", " "))
    headers, data, address = {}, None, ""
    for word, after in zip(words[1:], [*words[2:], ""], strict=True):
        if word == "-H":
            name, _colon, value = after.replace("thd_…", secret).partition(": ")
            headers[name] = value
        elif word == "--data":
            data = after
        elif word.startswith("https://"):
            address = re.sub(r"^https://[^/]*", "", word)
    if data is None:
        return client.get(address, headers=headers)
    return client.post(address, data, headers.pop("Content-Type"), headers=headers)


def test_the_examples_of_the_description_do_what_it_says(world, client, secret):
    examples = re.findall(r"```sh\n(.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert "/batches/asked/1" in examples[1]  # of a batch that is read afterwards; there is none here
    sent, unknown, read = (curl(client, each, secret) for each in examples)
    assert unknown.status_code == 404
    assert (sent.status_code, sent.json()["status"], sent.json()["rows"]["accepted"]) == (200, "imported", 1)
    (whole,) = (each for each in read.json() if each["criterion"] == "dossiers-on-time" and each["scope"] is None)
    assert (whole["unit"], whole["value"], whole["batches"]) == ("van-phong", 1, [sent.json()["batch"]])


def test_the_list_is_that_of_the_command(world, client, secret):
    asked = {"authorization": f"Bearer {secret}"}
    address = "/api/v1/records/dossiers/2023/batches/a"
    assert client.post(address, json.dumps([ROW]), "application/json", headers=asked).status_code == 200
    told = client.get(f"{FIGURES}&unit=van-phong&criterion=dossiers-on-time", headers=asked).json()
    out = io.StringIO()
    words = ["--campaign", "cchc-2023-2025", "--year", "2023", "--unit", "van-phong", "--criterion", "dossiers-on-time"]
    call_command("figures", "show", *words, json=True, stdout=out)
    assert told == json.loads(out.getvalue())
    assert [(each["scope"], each["value"], each["met"]) for each in told] == [(None, 0, False), ("Văn bằng", 0, False)]
    assert all(FigureOut.model_validate(each, extra="forbid") for each in told)


def test_a_code_sees_its_unit_and_those_below(world, client, secret):
    asked = {"authorization": f"Bearer {secret}"}
    Batch.objects.create(
        dataset="dossiers", unit=world.school, period="2023", file_name="x", file_sha256="", rows=0, rows_read=0,
        rows_refused=0, rows_repeated=0, nothing_arose=True, imported_at=NOW,
    )  # fmt: skip
    assert {each["unit"] for each in client.get(FIGURES, headers=asked).json()} <= {"van-phong"}
    assert client.get(f"{FIGURES}&unit=hoa-sen", headers=asked).status_code == 422
    for wrong in (
        FIGURES.replace("cchc", "x"),
        FIGURES.replace("year=2023", "year=1999"),
        f"{FIGURES}&criterion=x",
    ):
        answer = client.get(wrong, headers=asked)
        assert (answer.status_code, answer.json()["status"]) == (422, 422)
        assert answer.json()["sentence"]


def references(node):
    if isinstance(node, dict):
        yield from (each for key, each in node.items() if key == "$ref")
        node = node.values()
    if not isinstance(node, str) and hasattr(node, "__iter__"):
        for each in node:
            yield from references(each)


@pytest.mark.django_db
def test_the_description_for_machines_is_whole(client):
    told = client.get("/api/v1/openapi.json").json()
    operations = [each for methods in told["paths"].values() for each in methods.values()]
    assert told["openapi"].startswith("3.1")
    assert len({each["operationId"] for each in operations}) == len(operations) == 5
    for path, methods in told["paths"].items():
        for operation in methods.values():
            declared = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))
            assert all(each["required"] for each in operation["parameters"] if each["in"] == "path")
            assert operation["security"] == [{"AccessCode": []}]
            assert {"200", "401", "422", "429", "503"} <= set(operation["responses"])
    assert told["components"]["securitySchemes"]["AccessCode"]["scheme"] == "bearer"
    for name in references(told):
        assert name.removeprefix("#/components/schemas/") in told["components"]["schemas"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("vi", "Gửi dữ liệu"), ("en", "Hand in the rows")])
def test_the_description_for_people_lists_every_operation(client, language, word):
    client.cookies["language"] = language
    page = client.get("/docs/api/")
    assert page.status_code == 200
    assert word in page.text
    for path in api.get_openapi_schema(path_prefix="/api/v1/")["paths"]:
        assert path in page.text
