"""A batch that a program sent and that is too large to be read while it waits: kept, read by the worker, answered for
a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.db.models import Sum

from thidua.analytics import checking, rules, spool
from thidua.analytics.actions.batches import Choices, file_sha256, import_records, same_batch
from thidua.analytics.models import RUNNING, Delivery, DeliveryState
from thidua.analytics.outcome import GIVEN_UP, Outcome, denied_kept
from thidua.analytics.registry import dataset_of
from thidua.core.records.datasets import Dataset
from thidua.core.records.periods import Period
from thidua.core.records.periods import period as period_of
from thidua.core.refusals import Away, Conflict, Denied, need
from thidua.core.words import _
from thidua.ledger import actions as ledger
from thidua.ledger import jobs
from thidua.ledger.kinds import OVERTAKEN
from thidua.people import rules as people
from thidua.people.models import ApiToken, Unit

REPLACED = _("Other content was sent under this key before this was read; only that is taken.")


@transaction.atomic
def deliver(
    *, dataset: Dataset, period: Period, file: Path, form: str, choices: Choices, by: ApiToken, at: dt.datetime
) -> Delivery:
    """Keep what a program sent and have the worker read it. The same content under the same key is the delivery that
    waits already; other content under it raises Conflict, until that one has waited for too long. Deliveries of one
    unit come one after the other, whichever of its codes they show."""
    Unit.objects.select_for_update(no_key=True).get(pk=by.unit_id)
    token = ApiToken.objects.select_related("unit", "made_by").get(pk=by.pk)
    rules.check_importable(dataset)
    rules.check_import_records(token.made_by, token.unit, at=at)
    sha256 = file_sha256(file)
    same_batch(dataset.id, token.unit, period.name, sha256, choices)
    waiting = Delivery.objects.filter(unit=token.unit, state__in=RUNNING)
    called = waiting.filter(dataset=dataset.id, period=period.name, batch_key=choices.batch_key).first()
    if called and called.sha256 == sha256:
        return called
    if called:
        rules.check_replace(called, at=at)
        _settle(called, DeliveryState.FAILED, denied_kept(Conflict(REPLACED)), at)
    size = file.stat().st_size
    held = waiting.aggregate(size=Sum("size"))["size"] or 0
    rules.check_deliver(token, waiting=waiting.count(), held=held + size, at=at)
    delivery = Delivery.objects.create(
        token=token, unit=token.unit, dataset=dataset.id, period=period.name, batch_key=choices.batch_key, form=form,
        options={name: getattr(choices, name) for name in ("nothing_arose", "dry_run", "only_if_all_valid")},
        sha256=sha256, size=size, sent_at=at,
    )  # fmt: skip
    spool.keep(file, delivery.folder)
    after = {"size": size, "token": token.name}
    ledger.record(by=token.made_by, at=at, verb="analytics.deliver", thing=delivery, unit_id=token.unit_id, after=after)
    jobs.ask("analytics.take_in", delivery_id=delivery.pk)
    return delivery


def take_in(*, delivery: Delivery, at: dt.datetime) -> None:
    """What the worker does. Nothing where it is done already: a repeated job finds the batch by its key."""
    if not Delivery.objects.filter(pk=delivery.pk, state__in=RUNNING).update(state=DeliveryState.READING):
        return
    token = delivery.token
    choices = Choices(**delivery.options, batch_key=delivery.batch_key, token=token.name)
    try:
        people.check_use_token(token, at=at)
        outcome = import_records(
            dataset=dataset_of(delivery.dataset), file=spool.file_of(delivery.folder), name=delivery.name,
            unit=delivery.unit, period=period_of(delivery.period), choices=choices, by=token.made_by, at=at,
            form=delivery.form, limits=checking.limits(), tell=lambda percent: _tell(delivery, percent),
            kept=lambda outcome: _take_over(delivery, outcome, at),
        )  # fmt: skip
    except Away:  # the job is tried again
        Delivery.objects.filter(pk=delivery.pk, state__in=RUNNING).update(state=DeliveryState.WAITING, percent=0)
        raise
    except Denied as refusal:
        _settle(delivery, DeliveryState.FAILED, denied_kept(refusal), at)
    else:
        _settle(delivery, DeliveryState.DONE, outcome.as_told(), at)
    spool.remove(delivery.folder)


def give_up_delivery(*, delivery: Delivery, at: dt.datetime) -> None:
    """The job failed for good: the program is told, and may send again. The content stays for its day, so that the
    administrator can have it read again."""
    _settle(delivery, DeliveryState.FAILED, denied_kept(Away(GIVEN_UP)), at)


def take_in_again(*, delivery: Delivery) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there."""
    sent_again = Delivery.objects.filter(
        unit=delivery.unit, dataset=delivery.dataset, period=delivery.period, batch_key=delivery.batch_key,
        pk__gt=delivery.pk,
    )  # fmt: skip
    need(not sent_again.exists(), _("The program has sent this batch again; this job can only be set aside."))
    given_up = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.FAILED)
    found = given_up.update(state=DeliveryState.WAITING, percent=0, outcome={}, settled_at=None)
    need(found, OVERTAKEN)


def _tell(delivery: Delivery, percent: int) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(percent=percent)


def _take_over(delivery: Delivery, outcome: Outcome, at: dt.datetime) -> None:
    """Together with the batch; after a reading that took long other content may have been sent, or the access code
    taken back: who takes it back now waits for the batch."""
    token = (
        ApiToken.objects.select_for_update(no_key=True, of=("self",))
        .select_related("made_by")
        .get(pk=delivery.token_id)
    )
    people.check_use_token(token, at=at)
    need(_settle(delivery, DeliveryState.DONE, outcome.as_told(), at), REPLACED)


def _settle(delivery: Delivery, state: DeliveryState, outcome: Mapping[str, object], at: dt.datetime) -> int:
    running = Delivery.objects.filter(pk=delivery.pk, state__in=RUNNING)
    return running.update(state=state, percent=100, outcome=outcome, settled_at=at)


def remove_old_deliveries(*, at: dt.datetime) -> None:
    """A day after it was answered nobody asks what became of it; one that waits for the worker is kept."""
    for delivery in Delivery.objects.filter(settled_at__lt=at - spool.KEPT_FOR):
        delivery.delete()
        spool.remove(delivery.folder)
