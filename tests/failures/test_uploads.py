"""Files that are too large, not what they say, or made to do harm: refused in a sentence, and all is as it was."""

import contextlib
import hashlib
import io
import select
import socket
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.failures.server import database_url, serving
from tests.fixtures import begun, make_world

from thidua.dossiers.models import Attachment
from thidua.ledger.models import Entry, StoredFile
from thidua.people.models import Person, Unit

MB = 1024 * 1024
ZEROS = bytes(MB)


class Watched:
    """The largest memory of the server and its workers, and the most that lay in its temporary folder."""

    def __init__(self, server, temporary: Path):
        self.server, self.temporary = server, temporary
        self.before = self.memory()
        self.most, self.laid, self.over = 0, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def memory(self) -> int:
        return sum(process.memory_info().rss for process in self.server.tree())

    def look(self) -> None:
        while not self.over.wait(0.02):
            self.most = max(self.most, self.memory() - self.before)
            with contextlib.suppress(FileNotFoundError):  # gone between the two looks
                self.laid = max(self.laid, sum(each.stat().st_size for each in self.temporary.iterdir()))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()


def upload(server, path: str, headers: dict, size: int) -> tuple[str, int, float]:
    """Stream a file of zeros; (answer, bytes sent before it came, seconds)."""
    boundary = "thidua-boundary"
    named = f'--{boundary}\r\nContent-Disposition: form-data; name="question"\r\n\r\nfiles\r\n'
    head = f'{named}--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="lon.pdf"\r\n\r\n%PDF-1.7\n'
    tail = f"\r\n--{boundary}--\r\n"
    lines = {
        **headers,
        "Host": "127.0.0.1",
        "Connection": "close",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + size + len(tail)),
    }
    start = f"POST {path} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n" + head
    began, sent = time.monotonic(), 0
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as link:
        link.sendall(start.encode())
        answer = b""
        try:
            while sent < size and not select.select([link], [], [], 0)[0]:
                sent += link.send(ZEROS[: min(MB, size - sent)])
            if sent == size:
                link.sendall(tail.encode())
        except (BrokenPipeError, ConnectionResetError):
            pass  # the rest is not wanted; the answer has come
        try:
            while piece := link.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
    return answer.decode(errors="replace"), sent, time.monotonic() - began


