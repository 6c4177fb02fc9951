"""Anchors outside the database: what they prove, and what becomes of a file of anchors that somebody touched."""

import http.server
import json
import stat
import subprocess
import threading

import pytest
import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from tests.fixtures import submitted
from tests.ledger.making import append, chained_anew, change, cut_after

from thidua.core.refusals import Away, Denied
from thidua.ledger import actions, anchors, keys, looks, queries, sending
from thidua.ledger.models import Seal


@pytest.fixture
def home(tmp_path, settings):
    settings.ANCHORS = tmp_path / "anchors"
    return settings.ANCHORS


@pytest.fixture
def anchored(world, home):
    """A trail with an anchor at its middle and one at its end."""
    submitted(world)
    append(3)
    actions.anchor(at=timezone.now())
    append(3)
    actions.anchor(at=timezone.now())
    return anchors.own()


def lines(home) -> list[bytes]:
    return (home / "anchors.jsonl").read_bytes().splitlines(keepends=True)


# What is written


def test_each_anchor_follows_the_one_before_and_is_for_this_account_alone(anchored, home):
    first, second = anchored
    assert (first.number, second.number, second.previous) == (1, 2, first.digest)
    assert (second.rows, second.last, second.head) == (
        Seal.objects.count(),
        Seal.objects.count(),
        queries.verify().head,
    )
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_others_check_the_signature_without_this_program(anchored, home, tmp_path):
    (tmp_path / "key.pem").write_text(keys.public_pem(anchors.own_key()))
    line = lines(home)[1]
    (tmp_path / "text").write_bytes(line[line.index(b'{"anchor":') + 10 : line.rindex(b',"signature":')])
    (tmp_path / "signature").write_text(json.loads(line)["signature"])
    subprocess.run("base64 -d signature > raw", shell=True, check=True, cwd=tmp_path)
    check = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile raw"
    done = subprocess.run(check, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Verified Successfully" in done.stdout) == (0, True)
    (tmp_path / "text").write_bytes((tmp_path / "text").read_bytes() + b" ")
    done = subprocess.run(check, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0


def test_half_a_line_that_a_power_cut_left_is_no_anchor(anchored, home):
    with (home / "anchors.jsonl").open("ab") as file:
        file.write(lines(home)[0][:50])
    append(1)
    assert actions.anchor(at=timezone.now()).number == 3
    assert len(anchors.own()) == 3


# What it proves


def test_a_whole_trail_says_what_it_was_compared_with(anchored):
    append(1)
    found = queries.verify()
    assert found.whole
    assert found.good == anchored[1]
    assert "số 2" in str(found.anchored)


@pytest.mark.parametrize("left", [5, 0])
def test_a_tail_that_was_cut_and_a_trail_that_was_emptied_are_told(anchored, left):
    cut_after(left)
    found = queries.verify()
    assert not found.whole
    assert "2" in str(found.trouble)
    with pytest.raises(Denied):
        actions.anchor(at=timezone.now())


def test_a_changed_row_with_the_chain_computed_anew_is_found_after_the_last_good_anchor(anchored):
    first, second = anchored
    change(first.last + 2, "by_name = 'Người khác'")
    chained_anew()
    found = queries.verify()
    assert found.broken_at is None
    assert (found.good, found.bad, found.unproven_from) == (first, second, first.last + 1)
    assert f"dòng {first.last + 1} là dòng đầu tiên sau đó" in str(found.trouble)


def test_a_broken_chain_names_the_row_and_the_last_good_anchor(anchored):
    first, _second = anchored
    change(first.last + 2, "note = 'x'")
    found = queries.verify()
    assert (found.broken_at, found.good) == (first.last + 2, first)


def test_after_a_restore_the_trail_goes_on_and_says_so(anchored):
    first, _second = anchored
    cut_after(first.last + 1)
    assert not queries.verify().whole
    with pytest.raises(Denied):
        actions.anchor(at=timezone.now())
    actions.anchor(at=timezone.now(), restored="Phục hồi bản sao lưu đêm 20/11")
    append(2)
    found = queries.verify()
    assert found.whole
    assert "Phục hồi bản sao lưu" in str(found.taken_back[0])
    with pytest.raises(Denied, match="không ngắn hơn"):
        actions.anchor(at=timezone.now(), restored="nữa")


def test_a_clock_that_jumps_back_an_hour_stops_nothing(anchored):
    append(1)
    with time_machine.travel(timezone.now().timestamp() - 3600):
        actions.anchor(at=timezone.now())
    assert queries.verify().whole


# A file that somebody touched


def touched(text: bytes) -> bytes:
    return text.replace(b'"rows":', b'"rows":1')


OF_A_FILE = {
    "empty": (lambda a, b: b"", "rỗng"),
    "cut": (lambda a, b: a + b[:-80], "Dòng 2"),
    "no json": (lambda a, b: a + b"hello\n", "Dòng 2"),
    "no anchor": (lambda a, b: b"[]\n", "Dòng 1"),
    "deep": (lambda a, b: b"[" * 4000 + b"\n", "Dòng 1"),
    "long": (lambda a, b: a + b'"' * 10_000, "Dòng 2"),
    "other types": (lambda a, b: a.replace(b'"number":1', b'"number":"1"'), "Dòng 1"),
    "doubled": (lambda a, b: a + b + b, "hai lần"),
    "turned": (lambda a, b: b + a, "không nối tiếp"),
    "changed": (lambda a, b: a + touched(b), "chữ ký"),
}


@pytest.mark.parametrize("name", OF_A_FILE)
def test_each_fault_of_a_file_is_a_sentence(anchored, home, tmp_path, name):
    make, sentence = OF_A_FILE[name]
    file = tmp_path / "given.jsonl"
    file.write_bytes(make(*lines(home)))
    with pytest.raises(Denied) as refusal:
        queries.verify(file)
    assert sentence in str(refusal.value)


def test_a_file_that_is_huge_missing_or_a_folder_is_refused(anchored, tmp_path):
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(anchors.LARGEST_FILE + 1)
    for path in (huge, tmp_path / "none", tmp_path):
        with pytest.raises(Denied):
            queries.verify(path)


def test_one_line_of_a_letter_is_enough(anchored, home, tmp_path):
    file = tmp_path / "letter.txt"
    file.write_bytes(lines(home)[1].rstrip())
    assert queries.verify(file).good == anchored[1]


def test_anchors_of_another_installation_need_its_key(anchored, home, tmp_path, settings, monkeypatch):
    """An outsider holds the file and the public key, and looks at a copy of the database."""
    pem = tmp_path / "theirs.pem"
    pem.write_text(keys.public_pem(anchors.own_key()))
    settings.ANCHORS = tmp_path / "other"
    monkeypatch.setattr(keys, "installation", lambda: "another")
    with pytest.raises(Denied, match="cơ sở cài đặt khác"):
        queries.verify(home / "anchors.jsonl")
    assert queries.verify(home / "anchors.jsonl", keys.read_public(pem)).good == anchored[1]
    monkeypatch.undo()
    with pytest.raises(Denied, match="khóa khác"):
        queries.verify(home / "anchors.jsonl")
    for content in ("hello", ""):
        pem.write_text(content)
        with pytest.raises(Denied):
            keys.read_public(pem)


def test_a_copy_elsewhere_shows_that_the_file_here_was_cut_or_written_anew(anchored, home, tmp_path):
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(b"".join(lines(home)))
    cut_after(8)
    (home / "anchors.jsonl").write_bytes(b"")
    assert queries.verify().whole
    assert not queries.verify(copy).whole
    actions.anchor(at=timezone.now())
    with pytest.raises(Denied, match="khác với"):
        queries.verify(copy)
    (home / "anchors.jsonl").write_bytes(copy.read_bytes().splitlines(keepends=True)[1])
    with pytest.raises(Denied, match="bắt đầu từ"):
        queries.verify()


# On the command line and on the page


def test_the_command_says_the_row_and_refuses(anchored, capsys):
    call_command("ledger", "verify", json=True)
    assert json.loads(capsys.readouterr().out)["anchor"]["number"] == 2
    cut_after(0)
    with pytest.raises(Denied, match="rỗng"):
        call_command("ledger", "verify")
    call_command("ledger", "key")
    assert "BEGIN PUBLIC KEY" in capsys.readouterr().out


def test_the_page_says_what_was_compared(anchored, world, client):
    client.force_login(world.binh)
    append(1)  # seals the sign-in too
    text = client.get("/trail/?verify=1").content.decode()
    assert str(queries.verify().anchored) in text
    cut_after(4)
    text = client.get("/trail/?verify=1").content.decode()
    assert str(queries.verify().trouble) in text


# Signs


def sign():
    (found,) = looks.anchors_of_trail(timezone.now())
    return found


def test_it_is_told_when_no_anchor_was_made_for_two_days(world, home):
    assert sign().is_well
    with time_machine.travel(timezone.now().timestamp() + 3 * 86400):
        assert not sign().is_well
        append(1)
        actions.anchor(at=timezone.now())
        assert sign().is_well
    with time_machine.travel(timezone.now().timestamp() + 6 * 86400):
        assert not sign().is_well


def test_it_is_told_when_the_trail_is_not_what_was_anchored(anchored, home, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert sign().is_well
    with (home / "anchors.jsonl").open("ab") as file:
        file.write(b"hello\n")
    assert "Dòng" in str(sign().sentence)
    (home / "anchors.jsonl").write_bytes(b"".join(lines(home)[:2]))
    cut_after(4)
    assert not sign().is_well


# Where anchors go besides


def test_nothing_is_asked_where_nothing_is_set_and_a_job_for_each_place_otherwise(anchored, settings):
    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from procrastinate_jobs where task_name = 'ledger.send_anchor'")
            return cursor.fetchone()[0]

    assert waiting() == 0
    settings.ANCHORS_TO_STORAGE, settings.ANCHORS_TO_MAIL = True, ["giam.sat@example.vn"]
    actions.anchor(at=timezone.now())
    assert waiting() == 2


@pytest.fixture
def elsewhere(anchored, settings):
    """A store that outsiders read, and the names of the two anchors in it."""
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    settings.ANCHORS_TO_STORAGE = True
    return [f"anchors/{each.installation}/{each.number:06}.json" for each in anchored]


def test_it_goes_to_the_store_and_by_letter_and_once(elsewhere, settings, home):
    settings.ANCHORS_TO_MAIL = ["giam.sat@example.vn"]
    for _each in range(2):
        sending.send(2, "storage")
    assert [default_storage.open(name).read() for name in elsewhere] == lines(home)
    sending.send(2, "mail")
    assert lines(home)[1].decode().rstrip() in mail.outbox[0].body
    with pytest.raises(Denied):
        sending.send(7, "mail")


def test_another_anchor_of_this_number_is_told_and_left(anchored, elsewhere):
    """The home came back from an older copy, and a night signed the number anew."""
    default_storage.save(elsewhere[1], ContentFile(b'{"anchor":"of the trail that was"}'))
    with pytest.raises(Denied, match="số 2"):
        sending.send(2, "storage")
    assert default_storage.open(elsewhere[1]).read() == b'{"anchor":"of the trail that was"}'


def test_what_was_never_asked_for_goes_with_the_next(anchored, elsewhere, home, monkeypatch):
    """Killed between the line and the asking for its way."""

    def killed(*words, **more):
        raise KeyboardInterrupt

    append(1)
    monkeypatch.setattr(actions.jobs, "ask", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.anchor(at=timezone.now())
    monkeypatch.undo()
    append(1)
    number = actions.anchor(at=timezone.now()).number
    default_storage.save(elsewhere[0], ContentFile(lines(home)[0]))
    sending.send(number, "storage")
    found = default_storage.listdir(elsewhere[0].rpartition("/")[0])[1]
    assert sorted(found) == [f"{n:06}.json" for n in (1, 2, 3, 4)]
    assert default_storage.open(elsewhere[1].replace("2.json", "3.json")).read() == lines(home)[2]


CONFIGURATION = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
[req]
distinguished_name = name
[name]
[usage]
extendedKeyUsage = critical,timeStamping
"""


@pytest.fixture
def authority(tmp_path):
    """A time stamp authority of RFC 3161: openssl behind a small server. Its folder holds ``tsa.pem``."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
    (folder / "serial").write_text("01")
    make = "openssl req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -subj /CN=TSA -config conf"
    make += " -extensions usage"
    subprocess.run(make, shell=True, check=True, cwd=folder, stderr=subprocess.DEVNULL)

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = "openssl ts -reply -queryfile query -config conf -out reply"
            subprocess.run(reply, shell=True, check=True, cwd=folder, stderr=subprocess.DEVNULL)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write((folder / "reply").read_bytes())

        def log_message(self, *words):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", folder
        server.shutdown()
        thread.join()


def test_an_authority_stamps_it_and_openssl_believes_the_stamp(anchored, settings, home, authority, tmp_path):
    settings.TIMESTAMP_URL, folder = authority
    for _each in range(2):
        sending.send(2, "stamp")
    (tmp_path / "line").write_bytes(lines(home)[1].rstrip(b"\n"))
    check = ["openssl", "ts", "-verify", "-token_in", "-in", str(home / "000002.tst")]
    check += ["-data", str(tmp_path / "line"), "-CAfile", str(folder / "tsa.pem")]
    assert b"OK" in subprocess.run(check, check=True, capture_output=True).stdout
    for other in ((home / "000001.tst").read_bytes(), b"hello", b""):
        (home / "000002.tst").write_bytes(other)
        with pytest.raises(Denied, match="số 2"):
            sending.send(2, "stamp")


def test_an_authority_that_is_away_leaves_no_stamp(anchored, settings, home):
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(Away):
        sending.send(2, "stamp")
    assert not (home / "000002.tst").exists()
