"""What the units of the demonstration write in their papers, and record of their people: made up, form by form.

The demonstration alone knows the shipped plans by the ids of their questions; everything else is filled in by the type
of a question.
"""

from __future__ import annotations

import datetime as dt
import random

from thidua.core.plan.schema import Criterion, Form, Question

THINGS = (
    "hồ sơ chuyển trường",
    "học bạ",
    "giấy xác nhận học sinh",
    "văn bản đi và đến",
    "lịch tiếp công dân",
    "hồ sơ viên chức",
    "thu học phí",
    "đăng ký tuyển sinh",
    "đơn xin nghỉ học",
    "phản ánh của phụ huynh",
)
WAYS = (
    "qua mã QR",
    "bằng chữ ký số",
    "trên cổng thông tin của đơn vị",
    "theo quy trình một cửa số",
    "bằng tin nhắn tự động",
    "trong một buổi làm việc",
    "không dùng giấy",
    "trên bảng theo dõi chung",
)
DEEDS = ("Tiếp nhận và trả", "Rút ngắn thời gian xử lý", "Số hóa", "Theo dõi", "Hướng dẫn làm", "Tra cứu")
STEPS = ("Khảo sát và soạn quy trình", "Chạy thử với một bộ phận", "Áp dụng toàn đơn vị", "Đo lại và điều chỉnh")
# A question by its id → what is written there; {…} is filled in, the same for all answers of a paper.
TEXTS: dict[str, tuple[str, ...]] = {
    "title": ("{deed} {thing} {way}",),
    "situation": ("Mỗi năm đơn vị xử lý {many} lượt {thing}; người dân phải đến {few} lần.",),
    "solution": ("Chuẩn hóa thành phần hồ sơ và thực hiện {thing} {way}; mỗi việc có một người chịu trách nhiệm.",),
    "novelty": ("Kiểm tra đủ giấy tờ trước khi người dân đến.",),
    "means": ("Nhân sự và thiết bị hiện có.",),
    "replication": ("Áp dụng được ở đơn vị cùng loại.",),
    "contact": ("Bộ phận văn thư",),
    "result": ("Đã hoàn thành các mốc đã đăng ký; số đo đạt mức dự kiến.",),
    "completion": ("80", "90", "95", "100"),
    "effect": ("Giảm số lần phụ huynh phải đến đơn vị.",),
    "difficulties": ("Một số phụ huynh chưa quen thao tác trên điện thoại.",),
    "lessons": ("Hướng dẫn trực tiếp trong tuần đầu.",),
    "proposals": ("Chia sẻ quy trình cho đơn vị cùng loại.",),
    "goals": ("100% bộ phận tham gia; mỗi đơn vị có ít nhất một giải pháp được áp dụng.",),
    "tasks": ("Văn thư làm đầu mối; thủ trưởng kiểm tra hằng quý.",),
    # The campaign of a school year.
    "viec": (
        "Giờ đọc chung đầu buổi ở khối {grade}",
        "Ngân hàng bài giảng thay thế khi giáo viên vắng, khối {grade}",
        "Hộp thư góp ý của học sinh khối {grade}",
        "Nhóm bạn cùng tiến trong lớp khối {grade}",
        "Tiết học ngoài lớp mỗi tháng cho khối {grade}",
        "Góc tư vấn tâm lý giờ ra chơi, khối {grade}",
    ),
    "ly-do": ("Năm học trước có {few} lớp khối {grade} phải dạy bù nhiều; học sinh ít được nêu ý kiến.",),
    "cach-lam": ("Tổ chuyên môn phân công theo tuần; giáo viên chủ nhiệm ghi nhận và báo lại mỗi tháng.",),
    "da-dat": ("Các bước đã làm xong trong hai học kỳ; nền nếp được giữ đều.",),
    "tac-dung": ("Học sinh mạnh dạn hơn; giáo viên bớt giờ làm sổ sách.",),
    "vuong-mac": ("Phòng học chưa đủ cho hoạt động nhóm.",),
    "de-nghi": ("Tổ chức thêm buổi chia sẻ giữa các trường.",),
    # The short drive.
    "loai-ho-so": (
        "Hồ sơ học sinh ra trường năm {year}",
        "Sổ gốc cấp văn bằng năm {year}",
        "Hồ sơ viên chức đã nghỉ hưu trước năm {year}",
        "Biên bản kiểm tra năm {year}",
    ),
    "so-luong": ("120", "150", "200", "320"),
}
MEASURED = {"indicator": "Số giờ làm việc để xử lý {thing}", "thuoc-do": "Số tiết phải dạy bù mỗi tháng, khối {grade}"}
UNIT_PLANS = "Kế hoạch thi đua năm {year} của đơn vị"
NOTHING = "Đơn vị đang bổ sung."


