"""How much one person hands in within a day."""

import pytest
from django.core.files.base import ContentFile
from tests.fixtures import IN_TIME

from thidua.core.refusals import TooOften
from thidua.ledger import files
from thidua.ledger.models import StoredFile

PDF = b"%PDF-1.4\n"


def test_no_one_person_fills_the_disk_in_a_day(world, settings):
    settings.LIMITS = settings.LIMITS | {"files.megabytes": (3, 86_400)}
    for n in range(3):
        files.store(_pdf(n), by=world.an, at=IN_TIME)
    with pytest.raises(TooOften, match="một người") as refusal:
        files.store(_pdf(9), by=world.an, at=IN_TIME)
    assert refusal.value.retry_after == 86_400
    files.store(_pdf(9), by=world.binh, at=IN_TIME)
    assert StoredFile.objects.count() == 4


def _pdf(n: int) -> ContentFile:
    return ContentFile(PDF + bytes([n]) * (2**20 - 100), "a.pdf")
