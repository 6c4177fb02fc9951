"""``thidua signatures check``: a list whatever the files are, exit 0 whatever the verdicts."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from tests.documents import signing as made

from thidua.core.refusals import Denied


def run(*words, **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("signatures", "check", *map(str, words), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "root.pem").write_bytes(made.authority().pem)
    return tmp_path / "root.pem"


@pytest.fixture
def good(tmp_path):
    (tmp_path / "tốt.pdf").write_bytes(made.signed(made.paper(), made.person()))
    return tmp_path / "tốt.pdf"


def test_the_document_for_machines(good, root):
    out, err = run(good, trust=[root], json=True)
    assert err == ""
    assert json.loads(out) == [
        {
            "file": str(good),
            "signed": True,
            "status": "valid",
            "signatures": [
                {
                    "signer": "Hoàng Lan Hạnh",
                    "signed_at": "2023-08-20T03:00:00+00:00",
                    "issuer": "CA Mẫu khối công",
                    "intact": True,
                    "whole_document": True,
                    "trusted": True,
                    "valid_at_signing": True,
                }
            ],
        }
    ]


def test_files_that_are_missing_or_no_files_or_no_pdf_are_entries(tmp_path, good):
    (tmp_path / "sai.pdf").write_bytes(b"no PDF")
    out, err = run(tmp_path / "thieu.pdf", tmp_path, tmp_path / "sai.pdf", good, json=True)
    found = json.loads(out)
    assert [each["status"] for each in found] == ["unreadable"] * 3 + ["untrusted"]
    assert [each["signed"] for each in found] == [False] * 3 + [True]
    assert all(each["signatures"] == [] for each in found[:3])
    assert err.count("\n") == 4
    assert "Chưa cấu hình chứng thư gốc" in err


def test_the_table_for_people(good, root, tmp_path):
    (tmp_path / "không.pdf").write_bytes(made.paper())
    out, _err = run(good, tmp_path / "không.pdf", trust=[root])
    head, first, second = out.rstrip("\n").split("\n")
    assert head.split("  ")[0] == "Tệp"
    assert first.index("Chữ ký số hợp lệ") == second.index("Không có chữ ký số") == head.index("Kết quả kiểm tra")
    assert "Hoàng Lan Hạnh  10:00 20/08/2023  CA Mẫu khối công" in first


def test_configured_roots_of_both_kinds_count(good, root, settings):
    settings.TRUST_PRIVATE = [root]
    assert json.loads(run(good, json=True)[0])[0]["status"] == "valid"


def test_a_file_of_nobody_known_is_told_apart_from_one_of_a_unit(good, tmp_path):
    (tmp_path / "other.pem").write_bytes(made.other_authority().pem)
    assert "Chứng thư số không thuộc chứng thư gốc được tin cậy." in run(good, trust=[tmp_path / "other.pem"])[1]


def test_a_root_that_cannot_be_read_is_refused(good, tmp_path):
    with pytest.raises(Denied, match="thieu"):
        run(good, trust=[tmp_path / "thieu.pem"])


def test_it_needs_no_database_and_ends_with_zero(good, root, tmp_path):
    """As on a command line, in a home where nothing ever ran."""
    command = [
        sys.executable,
        "-m",
        "thidua.config.cli",
        "signatures",
        "check",
        str(good),
        "--trust",
        str(root),
        "--json",
    ]
    environment = {**os.environ, "THIDUA_HOME": str(tmp_path / "home")}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)[0]["status"] == "valid"
    assert not (tmp_path / "home" / "postgres").exists()
    wrong = subprocess.run([*command[:5]], env=environment, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
