"""The shipped template of the consolidated report, in the parts that a report to the body above usually has."""

from __future__ import annotations

from functools import lru_cache

from thidua.documents import layout
from thidua.documents.layout import Column


@lru_cache(maxsize=1)
def template() -> bytes:
    """A Word file with the placeholders that ``papers`` fills."""
    paper = layout.official("BÁO CÁO", "Kết quả {{ year_name }} thực hiện {{ campaign.name }}")
    layout.control(paper, "for basis in campaign.bases")
    layout.text(paper, "Căn cứ {{ basis }}{{ '.' if loop.last else ';' }}", italic=True)
    layout.control(paper, "endfor")
    layout.text(
        paper,
        "{{ paper.issuer }} báo cáo {{ paper.superior }} kết quả thực hiện phong trào {{ year_name }} như sau:",
    )
    layout.text(
        paper,
        "Số liệu trong báo cáo do hệ thống quản lý phong trào tổng hợp đến {{ moment }}; nguồn và cách tính ở Phụ lục.",
    )
    for part in (_deployment, _registrations, _results, _targets, _progress, _assessment):
        part(paper)
    layout.signature(paper, authority="{{ paper.authority }}")
    _sources(paper)
    return layout.as_bytes(paper)


def _deployment(paper) -> None:
    layout.heading(paper, "I. CÔNG TÁC TRIỂN KHAI")
    layout.text(paper, "Phong trào được triển khai đến {{ n.units }} đơn vị.")
    layout.control(paper, "if campaign.theme")
    layout.text(paper, "{{ campaign.theme }}.")
    layout.control(paper, "endif")
    layout.control(paper, "for round in rounds")
    layout.text(paper, "- {{ round.name }}: từ {{ round.opens }} đến {{ round.closes }}{{ '.' if loop.last else ';' }}")
    layout.control(paper, "endfor")
    layout.control(paper, "if planned")
    layout.text(
        paper,
        "Đến nay có {{ n.planned_units }}/{{ n.planned_asked }} đơn vị ({{ n.planned_share }}) gửi kế hoạch thực hiện"
        " phong trào của đơn vị, trong đó {{ n.planned_accepted }} kế hoạch đã được ghi nhận.",
    )
    layout.control(paper, "endif")


def _coverage_table(paper, rows: str, done: str) -> None:
    columns = (
        Column("Khối đơn vị", "{{ row.name }}", 62),
        Column("Số đơn vị", "{{ row.total }}", 19, "right"),
        Column(done, "{{ row.handed_in }}", 24, "right"),
        Column("Tỷ lệ", "{{ row.share }}", 18, "right"),
        Column("Được ghi nhận", "{{ row.accepted }}", 24, "right"),
        Column("Trả lại", "{{ row.returned }}", 18, "right"),
    )
    layout.table(paper, columns, loop=f"row in {rows}")


def _part(paper, name: str, title: str) -> None:
    """The beginning of a part that is there only where it has something to say."""
    layout.control(paper, f"if {name}")
    layout.heading(paper, f"{{{{ no.heading_{name} }}}}. {title}")


def _table_name(paper, name: str, words: str) -> None:
    layout.caption(paper, f"Bảng {{{{ no.table_{name} }}}}. {words}")


def _chart(paper, picture: str, name: str, words: str) -> None:
    layout.picture(paper, f"{{{{ charts.{picture} }}}}")
    layout.caption(paper, f"Biểu đồ {{{{ no.chart_{name} }}}}. {words}", below=True)


