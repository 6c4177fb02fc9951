"""A plan file that the office uploads, and what was published for an index."""

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.core import bounds
from thidua.ui.fields import NumberField


class LoadForm(forms.Form):
    file = forms.FileField(label=_("Plan file (TOML)"))

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > bounds.PLAN_BYTES:
            raise forms.ValidationError(_("A plan file is at most 1 MB."))
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is not a text file in UTF-8.")) from None


class IndexForm(forms.Form):
    """``indices``: of the plan; ``last_year``: the newest that may be recorded."""

    index = forms.ChoiceField(label=_("Index"))
    year = forms.IntegerField(label=_("Measured for the year"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    score = NumberField(label=_("Score"), help_text="87,9")
    rank = forms.IntegerField(label=_("Rank"), required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    source = forms.CharField(
        label=_("Document that published it"), max_length=300, help_text=_("Number, day and issuer of the document.")
    )

    def __init__(self, *args, indices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["index"].choices = [(each.id, each.name) for each in indices]
