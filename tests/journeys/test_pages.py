"""Pages that the journeys do not come by: axe finds nothing, and they fit wide and narrow screens."""

import pytest

pytestmark = pytest.mark.journey
PAGES = {
    "binh": """/dossiers/ /trail/?verify=1 /campaigns/plan/ /campaigns/indices/ /documents/ /documents/consolidated/
        /people/units/hoa-sen/ /people/people/import/ /search/?q=hoc+ba /reports/units/hoa-sen/
        /reports/people/hoa-sen/ /monitoring/marks/ /monitoring/marks/on-target/van-phong/satisfaction/""",
    "an": """/dossiers/f/dk-don-vi/ /people/members/ /reports/units/hoa-sen/
        /reports/people/hoa-sen/import/
        /account/2fa/ /dossiers/1/versions/ /dossiers/1/print/""",
}


def test_every_page_passes_axe_and_fits_the_screen(people, open_as, accessible, speaks, time_machine):
    from tests.fixtures import accepted, moment, submitted

    from thidua.reports.models import Figure

    dossier = accepted(people, moment("2023-08-20 10:00"))
    submitted(people, moment("2023-08-20 11:00"), title="Ký số học bạ")
    Figure.objects.create(
        campaign=people.campaign, version=people.campaign.current, year=2023, unit=people.division,
        criterion="satisfaction", numerator=190, denominator=200, declared_at=moment("2023-08-20 12:00"),
        declared_by=people.an,
    )  # fmt: skip
    time_machine.move_to(moment("2023-08-28 09:00"), tick=True)
    for who, addresses in PAGES.items():
        page = open_as(who)
        for address in addresses.replace("/1/", f"/{dossier.pk}/").split():
            assert page.goto(address).status == 200, address
            accessible(page, 360)
            speaks(page, "vi")