def _registrations(paper) -> None:
    layout.heading(paper, "II. KẾT QUẢ THỰC HIỆN")
    _part(paper, "registered", "Đăng ký")
    layout.text(
        paper,
        "Có {{ n.registered_units }}/{{ n.registered_asked }} đơn vị ({{ n.registered_share }}) đăng ký, với"
        " {{ n.initiatives }} {{ words.kinds }}; {{ n.initiatives_accepted }} nội dung đã được bộ phận"
        " Thường trực ghi nhận.",
    )
    _table_name(paper, "registered", "Đăng ký theo khối đơn vị")
    _coverage_table(paper, "registered", "Đã đăng ký")
    _chart(paper, "coverage", "registered", "Tình hình đăng ký theo khối đơn vị")
    for rows, word in (("by_kind", "words.kind"), ("by_field", "words.field")):
        layout.control(paper, f"if {rows}")
        _table_name(paper, rows, f"Nội dung đăng ký theo {{{{ {word}|lower }}}}")
        columns = (
            Column(f"{{{{ {word} }}}}", "{{ row.name }}", 95),
            Column("Số đăng ký", "{{ row.registered }}", 35, "right"),
            Column("Được ghi nhận", "{{ row.accepted }}", 35, "right"),
        )
        layout.table(paper, columns, loop=f"row in {rows}")
        layout.control(paper, "endif")
    layout.control(paper, "if by_field")
    _chart(paper, "fields", "by_field", "Số đăng ký theo {{ words.field|lower }}")
    layout.control(paper, "endif")
    layout.control(paper, "endif")


def _results(paper) -> None:
    _part(paper, "completion", "Mức độ hoàn thành các nội dung đã đăng ký")
    layout.text(
        paper,
        "Trong {{ n.initiatives_accepted }} nội dung được ghi nhận, {{ n.finished }} nội dung"
        " ({{ n.finished_share }}) đã thực hiện xong tất cả các mốc. Tính chung, {{ n.done }}/{{ n.due }} mốc đến hạn"
        " ({{ n.done_share }}) đã hoàn thành.",
    )
    _table_name(paper, "completion", "Mức độ hoàn thành theo khối đơn vị")
    columns = (
        Column("Khối đơn vị", "{{ row.name }}", 61),
        Column("Nội dung được ghi nhận", "{{ row.registrations }}", 26, "right"),
        Column("Thực hiện xong", "{{ row.finished }}", 26, "right"),
        Column("Mốc đến hạn", "{{ row.due }}", 26, "right"),
        Column("Mốc hoàn thành", "{{ row.done }}", 26, "right"),
    )
    layout.table(paper, columns, loop="row in completion")
    layout.control(paper, "endif")
    _part(paper, "reported", "Báo cáo kết quả")
    layout.text(
        paper,
        "Có {{ n.reported_units }}/{{ n.reported_asked }} đơn vị ({{ n.reported_share }}) gửi đủ báo cáo kết quả;"
        " báo cáo của {{ n.reported_accepted }} đơn vị đã được ghi nhận.",
    )
    _table_name(paper, "reported", "Báo cáo kết quả theo khối đơn vị")
    _coverage_table(paper, "reported", "Đã báo cáo")
    layout.control(paper, "endif")


def _targets(paper) -> None:
    _part(paper, "targets", "Kết quả thực hiện các chỉ tiêu")
    _table_name(paper, "targets", "Chỉ tiêu của phong trào")
    columns = (
        Column("Chỉ tiêu", "{{ row.name }}", 48),
        Column("Kết quả", "{{ row.value }}", 15, "right"),
        Column("Tử số / mẫu số", "{{ row.fraction }}", 26, "right"),
        Column("Mục tiêu", "{{ row.target }}", 16, "right"),
        Column("Đơn vị đạt / có số liệu", "{{ row.met }}", 20, "right"),
        Column("Nguồn (số đơn vị)", "{{ row.source }}", 40),
    )
    layout.table(paper, columns, loop="row in targets", under="audience", size=11)
    _chart(paper, "targets", "targets", "Kết quả so với mục tiêu (vạch đậm là mục tiêu)")
    layout.control(paper, "endif")
    _part(paper, "personal", "Kết quả thực hiện các chỉ tiêu cá nhân")
    _table_name(paper, "personal", "Chỉ tiêu đối với công chức, viên chức và người lao động")
    columns = (
        Column("Chỉ tiêu", "{{ row.name }}", 80),
        Column("Số người", "{{ row.people }}", 21, "right"),
        Column("Đã ghi nhận", "{{ row.recorded }}", 24, "right"),
        Column("Đạt", "{{ row.met }}", 19, "right"),
        Column("Tỷ lệ", "{{ row.share }}", 21, "right"),
    )
    layout.table(paper, columns, loop="row in personal", under="audience")
    layout.control(paper, "endif")
    _part(paper, "indices", "Các chỉ số theo dõi")
    columns = (
        Column("Chỉ số", "{{ row.name }}", 35),
        Column("Kết quả", "{{ row.value }}", 25, "right"),
        Column("Xếp hạng", "{{ row.rank }}", 20, "right"),
        Column("Mục tiêu", "{{ row.target }}", 25, "right"),
        Column("Văn bản công bố", "{{ row.source }}", 60),
    )
    layout.table(paper, columns, loop="row in indices")
    layout.control(paper, "endif")


