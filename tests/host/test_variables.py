"""Settings are checked together: a sentence for each fault, no traceback, and the end with 2."""

import os
import subprocess
import sys

import pytest

from thidua.host import kinds, supervise, variables

GOOD = {"THIDUA_BASE_URL": "https://thidua.example.vn", "THIDUA_HTTP": "0"}


def told(serving: bool = False, **environment: str) -> list[str]:
    return list(variables.problems({**GOOD, **environment}, serving=serving))


def test_good_settings_are_told_nothing():
    assert told(serving=True) == []
    assert list(variables.problems({}, serving=False)) == []
    assert list(variables.problems({"THIDUA_HTTP": "1"}, serving=True)) == []


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"THIDUA_BASEURL": "https://a.vn"}, "THIDUA_BASEURL: there is no such setting; did you mean THIDUA_BASE_URL?"),
        ({"THIDUA_XYZZY": "1"}, "THIDUA_XYZZY: there is no such setting."),
        ({"THIDUA_BASE_URL": "thidua.example.vn"}, "THIDUA_BASE_URL: “thidua.example.vn” is not an address"),
        ({"THIDUA_BASE_URL": "https://"}, "is not an address"),
        ({"THIDUA_BASE_URL": "ftp://a.vn"}, "is not an address"),
        ({"THIDUA_BASE_URL": "https://a.vn:zwei"}, "has a host or port that cannot be"),
        ({"THIDUA_BASE_URL": "https://[::1"}, "has a host or port that cannot be"),
        ({"THIDUA_BASE_URL": "https://a.vn/?x=1"}, "has more than an address holds"),
        ({"THIDUA_BASE_URL": "http://a.vn"}, "http:// is for this machine alone; a.vn needs https://"),
        ({"THIDUA_BASE_URL": "http://127.0.0.1.a.vn"}, "http:// is for this machine alone"),
        ({"THIDUA_HOSTS": "other.vn"}, "THIDUA_HOSTS does not name thidua.example.vn"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL: it does not begin with postgresql://"),
        ({"DATABASE_URL": "postgresql://h"}, "names no database"),
        ({"DATABASE_URL": "postgresql://u:p@h:x/d"}, "has a host or port that cannot be"),
        ({"DATABASE_OWNER_URL": "postgresql://h/d"}, "DATABASE_OWNER_URL is set and DATABASE_URL is not"),
        ({"DATABASE_URL": "postgresql:///a", "DATABASE_OWNER_URL": "postgresql:///b"}, "name two databases"),
        ({"PORT": "http"}, "PORT: “http” is not a number from 1 to 65535"),
        ({"PORT": "65536"}, "PORT: “65536” is not a number"),
        ({"THIDUA_SMTP_PORT": "٢٥"}, "THIDUA_SMTP_PORT: “٢٥” is not a number"),
        ({"THIDUA_FREE_MB": "-1"}, "THIDUA_FREE_MB"),
        ({"THIDUA_DEBUG": "maybe"}, "THIDUA_DEBUG: “maybe” is neither on nor off"),
        ({"THIDUA_SECOND_FACTOR_ROLES": "office,boss"}, "names boss; there are only office, council"),
        ({"THIDUA_SECOND_FACTOR_ROLES": "none,office"}, "names none; there are only office, council"),
        ({"THIDUA_ENGINE": "flink://a"}, "THIDUA_ENGINE: “flink://a” is no engine that is known"),
        ({"THIDUA_S3_BUCKET": "b"}, "THIDUA_S3_BUCKET is set without THIDUA_S3_KEY and THIDUA_S3_SECRET"),
        ({"THIDUA_S3_BUCKET": "b", "THIDUA_S3_KEY": "k"}, "THIDUA_S3_KEY is set and THIDUA_S3_SECRET is not"),
        ({"THIDUA_S3_ENDPOINT": "http://a"}, "THIDUA_S3_ENDPOINT is set and THIDUA_S3_BUCKET is not"),
        ({"THIDUA_TRUST_PUBLIC": "/no/such/file"}, "THIDUA_TRUST_PUBLIC: “/no/such/file” names what is not there"),
        ({"THIDUA_SMTP_USER": "u"}, "THIDUA_SMTP_USER is set and THIDUA_SMTP_PASSWORD is not"),
        ({"THIDUA_SMTP_TLS": "1"}, "THIDUA_SMTP_TLS is set and THIDUA_SMTP_HOST is not"),
        ({"THIDUA_MAIL_FROM": "thidua"}, "THIDUA_MAIL_FROM: “thidua” is not a mail address"),
        ({"THIDUA_OIDC_ISSUER": "https://id.vn"}, "THIDUA_OIDC_ISSUER is set and THIDUA_OIDC_CLIENT is not"),
        ({"THIDUA_TRUSTED_PROXIES": "10.0.0/8"}, "is no list of networks"),
        ({"THIDUA_LIMITS": "surveys.answer=1"}, "is not kind=number/seconds, of one of sign_in.account"),
        ({"THIDUA_LIMITS": "no.such=1/2"}, "is not kind=number/seconds"),
        ({"THIDUA_OIDC_SECRET": "s"}, "THIDUA_OIDC_SECRET is set and THIDUA_OIDC_ISSUER is not"),
    ],
)
def test_each_fault_is_a_sentence(environment, sentence, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    assert any(sentence in line for line in told(**environment)), told(**environment)


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"THIDUA_BASE_URL": ""}, "THIDUA_BASE_URL is not set"),
        ({"THIDUA_BASE_URL": "http://127.0.0.1:8000"}, "begins with http://"),
        ({"THIDUA_DEBUG": "on"}, "THIDUA_DEBUG is on"),
        ({"THIDUA_HOSTS": "*"}, "THIDUA_HOSTS: “*” answers to any name"),
    ],
)
def test_what_only_one_machine_may_do_does_not_serve_others(environment, sentence):
    assert [sentence in line for line in told(serving=True, **environment)] == [True]
    assert told(serving=False, **environment) == []
    assert told(serving=True, **{"THIDUA_BASE_URL": "http://127.0.0.1:8000", **environment, "THIDUA_HTTP": "1"}) == []


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"THIDUA_BASE_URL": "https://thidua.example.vn"}, "THIDUA_BASE_URL leads others here (thidua.example.vn)"),
        ({"THIDUA_BASE_URL": "", "THIDUA_BEHIND_PROXY": "on"}, "THIDUA_BEHIND_PROXY lets others in"),
    ],
)
def test_plain_http_serves_nobody_else(environment, sentence):
    assert [sentence in line for line in told(serving=True, THIDUA_HTTP="1", **environment)] == [True]
    assert told(serving=False, THIDUA_HTTP="1", **environment) == []


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.7", "thidua.example.vn"])  # noqa: S104
def test_nor_does_it_listen_to_others(address, tmp_path):
    known = {**os.environ, "THIDUA_HTTP": "1", "THIDUA_HOME": str(tmp_path / "home")}
    words = [sys.executable, "-m", "thidua.config.cli", "web", "--address", address, "--port", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=known)
    assert (done.returncode, "THIDUA_HTTP is for this machine alone" in done.stderr) == (2, True)