def answers(rng: random.Random, form: Form, window: tuple[dt.date, dt.date], authors: list[int]) -> dict[str, object]:
    """A filled form; ``window``: the days between which its milestones lie."""
    topic = {
        "thing": rng.choice(THINGS),
        "way": rng.choice(WAYS),
        "deed": rng.choice(DEEDS),
        "grade": rng.choice(("10", "11", "12")),
        "many": rng.randint(150, 2400),
        "few": rng.randint(2, 4),
        "year": window[1].year - rng.randint(0, 9),
    }
    if form.kind == "unit_plan" and (title := form.playing("title")):
        rest = _filled(rng, form, window, authors, topic)
        return {**rest, title.id: UNIT_PLANS.format(year=window[1].year)}
    return _filled(rng, form, window, authors, topic)


def _filled(
    rng: random.Random, form: Form, window: tuple[dt.date, dt.date], authors: list[int], topic: dict[str, object]
) -> dict[str, object]:
    found = {each.id: _answer(rng, each, window, authors, topic) for each in form.questions}
    return {id: answer for id, answer in found.items() if answer is not None}


def _answer(
    rng: random.Random, asked: Question, window: tuple[dt.date, dt.date], authors: list[int], topic: dict[str, object]
) -> object:
    if asked.type in ("text", "long_text", "number"):
        return rng.choice(TEXTS.get(asked.id, (NOTHING,))).format(**topic)
    if asked.type == "choice":
        return rng.choice(asked.choices).id
    if asked.type == "yes_no":
        return rng.choices(("yes", "no"), (3, 1))[0]
    if asked.type == "date":
        return f"{window[0]:%d/%m/%Y}"
    if asked.type == "authors":
        share = rng.choice((50, 60, 70))
        return [{"person": authors[0], "share": str(share)}, {"person": authors[1], "share": str(100 - share)}]
    if asked.type == "milestones":
        days = sorted(_day(rng, window) for _step in range(2))
        steps = zip(STEPS[:2], days, strict=True)
        return [{"title": step, "due_on": f"{day:%d/%m/%Y}", "weight": "1"} for step, day in steps]
    if asked.type == "indicator":
        before = rng.randint(3, 12)
        label = MEASURED.get(asked.id, NOTHING).format(**topic)
        return {"label": label, "before": str(before), "after": str(before // 2)}
    return None


def _day(rng: random.Random, window: tuple[dt.date, dt.date]) -> dt.date:
    first, last = window
    return first + dt.timedelta(days=rng.randint(1, max((last - first).days, 2) - 1))


# How many in a hundred meet a criterion of two answers; the others 97.
MEETING = {"personal-initiative": 60, "exemplary-head": 99}
REASONS = {"personal-signing": ("Chưa được cấp chứng thư số.",), "personal-initiative": ("",)}
ANY_REASON = ("Đã nhắc nhở, đang khắc phục.", "Mới nhận công tác tại đơn vị.")


def personal_result(rng: random.Random, criterion: Criterion) -> tuple[str, str]:
    """(answer, note) of one person: most do well, and who does not has a word why."""
    if len(criterion.choices) > 2:
        return rng.choices(criterion.choices, [22, 72, 5] + [1] * (len(criterion.choices) - 3))[0], ""
    if rng.randrange(100) < MEETING.get(criterion.id, 97):
        return criterion.passing[0], ""
    return criterion.choices[-1], rng.choice(REASONS.get(criterion.id, ANY_REASON))
