"""Stored files are what they were: found at every reading, told on pages and by the command, and others go on."""

import contextlib
import datetime as dt
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from tests import batches as made
from tests.documents.test_templates import PAPER, template
from tests.fixtures import IN_TIME, begun
from tests.house.objects import pdf

from thidua.analytics import storage
from thidua.analytics.models import Batch
from thidua.analytics.registry import dataset_of
from thidua.core.files import Fault
from thidua.core.refusals import Denied
from thidua.documents import actions as documents
from thidua.documents import queries as papers
from thidua.dossiers import actions as dossiers
from thidua.host import home
from thidua.ledger import store, tasks
from thidua.ledger.folder import Folder
from thidua.ledger.models import StoredFile

ROW = {"code": "H1", "field": "Hộ tịch", "received": dt.date(2023, 4, 3), "due": dt.date(2023, 4, 20)}


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings):
    """A store of the test's own: other workers verify at the same time."""
    settings.HOME = tmp_path / "home"
    home.make(settings.HOME)
    settings.FILES_ROOT = settings.HOME / "files"
    settings.FILES_ROOT.mkdir()
    kept = {**settings.STORAGES["default"], "OPTIONS": {"location": settings.FILES_ROOT}}
    settings.STORAGES = {**settings.STORAGES, "default": kept}


def attached(world, content: bytes = b""):
    upload = SimpleUploadedFile("minh chứng.pdf", content) if content else pdf()
    (kept,) = dossiers.attach(dossier=begun(world), question="files", uploads=[upload], by=world.an, at=IN_TIME)
    return kept


def path_of(row) -> Path:
    return Path(default_storage.path(row.key))


def spoil(row) -> None:
    path = path_of(row)
    path.write_bytes(path.read_bytes()[:-1] + b"X")


def verified() -> dict:
    out = io.StringIO()
    with contextlib.suppress(Denied):  # it says so, too
        call_command("store", "verify", json=True, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("harm", "fault", "words"),
    [(spoil, "changed", "không phải là tệp đã lưu"), (lambda row: path_of(row).unlink(), "missing", "không còn")],
)
def test_evidence_that_is_not_what_it_was_is_not_opened_and_stands_marked_until_it_is(
    client, world, harm, fault, words
):
    kept = attached(world)
    content, page = path_of(kept.file).read_bytes(), f"/dossiers/{kept.dossier_id}/"
    client.force_login(world.an)
    assert words not in client.get(page).text
    harm(kept.file)
    answer = client.get(f"/dossiers/files/{kept.pk}/")
    assert answer.status_code == 503
    assert words in answer.text
    kept.file.refresh_from_db()
    assert kept.file.fault == fault
    assert words in client.get(page).text
    (sign,) = store.look(IN_TIME)
    assert (sign.name, sign.is_well, sign.count) == ("stored_files", False, 1)
    path_of(kept.file).write_bytes(content)
    assert client.get(f"/dossiers/files/{kept.pk}/").getvalue() == content
    assert words not in client.get(page).text


def test_the_same_bytes_put_a_spoilt_file_right(world):
    kept = attached(world)
    content = path_of(kept.file).read_bytes()
    path_of(kept.file).write_bytes(content[:7])  # as a process leaves it that was killed in the middle
    again = attached(world)
    assert again.file == kept.file
    with store.open_stored(again.file) as file:
        assert file.read() == content


def test_a_template_that_was_changed_is_not_filled(world):
    row = documents.replace(paper=PAPER, upload=template("{{ year }}"), by=world.binh, at=IN_TIME)
    spoil(row.file)
    with pytest.raises(store.Faulty):
        papers.content(PAPER)


def test_a_store_that_is_away_is_not_a_missing_file(world, settings):
    kept = attached(world)
    shutil.rmtree(settings.FILES_ROOT)
    with pytest.raises(store.Away) as refusal:
        store.open_stored(kept.file)
    assert not isinstance(refusal.value, store.Faulty)
    with pytest.raises(store.Away):
        call_command("store", "verify")
    kept.file.refresh_from_db()
    assert kept.file.fault == ""


def test_all_of_the_store_is_verified_and_what_no_row_names_is_told(world):
    good, bad, gone = (attached(world, b"%PDF-1.7\n" + bytes([65 + n]) * 99).file for n in range(3))
    batch = made.batch(dataset_of("dossiers"), world.school, [ROW], at=IN_TIME)
    default_storage.save("ab/" + "ab" * 32, ContentFile(b"nobody's"))
    assert verified()["whole"]
    spoil(bad)
    path_of(gone).unlink()
    found = verified()
    assert (found["whole"], found["files"], found["counts"]) == (False, 4, {"missing": 1, "changed": 1, "orphaned": 1})
    assert [each["key"] for each in found["changed"] + found["missing"]] == [bad.key, gone.key]
    assert found["orphaned"] == ["ab/" + "ab" * 32]
    assert dict(StoredFile.objects.values_list("pk", "fault")) == {good.pk: "", bad.pk: "changed", gone.pk: "missing"}
    assert all(each.checked_at for each in (*StoredFile.objects.all(), Batch.objects.get(pk=batch.pk)))


def test_a_batch_exchanged_for_another_units_is_found_and_the_others_are_counted_on(world, client):
    dataset = dataset_of("dossiers")
    ours, theirs = (made.batch(dataset, unit, [ROW], at=IN_TIME) for unit in (world.school, world.other))
    assert storage.path_of(ours) == path_of(ours)
    shutil.copyfile(path_of(theirs), path_of(ours))
    with pytest.raises(store.Faulty) as refusal:
        storage.path_of(ours)
    assert refusal.value.fault is Fault.CHANGED
    assert [batch for batch, _path in storage.readable([ours, theirs])] == [theirs]
    client.force_login(world.an)
    assert "không phải là tệp đã lưu" in client.get("/records/").text
    assert [each["id"] for each in verified()["changed"]] == [ours.pk]


