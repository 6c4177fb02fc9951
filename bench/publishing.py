"""Publishing a version that moves 100,000 obligations: 40 of each of 2,500 units with a head and a focal point."""

from __future__ import annotations

import datetime as dt
import time
from importlib import resources

UNITS, OBLIGATIONS = 2_500, 40
SHIPPED = "cchc-2023-2025"
BLOCK = """
[[obligations]]
id = "viec-{n}"
year = {year}
name = "Việc {n}"
kind = "report"
audiences = ["centres"]
opens_on = {opens}
due_on = {due}
form = "bao-cao-ket-qua"
"""


def measure() -> dict[str, object]:
    from thidua.campaigns import actions, changes
    from thidua.campaigns.models import Campaign, Obligation
    from thidua.people.models import Letter

    _make_units()
    now, told = _now(), []
    known = Campaign.objects.filter(code="do-luong").first()
    first = None if known else _timed(lambda: actions.publish(version=_load(0), by=None, at=now))
    number = known.versions.count() if known else 1
    version = _load(number)
    looked = _timed(lambda: changes.listed(changes.consequences(version, at=now)))
    letters, last = Letter.objects.count(), Obligation.objects.filter(version=version).count()
    took = _timed(lambda: actions.publish(version=version, by=None, at=_now(), tell=told.append))
    return {
        "first_publish_s": first,
        "consequences_s": looked,
        "publish_s": took,
        "moved": Obligation.objects.filter(version=version).count() - last,
        "letters": Letter.objects.count() - letters,
        "told_percent": told,
    }


def _now() -> dt.datetime:
    from django.utils import timezone

    return timezone.now()


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 2)


def _load(number: int):
    """The shipped plan under another name, with obligations of centres alone, each version due a day later."""
    from thidua.campaigns import actions

    text = resources.files("thidua").joinpath("plans", f"{SHIPPED}.toml").read_text(encoding="utf-8")
    text = text.replace(f'id = "{SHIPPED}"', 'id = "do-luong"', 1)
    head, _sep, rest = text.partition("[[obligations]]")
    rest = rest[rest.index("[[forms]]") :]
    today = dt.date.today()
    due = today + dt.timedelta(days=60 + number)
    blocks = (BLOCK.format(n=n, year=2025, opens=today, due=due) for n in range(OBLIGATIONS))
    version, _problems = actions.load(text=f"{head}{''.join(blocks)}{rest}", name="do-luong.toml", by=None, at=_now())
    return version


def _make_units() -> None:
    from thidua.people.models import Person, Post, Unit

    if Unit.objects.filter(code="do-0").exists():
        return
    top = Unit.objects.filter(parent=None).first()
    units = [Unit(code=f"do-{n}", name=f"Trung tâm Mẫu {n}", kind="centre", parent=top) for n in range(UNITS)]
    kinds = ("head", "focal_point")
    people = [Person(username=f"do-{n}-{kind}", full_name=f"Người Mẫu {n}") for n in range(UNITS) for kind in kinds]
    for each in [*units, *people]:
        each.fill_computed()
    units, people = Unit.objects.bulk_create(units), Person.objects.bulk_create(people)
    Post.objects.bulk_create(
        Post(person=person, unit=units[n // 2], kind=kinds[n % 2], starts_on=dt.date(2000, 1, 1))
        for n, person in enumerate(people)
    )
