"""An import from file to batch: what is taken, what is refused and said, what stays when something goes wrong."""

import datetime as dt
import os
import subprocess
import sys
import time
import uuid

import pyarrow.parquet
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.analytics.making import AT, HEADINGS, counts, csv_bytes, found, row
from tests.failures.parallel import race
from tests.fixtures import moment, unit

from thidua.analytics import actions, queries, spool, storage, tasks
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period
from thidua.core.refusals import Away, Denied
from thidua.core.units import UnitKind
from thidua.ledger.models import Entry


def rows_of(outcome):
    batch = Batch.objects.get(pk=outcome.batch)
    return pyarrow.parquet.read_table(storage.path_of(batch)).to_pylist()


def test_a_batch_holds_the_columns_of_the_dataset(importer):
    outcome = importer.run([HEADINGS, row(1), row(2, returned="", status="Đang xử lý")])
    assert (outcome.status, counts(outcome)) == ("imported", (2, 2, 0, 0))
    first, second = rows_of(outcome)
    assert first == {
        "code": "H29-0001", "procedure": None, "field": "Văn bằng", "field_folded": "van bang", "channel": None,
        "received": dt.date(2023, 4, 3), "due": dt.date(2023, 4, 20), "new_due": None, "working_days": None,
        "returned": dt.date(2023, 4, 19), "status": "returned", "letter": None, "letter_on": None,
        "_row": 2, "_sheet": "", "_unit": "hoa-sen", "_period": "2023",
    }  # fmt: skip
    assert (second["returned"], second["status"], second["_row"]) == (None, "pending", 3)


def test_the_manifest_and_the_trail_tell_what_was_done(importer, world):
    outcome = importer.run([HEADINGS, row(1), row(2, code="")], by=world.an, name="một cửa.csv")
    batch = Batch.objects.get(pk=outcome.batch)
    assert (batch.file_name, batch.rows, batch.rows_refused, batch.header_row) == ("một cửa.csv", 1, 1, 1)
    assert batch.refused_rows == [{"sheet": "", "row": 3, "column": "code", "code": "missing"}]
    assert batch.columns == ["code", "field", "received", "due", "returned", "status"]
    assert batch.key.startswith("records/dossiers/hoa-sen/2023/")
    entry = Entry.objects.get(verb="analytics.import_records")
    assert (entry.by_name, entry.after["rows"]) == ("Nguyễn Thị An", 1)


def test_the_same_file_changes_nothing(importer):
    first = importer.run([HEADINGS, row(1)])
    again = importer.run([HEADINGS, row(1)])
    assert (again.status, again.batch, counts(again)) == ("unchanged", first.batch, (1, 1, 0, 0))
    assert Batch.objects.count() == 1


def test_a_newer_batch_replaces_and_undo_goes_back(importer, world):
    first, second = importer.run([HEADINGS, row(1)]), importer.run([HEADINGS, row(2)])
    in_force = Batch.objects.in_force()
    assert in_force.get().pk == second.batch
    actions.withdraw(batch=in_force.get(), by=world.an, at=AT)
    assert in_force.get().pk == first.batch
    with pytest.raises(Denied):
        actions.withdraw(batch=Batch.objects.get(pk=second.batch), by=world.an, at=AT)
    assert all(storage.path_of(batch).exists() for batch in Batch.objects.all())


def test_a_dry_run_keeps_nothing(importer):
    outcome = importer.run([HEADINGS, row(1), row(2, due="xx")], dry_run=True)
    assert (outcome.status, counts(outcome), outcome.batch) == ("checked", (2, 1, 1, 0), None)
    assert not Batch.objects.exists()


def test_all_or_none_as_chosen(importer):
    rows = [HEADINGS, row(1), row(2, due="xx")]
    outcome = importer.run(rows, only_if_all_valid=True)
    assert (outcome.status, outcome.reason.reason, counts(outcome)) == ("refused", "some_rows_wrong", (2, 0, 2, 0))
    assert not Batch.objects.exists()
    assert importer.run(rows).status == "imported"


def test_headings_without_rows(importer):
    assert importer.run([HEADINGS]).reason.reason == "no_rows"
    outcome = importer.run([HEADINGS], nothing_arose=True)
    batch = Batch.objects.get(pk=outcome.batch)
    assert (outcome.status, batch.nothing_arose, batch.key, batch.rows) == ("imported", True, "", 0)
    assert importer.run([HEADINGS, row(1)], nothing_arose=True).reason.reason == "rows_though_nothing"


