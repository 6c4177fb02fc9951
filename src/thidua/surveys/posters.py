"""Posters with a QR code, A4, one unit a page, as PDF (typst)."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from importlib.resources import files

import segno
from django.utils.translation import gettext as _

from thidua.core.refusals import need
from thidua.core.words import _ as sentence
from thidua.surveys.models import Place, Survey

TEMPLATE = files("thidua.surveys") / "templates" / "surveys" / "poster.typ"
FONTS = files("fontpkg_be_vietnam_pro") / "files"


def draw(survey: Survey, places: Sequence[Place], *, base: str, organisation: str) -> bytes:
    """``base``: the address of the installation, without a slash at its end."""
    import typst

    need(places, sentence("There is no unit in this survey that you see."))
    data = {
        "organisation": organisation,
        "title": survey.name,
        "words": {
            "scan": _("Scan the code with your phone"),
            "minute": _("Less than a minute, no account, no name"),
            "type": _("or open the address"),
            "until": _("Open until %(day)s") % {"day": f"{survey.closes_on:%d/%m/%Y}"},
            "sample": _("Sample data") if survey.is_sample else "",
        },
        "places": [
            {"unit": place.unit.name, "address": address, "qr": _qr(address)}
            for place in places
            for address in [base + place.get_absolute_url()]
        ],
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


def _qr(address: str) -> str:
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, svgclass=None, lineclass=None)
    return picture.getvalue().decode()
