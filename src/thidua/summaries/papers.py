"""The consolidated report as an official paper: its placeholders, the shipped template and what fills it.

Official papers are Vietnamese whatever language the office works in (Nghị định 30/2020/NĐ-CP).
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from thidua.campaigns.models import Campaign
from thidua.campaigns.queries import IndexRow
from thidua.core.plan.schema import Plan
from thidua.core.refusals import need
from thidua.core.units import UnitKind
from thidua.core.vietnamese import day, day_in_words, number, percent
from thidua.core.words import _
from thidua.documents import layout, pictures
from thidua.documents.layout import Column
from thidua.documents.registry import Paper, declare
from thidua.documents.word import Link, Picture
from thidua.summaries import charts, queries
from thidua.summaries.numbers import Number, numbers, share
from thidua.summaries.queries import Coverage, Summary

PLACEHOLDERS = {
    "paper": _("Head and foot: superior, organisation, symbol, place, authority, recipients"),
    "campaign": _("The campaign: name, theme of the year, legal bases"),
    "year": _("The year"),
    "moment": _("When the numbers were counted"),
    "n": _("Every number by its name; the names stand in the annex “Sources of the numbers”"),
    "rounds": _("Rounds of the year: name, opens, closes"),
    "planned": _("Unit plans by kind of unit"),
    "registered": _("Registrations by kind of unit: name, total, handed in, accepted, share"),
    "reported": _("Result reports by kind of unit"),
    "by_kind": _("Initiatives by kind: name, registered, accepted"),
    "by_field": _("Initiatives by field of reform"),
    "completion": _("How far accepted registrations were carried out, by kind of unit"),
    "targets": _("Criteria by audience: name, audience, value, numerator, denominator, target, result, units"),
    "personal": _("Personal criteria by audience: name, audience, people, recorded, met, share"),
    "indices": _("Indices: name, value, rank, target, source"),
    "owing": _("Obligations: name, due, asked, in time, late, open"),
    "charts": _("Charts as pictures: coverage, fields, targets"),
    "sources": _("Every number with its name, how it is counted and a link to its rows"),
}
COUNT = 16.0  # width of a column of counts, mm
SOURCE = "Nguồn: hệ thống quản lý phong trào, số liệu đến {{ moment }}; cách tính và nơi tra cứu từng số ở Phụ lục."


@lru_cache(maxsize=1)
def template() -> bytes:
    """The shipped template, in the parts that a report of a campaign to the body above usually has."""
    paper = layout.blank()
    layout.letterhead(
        paper,
        superior="{{ paper.superior|upper }}",
        issuer="{{ paper.organisation|upper }}",
        symbol="Số:         /{{ paper.symbol }}",
        place_and_day="{{ paper.place }}, ngày … tháng … năm {{ paper.year }}",
    )
    layout.title(paper, "BÁO CÁO", "Kết quả năm {{ year }} thực hiện {{ campaign.name }}")
    layout.control(paper, "for basis in campaign.bases")
    layout.text(paper, "Căn cứ {{ basis }}{{ '.' if loop.last else ';' }}", italic=True)
    layout.control(paper, "endfor")
    layout.text(
        paper,
        "{{ paper.organisation }} báo cáo {{ paper.superior }} kết quả thực hiện phong trào năm {{ year }} như sau:",
    )
    for part in (_deployment, _registrations, _results, _targets, _progress, _assessment):
        part(paper)
    layout.signature(
        paper, recipients="paper.recipients", authority="{{ paper.authority }}", signer="{{ paper.signer }}"
    )
    _sources(paper)
    return layout.as_bytes(paper)


def _deployment(paper) -> None:
    layout.heading(paper, "I. CÔNG TÁC TRIỂN KHAI")
    layout.text(paper, "Phong trào được triển khai đến {{ n.units }} phòng và đơn vị. {{ campaign.theme }}.")
    layout.control(paper, "for round in rounds")
    layout.text(paper, "- {{ round.name }}: từ {{ round.opens }} đến {{ round.closes }}{{ '.' if loop.last else ';' }}")
    layout.control(paper, "endfor")
    layout.text(
        paper,
        "Đến nay có {{ n.planned_units }}/{{ n.planned_asked }} đơn vị ({{ n.planned_share }}) gửi kế hoạch thực hiện"
        " phong trào của đơn vị, trong đó {{ n.planned_accepted }} kế hoạch đã được ghi nhận.",
    )


def _coverage_table(paper, rows: str, done: str) -> None:
    columns = (
        Column("Khối đơn vị", "{{ row.name }}", 68),
        Column("Số đơn vị", "{{ row.total }}", COUNT, "right"),
        Column(done, "{{ row.handed_in }}", COUNT + 4, "right"),
        Column("Tỷ lệ", "{{ row.share }}", COUNT + 2, "right"),
        Column("Được ghi nhận", "{{ row.accepted }}", COUNT + 3, "right"),
        Column("Trả lại", "{{ row.returned }}", COUNT, "right"),
    )
    layout.table(paper, columns, loop=f"row in {rows}")
    layout.source(paper, SOURCE)


def _registrations(paper) -> None:
    layout.heading(paper, "II. KẾT QUẢ THỰC HIỆN")
    layout.heading(paper, "1. Đăng ký mô hình, giải pháp, sáng kiến")
    layout.text(
        paper,
        "Có {{ n.registered_units }}/{{ n.registered_asked }} đơn vị ({{ n.registered_share }}) đăng ký, với"
        " {{ n.initiatives }} mô hình, giải pháp, sáng kiến; {{ n.initiatives_accepted }} nội dung đã được bộ phận"
        " Thường trực ghi nhận.",
    )
    layout.caption(paper, "Bảng 1. Đăng ký theo khối đơn vị")
    _coverage_table(paper, "registered", "Đã đăng ký")
    layout.picture(paper, "{{ charts.coverage }}")
    layout.caption(paper, "Biểu đồ 1. Tình hình đăng ký theo khối đơn vị")
    for caption, rows in (("Bảng 2. Nội dung đăng ký theo loại", "by_kind"), ("Bảng 3. Theo lĩnh vực", "by_field")):
        layout.caption(paper, caption)
        columns = (
            Column("Loại" if rows == "by_kind" else "Lĩnh vực cải cách hành chính", "{{ row.name }}", 95),
            Column("Số đăng ký", "{{ row.registered }}", 35, "right"),
            Column("Được ghi nhận", "{{ row.accepted }}", 35, "right"),
        )
        layout.table(paper, columns, loop=f"row in {rows}")
        layout.source(paper, SOURCE)
    layout.picture(paper, "{{ charts.fields }}")
    layout.caption(paper, "Biểu đồ 2. Số đăng ký theo lĩnh vực")


def _results(paper) -> None:
    layout.heading(paper, "2. Mức độ hoàn thành các giải pháp đã đăng ký")
    layout.text(
        paper,
        "Trong {{ n.initiatives_accepted }} nội dung được ghi nhận, {{ n.finished }} nội dung"
        " ({{ n.finished_share }}) đã thực hiện xong tất cả các mốc. Tính chung, {{ n.done }}/{{ n.due }} mốc đến hạn"
        " ({{ n.done_share }}) đã hoàn thành.",
    )
    layout.caption(paper, "Bảng 4. Mức độ hoàn thành theo khối đơn vị")
    columns = (
        Column("Khối đơn vị", "{{ row.name }}", 61),
        Column("Nội dung được ghi nhận", "{{ row.registrations }}", 26, "right"),
        Column("Thực hiện xong", "{{ row.finished }}", 26, "right"),
        Column("Mốc đến hạn", "{{ row.due }}", 26, "right"),
        Column("Mốc hoàn thành", "{{ row.done }}", 26, "right"),
    )
    layout.table(paper, columns, loop="row in completion")
    layout.source(paper, SOURCE)
    layout.heading(paper, "3. Báo cáo kết quả")
    layout.text(
        paper,
        "Có {{ n.reported_units }}/{{ n.reported_asked }} đơn vị ({{ n.reported_share }}) gửi đủ báo cáo kết quả;"
        " báo cáo của {{ n.reported_accepted }} đơn vị đã được ghi nhận.",
    )
    layout.caption(paper, "Bảng 5. Báo cáo kết quả theo khối đơn vị")
    _coverage_table(paper, "reported", "Đã báo cáo")


def _targets(paper) -> None:
    layout.heading(paper, "4. Kết quả thực hiện các chỉ tiêu")
    layout.caption(paper, "Bảng 6. Chỉ tiêu của phong trào")
    columns = (
        Column("Chỉ tiêu", "{{ row.name }}", 44),
        Column("Khối đơn vị", "{{ row.audience }}", 30),
        Column("Kết quả", "{{ row.value }}", 18, "right"),
        Column("Tử số / mẫu số", "{{ row.fraction }}", 27, "right"),
        Column("Mục tiêu", "{{ row.target }}", 22, "right"),
        Column("Đơn vị đạt / có số liệu", "{{ row.met }}", 24, "right"),
    )
    layout.table(paper, columns, loop="row in targets")
    layout.source(paper, SOURCE)
    layout.picture(paper, "{{ charts.targets }}")
    layout.caption(paper, "Biểu đồ 3. Kết quả so với mục tiêu (vạch đậm là mục tiêu)")
    layout.heading(paper, "5. Kết quả thực hiện các chỉ tiêu cá nhân")
    layout.caption(paper, "Bảng 7. Chỉ tiêu đối với công chức, viên chức và người lao động")
    columns = (
        Column("Chỉ tiêu", "{{ row.name }}", 50),
        Column("Đối tượng", "{{ row.audience }}", 45),
        Column("Số người", "{{ row.people }}", 17, "right"),
        Column("Đã ghi nhận", "{{ row.recorded }}", 17, "right"),
        Column("Đạt", "{{ row.met }}", 17, "right"),
        Column("Tỷ lệ", "{{ row.share }}", 19, "right"),
    )
    layout.table(paper, columns, loop="row in personal")
    layout.source(paper, SOURCE)
    layout.heading(paper, "6. Các chỉ số cải cách hành chính")
    layout.control(paper, "if indices")
    columns = (
        Column("Chỉ số", "{{ row.name }}", 35),
        Column("Kết quả", "{{ row.value }}", 25, "right"),
        Column("Xếp hạng", "{{ row.rank }}", 20, "right"),
        Column("Mục tiêu", "{{ row.target }}", 25, "right"),
        Column("Văn bản công bố", "{{ row.source }}", 60),
    )
    layout.table(paper, columns, loop="row in indices")
    layout.control(paper, "else")
    layout.text(paper, "Chưa có chỉ số nào của năm {{ year }} được công bố và cập nhật.")
    layout.control(paper, "endif")


def _progress(paper) -> None:
    layout.heading(paper, "III. TIẾN ĐỘ")
    layout.text(
        paper,
        "Đến {{ moment }}, còn {{ n.late_units }} đơn vị trễ hạn hoặc phải bổ sung ít nhất một nội dung; danh sách ở"
        " Phụ lục Excel, trang “Đơn vị còn nợ”.",
    )
    layout.caption(paper, "Bảng 8. Tiến độ thực hiện các nội dung")
    columns = (
        Column("Nội dung", "{{ row.name }}", 64),
        Column("Hạn", "{{ row.due }}", 25, "center"),
        Column("Phải thực hiện", "{{ row.asked }}", 20, "right"),
        Column("Đúng hạn", "{{ row.in_time }}", 18, "right"),
        Column("Nộp trễ", "{{ row.late }}", 18, "right"),
        Column("Còn lại", "{{ row.open }}", 20, "right"),
    )
    layout.table(paper, columns, loop="row in owing")
    layout.source(paper, SOURCE)


def _assessment(paper) -> None:
    layout.heading(paper, "IV. ĐÁNH GIÁ CHUNG")
    layout.heading(paper, "1. Ưu điểm")
    layout.text(paper, "[Bộ phận Thường trực bổ sung nhận định.]", italic=True)
    layout.heading(paper, "2. Khó khăn, hạn chế")
    layout.text(
        paper,
        "{{ n.voices_difficulties }} báo cáo nêu khó khăn, {{ n.voices_lessons }} báo cáo nêu bài học kinh nghiệm"
        " (Phụ lục Excel, trang “Kết quả”).",
    )
    layout.text(paper, "[Bộ phận Thường trực bổ sung nhận định.]", italic=True)
    layout.heading(paper, "V. PHƯƠNG HƯỚNG, KIẾN NGHỊ")
    layout.text(paper, "{{ n.voices_proposals }} báo cáo có đề xuất, kiến nghị (Phụ lục Excel, trang “Kết quả”).")
    layout.text(paper, "[Bộ phận Thường trực bổ sung phương hướng, kiến nghị.]", italic=True)
    layout.text(
        paper,
        "Trên đây là kết quả năm {{ year }} thực hiện phong trào; {{ paper.organisation }} kính báo cáo"
        " {{ paper.superior }}./.",
    )


def _sources(paper) -> None:
    paper.add_page_break()
    layout.caption(paper, "PHỤ LỤC. NGUỒN CỦA SỐ LIỆU")
    layout.source(paper, "Số liệu đến {{ moment }}. Cột cuối mở đúng danh sách mà con số được đếm từ đó.")
    columns = (
        Column("TT", "{{ row.order }}", 11, "right"),
        Column("Số liệu", "{{ row.name }}", 52),
        Column("Giá trị", "{{ row.text }}", 40),
        Column("Cách tính", "{{ row.how }}", 48),
        Column("Tra cứu", "{{r row.link }}", 14),
    )
    layout.table(paper, columns, loop="row in sources", size=10)


def context(summary: Summary, found: list[Number], *, drawn: bool = True) -> dict[str, Any]:
    """What fills the template, in Vietnamese. ``drawn=False`` leaves the charts blank (a trial needs none)."""
    with translation.override("vi"):
        return _unbroken(_context(summary, found)) | {"charts": _charts(summary) if drawn else _no_charts()}


def _unbroken(value: Any) -> Any:
    """A percent sign stays on the line of its number."""
    if isinstance(value, str):
        return value.replace(" %", "\u00a0%")
    if isinstance(value, dict):
        return {key: _unbroken(each) for key, each in value.items()}
    return [_unbroken(each) for each in value] if isinstance(value, list) else value


def _context(summary: Summary, found: list[Number]) -> dict[str, Any]:
    plan = summary.campaign.current.plan
    return {
        "paper": _head(plan, summary),
        "campaign": {
            "name": plan.name,
            "theme": plan.themes.get(str(summary.year), ""),
            "bases": [
                f"{each.symbol} {day_in_words(each.issued_on)} của {each.issuer}: {each.subject}"
                for each in plan.legal_bases
            ],
        },
        "year": summary.year,
        "moment": f"{summary.at:%H} giờ {summary.at:%M} {day_in_words(summary.at.date())}",
        "n": {each.key: each.text for each in found},
        "rounds": [
            {
                "name": each.name,
                "opens": day_in_words(each.opens_on),
                "closes": day_in_words(each.closes_on),
            }
            for each in plan.rounds
            if each.year == summary.year
        ],
        "planned": _coverage(summary.planned),
        "registered": _coverage(summary.registered),
        "reported": _coverage(summary.reported),
        "by_kind": _initiatives(summary.by_kind),
        "by_field": _initiatives(summary.by_field),
        "completion": [
            {
                "name": str(row.kind.label),
                **{name: number(getattr(row, name)) for name in ("registrations", "finished", "due", "done")},
            }
            for row in summary.completion
        ],
        "targets": [_target(row) for row in summary.targets],
        "personal": [
            {
                "name": row.criterion.short,
                "audience": row.audience.name,
                **{name: number(getattr(row, name)) for name in ("people", "recorded", "met")},
                "share": share(row.met, row.people),
            }
            for row in summary.personal
        ],
        "indices": [_index(row, value) for row in summary.indices if (value := row.of_year(summary.year))],
        "owing": [_owing(row) for row in summary.owing],
        "sources": [_source(order, each) for order, each in enumerate(found, start=1)],
    }


def _head(plan: Plan, summary: Summary) -> dict[str, Any]:
    last = len(plan.recipients)
    return {
        "superior": plan.letterhead.superior,
        "organisation": plan.organisation,
        "symbol": f"BC-{plan.letterhead.abbreviation}",
        "place": plan.letterhead.place,
        "year": summary.at.year,
        "authority": plan.letterhead.authority,
        "signer": "",
        "recipients": [
            f"{each.name}." if order == last else f"{each.name} ({each.purpose});"
            for order, each in enumerate(plan.recipients, start=1)
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
    lines = [(row.label, row.registered, row.accepted) for row in rows]
    lines.append(("Cộng", sum(row.registered for row in rows), sum(row.accepted for row in rows)))
    return [{"name": name, "registered": number(one), "accepted": number(two)} for name, one, two in lines]


def _target(row: queries.Target) -> dict[str, str]:
    has_value = row.value is not None
    return {
        "name": row.criterion.short,
        "audience": ", ".join(str(UnitKind(kind).label) for kind in row.audience.kinds),
        "value": percent(row.value) if row.value is not None else "–",
        "fraction": f"{number(row.numerator)} / {number(row.denominator)}" if has_value else "–",
        "target": f"≥\u00a0{percent(Decimal(str(row.criterion.threshold)), places=0)}",
        "met": f"{number(row.met)}/{number(row.applicable)}" if row.units else "–",
        "result": str(row.verdict.label) if row.verdict else "–",
        "units": number(row.units),
        "owed": number(row.owed),
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


def _source(order: int, each: Number) -> dict[str, Any]:
    return {
        "order": order,
        "key": each.key,
        "name": each.name,
        "text": each.text,
        "how": each.how,
        "link": Link("Mở", f"{settings.BASE_URL}{each.address}"),
    }


def _charts(summary: Summary) -> dict[str, Picture]:
    return {
        "coverage": Picture(pictures.png(charts.coverage(summary.registered))),
        "fields": Picture(pictures.png(charts.initiatives(summary.by_field))),
        "targets": Picture(pictures.png(charts.targets(summary.targets))),
    }


def _no_charts() -> dict[str, str]:
    return dict.fromkeys(("coverage", "fields", "targets"), "")


def trial() -> dict[str, Any]:
    """The newest published campaign in its last year, without charts."""
    campaign = Campaign.objects.filter(current__isnull=False).select_related("current").order_by("-last_year").first()
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
