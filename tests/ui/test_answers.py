import json
from pathlib import Path

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import translation

import thidua
from thidua.core.refusals import Conflict, DeadlinePassed, Denied
from thidua.ui import middleware, views

pytestmark = pytest.mark.urls("tests.ui.ui_urls")
ROOT = RequestFactory()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def bare_page(monkeypatch):
    """The refusal's page without the shell, which asks the database who is there."""
    seen = {}

    def render(template, context, request=None):
        seen.update(context, template=template)
        return f"page: {context['sentence']}"

    monkeypatch.setattr(middleware, "render_to_string", render)
    return seen


def refuse(error, **headers):
    return middleware.RefusalPage(lambda request: HttpResponse()).process_exception(ROOT.get("/x", **headers), error)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Denied("No."), 403),
        (Denied("No.", {"share": "Too much."}), 422),
        (DeadlinePassed("Too late."), 422),
        (Conflict("Bình was faster."), 409),
    ],
)
def test_a_refusal_is_a_page_with_its_sentence(bare_page, error, status):
    answer = refuse(error)
    assert answer.status_code == status
    assert str(error) in answer.content.decode()


def test_a_refusal_of_an_htmx_call_is_a_fragment_for_the_refusal_place():
    answer = refuse(Denied("<b>No.</b>"), headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#refusal"
    assert b"&lt;b&gt;No.&lt;/b&gt;" in answer.content
    assert b"<html" not in answer.content


def test_a_refusal_of_our_script_is_json_with_its_fields():
    answer = refuse(Denied("No.", {"share": "Too much."}), headers={"Accept": "application/json"})
    told = json.loads(answer.content)
    assert told["sentence"] == "No."
    assert told["fields"] == {"share": "Too much."}


def test_what_is_not_found_is_left_to_django():
    assert refuse(Http404()) is None


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_an_absent_database_is_said_and_can_be_tried_again(error):
    answer = middleware.DatabaseAway(lambda request: HttpResponse()).process_exception(ROOT.get("/x?y=1"), error)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert b"kept in this browser" in answer.content
    assert b'href="/x?y=1"' in answer.content


def test_an_absent_database_below_another_error_is_found():
    error = RuntimeError("template")
    error.__cause__ = OperationalError("gone")
    assert middleware.is_database_away(error)
    assert not middleware.is_database_away(RuntimeError())


def test_an_error_of_inner_middleware_gets_the_same_answer():
    try:
        raise OperationalError("gone")
    except OperationalError:
        answer = views.server_error(ROOT.get("/"))
    assert answer.status_code == 503


def test_a_body_too_large_is_refused_before_it_is_read(settings):
    settings.LARGEST_BODY = 60
    reached = []
    guard = middleware.Bounded(lambda request: reached.append(request) or HttpResponse())
    assert guard(ROOT.post("/x", b"y" * 61, content_type="text/plain")).status_code == 413
    assert not reached
    assert guard(ROOT.post("/x", b"y" * 60, content_type="text/plain")).status_code == 200


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda: views.bad_request(ROOT.get("/")), 400),
        (lambda: views.bad_request(ROOT.get("/"), RequestDataTooBig()), 413),
        (lambda: views.forbidden(ROOT.get("/")), 403),
        (lambda: views.not_found(ROOT.get("/")), 404),
        (lambda: views.server_error(ROOT.get("/")), 500),
    ],
)
def test_error_pages_are_whole_pages_without_a_database(answer, status):
    shown = answer()
    assert shown.status_code == status
    assert b"<h1>" in shown.content
    assert b"style=" not in shown.content


def test_the_language_is_the_chosen_one_not_the_browsers():
    seen = []
    guard = middleware.ChosenLanguage(lambda request: seen.append(translation.get_language()) or HttpResponse())
    guard(ROOT.get("/", headers={"Accept-Language": "en"}))
    request = ROOT.get("/", headers={"Accept-Language": "vi"})
    request.COOKIES["language"] = "en"
    answer = guard(request)
    assert seen == ["vi", "en"]
    assert answer["Content-Language"] == "en"


def test_a_chosen_language_is_remembered_and_leads_back():
    answer = views.set_language(ROOT.post("/language/", {"language": "en", "next": "/people/?q=a"}))
    assert answer.status_code == 303
    assert answer["Location"] == "/people/?q=a"
    assert answer.cookies["language"].value == "en"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_a_way_back_never_leaves_the_site(target):
    assert views.set_language(ROOT.post("/language/", {"language": "en", "next": target}))["Location"] == "/"


def test_an_unknown_language_or_look_is_not_stored():
    assert "language" not in views.set_language(ROOT.post("/language/", {"language": "xx"})).cookies
    assert views.set_theme(ROOT.post("/language/look/", {"theme": "pink"})).cookies["theme"].value == ""


def test_nobody_writes_a_sentence_that_nobody_reads():
    source = Path(thidua.__file__).parent
    assert not [path for path in source.rglob("*.py") if "raise Http404(_(" in path.read_text(encoding="utf-8")]
