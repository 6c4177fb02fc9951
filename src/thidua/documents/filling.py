"""What fills Word templates, in a process of its own (``documents.word``): nothing else opens one with docxtpl.

A template that somebody uploads is code: it runs in a sandbox, on plain data. Already to parse one works out its
constants, so that even its placeholders are not read elsewhere.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage, RichText
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

from thidua.core.refusals import Unfit, fit
from thidua.core.words import Sentence, _
from thidua.documents.word import Link, Picture


def fill(template: bytes, context: Mapping[str, Any], tell: object = None) -> bytes:
    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    filled = io.BytesIO()
    try:
        paper = DocxTemplate(io.BytesIO(template))
        paper.render(_drawn(paper, dict(context)), jinja_env=environment)
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


def try_out(template: bytes, context: Mapping[str, Any], tell: object = None) -> None:
    """Raises Unfit where the template names what the context does not have, or cannot be filled."""
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
    fill(template, context)


def placeholders(template: bytes, tell: object = None) -> set[str]:
    """The names at the head of each placeholder: ``{{ campaign.name }}`` → campaign."""
    try:
        paper = DocxTemplate(io.BytesIO(template))
        return set(paper.get_undeclared_template_variables(ImmutableSandboxedEnvironment(autoescape=True)))
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


def _drawn(paper: DocxTemplate, value: Any) -> Any:
    """Pictures and links as docxtpl knows them; everything else as it is."""
    if isinstance(value, Picture):
        return InlineImage(paper, io.BytesIO(value.png), width=Mm(value.width))
    if isinstance(value, Link):
        rich = RichText()
        rich.add(value.words, url_id=paper.build_url_id(value.url), color="#1d4f91", underline=True)
        return rich
    if isinstance(value, dict):
        return {key: _drawn(paper, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_drawn(paper, each) for each in value]
    return value
