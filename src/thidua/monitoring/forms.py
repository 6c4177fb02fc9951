"""What the office types to extend or excuse."""

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.ui.fields import DayField


class ExtendForm(forms.Form):
    until = DayField(
        label=_("New due date"),
        help_text=_("Day/month/year. The first due date stays on record."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=500)


class ExcuseForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)
