"""Fields of forms that several rooms use, and refusals put beside them."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.core.refusals import Away, Denied, TooOften
from thidua.core.vietnamese import parse_number

FIRST_YEAR, LAST_YEAR = 1900, 2199  # of days that people type


def is_id(text: str) -> bool:
    """Whether a text that a form sent may be the number of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def put_on(form: forms.Form, refusal: Denied, names: Mapping[str, str] | None = None) -> None:
    """What was typed stays, with each sentence beside its field, or above them all. What does not lie with what was
    typed is raised on. ``names``: what the form calls a field otherwise; of "" the field for a sentence without one.
    """
    if isinstance(refusal, Away | TooOften):
        raise refusal
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, str(sentence))


class NumberField(forms.CharField):
    """A number as people write it: 1.234 or 1234 or 1.234,5; empty is None."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), required=False, **kwargs)

    def clean(self, value) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except ValueError:
            raise forms.ValidationError(_("“%(text)s” is not a number."), params={"text": text}) from None


class DayField(forms.DateField):
    """A day as people write it: 31/10/2023. One that no paper speaks of is a slip of the hand."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("Day/month/year."))
        super().__init__(input_formats=["%d/%m/%Y", "%Y-%m-%d"], **kwargs)

    def clean(self, value) -> dt.date | None:
        day = super().clean(value)
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            said = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise forms.ValidationError(_("Give a year from %(first)s to %(last)s."), params=said)
        return day
