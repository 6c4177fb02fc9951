"""Writes of the consolidated report: the office asks for one, the worker writes it."""

from __future__ import annotations

import datetime as dt

from django.core.files.base import File
from django.db import transaction

from thidua.campaigns.models import Campaign
from thidua.core.refusals import need
from thidua.core.writing import WritingState
from thidua.ledger import actions as ledger
from thidua.ledger import files, jobs
from thidua.ledger.kinds import FREE_AFTER, OVERTAKEN
from thidua.people.models import Person
from thidua.summaries import rules
from thidua.summaries.models import Report


@transaction.atomic
def prepare(*, campaign: Campaign, year: int, by: Person, at: dt.datetime) -> Report:
    """Ask for the report; the worker writes it within seconds. One that waits already is not asked for twice, until it
    has waited for too long."""
    Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # who asks at the same moment finds the first
    rules.check_prepare(by, at=at)
    waiting = Report.objects.filter(campaign=campaign, year=year, state=WritingState.PREPARED)
    if already := waiting.filter(prepared_at__gt=at - FREE_AFTER).last():
        return already
    report = Report.objects.create(campaign=campaign, year=year, prepared_at=at, prepared_by=by)
    ledger.record(by=by, at=at, verb="summaries.prepare", thing=report, after={"year": year})
    jobs.ask("summaries.complete", report_id=report.pk)
    return report


@transaction.atomic
def complete(
    *, report: Report, word: File, annexes: File, numbers: list[dict], template_number: int, at: dt.datetime
) -> None:
    """Keep what was written; a second writing of the same report changes nothing."""
    report = _waiting(report)
    if report is None:
        return
    report.word = files.store(word, by=report.prepared_by, at=at)
    report.annexes = files.store(annexes, by=report.prepared_by, at=at)
    report.numbers, report.template_number = numbers, template_number
    _settle(report, WritingState.READY, at)


@transaction.atomic
def fail(*, report: Report, sentence: str, at: dt.datetime) -> None:
    """Keep why it could not be written."""
    report = _waiting(report)
    if report is not None:
        report.failure = sentence
        _settle(report, WritingState.FAILED, at)


def wait_again(report_id: int) -> None:
    """The administrator has the job tried again that was given up; the job itself is asked for there."""
    failed = Report.objects.filter(pk=report_id, state=WritingState.FAILED)
    need(failed.update(state=WritingState.PREPARED, failure="", completed_at=None), OVERTAKEN)


def _waiting(report: Report) -> Report | None:
    return Report.objects.select_for_update().filter(pk=report.pk, state=WritingState.PREPARED).first()


def _settle(report: Report, state: WritingState, at: dt.datetime) -> None:
    report.state, report.completed_at = state, at
    report.save()
    verb = "summaries.complete" if state == WritingState.READY else "summaries.fail"
    ledger.record(by=report.prepared_by, at=at, verb=verb, thing=report, after={"state": state}, note=report.failure)