def test_no_valid_row_refuses_the_file(importer):
    outcome = importer.run([HEADINGS, row(1, due="xx"), row(2, received="")])
    assert (outcome.status, outcome.reason.reason) == ("refused", "no_valid_rows")
    assert found(outcome) == [(2, "bad_day", "due"), (3, "missing", "received")]


def test_wrong_rows_are_named_and_never_quoted(importer):
    outcome = importer.run([
        HEADINGS,
        row(1),
        row(2, code=""),
        row(3, received="ông Nguyễn Văn Kín"),
        row(4, received="30/02/2023"),
        row(5, received="05/02/2024", due="20/02/2024", returned="", status="Đang xử lý"),
        row(6, due="01/04/2023"),
        row(7, returned="01/04/2023"),
        row(8, returned=""),
        row(9, status="Đang xử lý"),
        row(10, status="Nguyễn Văn Kín"),
        row(11, due=""),
        row(12, received="01/01/1023"),
    ])  # fmt: skip
    assert found(outcome) == [
        (3, "missing", "code"),
        (4, "bad_day", "received"),
        (5, "bad_day", "received"),
        (6, "future_day", "received"),
        (7, "out_of_order", "due"),
        (8, "out_of_order", "returned"),
        (9, "needs", "returned"),
        (10, "contradiction", "status"),
        (11, "unknown_word", "status"),
        (12, "missing", "due"),
        (13, "bad_day", "received"),
    ]
    assert counts(outcome) == (12, 3, 9, 0)
    said = " ".join(str(problem.sentence) for problem in outcome.problems)
    assert "Kín" not in said
    assert "Kín" not in str(Batch.objects.values())


def test_rows_with_the_same_code(importer):
    spaced = row(1)
    spaced[0], spaced[1] = 99, "\u200bH29-00\u00a001 "
    outcome = importer.run([HEADINGS, row(1), spaced, row(2), row(2, due="25/04/2023"), row(3)])
    assert counts(outcome) == (5, 2, 2, 1)
    assert found(outcome) == [(3, "repeated", ""), (5, "differs", ""), (6, "differs", "")] or found(outcome) == [
        (3, "repeated", ""), (4, "differs", ""), (5, "differs", "")
    ]  # fmt: skip
    by_row = {problem.row: str(problem.sentence) for problem in outcome.problems}
    assert "5" in by_row[4]
    assert "4" in by_row[5]


def test_very_many_rows_with_one_code_cost_what_they_are(importer):
    rows = [row(n, code="H29-1", returned=f"{10 + n % 3}/04/2023") for n in range(60_000)]
    began = time.monotonic()
    outcome = importer.run([HEADINGS, *rows])
    assert (outcome.reason.reason, counts(outcome)) == ("no_valid_rows", (60_000, 0, 60_000, 0))
    assert "3, 4, 5, 6, 7, 8, 9, 10, 11, 12" in str(outcome.problems[0].sentence)
    assert time.monotonic() - began < 10


def test_equal_answers_without_a_code_are_different_answers(importer):
    rows = [["Ngày trả lời", "Nhóm câu hỏi", "Mức độ hài lòng"], *[["01/03/2023", "Kết quả", "5"]] * 3]
    rows += [["01/03/2023", "Kết quả", "7"]]
    outcome = importer.run(rows, dataset="satisfaction")
    assert (counts(outcome), found(outcome)) == ((4, 3, 1, 0), [(5, "out_of_range", "level")])


def test_rows_of_another_unit_are_named_and_the_rest_taken(importer, world):
    heads = [*HEADINGS, "Đơn vị"]
    rows = [
        heads,
        [*row(1), "THPT Hoa Sen Mẫu"],
        [*row(2), world.other.name],
        [*row(3), "hoa-sen"],
        [*row(4), "Nơi lạ"],
    ]
    outcome = importer.run(rows)
    assert counts(outcome) == (4, 2, 2, 0)
    assert found(outcome) == [(3, "other_unit", ""), (5, "other_unit", "")]
    assert world.other.name in str(outcome.problems[0].sentence)
    assert "Nơi lạ" not in str(outcome.problems[1].sentence)
    wholly = importer.run([heads, [*row(2), world.other.name]])
    assert (wholly.status, wholly.reason.reason, counts(wholly)) == ("refused", "other_unit", (1, 0, 1, 0))
    assert found(wholly) == [(2, "other_unit", "")]
    assert importer.run(rows, columns={"Đơn vị": "-"}, dry_run=True).accepted == 4


