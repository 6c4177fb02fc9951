"""Excel files that the worker writes: the person's own, one with its progress, the file itself."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from thidua.core.refusals import NotThere
from thidua.core.writing import WritingState
from thidua.exchange import files
from thidua.exchange.models import Export
from thidua.ui.answers import refresh
from thidua.ui.downloads import download


@require_GET
def exports(request):
    found = Export.objects.visible_to(request.user).order_by("-pk")
    return render(request, "exchange/exports.html", {"exports": found})


def _export(request, token) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user), token=token)


@require_GET
def export(request, token):
    """The page; while the worker writes, it asks again every second (or by a link, without script)."""
    found = _export(request, token)
    if request.htmx and found.completed_at:
        return refresh()
    template = "exchange/export.html" + ("#progress" if request.htmx else "")
    return render(request, template, {"export": found})


@require_GET
def file(request, token):
    found = _export(request, token)
    path = files.path_of(found.token)
    if found.state != WritingState.READY or not path.exists():
        raise NotThere(_("There is no such file."))
    return download(path.open("rb"), str(found), "xlsx")
