"""Why an Office file is not taken, in half sentences: who shows them says of which file."""

from __future__ import annotations

from thidua.core.words import Sentence, _

DAMAGED = _("it is damaged and cannot be opened")
TOO_MUCH = _("it unpacks to far more than an office file holds")
UNKNOWN = _("it is no Word, Excel or PowerPoint file")
MACROS = _("it holds macros; save it without them, or send it as PDF")
LINKED = _("it draws something from outside (%(what)s); take that out in Office, or send it as PDF")
LEADS = _("it leads to an address that is neither of the web nor of mail (%(what)s); take that out, or send it as PDF")
EMBEDDED = _("it carries another file inside (OLE, ActiveX); take that out in Office, or send it as PDF")
STRANGE = _("it has a part that is not known here (%(what)s); save it anew in Office without that, or send it as PDF")
FIELD = _("it holds a field that may load something by itself (%(what)s); take that out, or send it as PDF")
FORMULA = _("it holds a formula that loads or runs something (%(what)s); take that out, or send it as PDF")
ODD = _("its parts are not written as Office writes them; open it, save it anew and try again")

KINDS_OF_LINKS = {
    "attachedtemplate": _("attached template"),
    "image": _("linked picture"),
    "externallinkpath": _("another workbook"),
    "externallink": _("another workbook"),
    "connections": _("another workbook"),
    "oleobject": _("linked object"),
}
CARRIED = ("oleobject", "activex", "afchunk", "control")
RUN = ("macro", "vba", "attachedtoolbars", "keymapcustomizations")
DRAWN = ("externallink", "connections", "querytable")


def said(sentence: Sentence, what: object) -> Sentence:
    return Sentence(sentence.message, {"what": str(what)[:80] if isinstance(what, str) else what})


def of_part(name: str, content_type: str) -> Sentence:
    """Why a part is not taken whose kind is not on the list."""
    words = f"{name} {content_type}".lower()
    if any(each in words for each in RUN):
        return MACROS
    if any(each in words for each in CARRIED) or "/embeddings/" in words:
        return EMBEDDED
    drawn = next((each for each in DRAWN if each in words), "")
    return said(LINKED, KINDS_OF_LINKS["externallink"]) if drawn else said(STRANGE, name)


def of_relation(relation: str) -> Sentence:
    name = relation.rstrip("/").rpartition("/")[2]
    if name.lower() in CARRIED or "ole" in name.lower():
        return EMBEDDED
    if any(each in name.lower() for each in RUN):
        return MACROS
    return (
        said(LINKED, KINDS_OF_LINKS[name.lower()])
        if name.lower() in KINDS_OF_LINKS
        else said(STRANGE, name or relation)
    )
