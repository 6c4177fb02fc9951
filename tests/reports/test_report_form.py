"""The figures of the unit inside its result report: shown, led to, and come back from."""

import uuid

from tests.fixtures import accepted, declared, moment

from thidua.dossiers import actions

AT = moment("2023-10-20 10:00")


def report(world):
    return actions.begin(
        campaign=world.campaign, key="report-2023", unit=world.school, token=uuid.uuid4(), by=world.an, at=AT,
        about=accepted(world), answers={"result": "Xong", "completion": "100"},
    )  # fmt: skip


def test_the_form_shows_each_figure_and_what_is_missing(client, world):
    draft = report(world)
    client.force_login(world.an)
    page = client.get(f"/dossiers/{draft.pk}/form/").content.decode()
    assert "Chưa khai" in page
    declared(world)
    page = client.get(f"/dossiers/{draft.pk}/form/").content.decode()
    assert "75% = 3 / 4" in page
    assert "Chưa khai" not in page


def test_a_figure_is_declared_from_the_form_and_the_form_comes_back_with_its_text(client, world):
    draft = report(world)
    client.force_login(world.an)
    at = "/reports/units/hoa-sen/documents-signed/?campaign=cchc-2023-2025&year=2023"
    address = f"{at}&next=%2Fdossiers%2F{draft.pk}%2Fform%2F"
    answer = client.post(
        f"/dossiers/{draft.pk}/save/", {"revision": draft.revision, "result": "Đã viết thêm", "go": address}
    )
    assert answer["Location"] == address
    answer = client.post(address, {"numerator": "3", "denominator": "4", "explanation": "Sổ"})
    assert answer["Location"] == f"/dossiers/{draft.pk}/form/"
    assert "Đã viết thêm" in client.get(answer["Location"]).content.decode()


def test_a_foreign_address_is_never_led_to(client, world):
    draft = report(world)
    client.force_login(world.an)
    answer = client.post(f"/dossiers/{draft.pk}/save/", {"revision": draft.revision, "go": "https://evil.example/"})
    assert answer["Location"] == f"/dossiers/{draft.pk}/form/"
    answer = client.post(
        "/reports/units/hoa-sen/documents-signed/?year=2023&next=https://evil.example/",
        {"numerator": "3", "denominator": "4", "explanation": "Sổ"},
    )
    assert answer["Location"] == "/reports/units/hoa-sen/?campaign=cchc-2023-2025&year=2023"
