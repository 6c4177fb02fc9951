"""Records over the API: what datasets there are, rows handed in by a program, the batches of a unit."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Path as InPath
from ninja import Query, Router, Schema

from thidua.analytics import actions, checking, queries
from thidua.analytics.models import Batch, Delivery, DeliveryState
from thidua.analytics.outcome import Status, denied
from thidua.analytics.outcome import told as outcome_told
from thidua.analytics.reading import rows
from thidua.analytics.registry import dataset_of, importable
from thidua.analytics.spool import spool
from thidua.core.records.datasets import Dataset
from thidua.core.records.periods import period as period_of
from thidua.host.bounded import Busy
from thidua.people import queries as people
from thidua.ui.answers import problem, status_of, to_program
from thidua.ui.api import Problem, problems
from thidua.ui.clients import length_of

router = Router(tags=["records"])
PIECE = 1 << 20
AT_ONCE = 200
JSON, JSON_LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
FORMS = {JSON: rows.LIST, JSON_LINES: rows.LINES, CSV: ""}
ASK_AGAIN = 2  # seconds
# More than a list of objects of so many bytes goes line by line or as CSV.
LIMITS = {JSON: settings.UPLOAD_LIMIT, JSON_LINES: settings.LARGEST_BODY, CSV: settings.LARGEST_BODY}


class Choice(Schema):
    id: str
    words: list[str]


class ColumnOut(Schema):
    name: str
    type: str
    label: str
    meaning: str
    unit_of_measure: str | None
    required: bool
    lowest: int | None
    highest: int | None
    may_lie_ahead: bool
    headings: list[str]
    choices: list[Choice]


class DatasetOut(Schema):
    id: str
    name: str
    key: str | None
    needed: list[list[str]]
    columns: list[ColumnOut]


class Recognised(Schema):
    at: str
    heading: str
    column: str


class Ignored(Schema):
    at: str
    heading: str


class Counts(Schema):
    read: int
    accepted: int
    refused: int
    duplicates: int


class ProblemOut(Schema):
    sheet: str | None
    row: int | None
    column: str | None
    level: Literal["error", "warning"]
    code: str
    message: str


class Reason(Schema):
    code: str
    message: str


class OutcomeOut(Schema):
    status: Literal["imported", "checked", "unchanged", "refused"]
    batch: int | None
    dataset: str
    unit: str
    period: str
    sheets: list[str]
    header_row: int | None
    columns: list[Recognised]
    ignored_columns: list[Ignored]
    rows: Counts
    problems: list[ProblemOut]
    reason: Reason | None


class AcceptedOut(Schema):
    state: DeliveryState
    percent: int
    address: str
    outcome: OutcomeOut | None
    problem: Problem | None


class BatchOut(Schema):
    batch: int
    key: str | None
    dataset: str
    unit: str
    period: str
    file: str
    rows: int
    refused: int
    duplicates: int
    nothing_arose: bool
    sha256: str
    imported_at: str
    imported_by: str | None
    state: Literal["in_force", "replaced", "withdrawn"]


class Options(Schema):
    only_if_all_valid: bool = False
    nothing_arose: bool = False
    dry_run: bool = False


ROWS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
BODY = {
    "requestBody": {
        "required": True,
        "content": {JSON: {"schema": ROWS}, **{kind: {"schema": {"type": "string"}} for kind in (JSON_LINES, CSV)}},
    }
}
Key = Annotated[str, InPath(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,99}$")]


@router.get("/datasets", response={200: list[DatasetOut], **problems()}, summary=_("Datasets and their columns"))
def datasets(request):
    return [_dataset(each) for each in importable()]


def _dataset(dataset: Dataset) -> dict[str, object]:
    columns = [
        {
            "name": column.name,
            "type": column.type.value,
            "label": str(column.label),
            "meaning": str(column.meaning),
            "unit_of_measure": column.unit_of_measure or None,
            "required": column.required,
            "lowest": column.lowest,
            "highest": column.highest,
            "may_lie_ahead": column.may_lie_ahead,
            "headings": list(column.headings),
            "choices": [{"id": id, "words": list(words)} for id, words in column.choices.items()],
        }
        for column in dataset.columns
    ]
    needed = [list(group) for group in dataset.needed]
    return {
        "id": dataset.id, "name": str(dataset.name), "key": dataset.key or None, "needed": needed, "columns": columns,
    }  # fmt: skip


@router.post(
    "/records/{dataset}/{period}/batches/{key}",
    url_name="push",
    response={200: OutcomeOut, 202: AcceptedOut, **problems(409, 413, 415), 422: OutcomeOut | Problem},
    openapi_extra=BODY,
    summary=_("Hand in the rows of a period as a batch"),
    description=_(
        "The rows replace what the unit handed in for this dataset and period, in figures, not in storage. The key "
        "names the batch: the same content under the same key changes nothing and is answered as at first; other "
        "content under it is refused (409). A call that was refused uses up no key. A small batch is answered at once "
        "(200); a larger one is read afterwards (202): ask at the address that is given."
    ),
)
def push(request, dataset: str, period: str, key: Key, options: Query[Options]):
    kind, length = request.content_type, length_of(request.META)
    if kind not in LIMITS:
        return to_program(415, _("Send %(kinds)s.") % {"kinds": ", ".join(LIMITS)})
    if length > LIMITS[kind]:
        return to_program(413, _too_large(kind))
    wanted, year, token = dataset_of(dataset), period_of(period), request.auth
    choices = actions.Choices(**options.dict(), batch_key=key, token=token.name)
    sent = {"dataset": wanted, "period": year, "form": FORMS[kind], "choices": choices, "at": timezone.now()}
    with spool() as folder:
        file = folder / "body"
        if _copy(request, file) != length:
            return to_program(400, _("The content ended before its length (Content-Length)."))
        if length <= settings.READ_AT_ONCE:
            with suppress(Busy):  # then the worker reads it
                outcome = actions.import_records(
                    **sent, file=file, name=f"{token.name} · {key}", unit=token.unit, by=token.made_by,
                    limits=checking.limits(is_at_once=True),
                )  # fmt: skip
                return JsonResponse(outcome.as_json(), status=422 if outcome.status is Status.REFUSED else 200)
        delivery = actions.deliver(**sent, file=file, by=token)
    answer = JsonResponse(_state(delivery), status=202)
    answer["Location"], answer["Retry-After"] = _address(delivery), str(ASK_AGAIN)
    return answer


@router.get(
    "/records/batches/asked/{delivery_id}",
    url_name="asked",
    response={200: AcceptedOut, **problems(404)},
    summary=_("What became of a batch that is read afterwards"),
    description=_("Until a day after it was read. “outcome” is what a batch that is answered at once is told."),
)
def asked(request, delivery_id: int):
    delivery = queries.delivery(request.auth, delivery_id)
    if delivery is None:
        return to_program(404, _("There is no batch of this number, or it was read more than a day ago."))
    return JsonResponse(_state(delivery))


def _state(delivery: Delivery) -> dict[str, object]:
    refusal = denied(delivery.outcome)
    return {
        "state": delivery.state,
        "percent": delivery.percent,
        "address": _address(delivery),
        "outcome": outcome_told(delivery.outcome) if delivery.state == DeliveryState.DONE else None,
        "problem": refusal and problem(status_of(refusal, otherwise=422), refusal.sentence),
    }


def _address(delivery: Delivery) -> str:
    return reverse("api:asked", args=[delivery.pk])


def _too_large(kind: str) -> str:
    limits = {"kind": kind, "limit": LIMITS[kind] // 1024**2}
    if kind == JSON:
        return _("As %(kind)s up to %(limit)s MB can be sent; send more as JSON lines or CSV.") % limits
    return _("As %(kind)s up to %(limit)s MB can be sent.") % limits


def _copy(request, file: Path) -> int:
    """The body goes to the disk piece by piece, so that no call is held in memory."""
    with file.open("wb") as target:
        while piece := request.read(PIECE):
            target.write(piece)
        return target.tell()


@router.get(
    "/records/batches",
    response={200: list[BatchOut], **problems()},
    summary=_("Batches of the unit and those below it"),
    description=_("The newest first, 200 at a time; before=… goes on from the last of these."),
)
def batches(request, dataset: str = "", unit: str = "", period: str = "", before: int | None = None):
    units = people.units_seen(request.auth, unit)
    found = queries.batches(dataset=dataset, period=period).filter(unit__in=units.values("pk"))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found[:AT_ONCE])
    in_force = queries.in_force_ids(Batch.objects.filter(pk__in=[batch.pk for batch in page]))
    return [queries.told(batch, in_force) for batch in page]
