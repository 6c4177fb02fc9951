"""Where units stand with what they owe."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from thidua.campaigns.models import Obligation
from thidua.core.obligations import BoardState, DueDate, Standing, date_shown
from thidua.core.plan.schema import Plan
from thidua.monitoring.queries import OPEN
from thidua.summaries.queries.counted import Scope

SETTLED = frozenset({BoardState.DONE, BoardState.SUBMITTED})


@dataclass(frozen=True)
class Owing:
    """One obligation of the plan: how many units settled it, in time or late, and how many have not."""

    key: str
    name: str
    due_at: dt.datetime
    asked: int
    in_time: int
    late_but_in: int
    open: int
    late: int
    returned: int
    excused: int


@dataclass(frozen=True)
class Stood:
    """One obligation of one unit, and where it stands at the moment of the count."""

    obligation: Obligation
    standing: Standing


def standings(counted: Scope, *, now: dt.datetime) -> list[Stood]:
    rows = counted.obligations.filter(person=None).select_related("unit").order_by("due_at", "key", "unit__sort_key")
    return [Stood(row, row.on(now)) for row in rows]


def owing(stood: list[Stood], plan: Plan) -> list[Owing]:
    """By obligation of the plan, in the order of their due days."""
    names = {item.id: item.name for item in plan.obligations}
    groups: dict[str, list[Stood]] = defaultdict(list)
    for each in stood:
        groups[each.obligation.key].append(each)
    return [_owing(names.get(key, key), group) for key, group in groups.items()]


def _owing(name: str, group: list[Stood]) -> Owing:
    states = Counter(each.standing.state for each in group)
    settled = Counter(bool(each.standing.days_late) for each in group if each.standing.state in SETTLED)
    rows = [each.obligation for each in group]
    return Owing(
        rows[0].key,
        name,
        date_shown(DueDate(row.due_at, row.submitted_at is not None) for row in rows),
        asked=len(group) - states[BoardState.EXCUSED] - states[BoardState.CLOSED],
        in_time=settled[False],
        late_but_in=settled[True],
        open=sum(states[state] for state in OPEN),
        late=states[BoardState.LATE],
        returned=states[BoardState.RETURNED],
        excused=states[BoardState.EXCUSED],
    )
