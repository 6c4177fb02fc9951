"""The one value of a criterion: of what a unit declares, records count and the office checks or accepts, that which
counts; by field and as a whole (ADR 29). Over many units: ``core.totals``.

Trust grows declared < counted < checked < accepted. Shares are fractions between 0 and 1; they are rounded where they
are shown, never before they are judged.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple, Self

from thidua.core.figures import Verdict, merit, verdict
from thidua.core.plan.schema import Criterion
from thidua.core.vietnamese import number, percent
from thidua.core.words import Sentence, _


class Source(StrEnum):
    """Where a value comes from, the most trusted first."""

    ACCEPTED = "accepted"
    CHECKED = "checked"
    COMPUTED = "computed"
    REGISTRATIONS = "registrations"
    DECLARED = "declared"

    @property
    def label(self) -> Sentence:
        return SOURCE_LABELS[self]

    @property
    def trust(self) -> int:
        return TRUST[self]

    @property
    def is_of_office(self) -> bool:
        return self in (Source.ACCEPTED, Source.CHECKED)

    @property
    def is_counted(self) -> bool:
        """By a measure: in records that were handed in, or in what lies here."""
        return self in (Source.COMPUTED, Source.REGISTRATIONS)


SOURCE_LABELS = {
    Source.ACCEPTED: _("Accepted"),
    Source.CHECKED: _("Checked"),
    Source.COMPUTED: _("From records"),
    Source.REGISTRATIONS: _("From registrations"),
    Source.DECLARED: _("Declared"),
}
FIELDS_FROM = {
    Source.ACCEPTED: _("fields accepted: %(n)s"),
    Source.CHECKED: _("fields checked: %(n)s"),
    Source.COMPUTED: _("fields from records: %(n)s"),
}
TRUST = {
    Source.ACCEPTED: 3,
    Source.CHECKED: 2,
    Source.COMPUTED: 1,
    Source.REGISTRATIONS: 1,
    Source.DECLARED: 0,
}


WITHOUT_FIELD = _("without a field")


class Amount(NamedTuple):
    """What somebody says of a criterion. Where nothing arose both are None; a count need have no denominator."""

    numerator: Decimal | None
    denominator: Decimal | None = None

    @classmethod
    def of(cls, numerator: Decimal | None, denominator: Decimal | None) -> Self:
        """A zero denominator says that nothing arose."""
        return cls(numerator, denominator) if numerator is not None and denominator != 0 else cls(None)

    @property
    def arose(self) -> bool:
        return self.numerator is not None

    @property
    def share(self) -> Decimal | None:
        return self.numerator / self.denominator if self.numerator is not None and self.denominator else None

    @property
    def in_numbers(self) -> str:
        """ "95 / 100", or the count."""
        whole = f" / {number(self.denominator)}" if self.denominator is not None else ""
        return "–" if self.numerator is None else number(self.numerator) + whole


@dataclass(frozen=True)
class Stated:
    """What people state of one field, or of the whole. ``checked`` is None too where the unit declared anew since;
    ``decided_at``: when the office last checked or accepted; ``records_moved_at``: when records of it last changed."""

    declared: Amount
    checked: Amount | None = None
    accepted: Amount | None = None
    decided_at: dt.datetime | None = None
    records_moved_at: dt.datetime | None = None

    @property
    def of_office(self) -> tuple[Amount, Source] | None:
        if self.accepted is not None:
            return self.accepted, Source.ACCEPTED
        return None if self.checked is None else (self.checked, Source.CHECKED)


@dataclass(frozen=True)
class Counted:
    """What a measure counts in records. ``amount`` is None where they cannot tell: a column is missing."""

    amount: Amount | None
    source: Source = Source.COMPUTED


@dataclass(frozen=True)
class Value:
    """The value of a criterion for one unit and year: of one field, or of the whole (``scope`` None; "" is what has no
    field). ``source`` None: nobody says anything, and ``amount`` is None with it.

    ``worst``: the share of the field that is furthest from the target, where the whole has fields. ``is_stale``: the
    records changed after the office decided, and do not say what it found.
    """

    criterion: Criterion
    scope: str | None
    amount: Amount | None = None
    source: Source | None = None
    is_stale: bool = False
    worst: Decimal | None = None
    parts: tuple[Value, ...] = field(default=(), repr=False, hash=False)
    stated: Stated | None = field(default=None, repr=False)
    counted: Counted | None = field(default=None, repr=False)

    @property
    def numerator(self) -> Decimal | None:
        return self.amount.numerator if self.amount else None

    @property
    def denominator(self) -> Decimal | None:
        return self.amount.denominator if self.amount else None

    @property
    def share(self) -> Decimal | None:
        return self.amount.share if self.amount and not self.criterion.is_count else None

    @cached_property
    def verdict(self) -> Verdict | None:
        """Against the target; what is asked "in every field" is met where the whole and each field meet it."""
        if self.amount is None:
            return None
        whole = verdict(self.criterion, self.numerator, self.denominator)
        if whole is Verdict.NOT_APPLICABLE or self.worst is None or not self.criterion.scopes:
            return whole
        return max(whole, verdict(self.criterion, self.worst, Decimal(1)), key=WORSE.index)

    @property
    def met(self) -> bool | None:
        """None where nothing can be said."""
        found = self.verdict
        return None if found in (None, Verdict.NOT_APPLICABLE) else found is Verdict.MET

    @property
    def is_missed_in_a_field(self) -> bool:
        """Whether the whole reaches the target, and a field of it does not."""
        return self.met is False and verdict(self.criterion, self.numerator, self.denominator) is Verdict.MET

    @property
    def differs(self) -> bool:
        """Whether what the unit declared is not what its records say."""
        declared = self.stated.declared if self.stated else None
        found = self.counted.amount if self.counted else None
        if declared is None or found is None or not declared.arose or not found.arose:
            return False
        if self.criterion.is_count:
            return declared.numerator != found.numerator
        return declared.share != found.share

    @property
    def named(self) -> str:
        """The field in words; nothing for a whole."""
        return "" if self.scope is None else self.scope or str(WITHOUT_FIELD)

    @property
    def told(self) -> str:
        """The source in words; of a whole that others helped to make, with how many fields come from where."""
        if self.source is None:
            return ""
        others = Counter(
            part.source for part in self.parts if part.source in FIELDS_FROM and part.source != self.source
        )
        fields = [_(FIELDS_FROM[source].message, n=number(n)) for source, n in sorted(others.items())]
        return "; ".join(map(str, (self.source.label, *fields)))

    @property
    def in_numbers(self) -> str:
        return self.amount.in_numbers if self.amount else "–"

    @property
    def shown(self) -> str:
        """The share, or the count; "–" where there is none."""
        if self.share is not None:
            return percent(self.share)
        return number(self.numerator) if self.numerator is not None else "–"


def part(criterion: Criterion, scope: str | None, stated: Stated | None, counted: Counted | None) -> Value:
    """One field, or a whole that is looked at without its fields: the office's, else the records', else the unit's."""
    amount, source = _best(stated, counted)
    is_stale = _moved(criterion, amount, source, stated, counted)
    return Value(criterion, scope, amount, source, is_stale, None, (), stated, counted)


