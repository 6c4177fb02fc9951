import datetime as dt
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from thidua.core.dossiers import DossierState
from thidua.core.refusals import Verdict
from thidua.ui.templatetags import ui

TODAY = dt.date(2024, 10, 18)


def draw(source, path="/", **context):
    with translation.override("en"):
        return Template(source).render(Context({"request": RequestFactory().get(path), **context}))


class Registration(forms.Form):
    name = forms.CharField(label="Name", max_length=250, help_text="Say what is done.", widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Model"), ("b", "Solution")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)
    proof = forms.FileField(label="Proof", required=False)
    agreed = forms.BooleanField(label="Agreed", required=False)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (ui.ngay(dt.date(2023, 10, 31)), "31/10/2023"),
        (ui.ngay(None), "–"),
        (ui.gio(dt.datetime(2023, 10, 31, 3, 24, tzinfo=dt.UTC)), "10:24 31/10/2023"),
        (ui.gio_phut(dt.datetime(2023, 10, 31, 10, 24)), "10:24"),
        (ui.so(1234.5), "1.234,5"),
        (ui.so(""), "–"),
        (ui.so(2, 1), "2,0"),
        (ui.phan_tram("0.9999"), "99,9%"),
        (ui.phan_tram(None), "–"),
        (ui.phan_tram(float("nan")), "–"),
        (ui.dung_luong(248 * 1024), "248 KB"),
        (ui.dung_luong(1), "1 KB"),
    ],
)
def test_dates_and_numbers_are_written_as_people_write_them(shown, expected):
    assert shown == expected


@pytest.mark.parametrize(
    ("days", "words", "css"),
    [
        (-8, "8 days late", "late"),
        (0, "Today", "soon"),
        (1, "1 day left", "soon"),
        (3, "3 days left", "soon"),
        (4, "4 days left", ""),
    ],
)
def test_a_deadline_is_said_in_words(days, words, css):
    with translation.override("en"):
        assert ui.due_words(TODAY + dt.timedelta(days), TODAY) == (words, css)


def test_a_deadline_that_is_done_presses_nobody():
    assert "<b>" not in ui.due(TODAY, done=True)


def test_a_chip_has_word_icon_and_tone():
    chip = draw("{% chip state %}", state=DossierState.RETURNED)
    assert "is-back" in chip
    assert "#back" in chip
    assert "Returned" in chip


def test_every_state_of_a_dossier_has_a_mark_of_its_own():
    assert {ui.tone(state) for state in DossierState} >= {"idle", "wait", "back", "done", "none"}


def test_words_in_marks_are_escaped():
    assert "<script>" not in ui.chip("done", label="<script>")
    assert "<script>" not in ui.icon("late", label="<script>")


def test_a_bar_stays_between_nothing_and_all():
    assert 'width="100.0"' in ui.bar(1.7, 0.98, "done")
    assert "M98.0" in ui.bar(1.7, 0.98, "done")
    assert 'width="0.0"' in ui.bar(None)


def test_one_parameter_changes_and_the_page_falls_back():
    address = draw("{% query year=2024 unit=None %}", "/?unit=7&year=2023&page=3&q=a")
    assert address == "?year=2024&amp;q=a"


def test_the_pager_keeps_the_filters():
    html = draw("{% paginate page %}", "/?q=a&page=2", page=Paginator(range(120), 50).get_page(2))
    assert 'href="?q=a&amp;page=3"' in html
    assert "51–100 of 120" in html


def test_one_page_needs_no_pager():
    assert draw("{% paginate page %}", page=Paginator(range(3), 50).get_page(1)).strip() == ""


def test_a_heading_sorts_and_turns_round():
    assert "?sort=-name" in draw('{% sort "name" "Name" "name" %}')
    assert draw('{% sorted_as "name" "-name" %}') == 'aria-sort="descending"'
    assert draw('{% sorted_as "name" "code" %}') == ""


