"""What is looked at of letters (thidua.ledger.signs)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from thidua.core.words import _
from thidua.ledger.signs import Sign
from thidua.people.models import STILL_MAILED, Letter

# A letter that was tried so often waits for more than a passing trouble.
OFTEN = 4


def letters(at: dt.datetime) -> Iterable[Sign]:
    """Letters that the mail server refused for good, and those that it has not taken for an hour and more."""
    counts = Letter.objects.filter(mailed_at=None).aggregate(
        refused=Count("pk", ~Q(failure="") & Q(set_aside_at=None)),
        late=Count("pk", STILL_MAILED & Q(tries__gte=OFTEN)),
    )
    address = reverse("desk:letters")
    if counts["late"] and counts["refused"]:
        sentence = _(
            "%(n)s letters wait because the mail server does not take them, and it refused %(refused)s.",
            n=counts["late"],
            refused=counts["refused"],
        )
        return [Sign("letters", False, sentence, counts["late"] + counts["refused"], address)]
    if counts["late"]:
        sentence = _("%(n)s letters wait because the mail server does not take them.", n=counts["late"])
        return [Sign("letters", False, sentence, counts["late"], f"{address}?show=comes")]
    if counts["refused"]:
        sentence = _("%(n)s letters were refused by the mail server.", n=counts["refused"])
        return [Sign("letters", False, sentence, counts["refused"], f"{address}?show=waits")]
    none = _("No mail server is set: letters stand under the bell alone, and forgotten passwords reach nobody.")
    return [Sign("letters", True, _("The mail server takes the letters.") if settings.EMAIL_HOST else none)]
