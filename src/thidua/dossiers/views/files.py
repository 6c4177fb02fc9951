"""Files of a dossier."""

from __future__ import annotations

from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from thidua.documents.http import stored_response
from thidua.dossiers import actions
from thidua.dossiers.models import Attachment, Dossier
from thidua.dossiers.views.shown import dossier_of


@require_POST
def attach(request, pk):
    dossier = dossier_of(request, pk)
    question = request.POST.get("question", "")
    uploads = request.FILES.getlist("files")
    actions.attach(dossier=dossier, question=question, uploads=uploads, by=request.user, at=timezone.localtime())
    return redirect(f"{reverse('dossiers:form', args=[pk])}#q-{question}")


def _attachment(request, pk) -> Attachment:
    seen = Attachment.objects.filter(dossier__in=Dossier.objects.visible_to(request.user).values("pk"))
    return get_object_or_404(seen.select_related("file", "dossier"), pk=pk)


@require_POST
def detach(request, pk):
    attachment = _attachment(request, pk)
    actions.detach(attachment=attachment, by=request.user, at=timezone.localtime())
    return redirect("dossiers:form", pk=attachment.dossier_id)


@require_GET
def file(request, pk):
    """The bytes, only to those who see the dossier; a preview runs in a sandbox, all else is a download."""
    attachment = _attachment(request, pk)
    return stored_response(attachment.file, attachment.name, preview="preview" in request.GET)