def test_a_field_has_label_hint_control_and_error_tied_together():
    form = Registration({"name": "", "kind": "b"})
    html = draw("{% field form.name %}", form=form)
    order = [
        html.index(part) for part in ('for="id_name"', "Say what is done.", "<textarea", "This field is required.")
    ]
    assert order == sorted(order)
    assert 'aria-describedby="id_name_hint id_name_count id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.count("aria-describedby") == 1


def test_optional_is_said_and_required_is_the_rule():
    form = Registration()
    assert "optional" in draw("{% field form.note %}", form=form)
    assert "optional" not in draw("{% field form.name %}", form=form)


def test_choices_are_a_fieldset_with_a_legend():
    html = draw("{% field form.kind %}", form=Registration({"kind": "b"}))
    assert "<legend" in html
    assert 'value="b" id="id_kind_1" checked' in html


def test_a_file_field_is_a_zone_that_also_works_plainly():
    html = draw("{% field form.proof %}", form=Registration())
    assert "data-drop" in html
    assert 'type="file"' in html


def test_errors_are_summed_up_with_links():
    html = draw("{% form_errors form %}", form=Registration({}))
    assert 'href="#id_name"' in html
    assert "2 answers need another look" in html


def test_a_shut_button_stays_and_says_why():
    html = draw("{% verdict v %}Send{% endverdict %}", v=Verdict(False, "The sum is <90%."))
    assert "disabled" in html
    assert 'aria-describedby="why-1"' in html
    assert "The sum is &lt;90%." in html


def test_an_open_button_sends():
    html = draw('{% verdict v name="verb" value="submit" confirm="Sure?" %}Send{% endverdict %}', v=Verdict(True))
    assert 'type="submit" name="verb" value="submit"' in html
    assert 'data-confirm="Sure?"' in html
    assert "disabled" not in html


def test_the_save_mark_is_hidden_until_something_is_saved():
    assert " hidden" in draw("{% saved %}")
    assert "Saved at 10:24, not sent" in draw('{% saved at extra="not sent" %}', at=dt.datetime(2024, 1, 1, 10, 24))


def test_filters_show_what_is_chosen_and_how_to_take_it_away():
    from thidua.ui.listing import Filter, listing

    class Rows(list):
        def search(self, text):
            return Rows(row for row in self if text in row)

    request = RequestFactory().get("/?q=a&kind=x&sort=name")
    found = listing(
        request,
        Rows(["ab", "b"]),
        filters=[Filter("kind", "Kind", [("x", "School")], apply=lambda rows, value: rows)],
    )
    html = Template('{% include "ui/parts/filters.html" with excel_url="/xlsx" %}')
    with translation.override("en"):
        shown = html.render(Context({"request": request, "listing": found}))
    assert found.count == 1
    assert found.is_narrowed
    assert 'href="?q=a&amp;sort=name"' in shown
    assert 'href="/xlsx"' in shown


def test_a_sort_outside_the_whitelist_is_not_followed():
    from thidua.ui.listing import listing

    asked = []

    class Rows(list):
        def order_by(self, *fields):
            asked.append(fields)
            return self

    sorts = {"name": ["sort_key"], "late": ["-due_on", "sort_key"]}
    listing(RequestFactory().get("/?sort=password"), Rows(), sorts=sorts)
    listing(RequestFactory().get("/?sort=-late"), Rows(), sorts=sorts)
    assert asked == [("sort_key",), ("due_on", "-sort_key")]


def test_a_state_may_bring_its_own_mark():
    assert ui.tone(SimpleNamespace(tone="soon", icon="near")) == "soon"
    assert ui.mark(SimpleNamespace(tone="soon", icon="near")) == "near"


def test_the_options_of_a_select_mark_the_chosen_one_and_escape_words():
    people = [(7, "An"), (8, "<Bình>")]
    drawn = '<option value="7">An</option><option value="8" selected>&lt;Bình&gt;</option>'
    assert draw("{% options people chosen %}", people=people, chosen="8") == drawn
    assert draw("{% options people chosen %}", people=people, chosen=8) == drawn
    assert "selected" not in draw("{% options people row.person %}", people=people, row={})
