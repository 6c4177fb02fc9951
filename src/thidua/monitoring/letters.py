"""The reminder: one letter to a unit with the list of what it owes."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from thidua.campaigns.models import Campaign
from thidua.core.units import PostKind
from thidua.core.vietnamese import day
from thidua.people.letters import Notice, people_of


def remind(row, campaign: Campaign, names: dict[str, str], cells, *, local) -> list[Notice]:
    """``cells`` are the unit's owed ones; the focal point gets the letter, and the head where there is none."""
    lines = [
        _("– %(what)s, due %(day)s") % {"what": names[owed.key], "day": day(local(owed.closes_at))}
        for owed in (cell.obligation for cell in cells)
    ]
    people = people_of(row.unit.pk, PostKind.FOCAL_POINT) or people_of(row.unit.pk, PostKind.HEAD)
    return [
        Notice(
            to=person,
            unit_id=row.unit.pk,
            about=campaign.short_name,
            kind="monitoring.remind",
            address=reverse("desk:home"),
            urgent=True,
            subject=_("%(unit)s still owes %(count)s things") % {"unit": row.unit.name, "count": len(cells)},
            body="\n".join([_("Please complete:"), *lines]),
        )
        for person in people
    ]
