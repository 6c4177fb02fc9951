"""Word templates that the office edits: tried before they are taken, never run as code, always a way back."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from markupsafe import Markup
from tests.fixtures import IN_TIME, begun, moment

import thidua
from thidua.core.refusals import Denied, Unfit
from thidua.documents import actions, afresh, filling, queries, rules, word
from thidua.documents.registry import PAPERS
from thidua.documents.word import Link
from thidua.host import bounded
from thidua.host.bounded import MEGABYTE, Busy, Limits
from thidua.ledger.models import Entry
from thidua.summaries import drafting
from thidua.ui import starting

PAPER = PAPERS["consolidated"]
SHORT = Limits(seconds=1, memory=512 * MEGABYTE)
IMPORT = re.compile(
    r"^\s*(?:from|import) (?:docxtpl|thidua\.documents\.filling)\b|from thidua\.documents import .*\bfilling\b",
    re.MULTILINE,
)


def template(*lines: str) -> SimpleUploadedFile:
    paper, buffer = Document(), io.BytesIO()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(buffer)
    return SimpleUploadedFile("mẫu của tôi.docx", buffer.getvalue())


def replace(world, *lines: str, by=None):
    return actions.replace(paper=PAPER, upload=template(*lines), by=by or world.binh, at=IN_TIME)


@pytest.mark.parametrize("key", sorted(PAPERS))
def test_the_shipped_template_names_only_what_the_paper_has_and_can_be_filled(world, key):
    paper = PAPERS[key]
    assert filling.placeholders(paper.build()) <= set(paper.placeholders) == set(paper.trial())
    assert word.fill(paper.build(), paper.trial(), limits=word.AT_ONCE).startswith(b"PK")


def test_an_edited_template_is_used_from_then_on(world):
    row = replace(world, "Năm {{ year }}: {{ n.registered_asked }} đơn vị")
    drafted = drafting.draft(world.campaign, 2023, now=moment("2023-11-05 08:00"))
    assert Document(io.BytesIO(drafted.word)).paragraphs[0].text == "Năm 2023: 3 đơn vị"
    assert drafted.template_number == row.number == 1
    entry = Entry.objects.get(verb="documents.replace")
    assert (entry.by_name, entry.after["file"]) == (str(world.binh), "mẫu của tôi.docx")


def test_the_shipped_template_comes_back(world):
    replace(world, "{{ year }}")
    actions.restore(paper=PAPER, by=world.binh, at=IN_TIME)
    assert queries.content(PAPER) == PAPER.build()
    assert queries.history(PAPER).count() == 2


def test_init_names_templates_in_force_that_are_filled_no_more(world, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(afresh.failing()) == []
    replace(world, "Năm {{ year }}")
    assert list(afresh.failing()) == []
    with monkeypatch.context() as earlier:
        earlier.setattr(rules, "check_template", lambda paper, content: None)
        replace(world, "{{ campaign.name.upper() }}")
    (sentence,) = [str(each) for each in starting.changes()]
    assert "“mẫu của tôi.docx”" in sentence
    assert "upper" in sentence
    actions.restore(paper=PAPER, by=world.binh, at=IN_TIME)
    assert list(afresh.failing()) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{{ khong_co }}", "khong_co"),
        ("{{ n.khong_co }}", "khong_co"),
        ("{{ campaign.nmae }}", "nmae"),
        ("{% for row in owing %}", "template|mẫu|Mẫu"),
        ("{{ ''.__class__.__mro__ }}", "Mẫu|template"),
        ("{{ year / 0 }}", "Mẫu|template|mẫu"),
        ("{{ paper.recipients.append('x') }}", "Mẫu|template|mẫu"),
        ("{% include '/etc/passwd' %}", "Mẫu|template|mẫu"),
    ],
)
def test_a_template_that_cannot_be_filled_or_does_more_is_refused(world, line, words):
    with pytest.raises(Denied, match=words):
        replace(world, line)
    assert queries.in_force(PAPER) is None


# What a template may try of what it is handed, of jinja's own things and of the filters.
REACHING = [
    "{{ charts.coverage.tpl }}",
    "{{ charts.coverage.width }}",
    "{{ charts.coverage.__class__ }}",
    "{{ charts['coverage']['tpl'] }}",
    "{{ charts.coverage|attr('tpl') }}",
    "{{ [charts.coverage]|map(attribute='tpl')|first }}",
    "{{ [charts]|map(attribute='coverage.tpl')|first }}",
    "{{ [charts.coverage]|selectattr('tpl')|list }}",
    "{{ [charts.coverage]|map('attr', 'tpl')|first }}",
    "{{ sources[0].link.xml }}",
    "{{ sources[0].link.__html__() }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ cycler('a').next() }}",
    "{{ joiner()() }}",
    "{{ namespace(a=1).a }}",
    "{{ lipsum() }}",
    "{{ dict(a=1) }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{% for row in owing + [1] %}{{ loop.__init__ }}{% endfor %}",
    "{% for row in owing + [1] %}{{ loop._iterable }}{% endfor %}",
    "{% for row in owing + [1] %}{{ loop.cycle('a') }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
    "{{ '{0.__class__}'.format(year) }}",
    "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "{{ 'a'.upper() }}",
    "{{ paper.keys() }}",
    "{{ range.__self__ }}",
    "{{ year.real }}",
    "{{ ('<w:p/>'|safe) }}",
    "{{ {'a': 1}|xmlattr }}",
    "{{ [1]|tojson }}",
    "{% import 'a' as a %}",
]


@pytest.mark.parametrize("line", REACHING)
def test_a_template_asks_for_nothing_but_what_it_is_handed(line):
    handed = {
        "charts": {"coverage": word.BLANK}, "sources": [{"link": Link("a", "https://a.vn")}], "owing": [],
        "paper": {"place": "a"}, "year": 2023,
    }  # fmt: skip
    with pytest.raises(Unfit):
        word.fill(template("{{ year }}", line).read(), handed, limits=word.AT_ONCE)


def test_what_the_shipped_templates_use_and_more_is_there():
    line = (
        "{% macro m(a) %}{{ a|upper }}{% endmacro %}{{ m('a') }}{% for n in range(2) %}{{ loop.index }}"
        "{{ '.' if loop.last else ';' }}{% endfor %}{{ paper.items }}{{ rows|map(attribute='n')|sum }}"
        "{{ rows[0]['n'] }}{% for key, value in paper|dictsort %}{{ key }}{{ value }}{% endfor %}{{ '%s' % year }}"
    )
    handed = {"paper": {"items": "x"}, "rows": ({"n": 1}, {"n": 2}), "year": 2023}
    filled = word.fill(template(line).read(), handed, limits=word.AT_ONCE)
    assert Document(io.BytesIO(filled)).paragraphs[0].text == "A1;2.x31itemsx2023"


@pytest.mark.parametrize("key", sorted(PAPERS))
def test_templates_are_handed_texts_numbers_and_lists_alone(world, key):
    paper = PAPERS[key]
    handed = filling.Paper(paper.build()).plain(paper.trial())
    assert {type(each) for each in walked(handed)} <= {str, Markup, int, float, bool, type(None), list, dict}


def test_what_is_more_than_data_is_handed_to_no_template():
    for value in (object(), word, io, template, Unfit("a"), {"a": [object]}):
        with pytest.raises(TypeError):
            filling.Paper(PAPER.build()).plain(value)
    said_to_be_safe = filling.Paper(PAPER.build()).plain(Markup("<w:p/>"))
    assert type(said_to_be_safe) is str


def walked(value):
    yield value
    if isinstance(value, dict | list):
        for each in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from walked(each)


def test_pictures_and_links_stand_where_they_are_named():
    lines = ("{{ picture }} {{ picture }}", "{% if picture %}{{r link }}{% endif %}")
    handed = {"picture": word.BLANK, "link": Link("Mở <a>", "https://a.vn/?a=1&b=2")}
    paper = Document(io.BytesIO(word.fill(template(*lines).read(), handed, limits=word.AT_ONCE)))
    assert len(paper.inline_shapes) == 2
    assert [(each.text, each.address) for each in paper.paragraphs[1].hyperlinks] == [
        ("Mở <a>", "https://a.vn/?a=1&b=2")
    ]
    assert "picture-" not in paper.element.xml


def test_papers_are_filled_by_a_process_that_opens_nothing_and_knows_no_setting():
    """tests/host/test_bounded.py has what that means."""
    assert word.AT_ONCE.is_sealed
    assert word.IN_WORKER.is_sealed
    assert not set(word.nursery._settings()) & {"DATABASE_URL", "THIDUA_HOME", "DJANGO_SETTINGS_MODULE", "HOME"}


LOOPS = "".join(f"{{% for {letter} in range(99999) %}}" for letter in "abc") + "{% endfor %}" * 3
MEMORY = "{{ ('x' * 2000000000)|length }}"


@pytest.mark.parametrize("line", [LOOPS, MEMORY])
def test_a_template_without_end_or_measure_ends_alone(world, line, monkeypatch):
    monkeypatch.setattr(word, "AT_ONCE", SHORT)
    with pytest.raises(Unfit, match="Mẫu"):
        replace(world, line)
    assert queries.in_force(PAPER) is None


@pytest.mark.parametrize("line", [LOOPS, MEMORY])
def test_one_that_only_the_trial_could_fill_ends_alone_on_the_page_too(client, world, line, monkeypatch):
    """The data of the trial can be read in the program, so a template can behave while it is tried."""
    actions.replace(
        paper=PAPERS["registration"],
        upload=template("{{ title }}{% if title != 'Trả học bạ' %}" + line + "{% endif %}"),
        by=world.binh,
        at=IN_TIME,
    )
    monkeypatch.setattr(word, "AT_ONCE", SHORT)
    client.force_login(world.an)
    address = f"/dossiers/{begun(world).pk}/word/"
    answer = client.get(address)
    assert answer.status_code == 422
    assert "Mẫu" in answer.content.decode()
    actions.restore(paper=PAPERS["registration"], by=world.binh, at=IN_TIME)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("line", [LOOPS, MEMORY])
def test_one_that_only_the_trial_could_fill_ends_alone_in_the_worker_too(world, line, monkeypatch):
    replace(world, "{% if 'ngày 05 tháng 11 năm 2023' in moment %}" + line + "{% endif %}{{ year }}")
    monkeypatch.setattr(word, "IN_WORKER", SHORT)
    with pytest.raises(Unfit, match="Mẫu"):
        drafting.draft(world.campaign, 2023, now=moment("2023-11-05 08:00"))


def test_while_others_are_filled_a_paper_waits_a_moment_and_then_says_so(client, world, monkeypatch):
    def busy(*given, **more):
        raise Busy

    monkeypatch.setattr(word.nursery, "run", busy)
    client.force_login(world.an)
    assert client.get(f"/dossiers/{begun(world).pk}/word/").status_code == 503


def test_whatever_a_library_makes_of_a_file_is_a_refusal():
    for content in (b"", b"PK", b"PK\x05\x06" + bytes(18), b"plain text"):
        with pytest.raises(Unfit):
            word.fill(content, {}, limits=word.AT_ONCE)


def test_templates_are_opened_by_the_process_of_their_own_alone():
    root = Path(thidua.__file__).parent
    texts = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    assert {name for name, text in texts.items() if IMPORT.search(text)} == {"documents/filling.py"}


def test_text_from_the_data_is_never_run(world):
    filled = word.fill(template("{{ year }}").read(), {"year": "{{ 7 * 7 }} <b>&"}, limits=word.AT_ONCE)
    assert Document(io.BytesIO(filled)).paragraphs[0].text == "{{ 7 * 7 }} <b>&"


def test_what_is_no_word_file_is_refused(client, world):
    client.force_login(world.binh)
    for name, content in (("a.docx", b"%PDF-1.7 nothing"), ("b.docx", b"plain text")):
        answer = client.post("/documents/consolidated/replace/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
    assert queries.in_force(PAPER) is None


def test_only_the_office_changes_templates(client, world):
    for who in ("an", "hanh", "leader", "admin"):
        with pytest.raises(Denied):
            replace(world, "{{ year }}", by=getattr(world, who))
        client.force_login(getattr(world, who))
        assert client.get("/documents/consolidated/").status_code == 403
        assert client.post("/documents/consolidated/restore/").status_code == 403


def test_the_page_downloads_takes_and_restores(client, world):
    client.force_login(world.binh)
    assert client.get("/documents/consolidated/download/").getvalue().startswith(b"PK")
    answer = client.post("/documents/consolidated/replace/", {"file": template("{{ year }}")})
    assert answer.status_code == 302
    assert "mẫu của tôi.docx" in client.get("/documents/consolidated/").content.decode()
    client.post("/documents/consolidated/restore/")
    assert "mẫu có sẵn" in client.get("/documents/consolidated/").content.decode()


FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{}</w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)


def with_xml(inner: str) -> SimpleUploadedFile:
    """A template with such a piece in its body."""
    made, buffer = template("{{ year }}{{ title }}").read(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            is_body = name == "word/document.xml"
            new.writestr(name, content.replace(b"<w:body>", b"<w:body>" + inner.encode()) if is_body else content)
    return SimpleUploadedFile("a.docx", buffer.getvalue())


# Each is a field that only the filled paper has, or that only some data make.
MADE = [
    FIELD.format('{{ "DDEAU" ~ "TO" }} c:\\\\cmd.exe'),
    FIELD.format('PAGE {{ "a" }}'),
    FIELD.format("PAGE</w:instrText><w:instrText>{</w:instrText><w:instrText>{ year }}"),
    '<w:p><w:fldSimple w:instr="PAGE {{ year }}"/></w:p>',
    '<w:p><w:hyperlink r:id="{{ year }}"/></w:p>',
]


@pytest.mark.parametrize("inner", MADE)
def test_a_template_that_makes_fields_is_refused(world, inner):
    with pytest.raises(Unfit):
        actions.replace(paper=PAPERS["registration"], upload=with_xml(inner), by=world.binh, at=IN_TIME)
    assert queries.in_force(PAPERS["registration"]) is None


def test_a_field_that_only_some_data_make_is_not_given_out():
    """Its first piece, which makes it harmless, stands there for the data of the trial alone."""
    pieces = FIELD.format(
        "</w:instrText><w:t>{% if title == 'a' %}</w:t><w:instrText>SEQ </w:instrText><w:t>{% endif %}</w:t>"
        "<w:instrText>DDEAUTO c:\\\\cmd.exe"
    )
    made = with_xml(pieces).read()
    word.try_out(made, {"year": 2023, "title": "a"})
    with pytest.raises(Unfit, match="DDEAUTO"):
        word.fill(made, {"year": 2023, "title": "b"}, limits=word.AT_ONCE)


@pytest.mark.parametrize("key", sorted(PAPERS))
def test_every_paper_that_is_filled_is_looked_through(world, key, monkeypatch):
    looked = []
    read = bounded.read
    monkeypatch.setattr(bounded, "read", lambda work, *given, **more: looked.append(work) or read(work, *given, **more))
    paper = PAPERS[key]
    word.fill(paper.build(), paper.trial(), limits=word.AT_ONCE)
    assert looked == ["thidua.documents.filling:fill", "thidua.ledger.office:look_through"]
