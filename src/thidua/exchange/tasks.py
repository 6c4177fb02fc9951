"""Jobs of the worker: write a large workbook; remove those of yesterday."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import resolve
from django.utils import timezone, translation

from thidua.core.refusals import Away, Denied
from thidua.core.words import _
from thidua.exchange import actions
from thidua.exchange.models import Export
from thidua.ledger import jobs


@jobs.task(
    "exchange.write", _("Writing an Excel file"), given_up=actions.give_up, is_long=True, again=actions.wait_again
)
def write(export_id: int) -> None:
    export = Export.objects.unfinished().filter(pk=export_id).first()
    if export is None:  # written, or gone
        return
    with translation.override(export.language):
        try:
            answer = _opened(export)
        except Away:
            raise
        except Denied as refusal:
            actions.fail(export=export, sentence=refusal.sentence, at=timezone.now())
        except Http404:
            sentence = _("What this file was to show is gone, or you no longer see it.")
            actions.fail(export=export, sentence=sentence, at=timezone.now())
        else:
            with answer.file_to_stream as made:
                actions.complete(export=export, made=made, at=timezone.now())


def _opened(export: Export):
    """The answer of the address to the person who asked, as of now: who may no longer see it gets nothing."""
    path, _mark, query = export.address.partition("?")
    request = HttpRequest()
    request.method, request.path, request.path_info = "GET", path, path
    request.GET = QueryDict(query)
    request.user = get_object_or_404(get_user_model(), pk=export.asked_by_id, is_active=True)
    request.htmx, request.export = False, export
    view = resolve(path)
    return view.func(request, *view.args, **view.kwargs)


@jobs.periodic("30 * * * *", "exchange.remove_old", _("Removing Excel files of yesterday"))
def remove_old() -> None:
    actions.remove_old(at=timezone.now())
