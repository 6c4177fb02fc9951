"""``thidua records``: one JSON document for machines, exit codes, sentences for people."""

import io
import json

import openpyxl
import pytest
from django.core.management import call_command
from tests.analytics.making import HEADINGS, csv_bytes, row

from thidua.analytics.models import Batch
from thidua.core.refusals import Denied


@pytest.fixture
def run(importer, capsys):
    def run(*words, content=None):
        words = [importer.file(content) if word == "FILE" else word for word in words]
        out = io.StringIO()
        try:
            call_command("records", *map(str, words), json=True, stdout=out, stderr=io.StringIO())
            code = 0
        except SystemExit as end:
            code = end.code
        return code, json.loads(out.getvalue())

    return run


WORDS = ("--unit", "hoa-sen", "--period", "2023")


def test_an_import_answers_with_one_document(run):
    code, document = run("import", "dossiers", "FILE", *WORDS, content=[HEADINGS, row(1), row(1), row(2, due="xx")])
    batch = Batch.objects.get()
    problem = {"sheet": None, "row": 4, "column": "due", "level": "error", "code": "bad_day"}
    repeated = {"sheet": None, "row": 3, "column": None, "level": "warning", "code": "repeated"}
    said = [{key: value for key, value in each.items() if key != "message"} for each in document.pop("problems")]
    assert (code, said) == (0, [repeated, problem])
    assert document == {
        "status": "imported",
        "batch": batch.pk,
        "dataset": "dossiers",
        "unit": "hoa-sen",
        "period": "2023",
        "sheets": [],
        "header_row": 1,
        "columns": [
            {"at": "B", "heading": "Mã hồ sơ", "column": "code"},
            {"at": "C", "heading": "Lĩnh vực", "column": "field"},
            {"at": "D", "heading": "Ngày tiếp nhận", "column": "received"},
            {"at": "E", "heading": "Ngày hẹn trả", "column": "due"},
            {"at": "F", "heading": "Ngày trả kết quả", "column": "returned"},
            {"at": "G", "heading": "Trạng thái", "column": "status"},
        ],
        "ignored_columns": [{"at": "A", "heading": "STT"}],
        "rows": {"read": 3, "accepted": 1, "refused": 1, "duplicates": 1},
        "reason": None,
    }


def test_exit_codes(run, importer):
    good, bad = [HEADINGS, row(1)], [["một", "hai"], ["1", "2"]]
    assert run("import", "dossiers", "FILE", *WORDS, "--dry-run", content=good)[0] == 0
    code, document = run("import", "dossiers", "FILE", *WORDS, "--dry-run", content=bad)
    assert (code, document["status"], document["reason"]["code"]) == (1, "refused", "no_headings")
    code, document = run("import", "dossiers", "FILE", *WORDS, content=good)
    assert (code, document["status"]) == (0, "imported")
    code, document = run("import", "dossiers", "FILE", *WORDS, content=good)
    assert (code, document["status"]) == (0, "unchanged")


@pytest.mark.parametrize(
    ("dataset", "file", "unit", "period"),
    [
        ("dossiers", "nowhere.csv", "hoa-sen", "2023"),
        ("dossiers", "FILE", "nowhere", "2023"),
        ("nothing", "FILE", "hoa-sen", "2023"),
        ("dossiers", "FILE", "hoa-sen", "20x3"),
    ],
)
def test_what_is_not_there_is_refused_in_the_same_document(run, dataset, file, unit, period):
    code, document = run("import", dataset, file, "--unit", unit, "--period", period, content=[HEADINGS, row(1)])
    assert (code, document["status"], document["reason"]["code"]) == (1, "refused", "unknown")
    assert (document["dataset"], document["unit"], document["period"]) == (dataset, unit, period)
    assert document["rows"] == {"read": 0, "accepted": 0, "refused": 0, "duplicates": 0}


def test_a_storage_that_is_away_refuses_in_the_same_document(run, monkeypatch):
    def full(*_args, **_more):
        raise OSError("No space left on device")

    monkeypatch.setattr("thidua.ledger.folder.Folder._save", full)
    code, document = run("import", "dossiers", "FILE", *WORDS, content=[HEADINGS, row(1)])
    assert (code, document["status"], document["reason"]["code"]) == (1, "refused", "away")
    assert not Batch.objects.exists()


@pytest.mark.parametrize("said", ["G", "G=nothing-known"])
def test_wrong_usage(importer, said):
    from thidua.ui.command import CommandError

    file = importer.file([HEADINGS, row(1)])
    with pytest.raises(CommandError) as wrong:
        call_command("records", "import", "dossiers", str(file), *WORDS, "--map", said, stderr=io.StringIO())
    assert wrong.value.returncode == 2


def test_list_undo_and_export(run, importer, tmp_path):
    first = run("import", "dossiers", "FILE", *WORDS, content=[HEADINGS, row(1)])[1]["batch"]
    second = run("import", "dossiers", "FILE", *WORDS, content=[HEADINGS, row(2)])[1]["batch"]
    states = [(each["batch"], each["state"]) for each in run("list", "--unit", "hoa-sen")[1]]
    assert states == [(second, "in_force"), (first, "replaced")]
    assert run("undo", "dossiers", *WORDS)[1] == {"status": "withdrawn", "batch": second, "in_force": first}
    code, document = run("export", "dossiers", *WORDS, "--to", tmp_path / "rows.xlsx")
    assert (code, document["batch"], document["rows"]) == (0, first, 1)
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx").active
    assert sheet["A2"].value == "H29-0001"
    run("export", "--batch", second, "--to", tmp_path / "rows.parquet")
    assert (tmp_path / "rows.parquet").read_bytes()[:4] == b"PAR1"
    with pytest.raises(Denied, match="nowhere"):
        run("export", "--batch", second, "--to", tmp_path / "nowhere" / "rows.parquet")
    with pytest.raises(Denied, match="2023"):  # the words and the number name two batches
        run("undo", "dossiers", "--unit", "hoa-sen", "--period", "2024", "--batch", first)
    assert run("list")[1][1]["state"] == "in_force"


def test_wrong_cells_come_back_coloured_and_explained(importer, tmp_path):
    from thidua.analytics import reading, sheets, workbook
    from thidua.analytics.registry import dataset_of

    file = importer.file(csv_bytes([["SỞ"], HEADINGS, row(1), row(2, due="xx")]))
    outcome = importer.run(file, dry_run=True)
    found = sheets.chosen(reading.tables_of(file, tmp_path), dataset_of("dossiers"))
    workbook.coloured(found, outcome.problems, tmp_path / "coloured.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "coloured.xlsx").active
    assert sheet["E4"].fill.fgColor.rgb == "FFF8D7DA"
    assert sheet["E3"].fill.fill_type is None
    assert str(outcome.problems[0].sentence) in sheet["H4"].value
