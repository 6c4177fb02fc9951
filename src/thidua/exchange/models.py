"""Workbooks that are too large to be made while a page waits: asked for by a person, written by the worker."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.urls import reverse
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from thidua.core.writing import WritingState


class ExportQuerySet(models.QuerySet):
    def visible_to(self, person) -> Self:
        """One's own: what is in it is what that person may see."""
        return self.filter(asked_by_id=person.pk)

    def unfinished(self) -> Self:
        return self.filter(state=WritingState.PREPARED)


class Export(models.Model):
    """``address`` is the page's own address of the workbook, which the worker opens as the person who asked.

    The file lies in the folder of exports under ``token`` until ``exchange.files.KEPT_FOR`` has passed.
    """

    token = models.UUIDField(default=uuid.uuid4, unique=True)
    asked_by_id = models.BigIntegerField(db_index=True)
    asked_at = models.DateTimeField(_("asked for at"))
    address = models.TextField()
    language = models.CharField(max_length=5)
    name = models.CharField(_("file"), max_length=200)
    count = models.PositiveIntegerField(_("rows"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(state.value, lazystr(state.label)) for state in WritingState],
        default=WritingState.PREPARED,
    )
    percent = models.PositiveSmallIntegerField(default=0)
    failure = models.TextField(blank=True)
    completed_at = models.DateTimeField(_("written at"), null=True)
    size = models.BigIntegerField(_("size in bytes"), default=0)

    objects = ExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}.xlsx"

    def get_absolute_url(self) -> str:
        return reverse("exchange:export", args=[self.token])
