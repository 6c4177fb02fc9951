"""A criterion over many units: sums of their values, and from where these come (ADR 29)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from thidua.core.figures import Verdict, verdict
from thidua.core.plan.schema import Criterion
from thidua.core.values import Amount, Source, Value, added
from thidua.core.vietnamese import number
from thidua.core.words import Sentence, _

ORIGINS = (
    (_("from records"), (Source.COMPUTED,)),
    (_("checked by the office"), (Source.ACCEPTED, Source.CHECKED)),
    (_("declared by the unit alone"), (Source.DECLARED,)),
    (_("from registrations here"), (Source.REGISTRATIONS,)),
)


@dataclass(frozen=True)
class Total:
    """A criterion over many units: sums of their values, ``units`` with a value, ``applicable`` where something arose,
    ``met`` that reach the target, and from where the values of how many units come.

    A count ("at least one") becomes a share of units: those that reach it / those where something arose.
    """

    criterion: Criterion
    amount: Amount
    applicable: int
    met: int
    sources: Counter[Source] = field(hash=False)

    @property
    def units(self) -> int:
        return self.sources.total()

    @property
    def numerator(self) -> Decimal | None:
        return self.amount.numerator

    @property
    def denominator(self) -> Decimal | None:
        return self.amount.denominator

    @property
    def share(self) -> Decimal | None:
        return self.amount.share

    @property
    def verdict(self) -> Verdict | None:
        """Of the sum; a target "in every field" is met where each unit meets it."""
        if not self.units:
            return None
        found = verdict(self.criterion, self.numerator, self.denominator)
        is_missed = self.criterion.scopes and self.met < self.applicable
        return Verdict.MISSED if is_missed and found is Verdict.MET else found

    @property
    def origins(self) -> list[tuple[Sentence, int]]:
        """How many units' values come from where, none left out, in three words that an official weighs: counted,
        looked at, or only said."""
        found = [(words, sum(self.sources[source] for source in sources)) for words, sources in ORIGINS]
        return [(words, units) for words, units in found if units]

    @property
    def told(self) -> str:
        """The same in words: "From records 9/12, checked by the office 2/12, declared by the unit alone 1/12"."""
        whole = number(self.units)
        text = ", ".join(f"{words} {number(units)}/{whole}" for words, units in self.origins)
        return text[:1].upper() + text[1:]

    @property
    def is_missed_in_a_field(self) -> bool:
        """Whether the sum reaches the target, and a field of some unit does not."""
        return self.verdict is Verdict.MISSED and (
            verdict(self.criterion, self.numerator, self.denominator) is Verdict.MET
        )


def total(criterion: Criterion, values: Iterable[Value]) -> Total:
    known = [each for each in values if each.source is not None]
    arose = [each for each in known if each.numerator is not None]
    met = sum(each.met is True for each in arose)
    sources = Counter(each.source for each in known if each.source)
    if criterion.is_count:
        return of_units(criterion, met, len(arose), sources)
    return Total(criterion, added(each.amount for each in arose if each.amount), len(arose), met, sources)


def of_units(criterion: Criterion, met: int, applicable: int, sources: Counter[Source]) -> Total:
    """A count per unit, read as a share of units: all of them are to reach it."""
    asked = replace(criterion, kind="ratio", threshold=1.0, direction="at_least", scopes=())
    return Total(asked, Amount.of(Decimal(met), Decimal(applicable)), applicable, met, sources)