def test_a_flag_that_is_off_is_off_for_who_starts_processes(monkeypatch):
    """An empty or written-out "no" is not "yes"."""
    monkeypatch.setenv("THIDUA_WITH_PARENT", "0")
    monkeypatch.setattr(supervise, "die_with_parent_now", lambda number: pytest.fail("it has no parent"))
    monkeypatch.setattr(supervise, "run", lambda home, port, first_data: 0)
    assert supervise.serve("8000", empty=True) == 0


def test_all_faults_are_told_at_once_and_no_secret_with_them():
    lines = told(DATABASE_URL="mysql://me:geheim@h/d", PORT="x", THIDUA_DEBUG="?", THIDUA_HOST="a")
    assert len(lines) == 4
    assert "geheim" not in "".join(lines)


@pytest.mark.parametrize("words", [["worker"], ["plan", "check", "x"], ["--help"], ["run"], ["migrate"]])
def test_no_traceback_is_an_answer_to_a_setting(words):
    done = run([sys.executable, "-m", "thidua.config.cli", *words])
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_the_web_process_says_it_too():
    done = run([sys.executable, "-c", "import thidua.config.wsgi"])
    assert (done.returncode, "Traceback" in done.stderr, "PORT" in done.stderr) == (2, False, True)


def run(words):
    environment = {**os.environ, "PORT": "x", "THIDUA_FREE_MB": "viel"}
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment)


def test_every_variable_is_declared_once_with_a_meaning_and_a_default_of_its_kind():
    names = [each.name for each in variables.VARIABLES]
    assert len(names) == len(set(names))
    for each in variables.VARIABLES:
        assert each.meaning
        each.kind(each.default)


@pytest.mark.parametrize(
    ("address", "host"), [("https://[2001:db8::1]:8443/x", "[2001:db8::1]"), ("https://A.vn", "a.vn"), ("", "")]
)
def test_the_host_of_an_address_is_written_as_requests_write_it(address, host):
    assert kinds.host_of(address) == host
