"""Results of surveys, counted in the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.shortcuts import get_object_or_404

from thidua.core.satisfaction import Formula, Satisfaction
from thidua.surveys.models import Answer, Place, Question, Survey

FEW = 30  # answers below which a result says little

LEVELS = """
    select a.place_id, t.n, t.level, count(*)
    from surveys_answer a, unnest(a.levels) with ordinality as t(level, n)
    where a.place_id = any(%s) and t.level is not null
    group by 1, 2, 3
"""


@dataclass(frozen=True)
class PlaceResult:
    place: Place
    result: Satisfaction

    @property
    def is_small(self) -> bool:
        return self.result.people < FEW


@dataclass(frozen=True)
class QuestionResult:
    question: Question
    result: Satisfaction


@dataclass(frozen=True)
class Results:
    whole: Satisfaction
    places: tuple[PlaceResult, ...]
    questions: tuple[QuestionResult, ...]


def place_of(token: str) -> Place:
    """The place of a public link, with what its page shows."""
    places = Place.objects.select_related("survey", "unit").only("token", "survey", "unit__name", "unit__is_sample")
    return get_object_or_404(places, token=token)


def surveys_seen(person):
    return Survey.objects.visible_to(person).select_related("unit").order_by("-opens_on", "-pk")


def with_answers(person, surveys) -> list[tuple[Survey, int]]:
    """Each survey with the number of answers that the person may count."""
    seen = Place.objects.visible_to(person).filter(survey__in=surveys)
    counts = dict(seen.values_list("survey").annotate(n=Count("answers")))
    return [(survey, counts.get(survey.pk, 0)) for survey in surveys]


def results(person, survey: Survey) -> Results:
    """Of the units that the person sees; three questions to the database whatever their number."""
    places = places_of(person, survey)
    people = dict(
        Answer.objects.filter(place__in=places).values_list("place").annotate(n=Count("pk")).values_list("place", "n")
    )
    by_place: dict[int, Counter[int]] = {place.pk: Counter() for place in places}
    by_question: dict[int, Counter[int]] = {n: Counter() for n in range(1, len(survey.asked) + 1)}
    with connection.cursor() as cursor:
        cursor.execute(LEVELS, [list(by_place)])
        for place, question, level, count in cursor.fetchall():
            by_place[place][level] += count
            by_question[question][level] += count
    formula = Formula(survey.formula)
    everybody = sum(people.values())
    return Results(
        whole=Satisfaction(everybody, sum(by_place.values(), Counter()), formula),
        places=tuple(
            PlaceResult(place, Satisfaction(people.get(place.pk, 0), by_place[place.pk], formula)) for place in places
        ),
        questions=tuple(
            QuestionResult(question, Satisfaction(everybody, by_question[n], formula))
            for n, question in enumerate(survey.questions, start=1)
        ),
    )


def words_of(person, survey: Survey):
    """What people wrote, newest first."""
    seen = Place.objects.visible_to(person).filter(survey=survey)
    return Answer.objects.filter(place__in=seen).exclude(words="").select_related("place__unit").order_by("-on", "-pk")


def places_of(person, survey: Survey, *, unit: str = "") -> list[Place]:
    """The places of a survey that a person sees, in the order of units; of one unit, where its code is given."""
    places = Place.objects.visible_to(person).filter(survey=survey).select_related("unit").order_by("unit__sort_key")
    return list(places.filter(unit__code=unit) if unit else places)
