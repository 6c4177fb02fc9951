"""What fills Word templates, in a process of its own (``documents.word``): nothing else opens one with docxtpl.

A template that somebody uploads is code: it runs in a sandbox that gives it nothing but items (``sandbox``), and what
it is handed are texts, numbers and lists of these. A picture is a word that says which; it is put in place of that word
when the template is done. Already to parse one works out its constants, so that even its placeholders are not read
elsewhere.
"""

from __future__ import annotations

import contextlib
import io
import uuid
from collections.abc import Mapping
from typing import Any

from docx import Document
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import TemplateError
from jinja2.sandbox import SecurityError
from lxml import etree
from markupsafe import Markup

from thidua.core.refusals import Unfit, fit
from thidua.core.words import Sentence, _
from thidua.documents.sandbox import Sandbox
from thidua.documents.word import BLANK, Link, Picture

CODES = frozenset({"instrText", "delInstrText", "instr", "src", "href", "id", "embed", "link", "Target"})
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)

SMALL_TYPE = 20  # of links, in half points, as in annexes


class Paper(DocxTemplate):
    """A template with what stands in it as a whole."""

    def __init__(self, template: bytes) -> None:
        super().__init__(io.BytesIO(template))
        self.pictures: dict[str, Picture] = {}

    def plain(self, value: Any) -> Any:
        """What the template is handed for a value. Raises TypeError for what is more than data."""
        if value is None or type(value) in (bool, int, float):
            return value
        if isinstance(value, str):
            return str.__str__(value)  # one that says it is safe markup is text like any other
        if isinstance(value, dict):
            return {str.__str__(key): self.plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(each) for each in value]
        if isinstance(value, Picture):
            word = f"picture-{uuid.uuid4().hex}"
            self.pictures[word] = value
            return word
        if isinstance(value, Link):
            rich = RichText()
            opens = {"url_id": self.build_url_id(value.url), "color": "#1d4f91", "underline": True} if value.url else {}
            rich.add(value.words, size=SMALL_TYPE, **opens)
            return Markup(str(rich))  # noqa: S704 — written by the library, which escapes the words
        raise TypeError(type(value).__name__)

    def render_xml_part(self, src_xml: str, part: Any, context: Mapping[str, Any], jinja_env: Any = None) -> str:
        """As the library does it, and only ever in the sandbox; then each picture in its place."""
        written = super().render_xml_part(src_xml, part, context, jinja_env or Sandbox())
        for word, picture in self.pictures.items():
            while word in written:
                drawn = InlineImage(self, io.BytesIO(picture.png), width=Mm(picture.width))
                written = written.replace(word, str(drawn), 1)
        return written


def warm() -> None:
    """Before the first template comes: what the libraries load when they are first needed, faults included."""
    whole = "{{ picture }}{{r link }}{% for n in range(year) %}{{ ('ạ' ~ '\\\\')|upper }}{{ loop.last }}{% endfor %}"
    for line in (whole, "{{ nothing }}", "{{ 'a'.upper() }}", "{{ year / 0 }}", "{% if %}"):
        made, template = Document(), io.BytesIO()
        made.add_paragraph(line)
        made.save(template)
        with contextlib.suppress(Unfit):
            try_out(template.getvalue(), {"picture": BLANK, "link": Link("a", "https://a.vn"), "year": 1})


def fill(template: bytes, context: Mapping[str, Any], tell: object = None) -> bytes:
    filled = io.BytesIO()
    try:
        paper = Paper(template)
        paper.render(paper.plain(dict(context)), jinja_env=Sandbox())
        paper.save(filled)
    except SecurityError as error:
        raise Unfit(_("The template does more than fill in text: %(detail)s", detail=str(error))) from error
    except TemplateError as error:
        raise Unfit(_wrong(error)) from error
    except (MemoryError, ImportError):  # no room is left to this process, so it ends (host.bounded)
        raise
    except Exception as error:  # whatever docxtpl, lxml and Python make of somebody's file
        raise Unfit(_("The template cannot be filled in: %(detail)s", detail=str(error)[:200])) from error
    return filled.getvalue()


def try_out(template: bytes, context: Mapping[str, Any], tell: object = None) -> bytes:
    """The paper of a trial. Raises Unfit where the template names what the context does not have, names anything where
    a field or an address stands, or cannot be filled."""
    named = placeholders(template)
    fit(named, _("The template has no place to fill in, so every paper would be the same; put in {{ year }}, say."))
    unknown = sorted(named - set(context))
    fit(
        not unknown,
        _(
            "The template asks for what this paper does not have: %(unknown)s. It has: %(known)s.",
            unknown=", ".join(unknown),
            known=", ".join(sorted(context)),
        ),
    )
    _check_places(template)
    return fill(template, context)


def _check_places(template: bytes) -> None:
    """Nothing is filled in where it would say what Word does and not what the paper says."""
    for part in Document(io.BytesIO(template)).part.package.iter_parts():
        if not part.content_type.endswith("xml"):
            continue
        codes = ""
        for element in etree.fromstring(part.blob, PARSER).iter(etree.Element):
            codes += (element.text or "") if etree.QName(element).localname in CODES else ""
            codes += "".join(value for key, value in element.items() if etree.QName(key).localname in CODES)
        fit(
            not any(sign in codes for sign in ("{{", "{%", "{#")),
            _("The template fills in a field code or an address of a picture; fill in the text of the paper alone."),
        )


def placeholders(template: bytes, tell: object = None) -> set[str]:
    """The names at the head of each placeholder: ``{{ campaign.name }}`` → campaign."""
    try:
        return set(Paper(template).get_undeclared_template_variables(Sandbox()))
    except TemplateError as error:
        raise Unfit(_wrong(error)) from error
    except (MemoryError, ImportError):
        raise
    except Exception as error:
        raise Unfit(_("This Word file cannot be read: %(detail)s", detail=str(error)[:200])) from error


def _wrong(error: Exception) -> Sentence:
    line = getattr(error, "docx_context", None)
    near = " ".join(str(each).strip() for each in line)[:200] if line else ""
    return _("The template has a placeholder that cannot be filled: %(detail)s %(near)s", detail=str(error), near=near)
