"""Filling Word templates. A template that somebody uploads is code: it runs in a sandbox, on plain data."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from thidua.core.refusals import Denied
from thidua.core.words import Sentence, _


@dataclass(frozen=True)
class Picture:
    """A picture for a placeholder; ``width`` in millimetres."""

    png: bytes
    width: float = 160


@dataclass(frozen=True)
class Link:
    """Words that open an address; the placeholder is ``{{r name }}``."""

    words: str
    url: str


def fill(template: bytes, context: Mapping[str, Any]) -> bytes:
    """The Word file with every placeholder filled.

    Raises Denied with a sentence where the template cannot be read, names something that is not in the context,
    or tries anything but showing it.
    """
    from docxtpl import DocxTemplate
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment, SecurityError

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    try:
        paper = DocxTemplate(io.BytesIO(template))
        paper.render(_drawn(paper, dict(context)), jinja_env=environment)
    except SecurityError as error:
        raise Denied(_("The template does more than fill in text: %(detail)s", detail=str(error))) from error
    except TemplateError as error:
        raise Denied(_wrong(error)) from error
    except (KeyError, ValueError, TypeError, AttributeError, OSError, ZeroDivisionError, OverflowError) as error:
        raise Denied(_("The template cannot be filled in: %(detail)s", detail=str(error)[:200])) from error
    filled = io.BytesIO()
    paper.save(filled)
    return filled.getvalue()


def _wrong(error: Exception) -> Sentence:
    line = getattr(error, "docx_context", None)
    near = " ".join(str(each).strip() for each in line)[:200] if line else ""
    return _("The template has a placeholder that cannot be filled: %(detail)s %(near)s", detail=str(error), near=near)


def _drawn(paper, value: Any) -> Any:
    """Pictures and links as docxtpl knows them; everything else as it is."""
    from docx.shared import Mm
    from docxtpl import InlineImage, RichText

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


def placeholders(template: bytes) -> set[str]:
    """The names at the head of each placeholder: ``{{ campaign.name }}`` → campaign."""
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    try:
        paper = DocxTemplate(io.BytesIO(template))
        return set(paper.get_undeclared_template_variables(ImmutableSandboxedEnvironment(autoescape=True)))
    except TemplateError as error:
        raise Denied(_wrong(error)) from error
    except (KeyError, ValueError, OSError) as error:
        raise Denied(_("This Word file cannot be read: %(detail)s", detail=str(error)[:200])) from error
