"""The consolidated report as an official paper: its placeholders and what fills them.

Official papers are Vietnamese whatever language the office works in (Nghị định 30/2020/NĐ-CP).
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import resolve
from django.utils import timezone, translation

from thidua.campaigns.models import Campaign
from thidua.campaigns.queries import IndexRow
from thidua.core.figures import target
from thidua.core.plan.schema import LegalBasis, Plan, Round
from thidua.core.refusals import need
from thidua.core.units import UnitKind
from thidua.core.vietnamese import day, day_in_words, number, percent, unbroken
from thidua.core.words import _
from thidua.documents import pictures
from thidua.documents.registry import Paper, declare
from thidua.documents.word import BLANK, Link, Picture
from thidua.host.kinds import host_of, is_of_this_machine
from thidua.summaries import charts, queries
from thidua.summaries.numbers import Number, Origin, numbers, origins, share
from thidua.summaries.papers.template import template
from thidua.summaries.queries import Completion, Coverage, PersonalTarget, Summary

PAPER_KINDS = {"CT": "Chỉ thị", "ĐA": "Đề án", "KH": "Kế hoạch", "NQ": "Nghị quyết", "QĐ": "Quyết định"}

# As the pages are called that numbers open.
PAGES = {
    "monitoring:board": "Bảng tiến độ",
    "dossiers:list": "Danh sách hồ sơ",
    "reports:explore": "Tra cứu chỉ tiêu",
    "desk:overview": "Toàn cảnh",
}

PLACEHOLDERS = {
    "paper": _("Head and foot: superior, issuer, symbol, place, year, draft, authority, signer, recipients"),
    "campaign": _("The campaign: name, theme of the year, legal bases"),
    "year": _("The year"),
    "year_name": _("The year as the plan calls it"),
    "moment": _("When the numbers were counted"),
    "n": _("Every number by its name; the names stand in the annex “Sources of the numbers”"),
    "words": _("What the plan calls the kinds of its registrations, and their kind and field"),
    "no": _("Numbers of the headings, tables and charts that this report has"),
    "voices": _("What result reports tell in words: name, count"),
    "rounds": _("Rounds of the year: name, opens, closes"),
    "planned": _("Unit plans by kind of unit"),
    "registered": _("Registrations by kind of unit: name, total, handed in, accepted, share"),
    "reported": _("Result reports by kind of unit"),
    "by_kind": _("Initiatives by kind: name, registered, accepted"),
    "by_field": _("Initiatives by field"),
    "completion": _("How far accepted registrations were carried out, by kind of unit"),
    "targets": _("Criteria by audience: name, audience, value, fraction, target, result, units, source"),
    "personal": _("Personal criteria by audience: name, audience, people, recorded, met, share"),
    "indices": _("Indices: name, value, rank, target, source"),
    "owing": _("Obligations: name, due, asked, in time, late, open"),
    "charts": _("Charts as pictures: coverage, fields, targets"),
    "sources": _("Numbers of each kind: name, how they are counted, their source and a link to their rows"),
}


def context(summary: Summary, found: list[Number], *, drawn: bool = True) -> dict[str, Any]:
    """What fills the template, in Vietnamese. ``drawn=False`` puts blank pictures for the charts, for a trial."""
    with translation.override("vi"):
        return _context(summary, found) | {"charts": _charts(summary) if drawn else _blank_charts()}


def _basis(basis: LegalBasis) -> str:
    """As papers cite each other: the kind of paper, which its symbol names, number, day, issuer and subject."""
    code = basis.symbol.partition("/")[2].split("-")[0]
    paper = f"{PAPER_KINDS[code]} số " if code in PAPER_KINDS else ""
    subject = basis.subject[:1].lower() + basis.subject[1:]
    return f"{paper}{basis.symbol} {day_in_words(basis.issued_on)} của {basis.issuer} về {subject}"


def _context(summary: Summary, found: list[Number]) -> dict[str, Any]:
    plan = summary.campaign.current.plan
    return {
        "paper": _head(plan, summary),
        "campaign": {
            "name": plan.name,
            "theme": plan.themes.get(str(summary.year), ""),
            "bases": [_basis(each) for each in plan.legal_bases],
        },
        "year": summary.year,
        "year_name": str(plan.year_name(summary.year)),
        "moment": f"{summary.at:%H} giờ {summary.at:%M} {day_in_words(summary.at.date())}",
        "n": {each.key: each.text for each in found},
        "rounds": [_round(each) for each in plan.rounds if each.year == summary.year],
        "planned": _coverage(summary.planned),
        "registered": _coverage(summary.registered),
        "reported": _coverage(summary.reported),
        "by_kind": _initiatives(summary.initiatives.by_kind),
        "by_field": _initiatives(summary.initiatives.by_field),
        "completion": _completion(summary.completion),
        "targets": [_target(row) for row in summary.targets],
        "personal": [_personal(row) for row in summary.personal],
        "indices": [_index(row, value) for row in summary.indices if (value := row.of_year(summary.year))],
        "owing": [_owing(row) for row in summary.owing],
        "sources": [_source(order, each) for order, each in enumerate(origins(found), start=1)],
        "words": _words(plan),
        "no": _numbering(summary),
        "voices": [
            {"name": plan.word_for(part, of="report"), "count": number(count)} for part, count in summary.voices.items()
        ],
    }


def _words(plan: Plan) -> dict[str, str]:
    named = ", ".join(each.label.lower() for each in plan.kinds)
    return {"kinds": named or "nội dung", **{part: plan.word_for(part) for part in ("kind", "field")}}


def _numbering(summary: Summary) -> dict[str, int]:
    """Counted over what there is: what has nothing to say is not in the report."""
    found = summary.initiatives
    is_there = {
        "registered": summary.registered,
        "by_kind": found.by_kind,
        "by_field": found.by_field,
        "completion": summary.completion,
        "reported": summary.reported,
        "targets": summary.targets,
        "personal": summary.personal,
        "indices": [row for row in summary.indices if row.of_year(summary.year)],
        "owing": summary.owing,
    }
    lists = {
        "heading": ("registered", "completion", "reported", "targets", "personal", "indices"),
        "table": ("registered", "by_kind", "by_field", "completion", "reported", "targets", "personal", "owing"),
        "chart": ("registered", "by_field", "targets"),
    }
    return {
        f"{name}_{part}": order
        for name, parts in lists.items()
        for order, part in enumerate((part for part in parts if is_there[part]), start=1)
    }


def _round(each: Round) -> dict[str, Any]:
    return {"name": each.name, "opens": day_in_words(each.opens_on), "closes": day_in_words(each.closes_on)}


def _completion(rows: list[Completion]) -> list[dict[str, Any]]:
    names = ("registrations", "finished", "due", "done")
    lines = [(str(row.kind.label), [getattr(row, name) for name in names]) for row in rows]
    if rows:
        lines.append(("Cộng", [sum(getattr(row, name) for row in rows) for name in names]))
    return [{"name": name, **dict(zip(names, map(number, counts), strict=True))} for name, counts in lines]


def _personal(row: PersonalTarget) -> dict[str, Any]:
    return {
        "name": row.criterion.short,
        "audience": row.audience.name,
        **{name: number(getattr(row, name)) for name in ("people", "recorded", "met")},
        "share": share(row.met, row.people),
    }


def _head(plan: Plan, summary: Summary) -> dict[str, Any]:
    last = len(plan.informed)
    return {
        "superior": unbroken(plan.letterhead.superior, plan.letterhead.place),
        "issuer": plan.organisation,
        "symbol": f"BC-{plan.letterhead.abbreviation}",
        "place": plan.letterhead.place,
        "year": summary.at.year,
        "draft": True,
        "authority": plan.letterhead.authority,
        "signer": "",
        "recipients": [
            f"{each.name}." if order == last else f"{each.name} ({each.purpose});"
            for order, each in enumerate(plan.informed, start=1)
        ],
    }


def _coverage(rows: list[Coverage]) -> list[dict[str, str]]:
    lines = [(str(row.kind.label), row.total, row.handed_in, row.accepted, row.returned) for row in rows]
    if rows:
        lines.append(("Cộng", *(sum(line[place] for line in lines) for place in range(1, 5))))
    return [
        {
            "name": name,
            "total": number(total),
            "handed_in": number(handed_in),
            "share": share(handed_in, total),
            "accepted": number(accepted),
            "returned": number(returned),
        }
        for name, total, handed_in, accepted, returned in lines
    ]


def _initiatives(rows: list[queries.Initiatives]) -> list[dict[str, str]]:
    if not rows:
        return []
    lines = [(row.label, row.registered, row.accepted) for row in rows]
    lines.append(("Cộng", sum(row.registered for row in rows), sum(row.accepted for row in rows)))
    return [{"name": name, "registered": number(one), "accepted": number(two)} for name, one, two in lines]


def _target(row: queries.Target) -> dict[str, str]:
    found = row.total
    has_value = found.share is not None
    return {
        "name": row.criterion.short,
        "audience": ", ".join(str(UnitKind(kind).label) for kind in row.audience.kinds),
        "value": percent(found.share) if found.share is not None else "–",
        "fraction": f"{number(found.numerator)} / {number(found.denominator)}" if has_value else "–",
        "target": str(target(found.criterion)),
        "met": f"{number(found.met)}/{number(found.applicable)}" if found.units else "–",
        "result": str(found.verdict.label) if found.verdict else "–",
        "units": number(found.units),
        "owed": number(row.owed),
        "source": found.told or "–",
    }


def _index(row: IndexRow, value) -> dict[str, str]:
    target = row.target_of(value.year)
    rank = f"nhóm {row.index.target_rank:02} dẫn đầu" if row.index.target_rank else "–"
    return {
        "name": row.index.name,
        "value": f"{number(value.score)} {row.index.unit}" if value.score is not None else "–",
        "rank": number(value.rank) if value.rank else "–",
        "target": f"{number(target)} {row.index.unit}" if target is not None else rank,
        "source": value.source,
    }


def _owing(row: queries.Owing) -> dict[str, str]:
    return {
        "name": row.name,
        "due": day(row.due_at.astimezone().date()),
        "asked": number(row.asked),
        "in_time": number(row.in_time),
        "late": number(row.late_but_in),
        "open": number(row.open),
    }


def _source(order: int, each: Origin) -> dict[str, Any]:
    return {
        "order": order,
        "name": each.name,
        "how": each.how,
        "source": each.source or "Ghi cạnh từng số",
        "link": _opening(each.address),
    }


def _opening(address: str) -> Link:
    """The name of the page, and its address where others reach it: a trial on one machine has none that would open."""
    name = PAGES[resolve(address.partition("?")[0]).view_name]
    return Link(name, "" if is_of_this_machine(host_of(settings.BASE_URL)) else f"{settings.BASE_URL}{address}")


def _charts(summary: Summary) -> dict[str, Picture]:
    """One without rows is in no report."""
    drawn = {
        "coverage": (charts.coverage, summary.registered),
        "fields": (charts.initiatives, summary.initiatives.by_field),
        "targets": (charts.targets, summary.targets),
    }
    return {name: Picture(pictures.png(draw(rows))) if rows else BLANK for name, (draw, rows) in drawn.items()}


def _blank_charts() -> dict[str, Picture]:
    return dict.fromkeys(("coverage", "fields", "targets"), BLANK)


def trial() -> dict[str, Any]:
    """The newest published campaign in its last year, with blank charts."""
    campaign = (
        Campaign.objects.filter(current__isnull=False).select_related("current").order_by("-last_year", "pk").first()
    )
    need(campaign, _("Publish a plan first: a template is tried on its numbers."))
    counted, now = queries.scope(campaign, campaign.first_year), timezone.localtime()
    found = queries.summary(counted, queries.standings(counted, now=now), now=now)
    return context(found, numbers(found), drawn=False)


CONSOLIDATED = declare(
    Paper(
        key="consolidated",
        name=_("Consolidated report of a year"),
        placeholders=PLACEHOLDERS,
        build=template,
        trial=trial,
    )
)