def _progress(paper) -> None:
    layout.heading(paper, "III. TIẾN ĐỘ")
    layout.text(
        paper,
        "Đến {{ moment }}, còn {{ n.late_units }} đơn vị trễ hạn hoặc phải bổ sung ít nhất một nội dung; danh sách ở"
        " Phụ lục Excel, trang “Đơn vị còn nợ”.",
    )
    layout.control(paper, "if owing")
    _table_name(paper, "owing", "Tiến độ thực hiện các nội dung")
    columns = (
        Column("Nội dung", "{{ row.name }}", 64),
        Column("Hạn", "{{ row.due }}", 25, "center"),
        Column("Phải thực hiện", "{{ row.asked }}", 20, "right"),
        Column("Đúng hạn", "{{ row.in_time }}", 18, "right"),
        Column("Nộp trễ", "{{ row.late }}", 18, "right"),
        Column("Còn lại", "{{ row.open }}", 20, "right"),
    )
    layout.table(paper, columns, loop="row in owing")
    layout.control(paper, "endif")


def _assessment(paper) -> None:
    layout.heading(paper, "IV. ĐÁNH GIÁ CHUNG")
    layout.heading(paper, "1. Ưu điểm")
    layout.text(paper, "[Bộ phận Thường trực bổ sung nhận định.]", italic=True)
    layout.heading(paper, "2. Khó khăn, hạn chế")
    layout.control(paper, "for each in voices")
    layout.text(paper, "{{ each.count }} báo cáo có nội dung “{{ each.name }}” (Phụ lục Excel, trang “Kết quả”).")
    layout.control(paper, "endfor")
    layout.text(paper, "[Bộ phận Thường trực bổ sung nhận định.]", italic=True)
    layout.heading(paper, "V. PHƯƠNG HƯỚNG, KIẾN NGHỊ")
    layout.text(paper, "[Bộ phận Thường trực bổ sung phương hướng, kiến nghị.]", italic=True)
    layout.text(
        paper,
        "Trên đây là kết quả {{ year_name }} thực hiện phong trào; {{ paper.issuer }} kính báo cáo"
        " {{ paper.superior }}./.",
    )


def _sources(paper) -> None:
    layout.new_page(paper)
    layout.caption(paper, "PHỤ LỤC. NGUỒN CỦA SỐ LIỆU")
    layout.note(
        paper,
        "Số liệu đến {{ moment }}. Giá trị và địa chỉ tra cứu của từng số ở Phụ lục Excel, trang “Nguồn của số liệu”.",
    )
    columns = (
        Column("TT", "{{ row.order }}", 9, "right"),
        Column("Số liệu", "{{ row.name }}", 42),
        Column("Cách tính", "{{ row.how }}", 50),
        Column("Nguồn", "{{ row.source }}", 38),
        Column("Trang tra cứu", "{{r row.link }}", 26),
    )
    layout.table(paper, columns, loop="row in sources", size=10)