def test_a_division_and_a_school_of_one_name_are_told_apart(importer, world):
    unit("phong-hoa-sen", "Phòng THPT Hoa Sen Mẫu", UnitKind.DIVISION, world.department)
    rows = [[*HEADINGS, "Đơn vị"], [*row(1), "THPT HOA SEN MẪU"], [*row(2), "Phòng THPT Hoa Sen Mẫu"]]
    outcome = importer.run(rows)
    assert (counts(outcome), found(outcome)) == ((2, 1, 1, 0), [(3, "other_unit", "")])
    assert "Phòng THPT Hoa Sen Mẫu" in str(outcome.problems[0].sentence)


def test_a_file_of_another_year_is_taken_with_a_warning(importer):
    rows = [HEADINGS, *[row(n) for n in range(11)]]
    outcome = importer.run(rows, year="2022", dry_run=True)
    assert (outcome.status, found(outcome)) == ("checked", [(None, "other_period", "")])
    received_then = [[*row(11), ""], row(12, received="30/12/2022")]  # a late dossier of one year is of the next, too
    assert found(importer.run([*rows[:9], *received_then], year="2022", dry_run=True)) == []
    staff = [["Mã cán bộ", "Thư công vụ", "Ngày nghỉ việc"], ["1", "có", ""], ["2", "có", "01/02/2021"]]
    assert found(importer.run(staff, dataset="staff", dry_run=True)) == []


def test_a_missing_due_day_is_counted_in_working_days(importer):
    heads = [*HEADINGS, "Số ngày làm việc"]
    cases = [
        ("28/04/2023", "1", dt.date(2023, 5, 4)),  # Friday before the holidays
        ("03/04/2023", "5", dt.date(2023, 4, 10)),
        ("01/04/2023", "1 ngày làm việc", dt.date(2023, 4, 3)),  # a Saturday
    ]
    lines = [[*row(n, received=day, due="", returned="10/05/2023"), days] for n, (day, days, _due) in enumerate(cases)]
    outcome = importer.run([heads, *lines, [*row(9, due=""), ""]])
    assert [each["due"] for each in rows_of(outcome)] == [due for _day, _days, due in cases]
    assert found(outcome) == [(5, "missing", "due")]


def test_nothing_personal_reaches_storage(importer):
    heads = [*HEADINGS, "Người nộp", "Thủ tục", "Số thư xin lỗi"]
    line = [*row(1), "Trần Thị Riêng", "Cấp bản sao cho rieng@mail.vn, 0901234567", "không"]
    outcome = importer.run([heads, line])
    held = storage.path_of(Batch.objects.get(pk=outcome.batch)).read_bytes()
    (kept,) = rows_of(outcome)
    assert b"Ri\xc3\xaang" not in held
    assert (kept["procedure"], kept["letter"]) == ("Cấp bản sao cho @mail.vn, …", None)


def test_the_address_of_a_member_of_staff_keeps_its_domain(importer):
    outcome = importer.run([["Mã nhân viên", "Email công vụ"], ["1", "an@hcm.edu.vn"], ["2", "Không"]], dataset="staff")
    assert [each["email"] for each in rows_of(outcome)] == ["@hcm.edu.vn", None]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("an", True),
        ("hanh", True),
        ("binh", True),
        ("linh", False),
        ("dung", False),
        ("leader", False),
        ("admin", False),
    ],
)
def test_who_may(importer, world, who, may):
    person = getattr(world, who)
    outcome = importer.run([HEADINGS, row(1)])
    batch = Batch.objects.get(pk=outcome.batch)
    steps = [
        lambda: importer.run([HEADINGS, row(2)], by=person),
        lambda: actions.export(batch=batch, by=person, at=AT),
        lambda: actions.withdraw(batch=batch, by=person, at=AT),
    ]
    for step in steps:
        if may:
            step()
        else:
            with pytest.raises(Denied):
                step()


def test_batches_are_seen_by_those_above(importer, world):
    importer.run([HEADINGS, row(1)])
    seen = {who: queries.batches(getattr(world, who)).count() for who in ("an", "binh", "leader", "dung", "linh")}
    assert seen == {"an": 1, "binh": 1, "leader": 1, "dung": 0, "linh": 0}


def test_a_full_storage_leaves_the_earlier_state(importer, monkeypatch):
    first = importer.run([HEADINGS, row(1)])
    folder = storage.path_of(Batch.objects.get()).parent

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("thidua.ledger.folder.os.replace", full)
    with pytest.raises(Away):
        importer.run([HEADINGS, row(2)])
    assert Batch.objects.in_force().get().pk == first.batch
    assert [each.name for each in folder.iterdir()] == [Batch.objects.get().key.rpartition("/")[2]]


