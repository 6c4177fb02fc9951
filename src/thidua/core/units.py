"""Kinds of units, posts in them, and roles for the whole department (plan, part II.1)."""

from enum import StrEnum

from thidua.core.words import Sentence, _


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
