"""What a unit types for one figure, and what the office writes when it checks it."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.core.vietnamese import parse_number


class CountField(forms.CharField):
    """A count as people write it: 1.234 or 1234 or 1.234,5."""

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


class CountedForm(forms.Form):
    """``is_count``: the criterion asks for a number of things, not for a part of a whole."""

    def __init__(self, *args, is_count: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_count:
            del self.fields["denominator"]
            self.fields["numerator"].label = _("Count")


class DeclareForm(CountedForm):
    numerator = CountField(label=_("Numerator"))
    denominator = CountField(label=_("Denominator"))
    nothing_arose = forms.BooleanField(label=_("Nothing arose this year"), required=False)
    explanation = forms.CharField(
        label=_("Explanation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the counts come from; and the reason where nothing arose."),
    )
    upload = forms.FileField(
        label=_("Evidence"), required=False, help_text=_("PDF, Word, Excel, PowerPoint, JPEG, PNG.")
    )


class CheckForm(CountedForm):
    numerator = CountField(label=_("Checked numerator"))
    denominator = CountField(label=_("Checked denominator"))
    note = forms.CharField(label=_("What was checked"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
