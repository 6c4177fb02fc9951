"""Reads of batches for pages and the command line."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from thidua.analytics.models import Batch, Delivery, KnownHeadings, Upload
from thidua.core.refusals import Denied
from thidua.core.words import _
from thidua.people.models import Unit


def batches(person=None, *, dataset: str = "", unit: Unit | None = None, period: str = "") -> QuerySet[Batch]:
    """The newest first; those in sight of a person, or all for the command line. ``is_in_force`` tells which count."""
    found = Batch.objects.all() if person is None else Batch.objects.visible_to(person)
    chosen = {"dataset": dataset, "unit": unit, "period": period}
    found = found.filter(**{name: value for name, value in chosen.items() if value})
    return found.select_related("unit", "imported_by").order_by("-pk")


def in_force_ids(found: QuerySet[Batch]) -> set[int]:
    """Which of these batches count in figures."""
    return set(Batch.objects.in_force().filter(pk__in=found.values("pk")).values_list("pk", flat=True))


def batch_in_force(dataset: str, unit: Unit, period: str) -> Batch:
    """Raises Denied where there is none."""
    batch = Batch.objects.of(dataset, unit, period).in_force().select_related("unit").first()
    if batch is None:
        values = {"dataset": dataset, "unit": unit.name, "period": period}
        raise Denied(_("No batch of “%(dataset)s” of %(unit)s for %(period)s is in force.", **values))
    return batch


def batch_by_id(id: int) -> Batch:
    """Raises Denied where there is none."""
    batch = Batch.objects.select_related("unit").filter(pk=id).first()
    if batch is None:
        raise Denied(_("There is no batch %(id)s.", id=id))
    return batch


def uploads(person) -> QuerySet[Upload]:
    """What the person handed in and nobody decided on yet lies a day; the newest first."""
    return Upload.objects.visible_to(person).select_related("unit").order_by("-pk")


def delivery(token, id: int) -> Delivery | None:
    """What a program of the unit sent within a day."""
    return Delivery.objects.select_related("token", "unit").filter(pk=id, unit=token.unit_id).first()


def known_headings(dataset: str, unit: Unit) -> dict[str, str]:
    """Mark of a heading → column, as the unit said the last time."""
    known = KnownHeadings.objects.filter(dataset=dataset, unit=unit).first()
    return known.columns if known else {}


def unit_by_code(code: str) -> Unit:
    """Raises Denied where there is none."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        raise Denied(_("There is no unit with the code “%(code)s”.", code=code))
    return unit


def told(batch: Batch, in_force: set[int]) -> dict[str, object]:
    """A batch as the command and the API tell of it; ``in_force``: the ids of those that count."""
    state = "withdrawn" if batch.withdrawn_at else "in_force" if batch.pk in in_force else "replaced"
    return {
        "batch": batch.pk,
        "key": batch.batch_key or None,
        "dataset": batch.dataset,
        "unit": batch.unit.code,
        "period": batch.period,
        "file": batch.file_name,
        "rows": batch.rows,
        "refused": batch.rows_refused,
        "duplicates": batch.rows_repeated,
        "nothing_arose": batch.nothing_arose,
        "sha256": batch.file_sha256,
        "imported_at": timezone.localtime(batch.imported_at).isoformat(),
        "imported_by": str(batch.imported_by) if batch.imported_by else None,
        "state": state,
    }