def _best(stated: Stated | None, counted: Counted | None) -> tuple[Amount | None, Source | None]:
    if stated and stated.of_office:
        return stated.of_office
    if counted and counted.amount is not None:
        return counted.amount, counted.source
    return (stated.declared, Source.DECLARED) if stated else (None, None)


def _moved(
    criterion: Criterion, amount: Amount | None, source: Source | None, stated: Stated | None, counted: Counted | None
) -> bool:
    """Whether records changed after the office decided, and do not say what it found."""
    if source is None or not source.is_of_office or stated is None or amount is None:
        return False
    if stated.decided_at is None or stated.records_moved_at is None or stated.records_moved_at <= stated.decided_at:
        return False
    found = counted.amount if counted else None
    if found is None:
        return True
    return amount.numerator != found.numerator if criterion.is_count else amount != found


def whole(
    criterion: Criterion,
    stated: Stated | None,
    counted: Counted | None,
    parts: Sequence[Value] = (),
    worst: Decimal | None = None,
) -> Value:
    """The whole: what the office found of it; else the more trusted of the sum of its fields, which is called by the
    least trusted of them, and of what is said of it as a whole. Of two alike the sum goes before a declared whole, and
    before records where the office looked at a field.

    ``worst`` is given where the fields were folded before they were read (``furthest``).
    """
    amount, source = _best(stated, counted)
    known = [each for each in parts if each.source is not None]
    if _is_sum(source, known):
        amount, source = added(each.amount for each in known if each.amount), min(known, key=_trust).source
        is_stale = any(each.is_stale for each in known)
    else:
        is_stale = _moved(criterion, amount, source, stated, counted)
    worst = worst if worst is not None or not known else furthest(criterion, (each.share for each in known))
    return Value(criterion, None, amount, source, is_stale, worst, tuple(parts), stated, counted)


def _is_sum(source: Source | None, parts: Sequence[Value]) -> bool:
    """Whether the fields count, and not what ``source`` says of the whole."""
    if not parts or source is None:
        return bool(parts)
    least = min(map(_trust, parts))
    if source.is_of_office or least != source.trust:
        return not source.is_of_office and least > source.trust
    return source is Source.DECLARED or any(_trust(each) > least for each in parts)


def _trust(value: Value) -> int:
    return value.source.trust if value.source else -1


def added(amounts: Iterable[Amount]) -> Amount:
    """What did not arose anywhere adds nothing; nothing anywhere is nothing."""
    arose = [each for each in amounts if each.numerator is not None]
    if not arose:
        return Amount(None)
    wholes = [each.denominator for each in arose if each.denominator is not None]
    return Amount(
        sum((each.numerator or Decimal(0) for each in arose), Decimal(0)), sum(wholes, Decimal(0)) if wholes else None
    )


def furthest(criterion: Criterion, shares: Iterable[Decimal | None]) -> Decimal | None:
    """The share that is furthest from the target, of those that are some."""
    return min((each for each in shares if each is not None), key=lambda share: merit(criterion, share), default=None)


def value(
    criterion: Criterion,
    stated: Mapping[str | None, Stated],
    counted: Mapping[str | None, Counted],
    *,
    by_field: bool,
) -> Value:
    """The value of one unit and year with all its fields, those of the plan first. Keys: None is the whole, a field is
    spelt as the plan spells it, "" is what has none. ``by_field``: whether records are counted by field.

    Where records tell of the whole, a field that they do not name has none of them: what is declared of it is shown,
    and not counted.
    """
    of_whole = counted.get(None)
    absent = replace(of_whole, amount=of_whole.amount and Amount(None)) if of_whole and by_field else None
    others = sorted(
        {scope for scope in (*stated, *counted) if scope is not None} - {*criterion.scopes}, key=_named_first
    )
    parts = [
        part(criterion, scope, stated.get(scope), counted.get(scope, absent)) for scope in (*criterion.scopes, *others)
    ]
    return whole(criterion, stated.get(None), of_whole, parts)


def _named_first(scope: str) -> tuple[bool, str]:
    return scope == "", scope


WORSE = (Verdict.MET, Verdict.NEAR, Verdict.MISSED)
