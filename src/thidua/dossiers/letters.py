"""What people are told when a dossier moves. Each function returns people.letters.Notice rows; sending is people's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from thidua.core.units import PostKind
from thidua.core.vietnamese import day
from thidua.people.letters import Notice, heads_of, people_of


def present(dossier, *, by) -> list[Notice]:
    address = dossier.get_absolute_url()
    waiting = [author.person for author in dossier.authors.select_related("person").filter(confirmed_at=None)]
    return [
        Notice(
            to=head,
            unit_id=dossier.unit_id,
            about=dossier.campaign.short_name,
            kind="dossiers.present",
            address=address,
            urgent=True,  # nothing is handed in before the head signs
            subject=_("To sign off: %(title)s") % {"title": dossier.title},
            body=_("%(name)s has finished “%(title)s” and asks for your sign-off.")
            % {"name": by.full_name, "title": dossier.title},
        )
        for head in heads_of(dossier.unit_id)
        if head.pk != by.pk
    ] + [
        Notice(
            to=person,
            unit_id=dossier.unit_id,
            about=dossier.campaign.short_name,
            kind="dossiers.confirm",
            address=address,
            subject=_("Confirm your share: %(title)s") % {"title": dossier.title},
            body=_("You are named as an author of “%(title)s”. Open it and confirm your share.")
            % {"title": dossier.title},
        )
        for person in waiting
    ]


def accept(dossier, *, by) -> list[Notice]:
    return [
        Notice(
            to=person,
            unit_id=dossier.unit_id,
            about=dossier.campaign.short_name,
            kind="dossiers.accept",
            address=dossier.get_absolute_url(),
            subject=_("Accepted: %(title)s") % {"title": dossier.title},
            body=_("The standing office accepted “%(title)s”.") % {"title": dossier.title},
        )
        for person in people_of(dossier.unit_id, PostKind.HEAD, PostKind.FOCAL_POINT)
    ]


def return_(dossier, *, by) -> list[Notice]:
    return [
        Notice(
            to=person,
            unit_id=dossier.unit_id,
            about=dossier.campaign.short_name,
            kind="dossiers.return_",
            address=dossier.get_absolute_url(),
            urgent=True,
            subject=_("Returned for correction: %(title)s") % {"title": dossier.title},
            body=_("The standing office returned “%(title)s”. Correct it by %(day)s. %(message)s")
            % {"title": dossier.title, "day": day(dossier.correct_by), "message": dossier.message},
        )
        for person in people_of(dossier.unit_id, PostKind.HEAD, PostKind.FOCAL_POINT)
    ]
