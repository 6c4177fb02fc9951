"""Dossiers as pages, forms and actions load them, and the people beside them."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, Exists, JSONField, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.db.models.expressions import RawSQL

from thidua.campaigns.models import Campaign, Obligation, PlanVersion, without_text
from thidua.core.dossiers import DossierKind, DossierState
from thidua.core.plan.schema import Form
from thidua.documents import queries as documents
from thidua.dossiers.models import Attachment, Author, Dossier, Note, Progress
from thidua.people.models import Person, Post, Unit, current
from thidua.ui.fields import is_id

# Plain SQL, for every page of a dossier: Django takes longer to write these two than the database to answer them.
LAST_HAND_IN = """
    (select v.answers from dossiers_version v where v.dossier_id = dossiers_dossier.id order by v.number desc limit 1)
"""
NOTES_GIVEN = """
    array(select jsonb_build_object('question', n.question, 'text', n.text, 'by', p.full_name, 'at', n.written_at,
                                    'number', n.version_number, 'handed_in_at', v.submitted_at)
      from dossiers_note n join people_person p on p.id = n.written_by_id
      left join dossiers_version v on v.dossier_id = n.dossier_id and v.number = n.version_number
     where n.dossier_id = dossiers_dossier.id order by n.written_at desc, n.id desc)
"""


def list_page(person: Person, campaign: Campaign) -> QuerySet[Dossier]:
    return Dossier.objects.visible_to(person).filter(campaign=campaign).select_related("unit")


def one(person: Person) -> QuerySet[Dossier]:
    """With its unit and version; what only some need is left out: each join costs more to plan than a row to read."""
    seen = Dossier.objects.visible_to(person).select_related("unit", "version")
    return seen.defer(*without_text("version"))


def to_read(person: Person) -> QuerySet[Dossier]:
    """As ``one``, with its subject and the words of the last hand-in, which ``answers_for`` gives to some in place of
    today's.

    The office's notes come along in the same query; ``notes_to_read`` shapes them.
    """
    return (
        one(person)
        .select_related("about")
        .annotate(
            handed_in=RawSQL(LAST_HAND_IN, (), JSONField()),  # noqa: S611 — a constant, nothing is put into it
            notes_given=RawSQL(NOTES_GIVEN, (), ArrayField(JSONField())),  # noqa: S611 — likewise
        )
    )


def to_write(person: Person) -> QuerySet[Dossier]:
    """Which one it is, and its form: an action reads the rest again under its lock."""
    return Dossier.objects.visible_to(person).select_related("version").only("form", "version__sha256")


def form_typed(dossier: Dossier, version: str) -> Form:
    """The form that a page was drawn with, which a version published meanwhile may have changed: its answers are read
    as they were typed."""
    if not is_id(version) or int(version) == dossier.version_id:
        return dossier.plan_form
    drawn = PlanVersion.objects.filter(campaign=dossier.campaign_id, pk=version).exclude(published_at=None).first()
    forms = [form for form in drawn.plan.forms if form.id == dossier.form] if drawn else []
    return forms[0] if forms else dossier.plan_form


def obligation_of(dossier: Dossier) -> Obligation:
    """With its dates alone."""
    return Obligation.objects.only("due_at", "extended_to", "dropped_in").get(
        campaign_id=dossier.campaign_id, key=dossier.obligation_key, unit_id=dossier.unit_id, person=None
    )


def notes_by_question(dossier: Dossier) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = {}
    for note in dossier.notes.select_related("written_by").order_by("-written_at"):
        found.setdefault(note.question, []).append(note)
    return found


def attachments_by_question(dossier: Dossier) -> dict[str, list[Attachment]]:
    """With what their signatures are; kept on the dossier for the rules that ask again."""
    files = documents.with_verdicts(Attachment.objects.order_by("pk"), public="dossier__unit__is_public")
    prefetch_related_objects([dossier], Prefetch("attachments", files))
    found: dict[str, list[Attachment]] = {}
    for attachment in dossier.attachments.all():
        if attachment.removed_at is None:
            found.setdefault(attachment.question, []).append(attachment)
    documents.mark_signatures(dossier.attachments.all())
    return found


def authors_of(dossier: Dossier) -> list[Author]:
    """In their order, with their names; kept on the dossier for the rules that ask again."""
    rows = Author.objects.select_related("person").order_by("position")
    shown = rows.only("dossier", "share", "position", "confirmed_at", "person__full_name")
    prefetch_related_objects([dossier], Prefetch("authors", shown))
    return list(dossier.authors.all())


def news_of(dossier: Dossier) -> QuerySet[Progress]:
    """News of how it is carried out, newest first, with the names that the page shows."""
    news = dossier.progress.select_related("written_by", "milestone", "attachment__file").order_by("-written_at")
    names = ("written_by__full_name", "milestone__title", "attachment__name", "attachment__file__fault")
    return news.only("text", "percent", "written_at", *names)


def people_at(unit_id: int, *, on: dt.date) -> QuerySet[Post, int]:
    """Ids of those who hold a post at the unit on a day; who left is not among them."""
    held = Post.objects.filter(current("", on), unit_id=unit_id, person__is_active=True)
    return held.values_list("person_id", flat=True)


def colleagues(dossier: Dossier, *, on: dt.date) -> list[tuple[int, str]]:
    """Id and name of who can stand as an author: the people of the unit on a day, and who is named already."""
    here = Q(pk__in=people_at(dossier.unit_id, on=on))
    named = Q(pk__in=dossier.authors.values("person"))
    return list(Person.objects.filter(here | named).in_order().values_list("pk", "full_name"))


def queue(person: Person) -> QuerySet[Dossier]:
    """What waits for the office, oldest first; not what the reviewer's own units handed in."""
    return Dossier.objects.waiting().exclude(unit__in=person.access.acts_for).select_related("unit")


