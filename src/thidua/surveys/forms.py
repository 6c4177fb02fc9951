"""What people type to open a survey, and what a phone sends as an answer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django import forms
from django.core import signing
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from thidua.core.refusals import Denied
from thidua.core.satisfaction import Formula, Group
from thidua.core.units import UnitKind
from thidua.core.vietnamese import nfc_lines
from thidua.core.words import _ as sentence
from thidua.people.models import choices
from thidua.ui.fields import DayField

FORM_AGE = 6 * 3600  # seconds for which a form that somebody opened can be sent
SALT = "surveys.answer"
# What is asked unless the office or the unit words it otherwise: one question a group.
QUESTIONS = {
    Group.ACCESS: _("Was it easy to find out what papers are needed and where to hand them in?"),
    Group.FACILITIES: _("Are rooms, equipment and the place of reception good enough?"),
    Group.ENVIRONMENT: _("Is the attitude of those who receive you polite and helpful?"),
    Group.ACTIVITIES: _("Were procedures settled properly, without extra papers or visits?"),
    Group.RESULTS: _("Was the result returned by the appointed day?"),
}


class OpenForm(forms.Form):
    """``unit`` or ``kinds`` says whose survey it is: a unit's own, or the department's over units of some kinds."""

    name = forms.CharField(label=_("Title"), max_length=200, help_text=_("People read it at the top of the page."))
    opens_on = DayField(label=_("Open from"))
    closes_on = DayField(label=_("Open to"))
    formula = forms.ChoiceField(
        label=_("How the figure is computed"), choices=choices(Formula), widget=forms.RadioSelect
    )
    asks_words = forms.BooleanField(
        label=_("Ask for words of one's own at the end"), required=False, help_text=_("Nobody has to write anything.")
    )

    def __init__(self, *args, units, whole_department: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if whole_department:
            kinds = [(kind.value, str(kind.label)) for kind in UnitKind if kind not in NOT_SURVEYED]
            widget = forms.CheckboxSelectMultiple
            self.fields["kinds"] = forms.MultipleChoiceField(
                label=_("For units of these kinds"), choices=kinds, widget=widget
            )
        else:
            self.fields["unit"] = forms.ModelChoiceField(queryset=units, label=_("Unit"), empty_label=None)
        for group, text in QUESTIONS.items():
            label = format_lazy(_("Question on: {group}"), group=str(group.label))
            self.fields[group.value] = forms.CharField(label=label, max_length=200, required=False, initial=text)
        self.fields["asks_words"].initial = True
        self.fields["formula"].initial = Formula.SHARE.value

    @property
    def asked(self) -> list[dict]:
        return [{"group": group.value, "text": text} for group in Group if (text := self.cleaned_data.get(group.value))]


NOT_SURVEYED = frozenset({UnitKind.DEPARTMENT, UnitKind.GROUP})


@dataclass
class Sheet:
    """What the phone holds so far: a level for each question that was passed, and the question to be shown now.

    ``stamp`` is the form's number, signed, so that only a form that this survey gave out can be sent, and once.
    """

    stamp: str
    levels: dict[int, int | None] = field(default_factory=dict)
    words: str = ""
    at: int = 0

    def in_order(self, count: int) -> list[int | None]:
        return [self.levels.get(n) for n in range(count)]


def new_sheet(place_id: int) -> Sheet:
    return Sheet(signing.dumps([place_id, uuid.uuid4().hex], salt=SALT))


def number_of(stamp: str, place_id: int) -> uuid.UUID:
    """The form's number. Raises Denied for a form that is too old or of another place."""
    try:
        place, number = signing.loads(stamp, salt=SALT, max_age=FORM_AGE)
    except signing.BadSignature as error:
        raise Denied(sentence("This page is too old. Please open the survey again.")) from error
    if place != place_id:
        raise Denied(sentence("This page is of another survey. Please open the survey again."))
    return uuid.UUID(number)


def sheet_from(data, count: int) -> Sheet:
    """The sheet that was sent: ``q0``, ``q1`` … hold levels ("" for passed over), ``again`` goes back to a question."""
    levels = {n: _level(data[f"q{n}"]) for n in range(count) if f"q{n}" in data}
    asked = data.get("again", "")
    back = next((n for n in range(count) if str(n) == asked), None)
    at = back if back is not None else next((n for n in range(count) if n not in levels), count)
    return Sheet(data.get("stamp", ""), levels, nfc_lines(data.get("words", "")), at)


def _level(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 1 else None
