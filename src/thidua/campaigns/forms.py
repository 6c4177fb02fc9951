"""A plan file that the office uploads."""

from django import forms
from django.utils.translation import gettext_lazy as _

LIMIT = 2 * 1024 * 1024


class LoadForm(forms.Form):
    file = forms.FileField(label=_("Plan file (TOML)"))

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > LIMIT:
            raise forms.ValidationError(_("A plan file is at most 2 MB."))
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(_("This is not a text file in UTF-8.")) from None