def queue_pks(person: Person) -> list[int]:
    """The whole queue in its order; asked once for a person (so once a request)."""
    if not hasattr(person, "_queue_pks"):
        person._queue_pks = list(queue(person).values_list("pk", flat=True))
    return person._queue_pks


def waiting_count(person: Person) -> int:
    """How many wait; asked once for a person (so once a request: the page and its navigation)."""
    if hasattr(person, "_queue_pks"):
        return len(person._queue_pks)
    if not hasattr(person, "_waiting_count"):
        person._waiting_count = queue(person).count()
    return person._waiting_count


def waiting_by_year(person: Person) -> dict[tuple[int, int], int]:
    """(campaign, year) → how many wait; the same as ``waiting_count`` in all."""
    groups = queue(person).order_by().values_list("campaign", "year").annotate(count=Count("pk"))
    found = {(campaign, year): count for campaign, year, count in groups}
    person._waiting_count = sum(found.values())
    return found


def reportable(unit: Unit, campaign: Campaign, year: int) -> QuerySet[Dossier]:
    """Registrations of the unit that still need a result report."""
    return (
        Dossier.objects.filter(
            unit=unit,
            campaign=campaign,
            year=year,
            kind=DossierKind.REGISTRATION,
            state__in=[DossierState.SUBMITTED, DossierState.ACCEPTED],
        )
        .exclude(reports__in=Dossier.objects.exclude(state=DossierState.WITHDRAWN).filter(about__isnull=False))
        .order_by("pk")
    )


def continuable(unit: Unit, campaign: Campaign, year: int) -> QuerySet[Dossier]:
    """Last year's accepted registrations that are neither carried on yet nor closed."""
    carried_on = Dossier.objects.filter(continues=OuterRef("pk")).exclude(state=DossierState.WITHDRAWN)
    return Dossier.objects.filter(
        ~Exists(carried_on),
        unit=unit,
        campaign=campaign,
        year=year - 1,
        kind=DossierKind.REGISTRATION,
        state=DossierState.ACCEPTED,
        closed_at=None,
    ).order_by("pk")
