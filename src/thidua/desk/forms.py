"""What narrows the trail, read from the address."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from thidua.core.vietnamese import nfc
from thidua.desk.trail import GROUPS
from thidua.ui.fields import DayField


def kinds() -> list[tuple[object, object]]:
    """Groups of verbs, each to be chosen as a whole or by one of its verbs."""
    grouped = [
        (name, [(key, _("All: %(group)s") % {"group": name}), *verbs.items()]) for key, (name, verbs) in GROUPS.items()
    ]
    return [("", _("Every kind of action")), *grouped]


def _day(label: object) -> DayField:
    shown = forms.DateInput(format="%d/%m/%Y", attrs={"size": 9, "inputmode": "numeric"})
    return DayField(label=label, required=False, widget=shown, help_text="")


class TrailForm(forms.Form):
    """Names are those of the address; a value that cannot be read narrows nothing and says so."""

    q = forms.CharField(label=gettext_lazy("Unit, thing or note"), max_length=200, required=False)
    who = forms.CharField(
        label=gettext_lazy("Who did it"), max_length=200, required=False, widget=forms.TextInput(attrs={"size": 13})
    )
    verb = forms.ChoiceField(label=gettext_lazy("Kind of action"), choices=kinds, required=False)
    since = _day(gettext_lazy("From day"))
    until = _day(gettext_lazy("To day"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            css = "form-select form-select-sm" if name == "verb" else "form-control form-control-sm"
            attrs = {"class": css, "aria-label": str(field.label)}
            if name != "verb":
                attrs["placeholder"] = str(field.label)
            field.widget.attrs |= attrs

    def clean_q(self) -> str:
        return nfc(self.cleaned_data["q"])

    def clean_who(self) -> str:
        return nfc(self.cleaned_data["who"])

    @property
    def asked(self) -> dict[str, object]:
        """Name → value of what was given and could be read."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WhyForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why it need not be done"), max_length=500, widget=forms.Textarea)
