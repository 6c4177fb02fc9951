"""Short links: the office prints them with their QR codes, and signing in leads back to the form."""

from django.urls import reverse
from tests.fixtures import IN_TIME


def test_every_form_has_its_link_and_code_on_the_sheet(world, client, settings):
    settings.BASE_URL = "https://thidua.example.vn"
    client.force_login(world.binh)
    text = client.get(reverse("dossiers:links")).content.decode()
    forms = world.campaign.current.plan.forms
    assert forms
    for form in forms:
        assert f"https://thidua.example.vn/dossiers/f/{form.slug}/" in text
        picture = client.get(reverse("dossiers:qr", args=[form.slug]))
        assert picture["Content-Type"] == "image/svg+xml"
        assert picture.content.startswith(b"<?xml")
        assert b"style" not in picture.content
    assert "style=" not in text


def test_the_sheet_is_the_offices(world, client):
    client.force_login(world.an)
    assert client.get(reverse("dossiers:links")).status_code == 403


def test_signing_in_comes_back_to_the_short_link(world, client, time_machine):
    time_machine.move_to(IN_TIME)
    address = reverse("dossiers:short", args=["dk-don-vi"])
    asked = client.get(address)
    back = client.post(asked["Location"], {"login": "an", "password": "thidua-2023"})
    assert back["Location"] == address
    form = client.get(address, follow=True)
    assert form.status_code == 200
    assert world.school.name in form.content.decode()