def upload_without_length(server, path: str, headers: dict) -> str:
    """The same file in chunks, as a program may send it; the first line of the answer."""
    lines = {**headers, "Host": "127.0.0.1", "Connection": "close", "Transfer-Encoding": "chunked"}
    lines["Content-Type"] = "multipart/form-data; boundary=x"
    start = f"POST {path} HTTP/1.1\r\n" + "".join(f"{key}: {value}\r\n" for key, value in lines.items()) + "\r\n"
    chunk = f"{MB:x}\r\n".encode() + ZEROS + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as link:
        link.sendall(start.encode())
        try:
            for _each in range(2048):
                if select.select([link], [], [], 0)[0]:
                    break
                link.sendall(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return link.recv(65536).decode(errors="replace").splitlines()[0]


def is_empty_soon(folder: Path) -> bool:
    """The file of a request is removed just after its answer has gone out."""
    for _moment in range(50):
        if not list(folder.iterdir()):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_of_two_gigabytes_is_refused_early(transactional_db):
    world = make_world()
    dossier = begun(world)
    path = reverse("dossiers:attach", args=[dossier.pk])
    with tempfile.TemporaryDirectory(prefix="thidua-upload-") as folder:
        temporary = Path(folder, "spool")
        with serving(Path(folder), DATABASE_URL=database_url()) as server:
            headers = server.headers(world.an)
            for _each in range(6):  # both workers have loaded everything
                assert server.ask("GET", reverse("dossiers:form", args=[dossier.pk]), headers)[0] == 200
            with Watched(server, temporary) as watched:
                answer, sent, seconds = upload(server, path, headers, 2048 * MB)
            assert " 413 " in answer.splitlines()[0]
            assert "Mỗi tệp tối đa 20 MB" in answer
            assert sent < 64 * MB
            assert seconds < 10
            assert watched.laid == 0
            assert watched.most < 64 * MB
            with Watched(server, temporary) as watched:
                assert " 400 " in upload_without_length(server, path, headers)
            assert watched.laid == 0
            assert watched.most < 64 * MB
            # One that a form may have in all, though no single file: taken to disk, refused, and gone.
            with Watched(server, temporary) as watched:
                answer, sent, _seconds = upload(server, path, headers, 100 * MB)
            assert "lon.pdf” lớn hơn 20 MB" in answer
            assert watched.most < 64 * MB
            assert watched.laid < 128 * MB
            assert is_empty_soon(temporary)
            # Records may be larger, up to a bound of their own, and of people who are known.
            path = reverse("analytics:import")
            with Watched(server, temporary) as watched:
                answer, _sent, _seconds = upload(server, path, headers, 200 * MB)
            assert " 422 " in answer.splitlines()[0]
            assert watched.most < 64 * MB
            assert 100 * MB < watched.laid < 256 * MB
            assert is_empty_soon(temporary)
            assert temporary.stat().st_mode & 0o777 == 0o700
            answer, sent, seconds = upload(server, path, headers, 3072 * MB)
            assert " 413 " in answer.splitlines()[0]
            assert "Mỗi tệp tối đa 500 MB" in answer
            assert (sent < 64 * MB, seconds < 10) == (True, True)
            answer, sent, _seconds = upload(server, path, {}, 200 * MB)
            assert " 302 " in answer.splitlines()[0]
            assert sent < 64 * MB
            assert server.ask("GET", "/healthz?alive")[0] == 200
    assert not Attachment.objects.exists()


def packed(name: str, size: int) -> bytes:
    """An office file of a few kilobytes that unpacks to ``size`` bytes."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open(name, "w") as part,
    ):
        for _each in range(size // MB):
            part.write(ZEROS)
    return buffer.getvalue()


def with_macros() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "Sub AutoOpen()")
    return buffer.getvalue()


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HARMFUL = {
    "trang-web.pdf": lambda: b"<html><script>alert(1)</script></html>",
    "chuong-trinh.pdf": lambda: b"MZ\x90\x00" + bytes(200),
    "ve.svg": lambda: SVG,
    "ve.png": lambda: SVG,
    "trang.html": lambda: b"<!doctype html><script>alert(1)</script>",
    "bom.docx": lambda: packed("word/document.xml", 500 * MB),
    "bom-nho.docx": lambda: packed("word/document.xml", 20 * MB),
    "macro.docx": with_macros,
    "hong.xlsx": lambda: b"PK\x03\x04" + bytes(300),
    "rong.pdf": lambda: b"",
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_refused_and_nothing_changes(world, client, name):
    dossier, harmful = begun(world), HARMFUL[name]()
    client.force_login(world.an)
    before = (Entry.objects.count(), StoredFile.objects.count())
    good = SimpleUploadedFile("tot.pdf", b"%PDF-1.7\n" + name.encode())
    answer = client.post(
        reverse("dossiers:attach", args=[dossier.pk]),
        {"files": [good, SimpleUploadedFile(name, harmful)], "question": "files"},
    )
    assert answer.status_code in (403, 422)
    assert f"“{name}”" in answer.text
    assert not Attachment.objects.exists()
    assert (Entry.objects.count(), StoredFile.objects.count()) == before
    # The good one beside it may lie in the store, unnamed: the same bytes sent again are the same file.
    assert not default_storage.exists(StoredFile(sha256=hashlib.sha256(harmful).hexdigest()).key)
    dossier.refresh_from_db()
    assert dossier.revision == 1


def far_cell() -> bytes:
    """A workbook of two cells, of which the second lies in the last row and column that there are."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "Tên đơn vị")
        sheet.write_string(1048575, 16383, "x")
    return buffer.getvalue()


def repeated_text() -> bytes:
    """A long text that stands once in the file and in every cell of the sheet."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for row in range(600):
            for column in range(4):
                sheet.write_string(row, column, "Tên đơn vị " * 2900)
    return buffer.getvalue()


BOMBS = {
    "xa.xlsx": far_cell,
    "lap.xlsx": repeated_text,
    "bom.xlsx": lambda: packed("xl/workbook.xml", 1100 * MB),
    "hong.xls": lambda: b"\xd0\xcf\x11\xe0" + bytes(2000),
    "dai.csv": lambda: b"ten don vi\n" + b"x" * (200 * 1024),
    "chi-co-bom.csv": lambda: b"\xef\xbb\xbf",
}


@pytest.mark.parametrize(
    ("address", "name"),
    [*(("people:import_units", name) for name in BOMBS), ("people:import_people", "xa.xlsx")],
)
def test_a_bomb_of_a_list_is_refused_and_nothing_changes(world, client, address, name):
    client.force_login(world.binh)
    before = (Unit.objects.count(), Person.objects.count(), Entry.objects.count())
    bomb = SimpleUploadedFile(name, BOMBS[name]())
    began = time.monotonic()
    answer = client.post(reverse(address), {"file": bomb, "commit": "on"})
    assert answer.status_code in (403, 422)
    assert f"“{name}”" in answer.text
    assert time.monotonic() - began < 40
    assert (Unit.objects.count(), Person.objects.count(), Entry.objects.count()) == before
