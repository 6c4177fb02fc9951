"""What a unit types for one figure or in the grid of its people, and what the office writes when it checks a figure."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from thidua.core.personal import choice_meant, meets
from thidua.core.plan.schema import Criterion
from thidua.core.refusals import Denied, verdict
from thidua.core.vietnamese import nfc
from thidua.reports.actions import NOTE_LENGTH, Answer
from thidua.reports.queries import Grid, GridCell, GridRow, Tally, stamp
from thidua.reports.rules import check_in_time
from thidua.ui.fields import NumberField


class CountedForm(forms.Form):
    """``is_count``: the criterion asks for a number of things, not for a part of a whole."""

    def __init__(self, *args, is_count: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if is_count:
            del self.fields["denominator"]
            self.fields["numerator"].label = _("Count")


class DeclareForm(CountedForm):
    numerator = NumberField(label=_("Numerator"))
    denominator = NumberField(label=_("Denominator"))
    nothing_arose = forms.BooleanField(label=_("Nothing arose this year"), required=False)
    explanation = forms.CharField(
        label=_("Explanation"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the counts come from; and the reason where nothing arose."),
    )
    upload = forms.FileField(
        label=_("Evidence"), required=False, help_text=_("PDF, Word, Excel, PowerPoint, JPEG, PNG.")
    )


class CheckForm(CountedForm):
    numerator = NumberField(label=_("Checked numerator"))
    denominator = NumberField(label=_("Checked denominator"))
    note = forms.CharField(
        label=_("What was checked"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=2000
    )


class ImportForm(forms.Form):
    file = forms.FileField(label=_("Excel or CSV file"))
    commit = forms.BooleanField(
        label=_("Import now"), required=False, help_text=_("Without this mark the file is only checked.")
    )


@dataclass
class CellField:
    """One cell as it is shown: what is recorded, or what was typed and not saved yet."""

    cell: GridCell
    name: str
    value: str
    note: str
    seen: str
    error: object = ""
    closed: object = ""

    @property
    def seen_name(self) -> str:
        return f"w{self.name[1:]}"

    @property
    def note_name(self) -> str:
        return f"n{self.name[1:]}"

    @property
    def has_note(self) -> bool:
        """A note is asked for where a criterion is not met."""
        return bool(self.note) or (bool(self.value) and not self.error and not meets(self.cell.criterion, self.value))


@dataclass
class FillField:
    """One answer for everybody on the page who has none yet."""

    tally: Tally
    name: str
    value: str
    error: object = ""

    @property
    def criterion(self) -> Criterion:
        return self.tally.criterion


class GridForm:
    """People × criteria of one page. Only what was changed against the page as it was shown becomes an answer."""

    note_length = NOTE_LENGTH

    def __init__(self, grid: Grid, rows: list[GridRow], data: Mapping[str, str] | None = None, *, now: dt.datetime):
        self.data, self.now = data or {}, now
        self.fills = [FillField(each, f"fill-{each.criterion.id}", "") for each in grid.tallies]
        for fill in self.fills:
            fill.value, fill.error = self._chosen(fill.criterion, fill.name)
        given = {fill.criterion.id: fill.value for fill in self.fills if not fill.error}
        self.answers: dict[tuple[int, str], Answer] = {}
        self.rows = [(row, [self._field(row, cell, given) for cell in row.cells]) for row in rows]

    def _chosen(self, criterion: Criterion, name: str) -> tuple[str, object]:
        text = nfc(self.data.get(name, ""))
        try:
            return choice_meant(criterion, text), ""
        except Denied as refusal:
            return text, refusal.sentence

    def _field(self, row: GridRow, cell: GridCell, given: dict[str, str]) -> CellField:
        field = CellField(cell, f"c-{row.person.pk}-{cell.criterion.id}", cell.value, cell.note, cell.stamp)
        field.closed = verdict(check_in_time, cell.closes_at, at=self.now).sentence
        if not (cell.counts and field.name in self.data):
            return field
        value, error = self._chosen(cell.criterion, field.name)
        value = value or given.get(cell.criterion.id, "")
        note = nfc(self.data.get(field.note_name, "")) if value else ""
        seen = self.data.get(field.seen_name, "")
        if not error and stamp(value, note) == seen:
            return field  # not touched: what is recorded is shown, also where somebody else changed it meanwhile
        if not error and len(note) > NOTE_LENGTH:
            error = _("This is longer than %(longest)s characters.") % {"longest": NOTE_LENGTH}
        field.value, field.note, field.error = value, note, error
        self.answers[row.person.pk, cell.criterion.id] = Answer(value, note, seen)
        return field

    def is_valid(self) -> bool:
        return not self.wrong

    @property
    def wrong(self) -> list[CellField | FillField]:
        return [each for each in (*self.fills, *self.fields) if each.error]

    @property
    def closed(self) -> object:
        """Why some cell of the page takes nothing any more; empty where all are open."""
        return next((field.closed for field in self.fields if field.closed and field.cell.counts), "")

    @property
    def fields(self) -> list[CellField]:
        return [field for _row, fields in self.rows for field in fields]

    def add_errors(self, sentences: dict[str, object]) -> None:
        """``sentences`` by "person/criterion", as the action names a cell."""
        for field in self.fields:
            field.error = sentences.get(field.name.removeprefix("c-").replace("-", "/", 1), field.error)
