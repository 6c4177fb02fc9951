"""What people choose when they hand in a file of records."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.analytics.registry import DATASETS

CHECK, VALID, ALL = "check", "valid", "all"
WHAT = (
    (CHECK, _("Only check the file")),
    (VALID, _("Import the valid rows and name the others")),
    (ALL, _("Import only if every row is valid")),
)


class ImportForm(forms.Form):
    dataset = forms.ChoiceField(label=_("Dataset"))
    unit = forms.ModelChoiceField(queryset=None, label=_("Unit"), to_field_name="code", empty_label=None)
    period = forms.TypedChoiceField(label=_("Year"), coerce=str)
    file = forms.FileField(label=_("Excel, OpenDocument or CSV file"))
    what = forms.ChoiceField(label=_("What is done"), choices=WHAT, widget=forms.RadioSelect, initial=CHECK)
    nothing_arose = forms.BooleanField(
        label=_("Nothing arose in this year"),
        required=False,
        help_text=_("For a file that has its headings and no row below them."),
    )

    def __init__(self, *args, units, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["dataset"].choices = [(each.id, str(each.name)) for each in DATASETS.values()]
        self.fields["unit"].queryset = units
        self.fields["period"].choices = [(str(year), str(year)) for year in years]