def test_a_full_disk_for_what_is_being_read_is_told_the_same(importer, monkeypatch):
    from thidua.analytics import cleaning

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cleaning.writing, "write", full)
    with pytest.raises(Away):
        importer.run([HEADINGS, row(2)])
    assert not Batch.objects.exists()


def test_files_that_no_manifest_names_go_at_night(importer):
    outcome = importer.run([HEADINGS, row(1)])
    kept = storage.path_of(Batch.objects.get(pk=outcome.batch))
    lost, anothers = kept.with_name(f"{uuid.uuid4()}.parquet"), kept.with_name("notes.parquet")
    for each in (lost, anothers):
        each.write_bytes(b"half")
    assert storage.remove_unnamed(at=dt.datetime.now(dt.UTC)) == 0
    assert storage.remove_unnamed(at=dt.datetime.now(dt.UTC) + dt.timedelta(days=2)) == 1
    assert (kept.exists(), lost.exists(), anothers.exists()) == (True, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_the_earlier_state_and_the_job_is_taken_up_again(importer, settings, world):
    first = importer.run([HEADINGS, row(1)])
    upload = actions.hand_in(
        dataset=dataset_of("dossiers"), unit=world.school, period=period("2023"), by=world.an, at=AT,
        file=SimpleUploadedFile("hs.csv", csv_bytes([HEADINGS, row(2)])),
    )  # fmt: skip
    script = (
        "import os, signal, django; django.setup()\n"
        "from django.conf import settings; from django.db import connection\n"
        f"settings.DATABASES['default']['NAME'] = connection.settings_dict['NAME'] = {_database()!r}\n"
        "from pathlib import Path\n"
        "from thidua.analytics import storage, tasks\n"
        f"home = settings.HOME = Path({str(settings.HOME)!r})\n"
        "from thidua.ledger.folder import Folder\n"
        "storage.default_storage = Folder(location=home / 'files')\n"
        "keep = storage.keep\n"
        "def killed(*args, **kwargs):\n"
        "    keep(*args, **kwargs); os.kill(os.getpid(), signal.SIGKILL)\n"
        "storage.keep = killed\n"
        f"tasks.read({upload.pk}, dry_run=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert Batch.objects.in_force().get().pk == first.batch
    assert list((settings.HOME / "spool").glob("import-*"))
    tasks.read(upload.pk, dry_run=False)
    assert Batch.objects.in_force().get().imported_by == world.an
    assert not list((settings.HOME / "spool").iterdir())


def test_folders_of_imports_that_are_gone_are_removed_whatever_is_left_of_them(importer):
    """Killed before it was locked, or while it was removed."""
    left = spool._root() / "import-abcd"
    left.mkdir()
    (left / "table.csv").write_text("Nguyễn Văn Mẫu")
    with spool.spool() as mine:
        assert not left.exists()
        with spool.spool():
            assert mine.exists()


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_unit_at_once_wait_for_each_other(importer):
    one, other, again = (importer.file([HEADINGS, row(n)]) for n in (1, 2, 2))
    gate = f"select pg_advisory_xact_lock(hashtextextended('records dossiers {importer.world.school.pk} 2023', 0))"
    outcomes = race(gate, *(lambda file=file: importer.run(file) for file in (one, other, again)))
    batches = list(Batch.objects.order_by("pk"))
    assert sorted(outcome.status for outcome in outcomes) in (
        ["imported", "imported", "unchanged"],
        ["imported", "imported", "imported"],  # the same file before and after the other one
    )
    assert [batch.pk for batch in batches] == sorted(o.batch for o in outcomes if o.status == "imported")
    assert Batch.objects.in_force().get() == batches[-1]
    told = list(Entry.objects.filter(verb="analytics.import_records").order_by("pk"))
    assert [entry.before["batch"] for entry in told] == [None, *(batch.pk for batch in batches[:-1])]


def _database():
    from django.db import connection

    return connection.settings_dict["NAME"]


def test_later_years_do_not_disturb(importer):
    this = importer.run([HEADINGS, row(1)])
    other = importer.run([HEADINGS, row(1)], year="2022", at=moment("2024-03-01 09:00"))
    assert (this.status, other.status) == ("imported", "imported")
    assert set(Batch.objects.in_force().values_list("period", flat=True)) == {"2022", "2023"}


def test_csv_in_other_words(importer):
    wanted = importer.run([HEADINGS, row(1)], dry_run=True)
    for separator in ",;\t|":
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            outcome = importer.run(csv_bytes([HEADINGS, row(1)], separator, encoding), dry_run=True)
            assert (counts(outcome), outcome.columns) == (counts(wanted), wanted.columns), (separator, encoding)
