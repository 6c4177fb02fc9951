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


class CancelForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), max_length=500)


class SetAsideForm(forms.Form):
    reason = forms.CharField(
        label=_("What was found"),
        help_text=_("Read by the unit too. The mark comes back when the values behind it change."),
        max_length=500,
        widget=forms.Textarea,
    )
