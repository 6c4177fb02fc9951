"""Surveys: opened, followed and closed by those who are signed in; answered by anybody, without session or account."""

from __future__ import annotations

from django.conf import settings
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from thidua.core.refusals import Denied, TooOften, verdict
from thidua.core.satisfaction import Formula, Level
from thidua.exchange.http import excel_response
from thidua.ledger import limits
from thidua.people.models import Unit
from thidua.surveys import actions, forms, queries, rules, workbook
from thidua.surveys import posters as drawn_posters
from thidua.surveys.models import Survey
from thidua.ui.clients import address_of
from thidua.ui.downloads import download
from thidua.ui.middleware import public
from thidua.ui.pagination import page_of

WORDS_SHOWN = 20


@require_GET
def list_(request):
    page = page_of(queries.surveys_seen(request.user), request)
    context = {
        "page": page,
        "rows": queries.with_answers(request.user, list(page)),
        "today": timezone.localdate(),
        "may_open": _may_open(request),
    }
    return render(request, "surveys/list.html", context)


def _own_units(person):
    return Unit.objects.filter(pk__in=person.access.acts_for).order_by("sort_key")


def _may_open(request):
    unit = None if request.user.access.is_office else _own_units(request.user).first()
    return verdict(rules.check_open_, request.user, unit, at=timezone.now())


def open_(request):
    """GET shows the form; POST opens the survey."""
    whole = request.user.access.is_office
    form = forms.OpenForm(request.POST or None, units=_own_units(request.user), whole_department=whole)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "may_open": _may_open(request)}
        return render(request, "surveys/open.html", context, status=422 if request.method == "POST" else 200)
    wanted = form.cleaned_data
    units = Unit.objects.open_on(wanted["opens_on"]).filter(kind__in=wanted.get("kinds", ())).order_by("sort_key")
    survey = actions.open_(
        name=wanted["name"],
        year=wanted["opens_on"].year,
        unit=wanted.get("unit"),
        units=units,
        asked=form.asked,
        formula=Formula(wanted["formula"]),
        asks_words=wanted["asks_words"],
        opens_on=wanted["opens_on"],
        closes_on=wanted["closes_on"],
        by=request.user,
        at=timezone.now(),
    )
    return redirect(survey)


def _survey(request, pk) -> Survey:
    return get_object_or_404(queries.surveys_seen(request.user), pk=pk)


@require_GET
def page(request, pk):
    survey = _survey(request, pk)
    context = {
        "survey": survey,
        "results": queries.results(request.user, survey),
        "words": queries.words_of(request.user, survey)[:WORDS_SHOWN],
        "is_open": survey.is_open(timezone.localdate()),
        "may_close": verdict(rules.check_close, request.user, survey, at=timezone.now()),
        "few": queries.FEW,
    }
    return render(request, "surveys/page.html", context)


@require_POST
def close(request, pk):
    survey = _survey(request, pk)
    actions.close(survey=survey, by=request.user, at=timezone.now())
    return redirect(survey)


@require_GET
def excel(request, pk):
    survey = _survey(request, pk)
    found = queries.results(request.user, survey)
    rows, count = workbook.result_rows(found), len(found.places)
    return excel_response(request, f"khao-sat-{survey.pk}", workbook.result_columns(), rows, count=count)


@require_GET
def words_excel(request, pk):
    survey = _survey(request, pk)
    found = queries.words_of(request.user, survey)
    rows, count = workbook.word_rows(found), found.count()
    return excel_response(request, f"y-kien-{survey.pk}", workbook.word_columns(), rows, count=count)


@require_GET
def posters(request, pk):
    """A poster with the QR code for each unit that the person sees, or for ``?unit=`` alone."""
    survey = _survey(request, pk)
    places = queries.places_of(request.user, survey, unit=request.GET.get("unit", ""))
    made = drawn_posters.draw(survey, places, base=settings.BASE_URL.rstrip("/"), organisation=settings.ORGANISATION)
    return download(made, f"ap-phich-khao-sat-{survey.pk}", "pdf")


@public
@csrf_exempt  # no cookie and no account: the signed stamp in the form is what is asked for instead
def answer(request, token):
    """One question a page, the answers so far in the page itself; the last page sends them."""
    place = queries.place_of(token)
    shown = {"place": place, "is_sample": place.survey.is_sample}
    count = len(place.survey.asked)
    if not place.survey.is_open(timezone.localdate()):
        return render(request, "surveys/shut.html", shown, status=410)
    if request.method != "POST":
        return _question(request, place, forms.new_sheet(place.pk))
    sheet = forms.sheet_from(request.POST, count)
    if "send" not in request.POST:
        return _question(request, place, sheet)
    try:
        limits.spend("surveys.answer", address_of(request), at=timezone.now())
        actions.answer(
            place=place,
            levels=sheet.in_order(count),
            words=sheet.words,
            form=forms.number_of(sheet.stamp, place.pk),
            on=timezone.localdate(),
        )
    except TooOften as refusal:
        busy = render(request, "surveys/busy.html", shown | {"refusal": refusal.sentence}, status=429)
        busy["Retry-After"] = str(refusal.retry_after)
        return busy
    except Denied as refusal:
        return _question(request, place, sheet, refusal=refusal.sentence)
    return redirect(reverse("surveys:thanks", args=[token]))


def _question(request, place, sheet, refusal=None):
    questions = place.survey.questions
    given = [
        {"n": n, "text": questions[n].text, "level": Level(level) if level in set(Level) else None}
        for n, level in sorted(sheet.levels.items())
    ]
    context = {
        "place": place,
        "sheet": sheet,
        "given": given,
        "question": questions[sheet.at] if sheet.at < len(questions) else None,
        "number": sheet.at + 1,
        "steps": range(len(questions)),
        "levels": sorted(Level, reverse=True),
        "refusal": refusal,
        "is_sample": place.survey.is_sample,
    }
    return render(request, "surveys/answer.html", context, status=422 if refusal else 200)


@public
@require_GET
def thanks(request, token):
    place = queries.place_of(token)
    return render(request, "surveys/thanks.html", {"place": place, "is_sample": place.survey.is_sample})
