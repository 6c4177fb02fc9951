"""The trail speaks the reader's language, not that of the code."""

import re
from importlib import resources

import pytest
from django.utils import translation
from tests.fixtures import moment, submitted

from thidua.campaigns import actions as campaigns
from thidua.campaigns.models import Obligation
from thidua.desk.trail import VERBS, told
from thidua.ledger.models import Entry

RECORDED = re.compile(r'verb="(\w+\.\w+)"')


def test_every_verb_that_is_recorded_has_words():
    recorded = set()
    for room in resources.files("thidua").iterdir():
        for name in ("actions.py", "bulk.py"):
            if room.joinpath(name).is_file():
                recorded |= set(RECORDED.findall(room.joinpath(name).read_text(encoding="utf-8")))
    assert recorded
    assert recorded <= set(VERBS)


@pytest.mark.django_db
def test_names_states_and_days_are_told_as_people_say_them(world):
    submitted(world)
    owed = Obligation.objects.get(key="report-2023", unit=world.school)
    until = moment("2023-11-15 23:59")
    campaigns.extend(obligation=owed, until=until, reason="Bão", by=world.binh, at=moment("2023-11-02 09:00"))
    with translation.override("vi"):
        newest = told(Entry.objects.order_by("-id")[:1], world.campaign)[0]
        submit = told(Entry.objects.filter(verb="dossiers.submit"), world.campaign)[0]
        assert (str(newest.what), newest.thing) == ("Gia hạn", "Báo cáo kết quả năm 2023, Trường THPT Hoa Sen Mẫu")
        assert [(str(name), value) for name, value in newest.after] == [("Hạn mới", "23:59 15/11/2023")]
        assert [(str(name), str(value)) for name, value in submit.after] == [("Trạng thái", "Chờ thẩm tra")]
