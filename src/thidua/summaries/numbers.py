"""Every number of the consolidated report with its source: what it counts, and the page that shows its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext as _

from thidua.campaigns.chosen import Chosen
from thidua.core.vietnamese import number, percent
from thidua.monitoring.queries import OWN, OnBoard
from thidua.summaries.queries import ACCEPTED, REGISTRATIONS, REPORTS, Coverage, Summary, carried_out, opens

ASKED_UNITS, LATE_UNITS = OnBoard(what=OWN), OnBoard(what=OWN, show="owing")


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


def _of(summary: Summary) -> Chosen:
    return Chosen(summary.campaign, summary.year)


def _of_units(summary: Summary) -> Iterator[Number]:
    of = _of(summary)
    how = _("Units with an obligation of their own")
    yield Number("units", _("Units that the plan asks"), number(summary.units), how, ASKED_UNITS.address(of))
    yield Number(
        "late_units",
        _("Units that are late or must correct something"),
        number(summary.late_units),
        _("Units with at least one obligation of their own late or returned at the moment of the count"),
        LATE_UNITS.address(of),
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
                _("Units that handed in / units asked, excused ones left out; the page shows those asked"),
                row.opens()["asked"].address(_of(summary)),
                group=name,
            )


def _whole(key: str, name: str, rows: list[Coverage], summary: Summary) -> Iterator[Number]:
    total, handed_in = sum(row.total for row in rows), sum(row.handed_in for row in rows)
    addresses = {show: of.address(_of(summary)) for show, of in opens(rows[0].of).items()}
    how = _("Units that handed in and whose papers stand, excused ones left out")
    yield Number(f"{key}_units", name, number(handed_in), how, addresses["handed_in"], group=name)
    how, asked = _("Units asked, excused ones left out"), _("%(name)s: units asked") % {"name": name}
    yield Number(f"{key}_asked", asked, number(total), how, addresses["asked"], group=name)
    how = _("Units that handed in / units asked, excused ones left out; the page shows those that handed in")
    of_units = _("%(name)s: share of units") % {"name": name}
    yield Number(f"{key}_share", of_units, share(handed_in, total), how, addresses["handed_in"], group=name)
    accepted, of_accepted = sum(row.accepted for row in rows), _("%(name)s: accepted") % {"name": name}
    how = _("Units whose papers the standing office accepted")
    yield Number(f"{key}_accepted", of_accepted, number(accepted), how, addresses["accepted"], group=name)


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
                replace(REGISTRATIONS, **{name: row.id}).address(_of(summary)),
                group=_("Initiatives registered"),
            )


def _of_completion(summary: Summary) -> Iterator[Number]:
    """How far accepted registrations were carried out (plan, III)."""
    if not summary.registered:
        return
    of, registered = _of(summary), summary.initiatives
    how = _("Registrations handed in that were not returned or withdrawn")
    yield Number("initiatives", _("Initiatives registered"), number(registered.all), how, REGISTRATIONS.address(of))
    how, address = _("Registrations that the standing office accepted"), ACCEPTED.address(of)
    yield Number("initiatives_accepted", _("Initiatives accepted"), number(registered.accepted), how, address)
    if summary.campaign.current.plan.asks("milestones"):
        yield from _of_milestones(summary)


def _of_milestones(summary: Summary) -> Iterator[Number]:
    """Of milestones the page shows the registrations that have them, and says how many they are."""
    addresses = {key: papers.address(_of(summary)) for key, papers in carried_out().items()}
    total, finished, due, done = (
        sum(getattr(row, name) for row in summary.completion) for name in ("registrations", "finished", "due", "done")
    )
    how = _("Accepted registrations with every milestone done")
    yield Number("finished", _("Carried out in full"), number(finished), how, addresses["finished"])
    how = _("Carried out in full / accepted; the page shows those carried out in full")
    yield Number("finished_share", _("Carried out in full, share"), share(finished, total), how, addresses["finished"])
    how = _("Milestones of accepted registrations due by the day of the count; the page shows the registrations")
    yield Number("due", _("Milestones due"), number(due), how, addresses["due"])
    how = _("Milestones due by the day of the count and done; the page shows the registrations")
    yield Number("done", _("Milestones due and done"), number(done), how, addresses["done"])
    how = _("Milestones due and done / milestones due; the page shows the registrations of those done")
    yield Number("done_share", _("Milestones due and done, share"), share(done, due), how, addresses["done"])


def _of_targets(summary: Summary) -> Iterator[Number]:
    for row in summary.targets:
        found = row.total
        value = percent(found.share) if found.share is not None else "–"
        yield Number(
            f"target_{row.criterion.id}_{row.audience.id}".replace("-", "_"),
            f"{row.criterion.short}: {row.audience.name}",
            f"{value} ({number(found.numerator)} / {number(found.denominator)})" if found.share is not None else value,
            row.criterion.denominator,
            _of(summary).address("reports:explore", row.criterion.id, audience=row.audience.id),
            found.told,
            row.criterion.short,
        )


def _of_people(summary: Summary) -> Iterator[Number]:
    for row in summary.personal:
        yield Number(
            f"personal_{row.criterion.id}_{row.audience.id}".replace("-", "_"),
            f"{row.criterion.short}: {row.audience.name}",
            f"{share(row.met, row.people)} ({number(row.met)} / {number(row.people)})" if row.people else "–",
            _("People who meet it / people it is about; the page shows their units"),
            row.opens().address(_of(summary)),
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
            _("Units by where they stand at the moment of the count; the page shows those asked"),
            OnBoard(what=row.key, show="asked").address(_of(summary)),
            group=_("Obligations of units"),
        )


def _of_indices(summary: Summary) -> Iterator[Number]:
    for row in summary.indices:
        value = row.of_year(summary.year)
        if value is not None:
            rank = f", {_('rank')} {value.rank}" if value.rank else ""
            text = f"{number(value.score)} {row.index.unit}{rank}" if value.score is not None else rank.lstrip(", ")
            page, how = _of(summary).address("desk:overview"), _("As it was published")
            yield Number(f"index_{row.index.id}", row.index.name, text, how, page, value.source, _("Indices"))


def _of_voices(summary: Summary) -> Iterator[Number]:
    plan = summary.campaign.current.plan
    for key, count in summary.voices.items():
        yield Number(
            f"voices_{key}",
            plan.word_for(key, of="report"),
            number(count),
            _("Result reports that name some"),
            replace(REPORTS, tells=key).address(_of(summary)),
            group=_("What result reports tell"),
        )
