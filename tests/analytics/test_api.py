"""Records over the API: rows in by a batch key, what a call is told, what no call can do."""

import io
import json
import tracemalloc

import pyarrow.parquet
import pytest
import time_machine
from django.test import Client
from tests.analytics.making import HEADINGS, csv_bytes, row
from tests.failures.parallel import inserts, race
from tests.fixtures import moment

from thidua.analytics import storage, tasks
from thidua.analytics.api import OutcomeOut
from thidua.analytics.models import Batch, Delivery
from thidua.analytics.reading import rows
from thidua.analytics.registry import DATASETS, dataset_of
from thidua.config.api import api
from thidua.core.records.problems import Refused
from thidua.ledger.models import Entry
from thidua.people import actions

NOW = moment("2024-02-01 09:00")
JSON, LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
ADDRESS = "/api/v1/records/dossiers/2023/batches/"


class Program:
    """A one-stop system with an access code of An's school."""

    def __init__(self, world, *, by=None, unit=None, name="Hệ thống một cửa"):
        made = actions.issue_token(
            unit=unit or world.school,
            name=name,
            expires_on=moment("2024-12-31 00:00").date(),
            by=by or world.an,
            at=NOW,
        )
        self.token, self.secret = made
        self.client = Client(headers={"authorization": f"Bearer {self.secret}"})

    def push(self, rows, key="2024-W05", kind=JSON, address=ADDRESS, language="", **options):
        body = rows if isinstance(rows, str | bytes) else json.dumps(rows)
        headers = {"accept-language": language} if language else {}
        return self.client.post(f"{address}{key}", body, kind, query_params=options, headers=headers, CONTENT_TYPE=kind)

    def get(self, path, **asked):
        return self.client.get(f"/api/v1/{path}", asked)


def dossier(n=1, **changed):
    return {
        "code": f"H29-{n:04}", "field": "Văn bằng", "received": "2023-04-03", "due": "2023-04-20",
        "returned": "2023-04-19", "status": "returned",
    } | changed  # fmt: skip


@pytest.fixture
def program(importer, world):
    with time_machine.travel(NOW, tick=False):
        yield Program(world)


def kept(answer):
    return pyarrow.parquet.read_table(storage.path_of(Batch.objects.get(pk=answer.json()["batch"]))).to_pylist()


def test_rows_become_the_batch_in_force(program, world):
    answer = program.push([dossier(1), dossier(2, returned=None, status="pending"), dossier(3, due="hôm nào đó")])
    told = answer.json()
    assert answer.status_code == 200
    assert OutcomeOut.model_validate(told, extra="forbid").status == "imported"
    assert told["rows"] == {"read": 3, "accepted": 2, "refused": 1, "duplicates": 0}
    assert [(each["row"], each["column"], each["code"]) for each in told["problems"]] == [(3, "due", "bad_day")]
    assert [each["column"] for each in told["columns"]] == ["code", "field", "received", "due", "returned", "status"]
    assert (told["header_row"], told["unit"], told["ignored_columns"]) == (None, "hoa-sen", [])
    batch = Batch.objects.in_force().get()
    assert (batch.batch_key, batch.unit, batch.imported_by, batch.rows) == ("2024-W05", world.school, world.an, 2)
    assert batch.columns == ["code", "field", "received", "due", "returned", "status"]
    entry = Entry.objects.get(verb="analytics.import_records")
    assert (entry.by_name, entry.acting_as, entry.after["token"]) == (
        "Nguyễn Thị An",
        "focal_point",
        "Hệ thống một cửa",
    )


def test_json_lines_and_csv_say_the_same_as_json(program):
    rows = [dossier(1), dossier(2, field='Tab\tvà; dấu, phẩy |\nxuống dòng \x00 “ngoặc"')]
    lines = "\n".join(json.dumps(each, ensure_ascii=False) for each in rows) + "\n\n"
    first = kept(program.push(rows, "a"))
    assert first[1]["field"] == 'Tab và; dấu, phẩy | xuống dòng “ngoặc"'
    assert kept(program.push(lines, "b", LINES)) == first
    names = ["code", "field", "received", "due", "returned", "status"]
    text = csv_bytes([names, *([each[name] for name in names] for each in rows[:1])])
    assert kept(program.push(text, "c", CSV)) == [first[0] | {"_row": 2}]
    assert len(kept(program.push(csv_bytes([HEADINGS, row(1), row(2)]), "d", CSV))) == 2


