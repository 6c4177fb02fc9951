"""/metrics: only by setting, only to this machine or with the secret, and the sum of all web processes."""

import json
import re
import time

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from tests.failures.server import database_url, serving

from thidua.config import door
from thidua.desk import metrics
from thidua.host import sizes
from thidua.ledger.models import Entry


@pytest.fixture
def on(settings):
    settings.METRICS = True


def samples(text: str) -> dict[tuple, float]:
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_without_the_setting_there_is_none(client, db):
    assert client.get("/metrics").status_code == 404


def test_this_machine_reads_it_and_no_other_and_none_through_a_proxy(client, db, on):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.5").status_code == 403
    for header in ("x-forwarded-for", "forwarded", "via", "x-real-ip"):
        assert client.get("/metrics", headers={header: "127.0.0.1"}).status_code == 403


def test_with_a_secret_only_the_secret_counts(client, db, on, settings):
    settings.METRICS_SECRET = "geheim"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer falsch"}).status_code == 403
    answer = client.get("/metrics", headers={"authorization": "Bearer geheim"}, REMOTE_ADDR="10.0.0.5")
    assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_it_tells_the_signs_jobs_letters_and_the_trail(transactional_db, on):
    for _each in range(3):
        Entry.objects.create(at=timezone.now(), verb="tests.write", thing_type="test", thing_id="1")
    found = samples(Client().get("/metrics").content.decode())
    assert found["thidua_sign_well", "database"] == 1
    assert found["thidua_sign_well", "worker"] == 0
    assert found["thidua_trail_rows",] == 3
    assert found["thidua_letters_waiting",] == 0


def test_each_request_is_counted_by_kind_and_status():
    def application(environ, start_response):
        environ[sizes.KIND] = door.kind_of(environ)  # as config.shares does
        start_response("503 Service Unavailable", [])
        return []

    counted = metrics.Counted(application)
    before = samples(metrics.generate_latest(metrics.own).decode())
    for path in ("/api/v1/figures", "/dossiers/1/", "/api/v1/figures"):
        counted({"PATH_INFO": path}, lambda status, headers: None)
    after = samples(metrics.generate_latest(metrics.own).decode())
    for kind, many in (("programs", 2), ("staff", 1)):
        name = ("thidua_request_seconds_count", kind, "503")
        assert after[name] - before.get(name, 0) == many


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_all_web_processes_are_added_up_whichever_is_asked(transactional_db, tmp_path):
    with serving(tmp_path, DATABASE_URL=database_url(), THIDUA_METRICS="1") as server:
        deadline = time.monotonic() + 20
        while len(list((tmp_path / "run").glob("web-*.beat"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        before = samples(server.ask("GET", "/metrics")[1])
        for _each in range(40):
            assert server.ask("GET", "/account/login/")[0] == 200
        name = ("thidua_request_seconds_count", "staff", "200")
        told = [samples(server.ask("GET", "/metrics")[1])[name] - before.get(name, 0) for _each in range(6)]
        assert told == [40] * 6
        assert samples(server.ask("GET", "/metrics")[1])["thidua_processes", "web"] == 2
        assert json.loads(server.ask("GET", "/healthz")[1])["database"] == "ok"
    assert all(re.fullmatch(r"histogram_\d+\.db", file.name) for file in (tmp_path / "run" / "metrics").iterdir())
