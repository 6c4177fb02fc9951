"""Files of records as offices send them, and an import that reads one."""

import csv
import io

from tests.fixtures import moment

from thidua.analytics import actions
from thidua.analytics.actions import Choices
from thidua.analytics.registry import dataset_of
from thidua.core.records.periods import period

AT = moment("2024-02-01 09:00")
HEADINGS = ["STT", "Mã hồ sơ", "Lĩnh vực", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày trả kết quả", "Trạng thái"]


def row(n=1, **changed):
    """A dossier returned in time, in the order of HEADINGS."""
    cells = {
        "n": n, "code": f"H29-{n:04}", "field": "Văn bằng", "received": "03/04/2023", "due": "20/04/2023",
        "returned": "19/04/2023", "status": "Đã trả kết quả",
    } | changed  # fmt: skip
    return list(cells.values())


def csv_bytes(rows, separator=",", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode(encoding)


class Importer:
    """``run(content)`` imports for An's school; what the last one gave is ``outcome``."""

    def __init__(self, world, folder):
        self.world, self.folder, self.count = world, folder, 0

    def file(self, content, name="hs.csv"):
        if isinstance(content, list):
            content = csv_bytes(content)
        self.count += 1
        path = self.folder / f"{self.count}-{name}"
        path.write_bytes(content)
        return path

    def run(self, content, name="hs.csv", *, dataset="dossiers", unit=None, by=None, at=AT, year="2023", **choices):
        path = content if hasattr(content, "read_bytes") else self.file(content, name)
        return actions.import_records(
            dataset=dataset_of(dataset), file=path, name=name, unit=unit or self.world.school, period=period(year),
            choices=Choices(**choices), by=by, at=at,
        )  # fmt: skip


def counts(outcome):
    return (outcome.read, outcome.accepted, outcome.refused, outcome.repeated)


def found(outcome):
    """(row, code, column) of every problem."""
    return [(problem.row, problem.code.value, problem.column) for problem in outcome.problems]
