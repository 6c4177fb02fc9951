"""Files in a real S3 server: stored, served only to those who may see them, and a sentence while it is away."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import boto3
import pytest
import requests
from django.urls import reverse
from tests.failures.server import database_url, free_port, serving
from tests.fixtures import begun, make_world

from thidua.dossiers.models import Attachment

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BUCKET = "ho-so"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
AWAY = "Hiện chưa lưu hoặc mở được tệp"


@contextlib.contextmanager
def store(port: int):
    """An S3 server in a process of its own, with one empty bucket."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ))
    try:
        deadline = time.monotonic() + 30
        while not listens(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        bucket(port).create()
        yield process
    finally:
        process.kill()
        process.wait(10)


def listens(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/moto-api/", timeout=2).ok
    except requests.ConnectionError:
        return False


def bucket(port: int):
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    return boto3.resource("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys).Bucket(BUCKET)


def test_files_lie_in_the_bucket_and_come_only_through_us(transactional_db):
    world = make_world()
    dossier = begun(world)
    port = free_port()
    names = {"THIDUA_S3_BUCKET": BUCKET, "THIDUA_S3_ENDPOINT": f"http://127.0.0.1:{port}"}
    names |= {"THIDUA_S3_KEY": "k", "THIDUA_S3_SECRET": "s", "AWS_DEFAULT_REGION": "us-east-1"}
    with tempfile.TemporaryDirectory(prefix="thidua-s3-") as folder, contextlib.ExitStack() as running:
        away = running.enter_context(contextlib.ExitStack())
        away.enter_context(store(port))
        server = running.enter_context(serving(Path(folder), DATABASE_URL=database_url(), **names))
        ours = f"http://127.0.0.1:{server.port}"
        an, stranger = server.headers(world.an), server.headers(world.dung)

        def attach(name: str) -> requests.Response:
            path = ours + reverse("dossiers:attach", args=[dossier.pk])
            return requests.post(path, headers=an, data={"question": "files"}, files={"files": (name, PDF)}, timeout=60)

        assert health(ours)[1] == "ok"
        assert attach("minh chứng.pdf").ok
        kept = Attachment.objects.select_related("file").get()
        assert [each.key for each in bucket(port).objects.all()] == [kept.file.key]
        assert not list(Path(folder, "files").rglob("*"))
        path = ours + reverse("dossiers:file", args=[kept.pk])
        answer = requests.get(path, headers=an, allow_redirects=False, timeout=30)
        assert (answer.status_code, answer.content) == (200, PDF)
        assert answer.headers["Content-Type"] == "application/pdf"
        assert requests.get(path, headers=stranger, allow_redirects=False, timeout=30).status_code == 404

        bucket(port).put_object(Key=kept.file.key, Body=PDF.replace(b"obj", b"OBJ"))
        changed = requests.get(path, headers=an, allow_redirects=False, timeout=30)
        kept.file.refresh_from_db()
        assert (changed.status_code, kept.file.fault) == (503, "changed")
        bucket(port).put_object(Key=kept.file.key, Body=PDF)
        assert requests.get(path, headers=an, allow_redirects=False, timeout=30).content == PDF

        away.close()
        assert health(ours) == (503, "failing")
        for answer in (attach("hai.pdf"), requests.get(path, headers=an, timeout=30)):
            assert answer.status_code == 503
            assert AWAY in answer.text
        assert requests.get(f"{ours}/", headers=an, timeout=30).ok
        assert Attachment.objects.count() == 1

        with store(port):  # it comes back, and has lost everything: the same bytes are stored again
            assert attach("hai.pdf").ok
            assert Attachment.objects.count() == 2
            assert requests.get(path, headers=an, timeout=30).content == PDF


def health(ours: str) -> tuple[int, str]:
    answer = requests.get(f"{ours}/healthz", timeout=60)
    return answer.status_code, json.loads(answer.text)["storage"]