def test_numbers_are_what_json_says(program):
    amounts = (1.234, 1500000, 1234.5, 0.5, 12e3)
    rows = [{"code": n, "paid": "2023-05-02", "means": "Tiền mặt", "amount": each} for n, each in enumerate(amounts)]
    answer = program.push(rows, address="/api/v1/records/payments/2023/batches/")
    assert [(each["code"], each["amount"]) for each in kept(answer)] == [(str(n), a) for n, a in enumerate(amounts)]


def test_a_count_without_end_is_no_count(program):
    told = program.push([dossier(1, working_days=10**20), dossier(2, working_days="1" * 20), dossier(3)]).json()
    assert [(each["row"], each["code"]) for each in told["problems"]] == [(1, "bad_count"), (2, "bad_count")]
    assert program.push([dossier(1, working_days=10**40)], "b").json()["reason"]["code"] == "damaged"


def test_the_first_row_is_never_taken_for_numbers_of_columns(program):
    rows = [{"code": "1", "received": "2", "due": "3"}, {"code": 2, "received": "2023-04-03", "due": "2023-04-20"}]
    assert program.push(rows).json()["rows"]["read"] == 2


def test_the_same_key_with_the_same_content_is_the_same_answer(program):
    rows = [dossier(1), dossier(2, code=None)]
    first = program.push(rows)
    with time_machine.travel(moment("2024-03-01 09:00"), tick=False):
        again = program.push(rows)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Batch.objects.count() == Entry.objects.filter(verb="analytics.import_records").count() == 1


def test_the_same_key_with_other_content_is_a_conflict(program):
    first = program.push([dossier(1)])
    refused = program.push([dossier(2)])
    assert refused.status_code == 409
    assert "2024-W05" in refused.json()["sentence"]
    assert Batch.objects.in_force().get().pk == first.json()["batch"]


def test_a_new_key_replaces_and_a_late_repetition_of_the_old_one_does_not(program):
    old, new = program.push([dossier(1)], "a"), program.push([dossier(1)], "b")
    assert new.json()["batch"] > old.json()["batch"]
    assert program.push([dossier(1)], "a").json() == old.json()
    assert Batch.objects.in_force().get().batch_key == "b"


