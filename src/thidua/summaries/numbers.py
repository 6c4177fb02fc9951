"""Every number of the consolidated report with its source: what it counts, and the page that shows its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext as _

from thidua.campaigns.chosen import Chosen
from thidua.core.vietnamese import number, percent
from thidua.summaries.queries import Coverage, Summary


@dataclass(frozen=True)
class Number:
    """``key`` is its placeholder (``n.registered_units``); ``group``: what the paper's annex calls those like it;
    ``source`` says where what is counted comes from, and ``address`` opens it."""

    key: str
    name: str
    text: str
    how: str
    address: str
    source: str = ""
    group: str = ""


@dataclass(frozen=True)
class Origin:
    """From where the numbers of one kind come: ``source`` is "" where each says its own."""

    name: str
    how: str
    source: str
    address: str


def numbers(summary: Summary) -> list[Number]:
    plan, papers = _("Obligations of the plan, kept here"), _("Papers that units handed in here")
    parts = (
        (_of_units, plan),
        (_of_coverage, papers),
        (_of_initiatives, papers),
        (_of_completion, _("Progress that units reported here")),
        (_of_targets, "–"),
        (_of_people, _("What units recorded of their people")),
        (_of_progress, plan),
        (_of_indices, "–"),
        (_of_voices, papers),
    )
    return [replace(each, source=each.source or source) for part, source in parts for each in part(summary)]


def origins(found: list[Number]) -> list[Origin]:
    """One for all the numbers that are counted alike."""
    alike: dict[tuple[str, str], list[Number]] = {}
    for each in found:
        alike.setdefault((each.group or each.name, each.how), []).append(each)
    return [
        Origin(name, how, of[0].source if len({each.source for each in of}) == 1 else "", of[0].address)
        for (name, how), of in alike.items()
    ]


def as_data(found: list[Number]) -> list[dict[str, str]]:
    return [asdict(each) for each in found]


def share(part: int, whole: int) -> str:
    return percent(part, whole) if whole else "–"


def _page(name: str, summary: Summary, *args: object, **parameters: object) -> str:
    return Chosen(summary.campaign, summary.year).address(name, *args, **parameters)


def _of_units(summary: Summary) -> Iterator[Number]:
    board = _page("monitoring:board", summary)
    yield Number("units", _("Units that the plan asks"), number(summary.units), _("Units with an obligation"), board)
    yield Number(
        "late_units",
        _("Units that are late or must correct something"),
        number(summary.late_units),
        _("Units with at least one obligation late or returned at the moment of the count"),
        _page("monitoring:board", summary, show="owing"),
    )


def _of_coverage(summary: Summary) -> Iterator[Number]:
    for key, name, rows in (
        ("planned", _("Unit plans"), summary.planned),
        ("registered", _("Registrations"), summary.registered),
        ("reported", _("Result reports"), summary.reported),
    ):
        if rows:
            yield from _whole(key, name, rows, summary)
        for row in rows:
            yield Number(
                f"{key}_{row.kind}",
                f"{name}: {row.kind.label}",
                f"{number(row.handed_in)} / {number(row.total)} ({share(row.handed_in, row.total)})",
                _("Units that handed in / units asked, excused ones left out"),
                _page("monitoring:board", summary, kind=row.kind),
                group=name,
            )


def _whole(key: str, name: str, rows: list[Coverage], summary: Summary) -> Iterator[Number]:
    total, handed_in = sum(row.total for row in rows), sum(row.handed_in for row in rows)
    address = _page("monitoring:board", summary)
    how = _("Units that handed in / units asked, excused ones left out")
    yield Number(f"{key}_units", name, number(handed_in), how, address, group=name)
    yield Number(f"{key}_asked", _("%(name)s: units asked") % {"name": name}, number(total), how, address, group=name)
    yield Number(
        f"{key}_share",
        _("%(name)s: share of units") % {"name": name},
        share(handed_in, total),
        how,
        address,
        group=name,
    )
    accepted = sum(row.accepted for row in rows)
    how = _("Units whose papers the standing office accepted")
    yield Number(
        f"{key}_accepted", _("%(name)s: accepted") % {"name": name}, number(accepted), how, address, group=name
    )


def _of_initiatives(summary: Summary) -> Iterator[Number]:
    found = summary.initiatives
    for key, rows, name in (("kind", found.by_kind, "type"), ("field", found.by_field, "field")):
        for row in rows:
            yield Number(
                f"initiatives_{key}_{row.id}".replace("-", "_"),
                row.label,
                _("%(count)s registered, %(accepted)s accepted")
                % {"count": number(row.registered), "accepted": number(row.accepted)},
                _("Registrations handed in that were not returned or withdrawn"),
                _page("dossiers:list", summary, kind="registration", **{name: row.id}),
                group=_("Initiatives registered"),
            )


def _of_completion(summary: Summary) -> Iterator[Number]:
    """How far accepted registrations were carried out (plan, III)."""
    if not summary.registered:
        return
    listed = _page("dossiers:list", summary, kind="registration")
    accepted = _page("dossiers:list", summary, kind="registration", state="accepted")
    registered = summary.initiatives
    total, finished, due, done = (
        sum(getattr(row, name) for row in summary.completion) for name in ("registrations", "finished", "due", "done")
    )
    how = _("Registrations handed in that were not returned or withdrawn")
    yield Number("initiatives", _("Initiatives registered"), number(registered.all), how, listed)
    how = _("Registrations that the standing office accepted")
    yield Number("initiatives_accepted", _("Initiatives accepted"), number(registered.accepted), how, accepted)
    if not summary.campaign.current.plan.asks("milestones"):
        return
    how = _("Accepted registrations with every milestone done")
    yield Number("finished", _("Carried out in full"), number(finished), how, accepted)
    how = _("Carried out in full / accepted")
    yield Number("finished_share", _("Carried out in full, share"), share(finished, total), how, accepted)
    how = _("Milestones of accepted registrations due by the day of the count")
    yield Number("due", _("Milestones due"), number(due), how, accepted)
    how = _("Milestones due by the day of the count and done")
    yield Number("done", _("Milestones due and done"), number(done), how, accepted)
    how = _("Milestones due and done / milestones due")
    yield Number("done_share", _("Milestones due and done, share"), share(done, due), how, accepted)


def _of_targets(summary: Summary) -> Iterator[Number]:
    for row in summary.targets:
        found = row.total
        value = percent(found.share) if found.share is not None else "–"
        yield Number(
            f"target_{row.criterion.id}_{row.audience.id}".replace("-", "_"),
            f"{row.criterion.short}: {row.audience.name}",
            f"{value} ({number(found.numerator)} / {number(found.denominator)})" if found.share is not None else value,
            row.criterion.denominator,
            _page("reports:explore", summary, row.criterion.id, audience=row.audience.id),
            found.told,
            row.criterion.short,
        )


def _of_people(summary: Summary) -> Iterator[Number]:
    for row in summary.personal:
        yield Number(
            f"personal_{row.criterion.id}_{row.audience.id}".replace("-", "_"),
            f"{row.criterion.short}: {row.audience.name}",
            f"{share(row.met, row.people)} ({number(row.met)} / {number(row.people)})" if row.people else "–",
            _("People who meet it / people it is about"),
            _page("monitoring:board", summary, kind=row.audience.kinds[0]),
            group=_("Personal criteria"),
        )


def _of_progress(summary: Summary) -> Iterator[Number]:
    for row in summary.owing:
        yield Number(
            f"owing_{row.key}".replace("-", "_"),
            row.name,
            _("%(asked)s asked, %(in_time)s in time, %(late)s handed in late, %(open)s open")
            % {
                "asked": number(row.asked),
                "in_time": number(row.in_time),
                "late": number(row.late_but_in),
                "open": number(row.open),
            },
            _("Units by where they stand at the moment of the count"),
            _page("monitoring:board", summary),
            group=_("Obligations of units"),
        )


def _of_indices(summary: Summary) -> Iterator[Number]:
    for row in summary.indices:
        value = row.of_year(summary.year)
        if value is not None:
            rank = f", {_('rank')} {value.rank}" if value.rank else ""
            text = f"{number(value.score)} {row.index.unit}{rank}" if value.score is not None else rank.lstrip(", ")
            page, how = _page("desk:overview", summary), _("As it was published")
            yield Number(f"index_{row.index.id}", row.index.name, text, how, page, value.source, _("Indices"))


def _of_voices(summary: Summary) -> Iterator[Number]:
    plan = summary.campaign.current.plan
    for key, count in summary.voices.items():
        yield Number(
            f"voices_{key}",
            plan.word_for(key, of="report"),
            number(count),
            _("Result reports that name some"),
            _page("dossiers:list", summary, kind="report"),
            group=_("What result reports tell"),
        )
