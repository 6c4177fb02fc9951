"""What people choose when they hand in a file of records, and what they then say of its sheets and columns."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from thidua.analytics.models import Upload
from thidua.analytics.registry import dataset_of, importable
from thidua.core.records.headings import LEFT_OUT, UNIT, mark

# A person looks through so many columns, and no dataset needs more.
COLUMNS_SHOWN = 200


class ImportForm(forms.Form):
    dataset = forms.ChoiceField(label=_("Dataset"))
    unit = forms.ModelChoiceField(queryset=None, label=_("Unit"), to_field_name="code", empty_label=_("Choose …"))
    period = forms.TypedChoiceField(label=_("Year"), coerce=str)
    file = forms.FileField(label=_("Excel, OpenDocument or CSV file"))

    def __init__(self, *args, units, years, **kwargs):
        super().__init__(*args, **kwargs)
        # Nothing is chosen beforehand: what nobody looked at would count as the dataset, unit or year of the file.
        unchosen = ("", _("Choose …"))
        self.fields["dataset"].choices = [unchosen, *((each.id, str(each.name)) for each in importable())]
        self.fields["unit"].queryset = units
        if units.count() == 1:
            self.fields["unit"].empty_label = None
        self.fields["period"].choices = [unchosen, *((str(year), str(year)) for year in years)]


class ColumnsForm(forms.Form):
    """A choice for each heading that was found, and the sheets where there are several."""

    sheets = forms.MultipleChoiceField(label=_("Sheets"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data=None, *, upload: Upload, known: Mapping[str, str]):
        outcome = upload.outcome
        super().__init__(data, initial={"sheets": outcome["sheets"]})
        self.upload, self.shown = upload, {}
        tables = [(each["name"], _sheet_label(each)) for each in outcome["tables"]]
        self.fields["sheets"].choices = tables
        if len(tables) < 2:
            del self.fields["sheets"]
        if (outcome["reason"] or {}).get("code") not in ("ambiguous_sheet", "unknown_sheet"):
            for heading in outcome["headings"][:COLUMNS_SHOWN]:
                self._add(heading, known)

    def _add(self, heading: Mapping, known: Mapping[str, str]) -> None:
        dataset, at, meant = dataset_of(self.upload.dataset), heading["at"], heading["meant"]
        self.shown[at] = meant[0] if len(meant) == 1 else "" if meant else LEFT_OUT
        choices = [(LEFT_OUT, _("Leave out")), *((each.name, str(each.label)) for each in dataset.columns)]
        if dataset.unit_headings:
            choices.append((UNIT, _("Whose row it is (unit)")))
        if len(meant) > 1:
            choices.insert(0, ("", _("Choose …")))
        field = forms.ChoiceField(choices=choices, label=heading["heading"], required=False, initial=self.shown[at])
        field.widget.attrs |= {"class": "form-select form-select-sm", "aria-label": f"{at}: {heading['heading']}"}
        field.at, field.is_said = at, at in self.upload.columns
        field.is_remembered = not field.is_said and mark(heading["heading"]) in known
        self.fields[f"column-{at}"] = field

    @property
    def column_fields(self):
        return [self[f"column-{at}"] for at in self.shown]

    def chosen_columns(self) -> dict[str, str]:
        """Letter → column: what was said before and what is changed now; nothing where other sheets are chosen."""
        if set(self.chosen_sheets()) != set(self.upload.outcome["sheets"]):
            return {}
        said = {at: self.cleaned_data[f"column-{at}"] for at in self.shown}
        return {at: column for at, column in said.items() if column and self._is_said(at, column)}

    def _is_said(self, at: str, column: str) -> bool:
        return at in self.upload.columns or column != self.shown[at]

    def chosen_sheets(self) -> list[str]:
        return self.cleaned_data.get("sheets", self.upload.outcome["sheets"])


def _sheet_label(table: Mapping) -> str:
    return table["name"] if table["in_sight"] else gettext("%(sheet)s (hidden)") % {"sheet": table["name"]}
