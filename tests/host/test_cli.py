"""The command line: which account it takes, when it needs the database, how refusals and answers look."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from thidua.config import cli
from thidua.core.refusals import Denied
from thidua.ui import command


class Count(command.Command):
    help = "Count to a number."
    example = "thidua numbers count 3"

    def add_arguments(self, parser):
        parser.add_argument("number", type=int)

    def handle(self, *, number, **options):
        if number == 13:
            raise Denied("Không đếm tới 13.")
        if number < 0:
            self.wrong("A number from 0 on.")
        total = sum(1 for _ in self.progress(range(number), total=number, label="numbers"))
        self.say("đã đếm")
        self.answer({"total": total, "tên": "Đếm"}, f"{total} đếm được")


class Silent(command.Command):
    help = "Say nothing."

    def handle(self, **options):
        pass


class Numbers(command.Subcommands):
    help = "Do things with numbers."
    verbs = {"count": Count, "silent": Silent}


def on_command_line(kind, *words, capsys):
    """Exit code, stdout and stderr, as a shell would see them."""
    try:
        kind().run_from_argv(["thidua", "numbers", *words])
        code = 0
    except SystemExit as end:
        code = end.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(("kind", "words"), [(Count, ["3"]), (Numbers, ["count", "3"])])
def test_text_goes_to_stdout_and_talk_to_stderr(kind, words, capsys):
    assert on_command_line(kind, *words, capsys=capsys) == (0, "3 đếm được\n", "đã đếm\n")


@pytest.mark.parametrize(("kind", "words"), [(Count, ["3"]), (Numbers, ["count", "3"])])
def test_json_is_one_document(kind, words, capsys):
    code, out, err = on_command_line(kind, *words, "--json", capsys=capsys)
    assert (code, json.loads(out), err) == (0, {"total": 3, "tên": "Đếm"}, "đã đếm\n")
    assert "Đếm" in out


def test_json_of_a_command_that_answers_nothing(capsys):
    assert on_command_line(Silent, "--json", capsys=capsys) == (0, "{}\n", "")


@pytest.mark.parametrize(("kind", "words"), [(Count, ["13"]), (Numbers, ["count", "13"])])
def test_a_refusal_is_a_sentence_and_exit_1(kind, words, capsys):
    assert on_command_line(kind, *words, capsys=capsys) == (1, "", "Không đếm tới 13.\n")
    code, out, err = on_command_line(kind, *words, "--json", capsys=capsys)
    assert (code, json.loads(out), err) == (1, {"error": "Không đếm tới 13."}, "Không đếm tới 13.\n")


@pytest.mark.parametrize(
    ("kind", "words"),
    [(Count, ["x"]), (Count, []), (Count, ["--", "-1"]), (Numbers, []), (Numbers, ["fly"]), (Numbers, ["count", "x"])],
)
def test_wrong_usage_is_exit_2(kind, words, capsys):
    code, out, err = on_command_line(kind, *words, capsys=capsys)
    assert (code, out) == (2, "")
    assert err


def test_help_shows_line_example_and_no_options_of_the_framework(capsys):
    code, out, _ = on_command_line(Numbers, "count", "--help", capsys=capsys)
    assert code == 0
    assert "usage: thidua numbers count" in out
    assert "example: thidua numbers count 3" in out
    assert "--settings" not in out


def test_from_python_a_refusal_passes():
    with pytest.raises(Denied):
        call_command(Numbers(), "count", "13", stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command(Numbers(), "fly")
    out = io.StringIO()
    call_command(Numbers(), "count", "2", json=True, stdout=out, stderr=io.StringIO())
    assert json.loads(out.getvalue())["total"] == 2


def test_the_bar_is_drawn_on_a_terminal_only():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen, file = Terminal(), io.StringIO()
    call_command(Count(), "4", stdout=io.StringIO(), stderr=screen)
    call_command(Count(), "4", stdout=io.StringIO(), stderr=file)
    assert "100% numbers\n" in screen.getvalue()
    assert file.getvalue() == "đã đếm\n"


@pytest.mark.parametrize(
    ("name", "http", "owner"),
    [("run", "1", None), ("migrate", None, "1"), ("init", None, "1"), ("worker", None, None), ("plan", None, None)],
)
def test_what_settings_read_is_set_before_they_load(name, http, owner, monkeypatch):
    monkeypatch.delenv("THIDUA_HTTP", raising=False)
    monkeypatch.delenv("THIDUA_AS_OWNER", raising=False)
    cli._set_environment(name)
    assert (os.environ.get("THIDUA_HTTP"), os.environ.get("THIDUA_AS_OWNER")) == (http, owner)


@pytest.mark.slow
def test_overview_lists_our_commands_first():
    words = [sys.executable, "-m", "thidua.config.cli", "--help"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "LC_ALL": "POSIX"})
    ours, others = done.stdout.split("commands of Django and its parts:")
    for name in ("catalogue", "init", "run", "worker"):
        assert f"\n  {name} " in ours
    assert "migrate" in others
    assert "(cannot be loaded" not in done.stdout
    assert all(len(line) < 130 for line in ours.splitlines())
