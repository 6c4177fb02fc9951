"""Jobs of the worker: files that were handed in are read; what nobody needs any more is removed."""

from __future__ import annotations

from django.utils import timezone

from thidua.analytics import actions, queries, storage, workbook
from thidua.analytics.models import Delivery, Upload
from thidua.analytics.spool import Unforeseen
from thidua.core.refusals import need
from thidua.core.words import _
from thidua.ledger import jobs
from thidua.ledger.kinds import OVERTAKEN


def _give_up(upload_id: int, **wish: bool) -> None:
    for upload in Upload.objects.filter(pk=upload_id):
        actions.give_up(upload=upload, wish=wish, at=timezone.now())


def _again(upload_id: int, **wish: bool) -> None:
    actions.read_again(upload_id=upload_id, wish=wish, at=timezone.now())


@jobs.task("analytics.read", _("Reading a file of records"), given_up=_give_up, again=_again, is_long=True)
def read(upload_id: int, *, dry_run: bool = True, nothing_arose: bool = False) -> None:
    upload = Upload.objects.select_related("unit", "handed_in_by").filter(pk=upload_id).first()
    if upload is None:  # dropped meanwhile
        return
    choices = actions.Choices(
        sheets=tuple(upload.sheets),
        columns=upload.columns,
        remembered=queries.known_headings(upload.dataset, upload.unit),
        nothing_arose=nothing_arose,
        dry_run=dry_run,
    )
    try:
        outcome = actions.read(upload=upload, choices=choices, at=timezone.now())
    except Unforeseen as fault:
        raise jobs.Final from fault  # the same file would meet the same fault, and its person waits
    if outcome:
        workbook.colour(upload, choices, outcome)


def _delivery(delivery_id: int) -> Delivery | None:
    return Delivery.objects.select_related("token__made_by", "unit").filter(pk=delivery_id).first()


def _give_up_delivery(delivery_id: int) -> None:
    if delivery := _delivery(delivery_id):
        actions.give_up_delivery(delivery=delivery, at=timezone.now())


def _again_delivery(delivery_id: int) -> None:
    delivery = _delivery(delivery_id)
    need(delivery, OVERTAKEN)
    actions.take_in_again(delivery=delivery)


@jobs.task(
    "analytics.take_in",
    _("Reading a batch that a program sent"),
    given_up=_give_up_delivery,
    again=_again_delivery,
    is_long=True,
)
def take_in(delivery_id: int) -> None:
    if delivery := _delivery(delivery_id):
        try:
            actions.take_in(delivery=delivery, at=timezone.now())
        except Unforeseen as fault:
            raise jobs.Final from fault  # the same content would meet the same fault, and the program waits


@jobs.periodic("10 * * * *", "analytics.remove_old", _("Removing uploads that were read a day ago"))
def remove_old() -> None:
    actions.remove_old_deliveries(at=timezone.now())
    actions.remove_old(at=timezone.now())


@jobs.periodic("40 3 * * *", "analytics.remove_unnamed", _("Removing files of records that nothing names"))
def remove_unnamed() -> None:
    storage.remove_unnamed(at=timezone.now())
