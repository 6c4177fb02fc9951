"""The templates of official papers: download, edit in Word, upload."""

from __future__ import annotations

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from thidua.core.refusals import Denied, NotThere, verdict
from thidua.documents import actions, queries, rules
from thidua.documents.forms import TemplateForm
from thidua.documents.http import word_response
from thidua.documents.registry import PAPERS, Paper
from thidua.ui.fields import put_on


def _paper(request, key: str) -> Paper:
    rules.check_replace(request.user, at=timezone.now())
    if key not in PAPERS:
        raise NotThere(_("There is no such paper."))
    return PAPERS[key]


@require_GET
def list_(request):
    rules.check_replace(request.user, at=timezone.now())
    return render(request, "documents/list.html", {"papers": list(PAPERS.values())})


def _page(request, paper: Paper, *, form=None, status=200):
    context = {
        "paper": paper,
        "current": queries.in_force(paper),
        "history": queries.history(paper),
        "placeholders": paper.placeholders.items(),
        "form": form or TemplateForm(),
        "may_replace": verdict(rules.check_replace, request.user, at=timezone.now()),
    }
    return render(request, "documents/template.html", context, status=status)


@require_GET
def template(request, key):
    return _page(request, _paper(request, key))


@require_GET
def download(request, key):
    paper = _paper(request, key)
    return word_response(queries.content(paper), f"mau-{paper.key}")


@require_POST
def replace(request, key):
    paper = _paper(request, key)
    form = TemplateForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, paper, form=form, status=422)
    try:
        actions.replace(paper=paper, upload=form.cleaned_data["file"], by=request.user, at=timezone.now())
    except Denied as refusal:
        put_on(form, refusal, {"": "file"})
        return _page(request, paper, form=form, status=422)
    messages.success(request, _("The template is in force."))
    return redirect("documents:template", key=key)


@require_POST
def restore(request, key):
    actions.restore(paper=_paper(request, key), by=request.user, at=timezone.now())
    messages.success(request, _("The shipped template is in force again."))
    return redirect("documents:template", key=key)
