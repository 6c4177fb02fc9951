"""Days and moments: the end of a day, and counting working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

ONE_DAY = dt.timedelta(days=1)


def end_of_day(day: dt.date, timezone: str) -> dt.datetime:
    """A due date runs to the end of the named day in the plan's time zone."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZoneInfo(timezone))


def day_after(day: dt.date) -> dt.date:
    """The next day; of 31/12/9999, by which people write "without end", that day itself: no calendar goes on."""
    return day + ONE_DAY if day < dt.date.max else day


def add_working_days(day: dt.date, count: int, is_day_off: Callable[[dt.date], object]) -> dt.date:
    """The day ``count`` working days after ``day``, which itself is not counted."""
    while count > 0:
        day += ONE_DAY
        if not is_day_off(day):
            count -= 1
    return day
