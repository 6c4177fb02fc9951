"""Kinds of units, posts in them, and roles for the whole department (plan, part II.1)."""

import re
from enum import StrEnum

from thidua.core.vietnamese import fold
from thidua.core.words import Sentence, _

# A code stands in addresses, in names of files and at the head of sheets: "hoa-sen", "H29.12", "an@so.vn".
CODE = re.compile(r"[^\W_][\w.@+-]*")
ADDRESSES = frozenset({"excel", "import"})  # of lists, where the code of one thing would stand


def is_code(text: str) -> bool:
    """What a unit may be called by, and a person sign in by: it begins with a letter or digit, and goes on with these
    and with . - _ @ +. Asked of what is new: who was called otherwise before keeps the name."""
    return bool(CODE.fullmatch(text))


def code_from(name: str, longest: int) -> str:
    """A code made of a name: "THPT Hoa Sen" → "thpt-hoa-sen"."""
    return "".join(char if char.isalnum() else "-" for char in fold(name)).strip("-").replace("--", "-")[:longest]


class UnitKind(StrEnum):
    DEPARTMENT = "department"
    DIVISION = "division"
    SCHOOL = "school"
    CENTRE = "centre"
    INSTITUTION = "institution"
    GROUP = "group"

    @property
    def label(self) -> Sentence:
        return UNIT_LABELS[self]


UNIT_LABELS = {
    UnitKind.DEPARTMENT: _("Department"),
    UnitKind.DIVISION: _("Division of the department"),
    UnitKind.SCHOOL: _("Upper-secondary or multi-level school"),
    UnitKind.CENTRE: _("Vocational and continuing education centre"),
    UnitKind.INSTITUTION: _("Other affiliated institution"),
    UnitKind.GROUP: _("Group inside a unit"),
}


def signing(head: str, deputy: str = "") -> str:
    """What stands above a signature: the post of who signs; where a deputy acts, for whom and as what (Nghị định
    30/2020/NĐ-CP, annex I). A deputy's post tells the head's where nobody is head."""
    if not deputy:
        return head.upper() or "THỦ TRƯỞNG ĐƠN VỊ"
    head = head or (deputy[4:] if deputy.lower().startswith("phó ") else "")
    return f"KT. {head.upper() or 'THỦ TRƯỞNG ĐƠN VỊ'}\n{deputy.upper()}"


class PostKind(StrEnum):
    HEAD = "head"
    DEPUTY = "deputy"
    FOCAL_POINT = "focal_point"
    MEMBER = "member"

    @property
    def label(self) -> Sentence:
        return POST_LABELS[self]


POST_LABELS = {
    PostKind.HEAD: _("Head of unit"),
    PostKind.DEPUTY: _("Deputy head"),
    PostKind.FOCAL_POINT: _("Focal point"),
    PostKind.MEMBER: _("Member of staff"),
}


class RoleKind(StrEnum):
    OFFICE = "office"
    COUNCIL = "council"
    DIRECTOR = "director"
    LEADERSHIP = "leadership"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> Sentence:
        return ROLE_LABELS[self]


ROLE_LABELS = {
    RoleKind.OFFICE: _("Standing office"),
    RoleKind.COUNCIL: _("Council member"),
    RoleKind.DIRECTOR: _("Director"),
    RoleKind.LEADERSHIP: _("Leadership"),
    RoleKind.ADMINISTRATOR: _("Administrator"),
}