def test_a_copy_out_of_a_bucket_is_proven_and_fetched_anew_where_it_is_spoilt(world, settings):
    """The bucket is played by the folder: only where the copy comes from matters here."""
    batch = made.batch(dataset_of("dossiers"), world.school, [ROW], at=IN_TIME)
    content, settings.S3_BUCKET = path_of(batch).read_bytes(), "ho-so"
    copy = storage.path_of(batch)
    assert copy != path_of(batch)
    copy.write_bytes(b"spoilt")
    assert storage.path_of(batch).read_bytes() == content
    copy.unlink()
    path_of(batch).write_bytes(content[:-1] + b"X")
    with pytest.raises(store.Faulty):
        storage.path_of(batch)
    assert Batch.objects.get().fault == "changed"
    assert not list(copy.parent.iterdir())


def test_a_batch_is_read_once_while_its_file_stays_the_same(world, monkeypatch):
    batch = made.batch(dataset_of("dossiers"), world.school, [ROW], at=IN_TIME)
    read = []
    digest = store.digest
    monkeypatch.setattr(store, "digest", lambda file: read.append(1) or digest(file))
    for _n in range(3):
        storage.path_of(batch)
    assert len(read) == 1
    os.utime(storage.path_of(batch), ns=(1, 1))
    storage.path_of(batch)
    assert len(read) == 2


def test_a_batch_from_before_hashes_were_kept_takes_that_of_its_file_once(world):
    batch = made.batch(dataset_of("dossiers"), world.school, [ROW], at=IN_TIME)
    Batch.objects.update(stored_sha256="")
    assert verified()["whole"]
    spoil(batch)
    assert verified()["counts"]["changed"] == 1
    other = made.batch(dataset_of("dossiers"), world.other, [ROW], at=IN_TIME)
    Batch.objects.filter(pk=other.pk).update(stored_sha256="")
    path_of(other).write_bytes(path_of(other).read_bytes() + b"more")
    with pytest.raises(store.Faulty):
        storage.path_of(Batch.objects.get(pk=other.pk))
    assert verified()["counts"]["changed"] == 2


def test_at_night_a_part_is_read_and_the_rest_the_night_after(world, monkeypatch):
    rows = [attached(world, b"%PDF-1.7\n" + bytes([65 + n]) * 99).file for n in range(5)]
    monkeypatch.setattr(store, "TOGETHER", 2)
    monkeypatch.setattr(tasks, "LOOKED_AT_FOR", -1)
    for read in (2, 4, 5):
        tasks.look_at_store()
        assert StoredFile.objects.exclude(checked_at=None).count() == read
    spoil(rows[1])  # the first was read again with the last
    tasks.look_at_store()
    assert StoredFile.objects.get(pk=rows[1].pk).fault == "changed"


def test_no_shelf_waits_until_another_was_read_to_its_end(world, monkeypatch):
    """A store of evidence that takes more than a night leaves room for batches of records."""
    made.batch(dataset_of("dossiers"), world.school, [ROW], at=IN_TIME)
    for n in range(4):
        attached(world, b"%PDF-1.7\n" + bytes([65 + n]) * 99)
    monkeypatch.setattr(store, "TOGETHER", 1)
    read = store.verify(found := store.Found())
    next(read), next(read)
    read.close()
    assert found.files == 2
    assert StoredFile.objects.exclude(checked_at=None).count() == 1
    assert Batch.objects.exclude(checked_at=None).count() == 1


def test_what_is_being_written_is_there_as_a_whole_or_not_at_all(db, settings):
    folder = Folder(location=settings.FILES_ROOT)
    script = (
        "import os, signal; from django.core.files.base import ContentFile; from thidua.ledger.folder import Folder\n"
        "class Dies(ContentFile):\n"
        "    def chunks(self, size=None):\n"
        "        yield b'half'; os.kill(os.getpid(), signal.SIGKILL)\n"
        f"Folder(location={str(settings.FILES_ROOT)!r})._save('ab/c', Dies(b''))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], env=os.environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not folder.exists("ab/c")
    (half,) = (settings.FILES_ROOT / ".writing").iterdir()
    store.slice_of_a_night(seconds=1)
    assert half.exists()
    os.utime(half, (1, 1))
    store.slice_of_a_night(seconds=1)
    assert not half.exists()


def test_two_that_store_the_same_at_once_both_succeed_and_nothing_is_left_over(tmp_path):
    place = tmp_path / "store"
    folder, failed = Folder(location=place), []

    def save():
        try:
            assert folder.save("ab/c", ContentFile(b"x" * 5_000_000)) == "ab/c"
        except BaseException as error:  # a thread's own
            failed.append(error)

    threads = [threading.Thread(target=save) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert [path.name for path in place.rglob("*") if path.is_file()] == ["c"]
    assert (place / "ab" / "c").stat().st_mode & 0o777 == 0o600


def test_a_list_of_several_units_goes_on_without_the_faulty_one_and_says_so(world, client):
    world.school.kind = world.other.kind = "division"
    for unit in (world.school, world.other):
        unit.save()
        made.batch(dataset_of("dossiers"), unit, [ROW], at=IN_TIME)
    path_of(Batch.objects.get(unit=world.school)).unlink()
    client.force_login(world.binh)
    page = client.get("/reports/explorer/dossiers-on-time/rows/?year=2023")
    assert page.status_code == 200
    assert "không có dòng nào của họ ở đây" in page.text
    assert [batch.unit for batch in page.context["faulty"]] == [world.school]
    assert client.get("/reports/explorer/dossiers-on-time/rows/?year=2023&unit=hoa-sen").status_code == 503
