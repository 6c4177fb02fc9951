"""Declared figures: a rate is never typed. Numerator and denominator are, and "nothing arose" has a reason."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from thidua.core.plan.schema import Criterion
from thidua.core.refusals import Denied
from thidua.core.vietnamese import number, percent
from thidua.core.words import Sentence, _


class Verdict(StrEnum):
    MET = "met"
    NEAR = "near"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> Sentence:
        return VERDICT_LABELS[self]


VERDICT_LABELS = {
    Verdict.MET: _("Met"),
    Verdict.NEAR: _("Nearly met"),
    Verdict.MISSED: _("Not met"),
    Verdict.NOT_APPLICABLE: _("Not applicable"),
}


class NoValue(StrEnum):
    """Why a measure gives no value; each is "not applicable" or "not known", never 0% or 100%."""

    NOTHING_AROSE = "nothing_arose"
    NOTHING_COUNTED = "nothing_counted"
    COLUMN_MISSING = "column_missing"

    @property
    def label(self) -> Sentence:
        return NO_VALUE_LABELS[self]


NO_VALUE_LABELS = {
    NoValue.NOTHING_AROSE: _("The unit says that nothing arose in the year."),
    NoValue.NOTHING_COUNTED: _("No record of the year belongs to this criterion."),
    NoValue.COLUMN_MISSING: _("The file had no column for this criterion."),
}


def check_figure(
    criterion: Criterion, numerator: Decimal | None, denominator: Decimal | None, *, nothing_arose: bool, reason: str
) -> None:
    """Refuse a figure that cannot be true, naming the field at fault.

    Zero in the denominator is "nothing arose": it needs a reason and counts as not applicable, never 0% or 100%.
    """
    if nothing_arose:
        _need(reason.strip(), "reason", _("Write why nothing arose."))
        return
    _need(numerator is not None, "numerator", _("This is still empty."))
    _need(numerator is not None and numerator >= 0, "numerator", _("A count cannot be negative."))
    if criterion.is_count:
        return
    _need(denominator is not None, "denominator", _("This is still empty."))
    _need(denominator is not None and denominator >= 0, "denominator", _("A count cannot be negative."))
    _need(
        bool(denominator),
        "denominator",
        _("The denominator is zero: tick “nothing arose” and write why; the criterion then does not apply."),
    )
    _need(
        numerator is not None and denominator is not None and numerator <= denominator,
        "numerator",
        _("The numerator is larger than the denominator."),
    )


def _need(condition: object, field: str, sentence: Sentence) -> None:
    if not condition:
        raise Denied(sentence, {field: sentence})


def target(criterion: Criterion) -> Sentence | str:
    """As people say it: "from 98%", "at most 5%", "100%" where all is asked."""
    shown = (number if criterion.is_count else percent)(Decimal(str(criterion.threshold)))
    if criterion.direction == "at_most":
        return _("at most %(value)s", value=shown)
    if not criterion.is_count and criterion.threshold == 1:
        return shown
    return _("from %(value)s", value=shown)


def merit(criterion: Criterion, value: Decimal) -> Decimal:
    """What grows as a value gets better: by it units are ranked."""
    return -value if criterion.direction == "at_most" else value


def verdict(criterion: Criterion, numerator: Decimal | None, denominator: Decimal | None) -> Verdict:
    """Against the target; ``near`` is how far below it still counts as nearly met."""
    if numerator is None or (not criterion.is_count and not denominator):
        return Verdict.NOT_APPLICABLE
    value = numerator if criterion.is_count else numerator / (denominator or Decimal(1))
    gap = Decimal(str(criterion.threshold)) - value
    if criterion.direction == "at_most":
        gap = -gap
    if gap <= 0:
        return Verdict.MET
    near = not criterion.is_count and gap <= Decimal(str(criterion.near))
    return Verdict.NEAR if near else Verdict.MISSED
