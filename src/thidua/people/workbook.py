"""Units and people as Excel sheets with exactly the columns that the import reads; they come back unchanged. And the
access codes of a unit."""

from django.utils.translation import gettext as _

from thidua.core.units import PostKind, UnitKind
from thidua.exchange.workbook import Column


def unit_columns() -> list[Column]:
    """In the order of bulk.UNIT_HEADINGS."""
    return [
        Column(_("Code"), 20),
        Column(_("Name"), 60),
        Column(_("Kind of unit"), 30, choices=tuple(str(kind.label) for kind in UnitKind)),
        Column(_("Above it"), 20),
        Column(_("Public or private"), 16, choices=(_("Public"), _("Private"))),
        Column(_("Place"), 24),
        Column(_("Official e-mail"), 30),
        Column(_("Phone"), 16),
        Column(_("Valid from"), 12, "date"),
        Column(_("Valid to"), 12, "date"),
    ]


def unit_rows(units):
    for unit in units:
        yield (
            unit.code,
            unit.name,
            unit.get_kind_display(),
            unit.parent.code if unit.parent else "",
            _("Public") if unit.is_public else _("Private"),
            unit.place,
            unit.email,
            unit.phone,
            unit.starts_on,
            unit.ends_on,
        )


def people_columns() -> list[Column]:
    """In the order of bulk.PEOPLE_HEADINGS."""
    return [
        Column(_("Sign-in name"), 24),
        Column(_("Full name"), 30),
        Column(_("Position"), 30),
        Column(_("Official e-mail"), 30),
        Column(_("Phone"), 16),
        Column(_("Unit code"), 20),
        Column(_("Post"), 20, choices=tuple(str(kind.label) for kind in PostKind)),
        Column(_("From"), 12, "date"),
        Column(_("To"), 12, "date"),
        Column(_("Role"), 24),
    ]


def people_rows(people):
    """One row a post; who holds none has one row without. ``posts_now`` and ``roles_now`` are loaded."""
    for person in people:
        facts = (person.username, person.full_name, person.title, person.email, person.phone)
        roles = ", ".join(role.get_kind_display() for role in person.roles_now)
        for post in person.posts_now or [None]:
            if post is None:
                yield (*facts, "", "", None, None, roles)
            else:
                yield (*facts, post.unit.code, post.get_kind_display(), post.starts_on, post.ends_on, roles)


def token_columns() -> list[Column]:
    return [
        Column(_("Program"), 40),
        Column(_("Made"), 12, "date"),
        Column(_("Made by"), 30),
        Column(_("Last used"), 12, "date"),
        Column(_("Valid to"), 12, "date"),
        Column(_("Revoked on"), 12, "date"),
    ]


def token_rows(tokens, local):
    """Never the code itself, which is kept nowhere."""
    for token in tokens:
        used, revoked = (at and local(at).date() for at in (token.last_used_at, token.revoked_at))
        yield token.name, local(token.made_at).date(), str(token.made_by), used, token.expires_on, revoked
