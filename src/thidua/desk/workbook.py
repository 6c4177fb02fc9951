"""The trail as Excel, one row a deed, and failed work, one row a job: what the filters show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.timezone import localtime
from django.utils.translation import gettext

from thidua.desk.operations import Told as ToldJob
from thidua.desk.trail import Told
from thidua.exchange.workbook import Column
from thidua.people.models import Letter


def trail_columns() -> list[Column]:
    return [
        Column(gettext("When"), 17, "moment"),
        Column(gettext("Who"), 26),
        Column(gettext("As what"), 26),
        Column(gettext("What"), 34),
        Column(gettext("Thing"), 50),
        Column(gettext("Unit"), 40),
        Column(gettext("Before"), 40),
        Column(gettext("After"), 40),
        Column(gettext("Note"), 40),
        Column(gettext("Seal"), 10, "number"),
    ]


def trail_rows(rows: Iterable[Told]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            localtime(row.entry.at),
            row.who,
            row.acting_as,
            str(row.what),
            row.thing,
            row.unit,
            "; ".join(f"{each.name}: {each.was}" for each in row.changes if each.was != ""),
            "; ".join(f"{each.name}: {each.now}" for each in row.changes if each.now != ""),
            row.entry.note,
            row.entry.seal,
        )


def job_columns() -> list[Column]:
    return [
        Column(gettext("Job"), 40),
        Column(gettext("Of what"), 50),
        Column(gettext("Why it failed"), 60),
        Column(gettext("Fault"), 24),
        Column(gettext("Tries"), 8, "number"),
        Column(gettext("Failed at"), 17, "moment"),
        Column(gettext("Next try"), 17, "moment"),
        Column(gettext("Set aside by"), 26),
        Column(gettext("Reason"), 50),
    ]


def job_rows(rows: Iterable[ToldJob]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        job = row.job
        yield (
            row.what,
            "; ".join(thing.text for thing in row.things),
            row.why,
            job.error,
            job.tries,
            localtime(job.failed_at),
            localtime(job.next_try_at) if job.next_try_at else None,
            job.set_aside_by_name,
            job.why,
        )


def letter_columns() -> list[Column]:
    return [
        Column(gettext("For whom"), 30),
        Column(gettext("Address"), 34),
        Column(gettext("Subject"), 50),
        Column(gettext("Written at"), 17, "moment"),
        Column(gettext("What the mail server said"), 60),
        Column(gettext("Tries"), 8, "number"),
        Column(gettext("Next try"), 17, "moment"),
        Column(gettext("Reason"), 50),
    ]


def letter_rows(letters: Iterable[Letter]) -> Iterator[tuple[object, ...]]:
    for letter in letters:
        yield (
            str(letter.to),
            letter.mailed_to,
            letter.subject,
            localtime(letter.written_at),
            letter.failure or letter.trouble,
            letter.tries,
            localtime(letter.next_try_at) if letter.next_try_at and not letter.failure else None,
            letter.why,
        )
