"""What a person says when letters are issued."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.ui.fields import DayField


class IssueForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the delay"),
        max_length=500,
        help_text=_("The same in all letters of this go, for example: the original records had to be looked up"),
    )
    new_due = DayField(
        label=_("New day of return"),
        required=False,
        help_text=_("For dossiers whose records name no new appointment; left empty, the letter leaves room for it."),
    )
