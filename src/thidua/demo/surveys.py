"""A survey of the demonstration: open now in every unit that receives people, with answers of the last weeks."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from thidua.core.satisfaction import Formula, Group
from thidua.core.units import UnitKind
from thidua.demo.world import World
from thidua.people.models import Unit
from thidua.surveys import actions
from thidua.surveys.models import Answer

ASKED = {
    Group.ACCESS: "Việc tìm hiểu giấy tờ cần có và nơi nộp có dễ dàng không?",
    Group.FACILITIES: "Phòng ốc, trang thiết bị và nơi tiếp nhận có tốt không?",
    Group.ENVIRONMENT: "Thái độ của người tiếp nhận có lịch sự, tận tình không?",
    Group.ACTIVITIES: "Thủ tục có được giải quyết đúng quy định, không phải thêm giấy tờ không?",
    Group.RESULTS: "Kết quả có được trả đúng ngày hẹn không?",
}
WORDS = (
    "Người tiếp nhận hướng dẫn rõ ràng, nhanh.",
    "Nên có thêm ghế chờ.",
    "Trả kết quả sớm hơn giấy hẹn một ngày.",
    "Mong nhà trường nhận hồ sơ qua mạng.",
    "Phải đi lại hai lần vì thiếu một giấy tờ không được báo trước.",
)
RECEIVING = (UnitKind.SCHOOL, UnitKind.CENTRE, UnitKind.INSTITUTION)
DAYS_OPEN, DAYS_LEFT = 30, 60


def fill(world: World, *, at: dt.datetime) -> None:
    rng = random.Random(f"surveys {world.seed}")  # noqa: S311 — replayable on purpose
    today = at.date()
    survey = actions.open_(
        name="Phụ huynh, học sinh có hài lòng không?",
        year=today.year,
        unit=None,
        units=list(Unit.objects.filter(kind__in=RECEIVING).order_by("code")),
        asked=[{"group": group.value, "text": text} for group, text in ASKED.items()],
        formula=Formula.SHARE,
        asks_words=True,
        opens_on=today - dt.timedelta(days=DAYS_OPEN),
        closes_on=today + dt.timedelta(days=DAYS_LEFT),
        by=None,
        at=at,
        is_sample=True,
    )
    answers = []
    for place in survey.places.order_by("unit__code"):
        mood = rng.choice([(1, 2, 6, 40, 51), (1, 2, 4, 33, 60), (2, 6, 14, 46, 32)])
        for _number in range(rng.randint(4, 60)):
            answers.append(
                Answer(
                    place=place,
                    on=today - dt.timedelta(days=rng.randint(0, DAYS_OPEN)),
                    levels=[rng.choices([1, 2, 3, 4, 5, None], [*mood, 3])[0] for _question in ASKED],
                    words=rng.choice(WORDS) if rng.random() < 0.08 else "",
                    form=uuid.UUID(int=rng.getrandbits(128)),
                )
            )
    Answer.objects.bulk_create(answers, batch_size=2000)
