"""Later versions of the plan of the test world, made of the shipped text by replacing, and published."""

from __future__ import annotations

import datetime as dt
import re

from tests.core.plans import SHIPPED
from tests.fixtures import moment

from thidua.campaigns import actions
from thidua.campaigns.models import Campaign, Obligation, PlanVersion

SECOND = moment("2023-08-15 09:00")


def changed(*pairs: tuple[str, str], text: str = SHIPPED) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def due(key: str, day: str, text: str = SHIPPED) -> str:
    """The plan with another due day of one obligation."""
    block = re.compile(rf'(id = "{key}"\n(?:(?!\[\[).*\n)*?due_on = )[0-9-]+')
    assert len(block.findall(text)) == 1
    return block.sub(rf"\g<1>{day}", text)


def without(key: str, text: str = SHIPPED) -> str:
    """The plan without one obligation."""
    block = re.compile(rf'\[\[obligations\]\]\nid = "{key}"\n(?:(?!\[).*\n)*')
    assert len(block.findall(text)) == 1
    return block.sub("", text)


def load(text: str, *, by=None, at: dt.datetime = SECOND) -> PlanVersion:
    version, _problems = actions.load(text=text, name="cchc.toml", by=by, at=at)
    return version


def publish(world, text: str, *, by=None, at: dt.datetime = SECOND) -> dict[str, int]:
    done = actions.publish(version=load(text, at=at), by=by, at=at)
    world.campaign = Campaign.objects.select_related("current").get(pk=world.campaign.pk)
    return done


def owed(unit, key: str = "register-2023", person=None) -> Obligation:
    rows = Obligation.objects.select_related("campaign__current", "version", "unit")
    return rows.get(unit=unit, key=key, person=person)


def day_of(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(SECOND.tzinfo):%d/%m/%Y}" if moment else ""
