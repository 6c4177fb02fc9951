"""A number opens exactly what it counted: every linked number is followed as the office does, and the rows counted."""

import re
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.utils import translation
from tests.campaigns.several import make_several
from tests.campaigns.test_several import happy
from tests.fixtures import IN_TIME, accepted, begun, declared, moment, reported, submitted

from thidua.campaigns import actions as campaigns
from thidua.campaigns.chosen import Chosen
from thidua.campaigns.models import Obligation
from thidua.dossiers import actions as dossiers
from thidua.summaries import numbers, queries

NOW = moment("2023-11-05 08:00")


@pytest.fixture
def world(db, time_machine):
    """Two unlike campaigns in which something stands in every state."""
    time_machine.move_to(NOW)
    world = make_several()
    done = accepted(world)
    milestone = done.milestones.get()
    dossiers.report_progress(dossier=done, milestone=milestone, percent=100, text="Xong", by=world.an, at=IN_TIME)
    accepted(world, title="Chưa xong")
    submitted(world, title="Chờ xét", kind="mo-hinh", field="the-che")
    back = submitted(world, title="Bị trả lại")
    dossiers.return_(dossier=back, message="Thiếu", notes={}, correct_by=NOW.date(), by=world.binh, at=IN_TIME)
    begun(world, title="Bản nháp")
    declared(world)
    reported(world, done)
    excused = Obligation.objects.get(campaign=world.campaign, key="register-2023", unit=world.other, person=None)
    campaigns.excuse(obligation=excused, reason="Mới thành lập", by=world.binh, at=IN_TIME)
    dossiers.submit(dossier=happy(world), by=world.hanh, at=IN_TIME)
    return world


@pytest.fixture
def look(client, world):
    client.force_login(world.binh)

    def opened(address: str):
        answer = client.get(address)
        assert answer.status_code == 200, address
        return answer

    return opened


def sheet(look, address: str) -> list[tuple]:
    """The rows of the workbook of what an address shows, by the page's own link to it."""
    (excel,) = set(re.findall(r'href="([^"]*/excel/[^"]*)"', look(address).content.decode()))
    book = openpyxl.load_workbook(BytesIO(b"".join(look(unescape(excel)).streaming_content)))
    return list(book.active.iter_rows(min_row=2, values_only=True))


def counted(campaign):
    scope = queries.scope(campaign, 2023)
    return queries.summary(scope, queries.standings(scope, now=NOW), now=NOW)


def rows_of(look, address: str) -> object:
    """How many rows the page says it shows; its workbook holds the same."""
    page = look(address).context
    rows = sheet(look, address)
    if "/board/" in address:
        assert page["shown"] == len({row[0] for row in rows}), address
        return page["shown"]
    assert page["listing"].count == len(rows), address
    return page["listing"].count if page["milestones"] is None else page["milestones"]


def people_of(look, address: str) -> int:
    return sum(int(row[6].split("/")[1]) for row in sheet(look, address))


def expected(summary) -> dict[str, object]:
    """Number → what the page that it opens has to say, where the number's text says more than one thing."""
    whole = {"planned": summary.planned, "registered": summary.registered, "reported": summary.reported}
    found: dict[str, object] = {f"{key}_share": sum(row.handed_in for row in rows) for key, rows in whole.items()}
    found |= {f"{key}_{row.kind}": row.total for key, rows in whole.items() for row in rows}
    found |= {f"owing_{row.key}".replace("-", "_"): row.asked for row in summary.owing}
    for part, rows in (("kind", summary.initiatives.by_kind), ("field", summary.initiatives.by_field)):
        found |= {f"initiatives_{part}_{row.id}".replace("-", "_"): row.registered for row in rows}
    found |= {
        f"personal_{row.criterion.id}_{row.audience.id}".replace("-", "_"): row.people for row in summary.personal
    }
    found["finished_share"] = sum(row.finished for row in summary.completion)
    found["done_share"] = sum(row.done for row in summary.completion)
    return found


@pytest.mark.parametrize("name", ["campaign", "alike", "empty"])
def test_every_number_of_the_report_opens_what_it_counted(world, look, name):
    summary = counted(getattr(world, name))
    says, followed = expected(summary), 0
    with translation.override("vi"):
        found = numbers.numbers(summary)
    for each in found:
        if each.key.startswith(("target_", "index_")):
            look(each.address)
        elif each.key.startswith("personal_"):
            assert people_of(look, each.address) == says[each.key], each
        else:
            assert str(rows_of(look, each.address)) == str(says.get(each.key, each.text.replace(".", ""))), each
            followed += 1
    assert followed >= {"campaign": 30, "alike": 8, "empty": 2}[name]


@pytest.mark.parametrize("name", ["campaign", "alike"])
@pytest.mark.parametrize("page", ["/overview/", "/"])
@pytest.mark.parametrize("who", ["binh", "leader", "an"])
def test_every_number_that_a_page_links_opens_what_it_counted(world, client, name, page, who):
    """Numbers in figures, behind a link to the board or the list."""
    client.force_login(getattr(world, who))
    address = Chosen(getattr(world, name), 2023).at(page)
    shown = client.get(address).content.decode()
    found = re.findall(r'<a href="([^"]*/(?:board|dossiers)/\?[^"]*)">([\d.]+)</a>', shown)
    assert found or who == "an" or page == "/"
    for link, text in found:
        assert str(rows_of(client.get, unescape(link))) == text.replace(".", ""), (link, text)
