from django import forms
from django.utils.translation import gettext_lazy as _


class TemplateForm(forms.Form):
    file = forms.FileField(label=_("Word file (.docx)"), widget=forms.ClearableFileInput(attrs={"accept": ".docx"}))