def test_keys_are_of_one_dataset_period_and_unit(program, world):
    other = Program(world, by=world.dung, unit=world.other)
    address = ADDRESS.replace("2023", "2022")
    day = {"received": "2022-04-03", "due": "2022-04-20", "returned": "2022-04-19"}
    answers = [program.push([dossier(1)]), other.push([dossier(2)]), program.push([dossier(3, **day)], address=address)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert Batch.objects.in_force().count() == 3


def test_a_refused_call_uses_up_no_key_and_a_dry_run_keeps_nothing(program):
    checked = program.push([dossier(1)], dry_run=True)
    assert (checked.status_code, checked.json()["status"]) == (200, "checked")
    refused = program.push([dossier(1), dossier(2, due="x")], only_if_all_valid=True)
    assert (refused.status_code, refused.json()["reason"]["code"]) == (422, "some_rows_wrong")
    assert OutcomeOut.model_validate(refused.json(), extra="forbid").rows.refused == 2
    assert not Batch.objects.exists()
    assert program.push([dossier(1)]).status_code == 200


@pytest.mark.parametrize(("kind", "body"), [(JSON, "[]"), (CSV, "code,field,received,due\n")])
def test_that_nothing_arose_is_said(program, kind, body):
    assert program.push(body, kind=kind).json()["reason"]["code"] == "no_rows"
    answer = program.push(body, kind=kind, nothing_arose=True)
    assert (answer.status_code, answer.json()["rows"]["read"]) == (200, 0)
    assert Batch.objects.get().nothing_arose


def test_rows_of_another_unit_are_named_and_refused(program):
    told = program.push([dossier(1, unit="doi-thong"), dossier(2, unit="hoa-sen"), dossier(3)]).json()
    assert [(each["row"], each["code"]) for each in told["problems"]] == [(1, "other_unit")]
    assert told["rows"]["accepted"] == 2
    assert program.push([dossier(1, unit="doi-thong")], "b").status_code == 422


NESTED = "[" * 10_000_000
BAD = [
    (JSON, "", "damaged"),
    (JSON, "không phải JSON", "damaged"),
    (JSON, b"\xff\xfe\x00", "damaged"),
    (JSON, NESTED, "damaged"),
    (JSON, '[{"code": NaN}]', "damaged"),
    (JSON, '[{"code": 1' + "0" * 5000 + "}]", "damaged"),
    (JSON, '{"code": "1"}', "wrong_kind"),
    (JSON, "[1, 2]", "wrong_kind"),
    (JSON, '[{"code": ["1"]}]', "damaged"),
    (JSON, '[{"code": true}]', "damaged"),
    (JSON, '[{"due": 45000}]', "damaged"),
    (JSON, '[{"working_days": 1e99999}]', "damaged"),
    (JSON, '[{"working_days": 1e99999999999999999999}]', "damaged"),
    (JSON, '[{"code": "\\ud800"}]', "damaged"),
    (JSON, '[{"code": "1", "họ tên": "x"}]', "unknown_heading"),
    (JSON, "[{}]", "missing_column"),
    (JSON, '[{"code": "1"}]', "missing_column"),
    (LINES, '{"code": "1"}\n{"code', "damaged"),
    (LINES, '{"code": "' + "x" * 1_100_000 + '"}', "too_large"),
    (LINES, NESTED[:900_000], "damaged"),
    (CSV, "", "empty_file"),
    (CSV, b"code,field\n\x00\x01,b", "wrong_kind"),
    (CSV, b"PK\x03\x04 no workbook", "damaged"),
]


@pytest.mark.parametrize(("kind", "body", "code"), BAD, ids=range(len(BAD)))
def test_a_bad_body_is_refused_with_a_sentence(program, kind, body, code):
    answer = program.push(body, kind=kind)
    is_large = len(body) > 1 << 18
    if is_large:
        tasks.take_in(Delivery.objects.get().pk)
        answer = program.client.get(answer["Location"])
    told = answer.json()["outcome"] if is_large else answer.json()
    assert (answer.status_code, told["status"], told["reason"]["code"]) == (200 if is_large else 422, "refused", code)
    assert told["reason"]["message"]
    assert 'họ tên": "x' not in answer.text
    assert not Batch.objects.exists()


def test_a_list_of_objects_is_read_row_by_row(tmp_path):
    """Twenty megabytes of ``{}`` would fill half a gigabyte."""
    file = tmp_path / "body"
    file.write_bytes(b"[" + b"{}," * 100_000 + b'{"code": "1"}]')
    tracemalloc.start()
    try:
        with pytest.raises(Refused):
            rows.tables(file, tmp_path, dataset=dataset_of("dossiers"), form=rows.LIST)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_what_is_wrong_with_a_call_is_said_in_the_language_asked_for(program):
    told = [
        (program.push([dossier(1)], kind="text/plain"), 415),
        (program.push([dossier(1)], key="có dấu"), 422),
        (program.push([dossier(1)], dry_run="có thể"), 422),
        (program.push([dossier(1)], address="/api/v1/records/bánh/2023/batches/"), 422),
        (program.push([dossier(1)], address="/api/v1/records/dossiers/23/batches/"), 422),
        (program.get("không-có"), 404),
        (program.get("figures"), 422),
        (program.get("figures", campaign="\x00", year=2023), 400),
        (program.get("records/batches", unit="\x00"), 400),
        (program.get("records/batches", unit="doi-thong"), 422),
        (program.client.post(f"{ADDRESS}k", "[]", JSON, CONTENT_LENGTH="21000000"), 413),
        (program.client.post(f"{ADDRESS}k", "[]", LINES, CONTENT_LENGTH="126000000"), 413),
        (program.client.post(f"{ADDRESS}k", "[]", JSON, CONTENT_LENGTH="3", **{"wsgi.input": io.BytesIO(b"[]")}), 400),
        (program.client.post(f"{ADDRESS}k", "[]", JSON, HTTP_TRANSFER_ENCODING="chunked"), 400),
    ]
    for answer, status in told:
        assert (answer.status_code, answer.json()["status"]) == (status, status), answer.text
        assert answer.json()["sentence"]
        assert answer["Content-Language"] == "vi"
    assert not Batch.objects.exists()
    english = program.push([dossier(1)], kind="text/plain", language="en-GB,fr;q=0.5")
    assert english.json()["sentence"].startswith("Send application/json")
    assert program.push([dossier(1)], kind="text/plain", language="fr").json()["sentence"].startswith("Hãy gửi")


def test_a_session_is_no_access_code(world, client, program):
    client.force_login(world.an)
    for answer in (client.post(f"{ADDRESS}k", "[]", JSON), client.get("/api/v1/datasets")):
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    wrong = client.get("/api/v1/datasets", headers={"authorization": "Bearer thd_x"})
    assert (wrong.status_code, wrong.json()["sentence"]) == (401, "Không có mã truy cập này.")
    actions.revoke_token(token=program.token, by=world.an, at=NOW)
    assert "01/02/2024" in program.get("datasets").json()["sentence"]
    assert Entry.objects.filter(verb="analytics.import_records").count() == 0


OPERATIONS = [
    (method, path.replace("{dataset}", "dossiers").replace("{period}", "2023").replace("{key}", "k"))
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.django_db
def test_every_operation_asks_for_a_code(client, method, path):
    assert client.generic(method.upper(), path).status_code == 401


def test_failures_count_against_the_code(program):
    for _n in range(30):
        program.push("[", "k")
    answer = program.push([dossier(1)])
    assert answer.status_code == 429
    assert 500 < int(answer["Retry-After"]) <= 600
    assert not Batch.objects.exists()


def test_where_the_storage_is_away_nothing_changes(program, monkeypatch):
    def fail(*args):
        raise OSError("no route to host")

    monkeypatch.setattr("thidua.ledger.folder.Folder._save", fail)
    answer = program.push([dossier(1)])
    assert (answer.status_code, answer.json()["status"]) == (503, 503)
    assert not Batch.objects.exists()


def test_batches_of_the_unit_and_those_below(program, world):
    first, second = program.push([dossier(1)], "a").json(), program.push([dossier(2)], "b").json()
    Program(world, by=world.dung, unit=world.other).push([dossier(3)], "c")
    listed = program.get("records/batches").json()
    assert [(each["batch"], each["key"], each["state"]) for each in listed] == [
        (second["batch"], "b", "in_force"),
        (first["batch"], "a", "replaced"),
    ]
    assert [each["key"] for each in program.get("records/batches", before=second["batch"]).json()] == ["a"]
    above = Program(world, by=world.binh, unit=world.department)
    assert [each["unit"] for each in above.get("records/batches").json()] == ["doi-thong", "hoa-sen", "hoa-sen"]
    assert [each["key"] for each in above.get("records/batches", unit="doi-thong").json()] == ["c"]
    assert program.get("records/batches", dataset="staff").json() == []


def test_datasets_are_told_with_their_columns(program):
    told = {each["id"]: each for each in program.get("datasets").json()}
    assert set(told) == set(DATASETS) - {"registrations"}  # no file of them is handed in
    code = told["dossiers"]["columns"][0]
    assert (code["name"], code["type"], code["required"]) == ("code", "code", True)
    assert "mã hồ sơ" in code["headings"]
    status = next(each for each in told["dossiers"]["columns"] if each["name"] == "status")
    assert {"returned", "pending"} <= {each["id"] for each in status["choices"]}


@pytest.mark.django_db(transaction=True)
def test_two_calls_with_one_key_at_once_are_one_batch(program, world):
    rows = [dossier(1), dossier(2, due="x")]
    first, second = race(inserts(Batch), lambda: program.push(rows), lambda: Program.push(program, rows))
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert Batch.objects.get().pk == first.json()["batch"]


@pytest.mark.django_db(transaction=True)
def test_two_calls_with_one_key_and_other_content_at_once(program):
    answers = race(inserts(Batch), lambda: program.push([dossier(1)]), lambda: program.push([dossier(2)]))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert Batch.objects.count() == 1


def test_files_of_people_are_as_before(importer, program):
    assert importer.run([HEADINGS, row(1)]).status == "imported"
    assert importer.run([HEADINGS, row(1)]).status == "unchanged"
    assert Batch.objects.get().batch_key == ""
