"""Days that are counted from others: the missing due day lies so many working days after the receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from thidua.analytics.duck import name
from thidua.core.records.datasets import Dataset

# What a procedure may take at most; more is no due day but a slip.
LONGEST = 1000
DAYS_AFTER = dt.timedelta(days=2 * LONGEST)
# Days outside these years are slips of the pen, and calendars of holidays do not know them.
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2060, 12, 31)


def count_days(connection, dataset: Dataset, has: frozenset[str], day_off: Callable) -> None:
    """Fill the days of ``typed`` that are missing and can be counted."""
    for filled, start, count in dataset.counted:
        if {start, count} <= has:
            _count(connection, name(filled), name(start), name(count), day_off)


def _count(connection, filled: str, start: str, count: str, day_off: Callable) -> None:
    lacks = f"{filled} is null and {count} <= {LONGEST} and {start} between date '{FIRST}' and date '{LAST}'"
    first, last = connection.execute(f"select min({start}), max({start}) from typed where {lacks}").fetchone()
    if first is None:
        return
    days = list(_working_days(first, last + DAYS_AFTER, day_off))
    connection.execute(
        "create or replace temp table working as select unnest(?::date[]) as day, unnest(?::int[]) as number",
        [[day for day, _number in days], [number for _day, number in days]],
    )
    # The last working day up to the start is number n; so many days later is number n + count.
    connection.execute(
        f"update typed set {filled} = later.day from working later, "
        "(select day as each, last_value(number ignore nulls) over (order by day) as number from "
        f"(select cast(unnest(generate_series(date '{first}', date '{last}', interval 1 day)) as date) as day) "
        "left join working using (day)) begun "
        f"where {lacks} and begun.each = {start} and later.number = coalesce(begun.number, 0) + {count}"
    )


def _working_days(
    first: dt.date, last: dt.date, is_day_off: Callable[[dt.date], object]
) -> Iterator[tuple[dt.date, int]]:
    number, day = 0, first
    while day <= last:
        if not is_day_off(day):
            number += 1
            yield day, number
        day += dt.timedelta(days=1)
