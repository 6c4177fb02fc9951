"""How much one person hands in within a day."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from tests.fixtures import IN_TIME, begun

from thidua.ledger.models import StoredFile

PDF = b"%PDF-1.4\n"


@pytest.fixture
def attach(world, client, settings, time_machine):
    settings.LIMITS = settings.LIMITS | {"files.megabytes": (6, 86_400)}
    time_machine.move_to(IN_TIME, tick=False)
    client.force_login(world.an)
    address = reverse("dossiers:attach", args=[begun(world).pk])

    def send(*contents: bytes):
        files = [ContentFile(content, f"{n}.pdf") for n, content in enumerate(contents)]
        return client.post(address, {"question": "files", "files": files})

    return send


def pdf(n: int, size: int = 2**20) -> bytes:
    return PDF + bytes([n]) * size


def test_no_one_person_fills_the_disk_in_a_day(attach):
    for n in range(3):
        assert attach(pdf(n)).status_code != 429
    refused = attach(pdf(9))
    assert (refused.status_code, refused["Retry-After"]) == (429, "86400")
    assert "một người" in refused.text
    assert attach(pdf(10, 1000)).status_code != 429  # what is small is no matter


def test_what_is_refused_and_undone_counts_too(attach):
    """Three steps of which the last file is none: nothing is attached, and yet the disk was written to."""
    for n in range(2):
        assert attach(pdf(n), pdf(n + 20), b"khong phai PDF").status_code in (403, 422)
    assert attach(pdf(9)).status_code == 429
    assert not StoredFile.objects.exists()
